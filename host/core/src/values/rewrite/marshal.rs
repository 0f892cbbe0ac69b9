//! JSON as Go's encoding/json writes what it has read into `map[string]any`: members sorted, no white space, numbers
//! as float64, and with `html` the characters `<`, `>` and `&` escaped. Merged values depend on it byte for byte.

use std::collections::BTreeMap;

use super::RewriteError;
use crate::{
    secret::Value,
    values::{
        buffer::Buffer,
        convert,
        json::{Kind, Node},
    },
};

type Outcome = Result<(), RewriteError>;

/// A member as ESO's `GetByteValue` makes bytes of it: a number without exponent, arrays and objects as JSON.
pub(super) fn bytes(node: Node<'_>) -> Result<Value, RewriteError> {
    match node.kind() {
        Kind::Number => Ok(Value::new(float(node)?.to_string().into_bytes())),
        Kind::Array | Kind::Object => {
            let mut out = Buffer::with_capacity(node.raw().len());
            write(&mut out, node, true)?;
            Ok(out.into_value())
        }
        Kind::Null | Kind::Boolean | Kind::Text => Ok(convert::member(node)),
    }
}

/// An object of these members.
pub(super) fn object(out: &mut Buffer, members: BTreeMap<String, Node<'_>>, html: bool) -> Outcome {
    out.push("{");
    for (index, (name, node)) in members.into_iter().enumerate() {
        out.push(if index > 0 { "," } else { "" });
        string(out, &name, html);
        out.push(":");
        write(out, node, html)?;
    }
    out.push("}");
    Ok(())
}

/// Recursion is bounded by the depth of parsed JSON.
fn write(out: &mut Buffer, node: Node<'_>, html: bool) -> Outcome {
    match node.kind() {
        Kind::Null | Kind::Boolean => out.push(node.raw()),
        Kind::Number => out.push(number(float(node)?)),
        Kind::Text => string(out, std::str::from_utf8(node.value().bytes()).unwrap_or_default(), html),
        Kind::Object => {
            let named = |(name, node): (Node<'_>, _)| (name.text().unwrap_or_default().into_owned(), node);
            object(out, node.members().map(|(name, value)| named((name, value))).collect(), html)?;
        }
        Kind::Array => {
            out.push("[");
            for (index, item) in node.items().enumerate() {
                out.push(if index > 0 { "," } else { "" });
                write(out, item, html)?;
            }
            out.push("]");
        }
    }
    Ok(())
}

fn float(node: Node<'_>) -> Result<f64, RewriteError> {
    node.raw().parse().ok().filter(|number: &f64| number.is_finite()).ok_or(RewriteError::Number)
}

/// The shortest text; with an exponent below 1e-6 and from 1e21 on.
fn number(number: f64) -> String {
    let size = number.abs();
    if size == 0.0 || (1e-6..1e21).contains(&size) {
        return number.to_string();
    }
    let text = format!("{number:e}");
    match text.split_once('e') {
        Some((digits, exponent)) if !exponent.starts_with('-') => format!("{digits}e+{exponent}"),
        _ => text,
    }
}

fn string(out: &mut Buffer, text: &str, html: bool) {
    out.push("\"");
    for char in text.chars() {
        match char {
            '"' => out.push("\\\""),
            '\\' => out.push("\\\\"),
            '\u{8}' => out.push("\\b"),
            '\u{c}' => out.push("\\f"),
            '\n' => out.push("\\n"),
            '\r' => out.push("\\r"),
            '\t' => out.push("\\t"),
            '\u{2028}' | '\u{2029}' | '\0'..' ' => out.push(format!("\\u{:04x}", u32::from(char))),
            '<' | '>' | '&' if html => out.push(format!("\\u{:04x}", u32::from(char))),
            plain => out.push(plain.encode_utf8(&mut [0; 4])),
        }
    }
    out.push("\"");
}
