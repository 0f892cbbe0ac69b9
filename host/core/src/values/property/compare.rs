//! Queries compare, patterns match: gjson's rules for `==`, `!=`, `<`, `<=`, `>`, `>=`, `%`, `!%` and `~`.

use std::borrow::Cow;

use super::{PropertyError, eval::Work};
use crate::values::json::{Kind, Node};

/// The left side of a comparison.
pub(super) enum Compared<'d> {
    Nothing,
    Null,
    Boolean(bool),
    Number(f64),
    Text(Cow<'d, str>),
    Container,
}

impl<'d> Compared<'d> {
    pub(super) fn of(node: Node<'d>) -> Self {
        match node.kind() {
            Kind::Null => Self::Null,
            Kind::Boolean => Self::Boolean(node.raw() == "true"),
            Kind::Number => Self::Number(number(node.raw())),
            Kind::Text => Self::Text(node.text().unwrap_or_default()),
            Kind::Array | Kind::Object => Self::Container,
        }
    }
}

/// Whether a query holds. Without an operator it asks whether there is anything.
pub(super) fn holds(
    work: &mut Work,
    value: Compared<'_>,
    op: &str,
    right: &str,
) -> Result<bool, PropertyError> {
    let (value, right) = match right.strip_prefix('~') {
        Some(kind) => match ish(&value, kind) {
            Some(is) => (Compared::Boolean(is), "true"),
            None => return Ok(false),
        },
        None => (value, right),
    };
    match value {
        Compared::Nothing => Ok(false),
        _ if op.is_empty() => Ok(true),
        Compared::Text(text) if op == "%" => matches(work, &text, right),
        Compared::Text(text) if op == "!%" => matches(work, &text, right).map(|fits| !fits),
        Compared::Text(text) => Ok(ordered(op, text.as_bytes().partial_cmp(right.as_bytes()))),
        Compared::Number(left) => Ok(ordered(op, left.partial_cmp(&number(right)))),
        Compared::Boolean(left) => Ok(boolean(op, left, right)),
        Compared::Null | Compared::Container => Ok(false),
    }
}

/// Whether `text` matches a pattern: `*` any text, `?` any character, `\` before a character itself.
pub(super) fn matches(work: &mut Work, text: &str, pattern: &str) -> Result<bool, PropertyError> {
    let (mut text, mut pattern) = (text.chars(), pattern.chars());
    let mut star = None;
    loop {
        work.spend(1)?;
        let fits = match (pattern.next(), text.clone().next()) {
            (None, None) => return Ok(true),
            (Some('*'), _) => {
                star = Some((text.clone(), pattern.clone()));
                continue;
            }
            (Some('?'), Some(_)) => true,
            (Some('\\'), Some(char)) => pattern.next() == Some(char),
            (Some(wanted), Some(char)) => wanted == char,
            _ => false,
        };
        if fits {
            text.next();
            continue;
        }
        // Let the last star take one more character.
        let Some((from, behind)) = &mut star else { return Ok(false) };
        if from.next().is_none() {
            return Ok(false);
        }
        (text, pattern) = (from.clone(), behind.clone());
    }
}

/// As Go's ParseFloat with its error dropped: what is no number is 0, what is too large is infinite.
pub(super) fn number(text: &str) -> f64 {
    text.parse().unwrap_or(0.0)
}

fn ordered(op: &str, order: Option<std::cmp::Ordering>) -> bool {
    match op {
        "=" => order.is_some_and(|o| o.is_eq()),
        "!=" => !order.is_some_and(|o| o.is_eq()),
        "<" => order.is_some_and(|o| o.is_lt()),
        "<=" => order.is_some_and(|o| o.is_le()),
        ">" => order.is_some_and(|o| o.is_gt()),
        ">=" => order.is_some_and(|o| o.is_ge()),
        _ => false,
    }
}

fn boolean(op: &str, left: bool, right: &str) -> bool {
    match op {
        "=" => right == if left { "true" } else { "false" },
        "!=" => right != if left { "true" } else { "false" },
        ">" => left && right == "false",
        ">=" => left,
        "<" => !left && right == "true",
        "<=" => !left,
        _ => false,
    }
}

/// `~true`, `~false`, `~null`, `~*`: whether the value is like that; none for another word.
fn ish(value: &Compared<'_>, kind: &str) -> Option<bool> {
    match kind {
        "*" => Some(!matches!(value, Compared::Nothing)),
        "null" => Some(matches!(value, Compared::Nothing | Compared::Null)),
        "true" => Some(truth(value) == Some(true)),
        "false" => Some(matches!(value, Compared::Nothing | Compared::Null) || truth(value) == Some(false)),
        _ => None,
    }
}

/// How a value reads as a boolean; none where it does not.
pub(super) fn truth(value: &Compared<'_>) -> Option<bool> {
    match value {
        Compared::Boolean(is) => Some(*is),
        Compared::Number(number) => Some(*number != 0.0),
        Compared::Text(text) => match text.to_lowercase().as_str() {
            "1" | "t" | "true" => Some(true),
            "0" | "f" | "false" => Some(false),
            _ => None,
        },
        _ => None,
    }
}
