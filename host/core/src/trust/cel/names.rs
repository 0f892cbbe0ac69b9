//! Which names an expression speaks of. One that nothing declares is found here, when its policy compiles, and not when a
//! statement is at hand: until then it would look like a rule, and refuse everything. What the library declares the crate
//! itself is asked, by evaluating the bare name.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use cel::{
    Context, ExecutionError, IdedExpr,
    common::ast::{CallExpr, ComprehensionExpr, Expr, LiteralValue},
};

use super::{STANDARD, limits::children};
use crate::trust::reason::cut;

/// What an expression sees, beside the variables of its own macros.
const VARIABLES: [&str; 4] = ["predicate", "subject", "signer", "artifact"];

/// The function that the library has not, and `rewrite` puts in.
const OURS: &str = "matches";

/// Bytes of a name that is shown.
const SHOWN: usize = 64;

/// Whether all names are known.
///
/// # Errors
/// A remedy, with the first that is not.
pub(super) fn known(expr: &IdedExpr) -> Result<(), String> {
    unknown(expr, &mut VARIABLES.to_vec()).map_or(Ok(()), Err)
}

/// The depth of expressions is bounded, and with it this.
fn unknown<'a>(expr: &'a IdedExpr, scope: &mut Vec<&'a str>) -> Option<String> {
    match &expr.expr {
        Expr::Ident(name) if scope.contains(&name.as_str()) || declared(expr) => None,
        Expr::Ident(name) => {
            let name = cut(name, SHOWN);
            let known = "an expression may speak of predicate, subject, signer and artifact";
            Some(format!("`{name}` is not known; {known}"))
        }
        Expr::Call(call) => self::call(expr, call, scope),
        Expr::Comprehension(of) => comprehension(of, scope),
        _ => first(children(expr), scope),
    }
}

fn call<'a>(expr: &'a IdedExpr, call: &'a CallExpr, scope: &mut Vec<&'a str>) -> Option<String> {
    let name = &call.func_name;
    // Operators have other characters; the parser makes no others than there are.
    let is_name = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.');
    if !is_name || name == OURS || has(name, call.target.is_some()) {
        return first(children(expr), scope);
    }
    Some(format!("there is no function `{}`: take one of CEL's standard library", cut(name, SHOWN)))
}

/// What a macro was written out to: its variables are known within its rounds.
fn comprehension<'a>(of: &'a ComprehensionExpr, scope: &mut Vec<&'a str>) -> Option<String> {
    let outside = first([&of.iter_range, &of.accu_init], scope);
    let known = scope.len();
    scope.extend([of.accu_var.as_str(), of.iter_var.as_str()]);
    scope.extend(of.iter_var2.as_deref());
    let found = outside.or_else(|| first([&of.loop_cond, &of.loop_step, &of.result], scope));
    scope.truncate(known);
    found
}

fn first<'a>(parts: impl IntoIterator<Item = &'a IdedExpr>, scope: &mut Vec<&'a str>) -> Option<String> {
    parts.into_iter().find_map(|part| unknown(part, scope))
}

/// Whether the library has a function, of a value or of none.
fn has(name: &str, of_value: bool) -> bool {
    let target = of_value.then(|| Box::new(IdedExpr { id: 0, expr: Expr::Literal(LiteralValue::Null) }));
    let call = CallExpr { func_name: name.to_owned(), target, args: Vec::new() };
    declared(&IdedExpr { id: 0, expr: Expr::Call(call) })
}

/// Whether the library has what a bare name, or a call without arguments, is about: whatever else is wrong with it.
fn declared(expr: &IdedExpr) -> bool {
    let ask = || Context::with_env(Arc::clone(&STANDARD)).resolve(expr).map(drop);
    let asked = catch_unwind(AssertUnwindSafe(ask));
    !matches!(asked, Ok(Err(ExecutionError::UndeclaredReference(_))))
}
