//! Signing a manifest with a key, as cosign 3 does it: an in-toto Statement v1 about the digest, in a DSSE envelope, in a
//! bundle v0.3 that hints at the key. No log and no timestamp: what is signed here can be made and verified without a
//! network. Keyless signing is left to cosign.

pub mod key;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value as Json;

pub use key::PrivateKey;

use crate::{
    Digest,
    evidence::{envelope, keys},
};

/// It could not be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The predicate is no object, or over 64 KiB.
    #[error("a predicate is an object of at most 64 KiB")]
    Predicate,
    /// The cryptography said no.
    #[error("the key cannot sign")]
    Key,
}

/// A bundle that says `predicate` of the manifest. Two of the same differ in the signature's nonce only.
///
/// # Errors
/// [`SignError`].
pub fn bundle(
    key: &PrivateKey,
    subject: &Digest,
    predicate_type: &str,
    predicate: &Json,
) -> Result<Vec<u8>, SignError> {
    let payload = statement(subject, predicate_type, predicate)?;
    let signature = key.sign(&envelope::pae(payload.as_bytes())).map_err(|_| SignError::Key)?;
    let hint = keys::hint(key.public_der());
    let (payload, signature) = (STANDARD.encode(payload), STANDARD.encode(signature));
    let material = format!(r#""verificationMaterial":{{"publicKey":{{"hint":"{hint}"}}}}"#);
    let envelope = format!(
        r#""dsseEnvelope":{{"payload":"{payload}","payloadType":"{}","signatures":[{{"sig":"{signature}"}}]}}"#,
        envelope::PAYLOAD_TYPE
    );
    let kind = crate::pulled::BUNDLE_TYPE;
    Ok(format!(r#"{{"mediaType":"{kind}",{material},{envelope}}}"#).into_bytes())
}

/// What is signed, with its members in cosign's order.
fn statement(subject: &Digest, predicate_type: &str, predicate: &Json) -> Result<String, SignError> {
    let text = predicate.to_string();
    if !predicate.is_object() || text.len() > envelope::MAX_PREDICATE {
        return Err(SignError::Predicate);
    }
    let subject = format!(r#"[{{"digest":{{"sha256":"{}"}}}}]"#, subject.hex());
    let kind = Json::from(predicate_type);
    let statement = envelope::STATEMENT_TYPE;
    Ok(format!(r#"{{"_type":"{statement}","subject":{subject},"predicateType":{kind},"predicate":{text}}}"#))
}

#[cfg(test)]
mod tests;
