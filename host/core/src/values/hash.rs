//! ESO's hashes, bit for bit, so that a Secret that it wrote is taken over without a rewrite: SHA3-224 in hex of
//! the text that Go's `%+v` makes.

use std::{collections::BTreeMap, fmt::Write};

use sha3::{Digest, Sha3_224};

use super::convert::Data;

#[cfg(test)]
mod tests;

/// Of a text: the created-by label (of `namespace/name`), a long field manager.
#[must_use]
pub fn text(text: &str) -> String {
    hex(&Sha3_224::digest(text))
}

/// Of a Secret's data, for its data-hash annotation: of `map[k:[98 97] l:[]]`, keys sorted, bytes in decimal.
#[must_use]
pub fn data(data: &Data) -> String {
    let mut hasher = Sha3_224::new();
    hasher.update("map[");
    for (index, (key, value)) in data.iter().enumerate() {
        hasher.update(if index > 0 { " " } else { "" });
        hasher.update(key);
        hasher.update(":[");
        for (index, byte) in value.bytes().iter().enumerate() {
            hasher.update(if index > 0 { " " } else { "" });
            hasher.update(decimal(*byte).trim_ascii_start());
        }
        hasher.update("]");
    }
    hasher.update("]");
    hex(&hasher.finalize())
}

/// Of annotations and labels: the second half of `status.syncedResourceVersion`.
#[must_use]
pub fn meta(annotations: &BTreeMap<String, String>, labels: &BTreeMap<String, String>) -> String {
    text(&format!("{{annotations:{} labels:{}}}", map(annotations), map(labels)))
}

/// A byte in decimal, with spaces before it; on the stack, so that nothing of a value stays behind.
fn decimal(byte: u8) -> [u8; 3] {
    let digit = |n: u8| if n == 0 { b' ' } else { b'0' + n % 10 };
    [digit(byte / 100), digit(byte / 10), b'0' + byte % 10]
}

fn map(map: &BTreeMap<String, String>) -> String {
    let members: Vec<String> = map.iter().map(|(key, value)| format!("{key}:{value}")).collect();
    format!("map[{}]", members.join(" "))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(56), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}
