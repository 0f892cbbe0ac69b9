//! A Secret's bytes, straight from the tree into their own type: no copy is left behind that is not zeroed.

use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use super::{
    fault::Fault,
    path::Path,
    read::{self, Found},
    tree::{Content, Entry, Node},
};
use crate::{
    meta::ObjectMeta,
    secret::{Secret, SecretBytes},
};

/// `data`, decoded, with `stringData` over it, as the API server has it.
pub(super) fn read(root: &mut Node, metadata: ObjectMeta, found: &mut Vec<Found>) -> Secret {
    let secret_type = read::member(root, "type", found);
    let immutable: Option<bool> = read::member(root, "immutable", found);
    let mut secret = Secret { metadata, secret_type, immutable, data: Default::default() };
    for (member, decode) in [("data", true), ("stringData", false)] {
        for entry in entries(root, member, found) {
            match bytes(entry, decode) {
                Ok(bytes) => drop(secret.data.insert(entry.key.to_string(), bytes)),
                Err(fault) => found.push(fail(member, entry, fault)),
            }
        }
    }
    secret
}

fn entries<'a>(root: &'a Node, member: &str, found: &mut Vec<Found>) -> &'a [Entry] {
    let Some(node) = root.member(member) else { return &[] };
    match &node.content {
        Content::Map(entries) => entries,
        Content::Null => &[],
        _ => {
            let fault = Fault::WrongType { expected: "a mapping", found: node.found() };
            found.push(Found { line: node.line, path: member.to_owned(), fault });
            &[]
        }
    }
}

fn bytes(entry: &Entry, decode: bool) -> Result<SecretBytes, Fault> {
    if !crate::dns::is_data_key(&entry.key) {
        return Err(Fault::Invalid(
            "a key has only letters, digits, '-', '_' and '.', at most 253".to_owned(),
        ));
    }
    let wrong = || Fault::WrongType { expected: "a text", found: entry.value.found() };
    let text = entry.value.text().ok_or_else(wrong)?;
    if decode { base64(text) } else { Ok(SecretBytes::new(text.as_bytes().to_vec())) }
}

/// Padded, standard alphabet; line breaks are let through, as Go does.
fn base64(text: &str) -> Result<SecretBytes, Fault> {
    let mut clean = Zeroizing::new(Vec::with_capacity(text.len()));
    clean.extend(text.bytes().filter(|b| !matches!(b, b'\r' | b'\n')));
    // As long as it can get, so that it never moves and leaves a copy behind.
    let mut bytes = Zeroizing::new(vec![0; clean.len() / 4 * 3 + 3]);
    let length = STANDARD
        .decode_slice(clean.as_slice(), &mut bytes)
        .map_err(|_| Fault::Invalid("not base64: encode it, or write it under stringData".to_owned()))?;
    bytes.truncate(length);
    Ok(SecretBytes::new(std::mem::take(&mut bytes)))
}

fn fail(member: &str, entry: &Entry, fault: Fault) -> Found {
    let mut path = Path::default();
    path.field(member);
    path.field(&entry.key);
    Found { line: entry.line, path: path.into_text(), fault }
}
