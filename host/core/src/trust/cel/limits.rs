//! What is refused before anything is parsed or evaluated: long texts, deep ones, and those that only a parser could be
//! surprised by. The parser and the drop of its tree recurse, and a stack that overflows takes the process down, so
//! that depth is bounded from the bytes alone.

use cel::{
    IdedExpr,
    common::ast::{EntryExpr, Expr},
};
use serde_json::Value as Json;

use super::{MAX_DEPTH, MAX_PREDICATE, MAX_SOURCE};

/// Characters that may put one node of a tree below another: selections, indices, calls and operators.
const MAX_JOINTS: usize = 256;

/// Length, characters, brackets and joints of a source.
///
/// # Errors
/// A remedy.
pub(super) fn source(source: &str) -> Result<(), &'static str> {
    if source.trim().is_empty() || source.len() > MAX_SOURCE {
        return Err("needs 1 to 2048 bytes");
    }
    if !source.bytes().all(|b| b == b'\n' || b == b'\t' || (b' '..=b'~').contains(&b)) {
        return Err("write printable ASCII; other characters as \\u escapes");
    }
    let (mut depth, mut joints) = (0_usize, 0_usize);
    // Texts in quotes count too: that refuses more than it must, and needs no second lexer.
    for byte in source.bytes() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        joints += usize::from(b"([{.!-+*%?&|<>=".contains(&byte));
        if depth > MAX_DEPTH {
            return Err("nests at most 32 brackets");
        }
    }
    if joints > MAX_JOINTS { Err("has more than 256 operators: write several rules") } else { Ok(()) }
}

/// The depth of the parsed tree, comprehensions as they are written out.
///
/// # Errors
/// A remedy.
pub(super) fn depth(expr: &IdedExpr) -> Result<(), &'static str> {
    let mut open = vec![(expr, 0_usize)];
    while let Some((expr, depth)) = open.pop() {
        if depth > MAX_DEPTH {
            return Err("nests at most 32 deep");
        }
        open.extend(children(expr).into_iter().map(|child| (child, depth + 1)));
    }
    Ok(())
}

/// How many nodes there are.
pub(super) fn nodes(expr: &IdedExpr) -> u64 {
    let mut open = vec![expr];
    let mut count = 0_u64;
    while let Some(expr) = open.pop() {
        count = count.saturating_add(1);
        open.extend(children(expr));
    }
    count
}

/// What stands right below an expression.
pub(super) fn children(expr: &IdedExpr) -> Vec<&IdedExpr> {
    match &expr.expr {
        Expr::Call(call) => call.target.iter().map(|target| &**target).chain(&call.args).collect(),
        Expr::Comprehension(of) => {
            vec![&of.iter_range, &of.accu_init, &of.loop_cond, &of.loop_step, &of.result]
        }
        Expr::List(list) => list.elements.iter().collect(),
        Expr::Map(map) => map.entries.iter().flat_map(|entry| of_entry(&entry.expr)).collect(),
        Expr::Struct(object) => object.entries.iter().flat_map(|entry| of_entry(&entry.expr)).collect(),
        Expr::Select(select) => vec![&select.operand],
        Expr::Unspecified | Expr::Ident(_) | Expr::Literal(_) => Vec::new(),
    }
}

fn of_entry(entry: &EntryExpr) -> Vec<&IdedExpr> {
    match entry {
        EntryExpr::StructField(field) => vec![&field.value],
        EntryExpr::MapEntry(entry) => vec![&entry.key, &entry.value],
    }
}

/// Whether a predicate is small and flat enough.
pub(super) fn predicate(json: &Json) -> bool {
    let mut open = vec![(json, 0_usize)];
    while let Some((json, depth)) = open.pop() {
        if depth > MAX_DEPTH {
            return false;
        }
        match json {
            Json::Array(items) => open.extend(items.iter().map(|item| (item, depth + 1))),
            Json::Object(members) => open.extend(members.values().map(|item| (item, depth + 1))),
            _ => {}
        }
    }
    serde_json::to_vec(json).is_ok_and(|text| text.len() <= MAX_PREDICATE)
}
