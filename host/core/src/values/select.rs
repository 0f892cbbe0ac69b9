//! The selectors of a value handle (WIT `value.at`, `find`, `decode`), evaluated when a value is delivered.
//! A guest learns nothing of how that goes (rule B4): what points at nothing is absent, what does not fit is a
//! wrong shape, and both show on the host's side only.

use std::borrow::Cow;

use bailiwick_boundary::{Codec, Step};
use zeroize::Zeroizing;

use super::{
    decode,
    json::{Json, Kind, Node, pointer},
};
use crate::secret::Value;

#[cfg(test)]
mod tests;

/// What selectors lead to.
pub enum Selected {
    /// A string unescaped, decoded bytes as they are, anything else as raw JSON text.
    Value(Value),
    /// Nothing there, or JSON null.
    Absent,
    /// A selector met another shape than it needs, or text that does not decode.
    WrongShape,
}

/// Applies `steps` to a reply or to a text. `at` and `find` read what they meet as JSON; without any step the
/// bytes are the value.
#[must_use]
pub fn select(root: &Value, steps: &[Step]) -> Selected {
    bytes(root.bytes(), steps).unwrap_or_else(|end| end)
}

/// The node that `at` and `find` lead to and its pointer from the root, for reading public members. `None`
/// where it does not exist or a step decodes: what is decoded is never public.
#[must_use]
pub fn locate<'j>(json: &'j Json<'_>, steps: &[Step]) -> Option<(String, Node<'j>)> {
    let mut place = (String::new(), json.root());
    for step in steps {
        place = match step {
            Step::At(to) => (concat(&place.0, to)?, place.1.pointer(to)?),
            Step::Find { member, equals } => {
                let (index, item) = find(place.1, member, equals).ok()?;
                (format!("{}/{index}", place.0), item)
            }
            Step::Decode(_) => return None,
        };
    }
    Some(place)
}

/// What ended the evaluation early is an error here, and a result for the caller.
type Early = Result<Selected, Selected>;

fn bytes(bytes: &[u8], steps: &[Step]) -> Early {
    match steps.split_first() {
        None => Ok(Selected::Value(Value::new(bytes.to_vec()))),
        Some((Step::Decode(how), rest)) => decoded(bytes, *how, rest),
        Some(_) => json(bytes, steps),
    }
}

fn json(bytes: &[u8], steps: &[Step]) -> Early {
    let json = Json::parse(bytes).map_err(|_| Selected::WrongShape)?;
    let mut node = json.root();
    for (index, step) in steps.iter().enumerate() {
        node = match step {
            Step::At(to) => node.pointer(to).ok_or(Selected::Absent)?,
            Step::Find { member, equals } => find(node, member, equals)?.1,
            Step::Decode(how) => return node_decoded(node, *how, steps.get(index + 1..).unwrap_or_default()),
        };
    }
    match node.kind() {
        Kind::Null => Err(Selected::Absent),
        _ => Ok(Selected::Value(node.value())),
    }
}

fn node_decoded(node: Node<'_>, how: Codec, rest: &[Step]) -> Early {
    match node.kind() {
        Kind::Null => Err(Selected::Absent),
        Kind::Text => decoded(node.value().bytes(), how, rest),
        _ => Err(Selected::WrongShape),
    }
}

fn decoded(text: &[u8], how: Codec, rest: &[Step]) -> Early {
    let out = match how {
        Codec::Json => return json(text, rest),
        Codec::Base64 => decode::base64(text),
        Codec::Base64Url => decode::base64url_any(text),
        Codec::Hex => hex(text),
        Codec::Pem => pem(text),
        Codec::Pkcs12 => None,
    };
    bytes(&out.ok_or(Selected::WrongShape)?, rest)
}

/// The first item whose member is that text.
fn find<'j>(node: Node<'j>, member: &str, equals: &str) -> Result<(usize, Node<'j>), Selected> {
    if node.kind() != Kind::Array {
        return Err(Selected::WrongShape);
    }
    let fits = |item: &Node<'_>| item.member(member).is_some_and(|own| own.is_text(equals));
    node.items().enumerate().find(|(_, item)| fits(item)).ok_or(Selected::Absent)
}

fn hex(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (pairs, rest) = text.as_chunks::<2>();
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let byte = |[high, low]: &[u8; 2]| u8::try_from(digit(*high)? << 4 | digit(*low)?).ok();
    let mut out = Zeroizing::new(Vec::with_capacity(pairs.len()));
    for pair in pairs {
        out.push(byte(pair)?);
    }
    rest.is_empty().then_some(out)
}

/// The bytes of the first block (RFC 7468); labels must agree, text before the block is skipped.
fn pem(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let text = std::str::from_utf8(text).ok()?;
    let (_, after) = text.split_once("-----BEGIN ")?;
    let (label, after) = after.split_once("-----")?;
    let (body, after) = after.split_once("-----END ")?;
    if after.split_once("-----")?.0 != label {
        return None;
    }
    let mut out = Zeroizing::new(Vec::with_capacity(body.len()));
    out.extend(body.bytes().filter(|b| !b.is_ascii_whitespace()));
    decode::base64(&out)
}

/// A pointer behind a pointer, in canonical form.
fn concat(base: &str, more: &str) -> Option<String> {
    let mut out = base.to_owned();
    for token in pointer::tokens(more)? {
        let token: Cow<'_, str> = token?;
        pointer::push(&mut out, &token);
    }
    Some(out)
}
