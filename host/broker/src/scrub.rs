//! A reply that a guest may read must not hold a credential of its run: an echo endpoint or an error page may
//! reflect what was sent to it.

use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use crate::credential::Held;

/// Shorter ones are no secrets, and would be found by chance.
const SHORTEST: usize = 8;

/// Whether `body` holds a credential, as it is or in base64.
pub(crate) fn reflects<'h>(body: &[u8], held: impl IntoIterator<Item = &'h Held>) -> bool {
    held.into_iter().flat_map(|held| held.inputs.values()).any(|credential| {
        let bytes = credential.bytes();
        let encoded = Zeroizing::new(STANDARD.encode(bytes));
        let stem = encoded.trim_end_matches('=');
        bytes.len() >= SHORTEST && (holds(body, bytes) || holds(body, stem.as_bytes()))
    })
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
