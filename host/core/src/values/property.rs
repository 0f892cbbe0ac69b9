//! `remoteRef.property`: the literal member first, then a path in gjson's syntax, as ESO's providers read it.
//! The path comes from a tenant and the text from a backend, so both are bounded: the path by [`MAX_PATH`] and
//! [`MAX_STEPS`], the evaluation by [`MAX_WORK`]; no recursion is deeper than the path has steps.
//!
//! The reference is gjson 1.18, whose answers are the test data. What differs: the text must be JSON;
//! queries, literals and multipaths that gjson would misread are errors; `@pretty` and `@dig` are refused.

mod compare;
mod eval;
mod modifiers;
mod path;
mod scan;
#[cfg(test)]
mod tests;

use super::{convert, json::Json};
use crate::secret::Value;

/// Bytes of a path.
pub const MAX_PATH: usize = 1024;
/// Separators of a path: each of `. | , ( [ {` is one, wherever it stands.
pub const MAX_STEPS: usize = 32;
/// Members looked at, characters compared and bytes made, over a whole evaluation.
pub const MAX_WORK: usize = 1 << 24;

/// Why a property cannot be read. Says nothing of the value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PropertyError {
    /// The value is not JSON that we take.
    #[error("the value is not JSON, so it has no properties")]
    NotJson,
    /// The value has no such property.
    #[error("the secret has no such property")]
    Missing,
    /// The path is longer than [`MAX_PATH`] or has more than [`MAX_STEPS`] steps.
    #[error("the property path is longer than {MAX_PATH} bytes or has more than {MAX_STEPS} steps")]
    TooLong,
    /// The evaluation would take more than [`MAX_WORK`].
    #[error("the property path needs too much work on this value")]
    TooMuch,
    /// A modifier of gjson's that is not served.
    #[error("the modifier @{0} is not served")]
    Modifier(&'static str),
    /// A modifier's argument is not a JSON object.
    #[error("the argument of a modifier is not a JSON object")]
    Argument,
    /// A query `#(...)` without its end, or with a malformed text.
    #[error("a query is malformed")]
    Query,
    /// A multipath without its end, or followed by something else than `.` or `|`.
    #[error("a multipath is malformed")]
    Multipath,
    /// A literal `!...` that is not JSON.
    #[error("a literal is not JSON")]
    Literal,
}

/// The property of a JSON value as ESO reads it: a member of exactly that name (a text unescaped, a number as
/// written, null empty, arrays and objects as raw text), else [`query`].
///
/// # Errors
/// The value is no JSON, or the path is malformed, refused or too much.
pub fn get(value: &Value, path: &str) -> Result<Option<Value>, PropertyError> {
    let json = Json::parse_lenient(value.bytes()).map_err(|_| PropertyError::NotJson)?;
    match json.root().member(path) {
        Some(member) => Ok(Some(convert::member(member))),
        None => query(&json, path),
    }
}

/// What gjson's `Get(json, path).String()` is, or `None` where it does not exist.
///
/// # Errors
/// The path is malformed, refused or too much.
pub fn query(json: &Json<'_>, path: &str) -> Result<Option<Value>, PropertyError> {
    let steps = path.bytes().filter(|b| matches!(b, b'.' | b'|' | b',' | b'(' | b'[' | b'{')).count();
    if path.len() > MAX_PATH || steps > MAX_STEPS {
        return Err(PropertyError::TooLong);
    }
    eval::run(json, path)
}
