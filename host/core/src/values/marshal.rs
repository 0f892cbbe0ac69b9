//! JSON as Go's encoding/json writes what it has read into `map[string]any`: members sorted and without white space; of
//! equal names the last. Numbers are float64 or, as ESO's Vault client reads them, texts that stay as they are written.
//! Values that ESO has written depend on it byte for byte.

use std::collections::BTreeMap;

use super::{
    buffer::Buffer,
    convert,
    json::{Kind, Node},
};
use crate::secret::Value;

/// A number that Go's float64 cannot hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a number is out of range")]
pub struct OutOfRange;

/// What differs between Go's ways of writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// `<`, `>` and `&` are escaped, as `json.Marshal` does.
    pub html: bool,
    /// Numbers are read as float64; else they stay as they are written (`json.Number`).
    pub float: bool,
}

type Outcome = Result<(), OutOfRange>;

/// `json.Marshal` of what was read with `UseNumber`.
///
/// # Errors
/// None: numbers are not read.
pub fn whole(node: Node<'_>) -> Result<Value, OutOfRange> {
    json(node, Style { html: true, float: false })
}

/// `json.Marshal` of texts by name.
#[must_use]
pub fn texts<'t>(texts: impl IntoIterator<Item = (&'t str, &'t str)>) -> Value {
    let mut out = Buffer::from("{");
    for (index, (name, text)) in texts.into_iter().enumerate() {
        out.push(if index > 0 { "," } else { "" });
        string(&mut out, name, true);
        out.push(":");
        string(&mut out, text, true);
    }
    out.push("}");
    out.into_value()
}

/// A member as ESO's `GetByteValue` makes bytes of it: a number without exponent, arrays and objects as JSON.
///
/// # Errors
/// A number is out of range.
pub(crate) fn bytes(node: Node<'_>) -> Result<Value, OutOfRange> {
    match node.kind() {
        Kind::Number => Ok(Value::new(float(node)?.to_string().into_bytes())),
        Kind::Array | Kind::Object => json(node, Style { html: true, float: true }),
        Kind::Null | Kind::Boolean | Kind::Text => Ok(convert::member(node)),
    }
}

/// An object of these members.
pub(crate) fn object(out: &mut Buffer, members: BTreeMap<String, Node<'_>>, style: Style) -> Outcome {
    out.push("{");
    for (index, (name, node)) in members.into_iter().enumerate() {
        out.push(if index > 0 { "," } else { "" });
        string(out, &name, style.html);
        out.push(":");
        write(out, node, style)?;
    }
    out.push("}");
    Ok(())
}

fn json(node: Node<'_>, style: Style) -> Result<Value, OutOfRange> {
    let mut out = Buffer::with_capacity(node.raw().len());
    write(&mut out, node, style)?;
    Ok(out.into_value())
}

/// Recursion is bounded by the depth of parsed JSON.
fn write(out: &mut Buffer, node: Node<'_>, style: Style) -> Outcome {
    match node.kind() {
        Kind::Null | Kind::Boolean => out.push(node.raw()),
        Kind::Number if style.float => out.push(number(float(node)?)),
        Kind::Number => out.push(node.raw()),
        Kind::Text => {
            string(out, std::str::from_utf8(node.value().bytes()).unwrap_or_default(), style.html);
        }
        Kind::Object => {
            let named = |(name, node): (Node<'_>, _)| (name.text().unwrap_or_default().into_owned(), node);
            object(out, node.members().map(|(name, value)| named((name, value))).collect(), style)?;
        }
        Kind::Array => {
            out.push("[");
            for (index, item) in node.items().enumerate() {
                out.push(if index > 0 { "," } else { "" });
                write(out, item, style)?;
            }
            out.push("]");
        }
    }
    Ok(())
}

fn float(node: Node<'_>) -> Result<f64, OutOfRange> {
    node.raw().parse().ok().filter(|number: &f64| number.is_finite()).ok_or(OutOfRange)
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

/// A JSON string as Go writes it; with `html`, what is special in HTML escaped too.
pub(super) fn string(out: &mut Buffer, text: &str, html: bool) {
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
