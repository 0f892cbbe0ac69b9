//! A reply that a guest may read must not hold a credential of its run: an echo endpoint or an error page may
//! reflect what was sent to it, as it was sent or written otherwise.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use zeroize::Zeroizing;

use crate::credential::Held;

/// Shorter ones are no secrets, and would be found by chance.
const SHORTEST: usize = 8;

type Form = Zeroizing<Vec<u8>>;

/// Whether `body` holds a credential: as it is, in base64 wherever it begins in it (as behind `user:`), in hex, or
/// percent-encoded.
pub(crate) fn reflects<'h>(body: &[u8], held: impl IntoIterator<Item = &'h Held>) -> bool {
    let credentials = held.into_iter().flat_map(|held| held.inputs.values());
    let mut long = credentials.map(|credential| credential.bytes()).filter(|bytes| bytes.len() >= SHORTEST);
    long.any(|bytes| holds(body, bytes) || forms(bytes).iter().any(|form| holds(body, form)))
}

/// How a credential may be written otherwise.
fn forms(bytes: &[u8]) -> Vec<Form> {
    let shifted = (0..3).flat_map(|shift| {
        let text = Zeroizing::new([vec![0; shift].as_slice(), bytes].concat());
        [STANDARD_NO_PAD, URL_SAFE_NO_PAD].map(|base64| {
            let encoded = Zeroizing::new(base64.encode(&*text));
            inner(&encoded, shift, text.len())
        })
    });
    let hex = [HEX_LOWER, HEX_UPPER].map(|digits| each(bytes, |byte, out| pair(byte, digits, out)));
    let percent = [HEX_LOWER, HEX_UPPER].map(|digits| {
        each(bytes, |byte, out| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(byte),
            _ => {
                out.push(b'%');
                pair(byte, digits, out);
            }
        })
    });
    shifted.chain(hex).chain(percent).collect()
}

const HEX_LOWER: &[u8; 16] = b"0123456789abcdef";
const HEX_UPPER: &[u8; 16] = b"0123456789ABCDEF";

/// Of an encoded text behind `shift` other bytes: the characters that those, and what follows, have no part in.
fn inner(encoded: &str, shift: usize, length: usize) -> Form {
    let first = (shift * 8).div_ceil(6);
    let last = length * 8 / 6;
    Zeroizing::new(encoded.as_bytes().get(first..last).unwrap_or_default().to_vec())
}

fn each(bytes: &[u8], write: impl Fn(u8, &mut Vec<u8>)) -> Form {
    // Reserved whole: a vector that grows leaves copies behind.
    let mut out = Zeroizing::new(Vec::with_capacity(3 * bytes.len()));
    bytes.iter().for_each(|byte| write(*byte, &mut out));
    out
}

fn pair(byte: u8, digits: &[u8; 16], out: &mut Vec<u8>) {
    let nibbles = [byte >> 4, byte & 15];
    out.extend(nibbles.into_iter().filter_map(|nibble| digits.get(usize::from(nibble))));
}

fn holds(body: &[u8], part: &[u8]) -> bool {
    let Some(first) = part.first() else { return false };
    let mut rest = body;
    while let Some(at) = rest.iter().position(|byte| byte == first) {
        rest = rest.get(at..).unwrap_or_default();
        if rest.starts_with(part) {
            return true;
        }
        rest = rest.get(1..).unwrap_or_default();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &[u8] = b"hvs.a/b+c?d-secret";

    fn found(body: &str) -> bool {
        holds(body.as_bytes(), TOKEN) || forms(TOKEN).iter().any(|form| holds(body.as_bytes(), form))
    }

    #[test]
    fn i4_denied_a_credential_however_it_is_written() {
        for before in ["", "u", "us", "user:", "an-user-of-another-length:"] {
            for behind in ["", "x", "xy", "xyz"] {
                let text = [before.as_bytes(), TOKEN, behind.as_bytes()].concat();
                assert!(found(&STANDARD_NO_PAD.encode(&text)), "{before} {behind}");
                assert!(found(&URL_SAFE_NO_PAD.encode(&text)), "{before} {behind}");
            }
        }
        assert!(
            found("6876732e612f622b633f642d736563726574") && found("6876732E612F622B633F642D736563726574")
        );
        assert!(found("hvs.a%2Fb%2Bc%3Fd-secret") && found("hvs.a%2fb%2bc%3fd-secret"));
    }

    #[test]
    fn i4_allowed_what_only_looks_like_it() {
        for other in ["", "hvs.a/b+c?d-secre", "aHZzLmEvYg", "6876732e", "hvs.a%2Fb"] {
            assert!(!found(other), "{other}");
        }
    }
}
