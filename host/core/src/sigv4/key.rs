//! The signing key: the secret key, bound to one day, region and service. Every step is zeroed after use.

use hmac::{Hmac, KeyInit, Mac, digest::FixedOutput};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// Bytes of a block of SHA-256, which is what HMAC fills with its key.
const BLOCK: usize = 64;

/// A key or a code that is zeroed on drop.
pub(super) type Code = Zeroizing<[u8; 32]>;

/// The key for one scope.
pub(super) fn signing_key(secret: &[u8], date: &str, region: &str, service: &str) -> Code {
    // Of its full size from the start: a buffer that grows leaves unzeroed copies behind.
    let mut first = Zeroizing::new(Vec::with_capacity(secret.len() + 4));
    first.extend_from_slice(b"AWS4");
    first.extend_from_slice(secret);
    [region, service, "aws4_request"]
        .iter()
        .fold(hmac(&first, date.as_bytes()), |key, part| hmac(&*key, part.as_bytes()))
}

/// HMAC-SHA256 (RFC 2104) with a key of any length.
pub(super) fn hmac(key: &[u8], message: &[u8]) -> Code {
    let mut block = Zeroizing::new([0; BLOCK]);
    if key.len() > BLOCK {
        fill(&mut block, &Sha256::digest(key));
    } else {
        fill(&mut block, key);
    }
    let mut mac = Hmac::<Sha256>::new((&*block).into());
    mac.update(message);
    let mut code = Code::default();
    mac.finalize_into((&mut *code).into());
    code
}

fn fill(block: &mut [u8; BLOCK], bytes: &[u8]) {
    block.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
}
