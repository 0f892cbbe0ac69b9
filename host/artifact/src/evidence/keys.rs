//! Public keys that signatures are verified with: P-256 with SHA-256, and Ed25519. Written as SubjectPublicKeyInfo (RFC
//! 5280), in exactly one spelling, so that a key has one identifier. No private key is seen here.

use std::collections::BTreeMap;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, ED25519, ParsedPublicKey, VerificationAlgorithm};
use bailiwick_core::trust::KeyId;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

use crate::Digest;

/// What stands before the point of a P-256 key (RFC 5480): id-ecPublicKey, prime256v1, a bit string of 65 bytes, and the
/// mark of an uncompressed point.
pub(crate) const P256: [u8; 27] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
    0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
];
/// What stands before an Ed25519 key (RFC 8410).
const ED: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
/// A public key's label in PEM (RFC 7468, section 13).
pub(crate) const LABEL: &str = "PUBLIC KEY";

/// The text is no public key that is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAKey {
    /// Not one PEM block `PUBLIC KEY`.
    #[error("not a public key: it must be one PEM block, PUBLIC KEY")]
    Pem,
    /// Another algorithm, or a key that does not hold.
    #[error("not a P-256 or Ed25519 key: other algorithms are not served")]
    Algorithm,
}

/// Reads a public key's PEM text: its identifier and its DER.
///
/// # Errors
/// [`NotAKey`].
pub fn public(pem: &[u8]) -> Result<(KeyId, Vec<u8>), NotAKey> {
    let (label, der) = pem_rfc7468::decode_vec(pem).map_err(|_| NotAKey::Pem)?;
    if label != LABEL {
        return Err(NotAKey::Pem);
    }
    parse(&der).ok_or(NotAKey::Algorithm)?;
    Ok((id(&der), der))
}

/// The identifier of a key's SubjectPublicKeyInfo.
pub(crate) fn id(spki: &[u8]) -> KeyId {
    Digest::of(spki).to_string()
}

/// How a bundle hints at a key: base64 of the SHA-256 of its SubjectPublicKeyInfo (cosign 3).
pub(crate) fn hint(spki: &[u8]) -> String {
    STANDARD.encode(Sha256::digest(spki))
}

/// The keys at hand.
pub(super) struct Keys(Vec<Key>);

/// One of them.
pub(super) struct Key {
    pub id: KeyId,
    pub spki: Vec<u8>,
    hint: String,
    public: ParsedPublicKey,
}

impl Keys {
    /// Parses them; the second are those that cannot be used, a wrong identifier among the reasons.
    pub(super) fn new(anchors: &BTreeMap<KeyId, Vec<u8>>) -> (Self, Vec<KeyId>) {
        let mut keys = Vec::new();
        let mut unusable = Vec::new();
        for (name, spki) in anchors {
            match parse(spki) {
                Some(public) if id(spki) == *name => {
                    keys.push(Key { id: name.clone(), spki: spki.clone(), hint: hint(spki), public });
                }
                _ => unusable.push(name.clone()),
            }
        }
        (Self(keys), unusable)
    }

    /// The key that made the signature over the message. The one hinted at is tried first, and then all others: a hint
    /// is not signed.
    pub(super) fn signer(&self, hint: Option<&str>, message: &[u8], signature: &[u8]) -> Option<&Key> {
        let is_hinted = |key: &&Key| hint.is_some_and(|hint| key.hint == hint);
        let hinted = self.0.iter().filter(is_hinted);
        let others = self.0.iter().filter(|key| !is_hinted(key));
        hinted.chain(others).find(|key| key.public.verify_sig(message, signature).is_ok())
    }
}

fn parse(spki: &[u8]) -> Option<ParsedPublicKey> {
    let algorithm: &'static dyn VerificationAlgorithm = match spki {
        _ if spki.len() == P256.len() + 64 && spki.starts_with(&P256) => &ECDSA_P256_SHA256_ASN1,
        _ if spki.len() == ED.len() + 32 && spki.starts_with(&ED) => &ED25519,
        _ => return None,
    };
    let raw = if spki.starts_with(&ED) { spki.get(ED.len()..)? } else { spki.get(P256.len() - 1..)? };
    ParsedPublicKey::new(algorithm, raw).ok()
}
