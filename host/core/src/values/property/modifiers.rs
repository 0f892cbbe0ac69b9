//! The modifiers that are served, byte for byte as gjson writes them.

use std::collections::BTreeMap;

use super::{
    PropertyError,
    compare::{self, Compared},
    eval::{self, Found, Work},
    path::Modifier,
};
use crate::values::{
    buffer::Buffer,
    json::{Json, Kind, Node},
    marshal,
};

/// The longest text that a modifier may make: four times what a Kubernetes Secret holds.
const MAX_MADE: usize = 4 << 20;

type Outcome<T> = Result<T, PropertyError>;

/// Applies a modifier to a node, or to nothing.
pub(super) fn apply<'d>(
    work: &mut Work,
    modifier: &Modifier<'_>,
    on: Option<Node<'d>>,
) -> Outcome<Found<'d>> {
    let raw = on.map_or("", Node::raw);
    work.spend(raw.len())?;
    let flag = |name: &str| argument(modifier.argument, name);
    let made = match (modifier.name, on) {
        ("this" | "valid", None) => return Ok(Found::Nothing),
        ("this" | "valid", Some(node)) => return Ok(Found::Node(node)),
        ("pretty" | "dig", _) => return Err(PropertyError::Modifier(modifier.name)),
        ("keys", _) => keys(on),
        ("values", Some(node)) if node.kind() == Kind::Array => return Ok(Found::Node(node)),
        ("values", _) => values(on),
        ("tostr", _) => quoted(raw),
        (_, None) => return Ok(Found::Nothing),
        ("ugly", Some(node)) => ugly(node),
        ("fromstr", Some(node)) => return unquoted(node),
        ("group", Some(node)) if node.kind() == Kind::Object => group(work, node)?,
        ("group", _) => return Ok(Found::Nothing),
        ("reverse", Some(node)) if matches!(node.kind(), Kind::Array | Kind::Object) => reverse(node),
        ("flatten", Some(node)) if node.kind() == Kind::Array => flatten(node, flag("deep")?),
        ("join", Some(node)) if node.kind() == Kind::Array && flag("preserve")? => join_all(node),
        ("join", Some(node)) if node.kind() == Kind::Array => join(work, node)?,
        (_, Some(node)) => return Ok(Found::Node(node)),
    };
    work.spend(made.bytes().len())?;
    if made.bytes().len() > MAX_MADE {
        return Err(PropertyError::TooMuch);
    }
    Ok(Found::Made(made))
}

/// A JSON string, with what is special in HTML escaped.
pub(super) fn quoted(text: &str) -> Buffer {
    let mut out = Buffer::with_capacity(text.len() + 2);
    marshal::string(&mut out, text, true);
    out
}

/// A flag in a modifier's argument, which is a JSON object or absent.
fn argument(text: &str, name: &str) -> Outcome<bool> {
    if text.is_empty() {
        return Ok(false);
    }
    let json = Json::parse_own(text.as_bytes()).map_err(|_| PropertyError::Argument)?;
    if json.root().kind() != Kind::Object {
        return Err(PropertyError::Argument);
    }
    let given = json.root().members().filter(|(own, _)| own.is_text(name)).last();
    Ok(given.is_some_and(|(_, value)| compare::truth(&Compared::of(value)) == Some(true)))
}

/// Texts between brackets, with commas.
fn bracketed<'a>(open: &str, close: &str, parts: impl Iterator<Item = &'a str>) -> Buffer {
    let mut out = Buffer::from(open);
    for (index, part) in parts.enumerate() {
        if index > 0 {
            out.push(",");
        }
        out.push(part);
    }
    out.push(close);
    out
}

fn keys(on: Option<Node<'_>>) -> Buffer {
    match on {
        None => "[]".into(),
        Some(node) => match node.kind() {
            Kind::Object => bracketed("[", "]", node.members().map(|(name, _)| name.raw())),
            Kind::Array => bracketed("[", "]", node.items().map(|_| "null")),
            _ => "[null]".into(),
        },
    }
}

fn values(on: Option<Node<'_>>) -> Buffer {
    match on {
        Some(node) if node.kind() == Kind::Object => {
            bracketed("[", "]", node.members().map(|(_, value)| value.raw()))
        }
        other => bracketed("[", "]", other.into_iter().map(Node::raw)),
    }
}

fn reverse(node: Node<'_>) -> Buffer {
    if node.kind() == Kind::Array {
        let items: Vec<_> = node.items().collect();
        return bracketed("[", "]", items.into_iter().rev().map(Node::raw));
    }
    let members: Vec<_> = node.members().collect();
    let mut out = Buffer::from("{");
    for (index, (name, value)) in members.into_iter().rev().enumerate() {
        member(&mut out, index, name.raw(), value.raw());
    }
    out.push("}");
    out
}

fn flatten(node: Node<'_>, deep: bool) -> Buffer {
    let mut out = Buffer::from("[");
    for item in node.items() {
        let inner = match item.kind() {
            Kind::Array if deep => flatten(item, deep),
            _ => item.raw().into(),
        };
        let inner = std::str::from_utf8(inner.bytes()).unwrap_or_default();
        let part = match item.kind() {
            Kind::Array => inner.get(1..inner.len() - 1).unwrap_or_default().trim(),
            _ => inner,
        };
        if !part.is_empty() {
            if out.bytes().len() > 1 {
                out.push(",");
            }
            out.push(part);
        }
    }
    out.push("]");
    out
}

/// `@join` with `preserve`: all members one after the other.
fn join_all(node: Node<'_>) -> Buffer {
    let objects = node.items().filter(|item| item.kind() == Kind::Object);
    bracketed("{", "}", objects.map(|item| item.raw().get(1..item.raw().len() - 1).unwrap_or_default()))
}

/// `@join`: one object, each name where it first stood, with its last value.
fn join(work: &mut Work, node: Node<'_>) -> Outcome<Buffer> {
    let mut members: Vec<(Node<'_>, Node<'_>)> = Vec::new();
    let mut places = BTreeMap::new();
    for (name, value) in node.items().flat_map(Node::members) {
        let own = name.text().unwrap_or_default();
        work.spend(own.len() + 1)?;
        let place = *places.entry(own).or_insert(members.len());
        match members.get_mut(place) {
            Some(known) => known.1 = value,
            None => members.push((name, value)),
        }
    }
    let mut out = Buffer::from("{");
    for (index, (name, value)) in members.into_iter().enumerate() {
        member(&mut out, index, name.raw(), value.raw());
    }
    out.push("}");
    Ok(out)
}

/// The text without white space outside of strings.
fn ugly(node: Node<'_>) -> Buffer {
    let raw = node.raw();
    let mut out = Buffer::with_capacity(raw.len());
    let (mut quoted, mut escaped, mut start) = (false, false, 0);
    for (at, byte) in raw.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b' ' | b'\t' | b'\r' | b'\n' if !quoted => {
                out.push(raw.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
    }
    out.push(raw.get(start..).unwrap_or_default());
    out
}

/// The JSON in a string; what is none cannot go on.
fn unquoted<'d>(node: Node<'d>) -> Outcome<Found<'d>> {
    match node.kind() {
        Kind::Null => return Ok(Found::Nothing),
        Kind::Text | Kind::Number => {}
        _ => return Ok(Found::Node(node)),
    }
    let text = eval::string(node);
    match Json::parse_own(text.bytes()) {
        Ok(json) => Ok(Found::Made(json.root().raw().into())),
        Err(_) => Err(PropertyError::NotJson),
    }
}

/// `{"a":[1,2],"b":[3,4]}` as `[{"a":1,"b":3},{"a":2,"b":4}]`.
/// One name stands in many rows, so that each copy is paid for before it is made.
fn group(work: &mut Work, node: Node<'_>) -> Outcome<Buffer> {
    let mut made = 0;
    let mut rows: Vec<Buffer> = Vec::new();
    for (name, value) in node.members() {
        for (index, item) in value.items().enumerate() {
            let bytes = name.raw().len() + item.raw().len() + 2;
            work.spend(bytes)?;
            made += bytes;
            if made > MAX_MADE {
                return Err(PropertyError::TooMuch);
            }
            if index == rows.len() {
                rows.push("{".into());
            }
            if let Some(row) = rows.get_mut(index) {
                let more = row.bytes().len() > 1;
                member(row, usize::from(more), name.raw(), item.raw());
            }
        }
    }
    let mut out = Buffer::from("[");
    for (index, row) in rows.into_iter().enumerate() {
        if index > 0 {
            out.push(",");
        }
        out.push(row.bytes());
        out.push("}");
    }
    out.push("]");
    Ok(out)
}

fn member(out: &mut Buffer, index: usize, name: &str, value: &str) {
    if index > 0 {
        out.push(",");
    }
    out.push(name);
    out.push(":");
    out.push(value);
}
