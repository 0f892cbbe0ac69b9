//! Puts the price into a parsed expression. Each argument of a call and each element of a list or map is wrapped in
//! `@charge`, which pays for its size; the range of each loop in `@loop`, which pays for all its rounds before the first,
//! and its condition in `@more`, which ends it; and `matches` becomes a call of ours over patterns that are compiled
//! here. No name that begins with `@` can be written in a source.

use cel::{
    IdedExpr,
    common::ast::{CallExpr, ComprehensionExpr, EntryExpr, Expr, LiteralValue, operators},
};
use regex::Regex;

use super::limits::nodes;
use crate::trust::matcher::search;

/// The functions of [`super::fuel`].
pub(super) const CHARGE: &str = "@charge";
pub(super) const LOOP: &str = "@loop";
pub(super) const MORE: &str = "@more";
pub(super) const MATCHES: &str = "@matches";

/// Rewrites an expression and gives its patterns.
///
/// # Errors
/// A remedy: a pattern that is no literal, or none of RE2.
pub(super) fn rewrite(expr: &mut IdedExpr) -> Result<Vec<Regex>, &'static str> {
    let mut patterns = Vec::new();
    node(expr, &mut patterns)?;
    Ok(patterns)
}

fn node(expr: &mut IdedExpr, patterns: &mut Vec<Regex>) -> Result<(), &'static str> {
    match &mut expr.expr {
        Expr::Call(call) if call.func_name == "matches" => matches(call, patterns),
        Expr::Call(call) => self::call(call, patterns),
        Expr::Comprehension(of) => comprehension(of, patterns),
        Expr::List(list) => list.elements.iter_mut().try_for_each(|element| charged(element, patterns)),
        Expr::Map(map) => map.entries.iter_mut().try_for_each(|entry| self::entry(&mut entry.expr, patterns)),
        Expr::Struct(_) => Err("has a message; only maps, lists and plain values are served"),
        Expr::Select(select) => node(&mut select.operand, patterns),
        Expr::Unspecified => Err("is no expression of CEL"),
        Expr::Ident(_) | Expr::Literal(_) => Ok(()),
    }
}

/// What only chooses copies nothing: its operands are not charged.
fn call(call: &mut CallExpr, patterns: &mut Vec<Regex>) -> Result<(), &'static str> {
    let chooses = matches!(
        call.func_name.as_str(),
        operators::CONDITIONAL
            | operators::LOGICAL_AND
            | operators::LOGICAL_OR
            | operators::LOGICAL_NOT
            | operators::NOT_STRICTLY_FALSE
            | operators::INDEX
    );
    let operands = call.target.iter_mut().map(|target| &mut **target).chain(&mut call.args);
    for operand in operands {
        if chooses { node(operand, patterns)? } else { charged(operand, patterns)? }
    }
    Ok(())
}

fn entry(entry: &mut EntryExpr, patterns: &mut Vec<Regex>) -> Result<(), &'static str> {
    match entry {
        EntryExpr::StructField(field) => charged(&mut field.value, patterns),
        EntryExpr::MapEntry(entry) => {
            charged(&mut entry.key, patterns)?;
            charged(&mut entry.value, patterns)
        }
    }
}

fn charged(expr: &mut IdedExpr, patterns: &mut Vec<Regex>) -> Result<(), &'static str> {
    node(expr, patterns)?;
    // A literal is paid for by the length of the source.
    if !matches!(expr.expr, Expr::Literal(_)) {
        wrap(expr, CHARGE, Vec::new());
    }
    Ok(())
}

/// The accumulator is never charged as a whole: each round would pay for all before it. What a round adds is charged
/// where it is made.
fn comprehension(of: &mut ComprehensionExpr, patterns: &mut Vec<Regex>) -> Result<(), &'static str> {
    node(&mut of.iter_range, patterns)?;
    step(&mut of.loop_step, &of.accu_var, patterns)?;
    let weight = nodes(&of.loop_step).saturating_add(nodes(&of.loop_cond));
    let weight = i64::try_from(weight).unwrap_or(i64::MAX);
    wrap(&mut of.iter_range, LOOP, vec![literal(weight)]);
    // A literal condition is that of a macro whose errors end it.
    if !matches!(of.loop_cond.expr, Expr::Literal(_)) {
        wrap(&mut of.loop_cond, MORE, Vec::new());
    }
    Ok(())
}

/// The step of a macro: `accu && x`, `accu || x`, `x ? accu + 1 : accu`, `accu + [x]`, `x ? accu + [y] : accu`.
fn step(expr: &mut IdedExpr, accu: &str, patterns: &mut Vec<Regex>) -> Result<(), &'static str> {
    let Expr::Call(call) = &mut expr.expr else { return node(expr, patterns) };
    let is_accu = |operand: &IdedExpr| matches!(&operand.expr, Expr::Ident(name) if name == accu);
    let adds = call.func_name == operators::ADD && call.args.first().is_some_and(is_accu);
    let chooses = matches!(
        call.func_name.as_str(),
        operators::CONDITIONAL | operators::LOGICAL_AND | operators::LOGICAL_OR
    );
    match (adds, chooses) {
        (true, _) => call.args.iter_mut().skip(1).try_for_each(|operand| node(operand, patterns)),
        (_, true) => call.args.iter_mut().try_for_each(|operand| step(operand, accu, patterns)),
        _ => node(expr, patterns),
    }
}

/// `x.matches('p')` and `matches(x, 'p')` become `@matches(x, n)`.
fn matches(call: &mut CallExpr, patterns: &mut Vec<Regex>) -> Result<(), &'static str> {
    let operands: Vec<IdedExpr> =
        call.target.take().into_iter().map(|target| *target).chain(call.args.drain(..)).collect();
    let Ok([mut text, pattern]) = <[IdedExpr; 2]>::try_from(operands) else {
        return Err("matches needs a text and a pattern");
    };
    let Expr::Literal(LiteralValue::String(pattern)) = &pattern.expr else {
        return Err("the pattern of matches must be written out");
    };
    let regex = search(pattern.inner())?;
    node(&mut text, patterns)?;
    let index = i64::try_from(patterns.len()).unwrap_or(i64::MAX);
    patterns.push(regex);
    call.func_name = MATCHES.to_owned();
    call.args = vec![text, literal(index)];
    Ok(())
}

fn wrap(expr: &mut IdedExpr, function: &str, more: Vec<IdedExpr>) {
    let inner = std::mem::take(expr);
    expr.id = inner.id;
    let args = std::iter::once(inner).chain(more).collect();
    expr.expr = Expr::Call(CallExpr { func_name: function.to_owned(), target: None, args });
}

fn literal(number: i64) -> IdedExpr {
    IdedExpr { id: 0, expr: Expr::Literal(LiteralValue::Int(number.into())) }
}
