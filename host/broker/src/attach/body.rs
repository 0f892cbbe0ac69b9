//! Bodies: JSON or form, written once with the credential's members in them, into memory that is zeroed and never
//! moves.

use std::collections::BTreeMap;

use bailiwick_core::{catalogue::Attach, program::AdmittedBody, reason::Denial, values::json::pointer};
use serde_json::Value as Json;
use zeroize::Zeroizing;

use super::misfit;
use crate::credential::Held;

/// What a byte can grow to: `\u0000` in JSON, `%00` in a form.
const GROWTH: usize = 6;

/// A body and its type.
pub(super) struct Written {
    pub(super) bytes: Zeroizing<Vec<u8>>,
    pub(super) content_type: Option<&'static str>,
}

/// Members to write, by their place below the node that is being written.
type Secrets<'s> = BTreeMap<Vec<String>, &'s str>;

/// Writes `body` with the members that `attach` puts into it.
pub(super) fn write(
    body: Option<&AdmittedBody>,
    by: Option<&Held>,
    attach: &[Attach],
) -> Result<Written, Denial> {
    let mut secrets = Secrets::new();
    for one in attach {
        if let Attach::Body { input, pointer } = one {
            let text = std::str::from_utf8(super::input(by, input)?).map_err(|_| misfit("characters"))?;
            secrets.insert(path(pointer)?, text);
        }
    }
    match body {
        None if secrets.is_empty() => Ok(Written { bytes: Zeroizing::default(), content_type: None }),
        None => Err(misfit("body")),
        Some(AdmittedBody::Json(template)) => json(template, secrets),
        Some(AdmittedBody::Form(members)) => form(members, &secrets),
    }
}

fn path(pointer: &str) -> Result<Vec<String>, Denial> {
    let tokens: Option<Vec<String>> = pointer::tokens(pointer)
        .and_then(|tokens| tokens.map(|token| token.map(|token| token.into_owned())).collect());
    tokens.filter(|tokens| !tokens.is_empty()).ok_or_else(|| misfit("pointer"))
}

fn json(template: &Json, secrets: Secrets<'_>) -> Result<Written, Denial> {
    let plain = serde_json::to_string(template).map_err(|_| misfit("body"))?.len();
    let room = |(path, text): (&Vec<String>, &&str)| {
        (path.iter().map(|token| token.len() + 4).sum::<usize>() + text.len()) * GROWTH + 8
    };
    let mut out = Zeroizing::new(Vec::with_capacity(plain + secrets.iter().map(room).sum::<usize>()));
    json_node(Some(template), secrets, &mut out)?;
    Ok(Written { bytes: out, content_type: Some("application/json") })
}

fn json_node(node: Option<&Json>, mut secrets: Secrets<'_>, out: &mut Vec<u8>) -> Result<(), Denial> {
    if secrets.is_empty() {
        return text(&node, out);
    }
    if let Some(own) = secrets.remove(&Vec::new()) {
        // A credential takes the place of what the template has there; nothing can be below it.
        return if secrets.is_empty() { text(own, out) } else { Err(misfit("pointer")) };
    }
    let none = serde_json::Map::new();
    let members = match node {
        None => &none,
        Some(Json::Object(members)) => members,
        Some(_) => return Err(misfit("pointer")),
    };
    let mut below = by_member(secrets);
    let mut names: Vec<String> = members.keys().chain(below.keys()).cloned().collect();
    names.sort();
    names.dedup();
    out.push(b'{');
    for (index, name) in names.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        text(name, out)?;
        out.push(b':');
        json_node(members.get(name), below.remove(name).unwrap_or_default(), out)?;
    }
    out.push(b'}');
    Ok(())
}

/// The same members, one step further down.
fn by_member(secrets: Secrets<'_>) -> BTreeMap<String, Secrets<'_>> {
    let mut below: BTreeMap<String, Secrets<'_>> = BTreeMap::new();
    for (mut path, own) in secrets {
        if !path.is_empty() {
            let first = path.remove(0);
            below.entry(first).or_default().insert(path, own);
        }
    }
    below
}

fn text<T: serde::Serialize + ?Sized>(what: &T, out: &mut Vec<u8>) -> Result<(), Denial> {
    serde_json::to_writer(out, what).map_err(|_| misfit("body"))
}

fn form(members: &[(String, String)], secrets: &Secrets<'_>) -> Result<Written, Denial> {
    let mut all: Vec<(&str, &str)> = Vec::new();
    all.extend(members.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    for (path, own) in secrets {
        let [name] = path.as_slice() else { return Err(misfit("pointer")) };
        all.retain(|(other, _)| other != name);
        all.push((name, own));
    }
    let room = |(name, value): &(&str, &str)| (name.len() + value.len()) * GROWTH + 2;
    let mut out = Zeroizing::new(Vec::with_capacity(all.iter().map(room).sum()));
    for (index, (name, value)) in all.into_iter().enumerate() {
        if index > 0 {
            out.push(b'&');
        }
        form_text(name, &mut out);
        out.push(b'=');
        form_text(value, &mut out);
    }
    Ok(Written { bytes: out, content_type: Some("application/x-www-form-urlencoded") })
}

/// Percent-encoded, spaces too (RFC 3986): every form parser reads that, and it is what AWS signs.
fn form_text(text: &str, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(byte);
        } else {
            let digit = |nibble: u8| HEX.get(usize::from(nibble)).copied().unwrap_or(b'0');
            out.extend([b'%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
}
