//! Public keys as policies write them: one PEM block with a SubjectPublicKeyInfo (RFC 5280, 4.1) of P-256 (RFC 5480) or
//! Ed25519 (RFC 8410). Their DER has one form, so that it is compared and nothing is parsed; whether the point is on
//! its curve is found out by whoever verifies.

use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

/// `SEQUENCE { SEQUENCE { id-ecPublicKey, prime256v1 }, BIT STRING }` up to the uncompressed point's 64 bytes.
const P256: &[u8] = &[
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
    0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
];

/// `SEQUENCE { SEQUENCE { id-Ed25519 }, BIT STRING }` up to the 32 bytes of the key.
const ED25519: &[u8] = &[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

const BEGIN: &str = "-----BEGIN PUBLIC KEY-----";
const END: &str = "-----END PUBLIC KEY-----";

/// The DER of a key.
///
/// # Errors
/// A remedy.
pub(super) fn read(pem: &str) -> Result<Vec<u8>, &'static str> {
    let body = pem.trim().strip_prefix(BEGIN).and_then(|rest| rest.strip_suffix(END));
    let body = body.ok_or("write one PEM block: -----BEGIN PUBLIC KEY-----")?;
    let text: String = body.split_ascii_whitespace().collect();
    let der = STANDARD.decode(text).map_err(|_| "the PEM block holds no base64")?;
    let is = |prefix: &[u8], rest: usize| der.starts_with(prefix) && der.len() == prefix.len() + rest;
    if is(P256, 64) || is(ED25519, 32) { Ok(der) } else { Err("only P-256 and Ed25519 keys are served") }
}

/// A key's PEM block, 64 characters a line (RFC 7468).
pub(super) fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines = text.as_bytes().chunks(64).map(String::from_utf8_lossy);
    let body: String = lines.map(|line| format!("{line}\n")).collect();
    format!("{BEGIN}\n{body}{END}\n")
}

/// `sha256:<hex>`.
pub(super) fn digest(bytes: &[u8]) -> String {
    let hex: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

#[cfg(test)]
mod tests {
    use super::{ED25519, P256, pem, read};

    #[test]
    fn allowed_p256_and_ed25519() {
        for der in [[P256, &[7; 64]].concat(), [ED25519, &[7; 32]].concat()] {
            assert_eq!(read(&pem(&der)), Ok(der.clone()));
            assert_eq!(read(&pem(&der).replace('\n', "\r\n")), Ok(der));
        }
    }

    #[test]
    fn denied_other_keys_and_texts() {
        let p384 = [0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
        let good = pem(&[P256, &[7; 64]].concat());
        for text in [
            String::new(),
            good.replace("PUBLIC", "RSA PUBLIC"),
            good.replace("PUBLIC", "PRIVATE"),
            format!("{good}{good}"),
            pem(&[P256, &[7; 63]].concat()),
            pem(&[P256, &[7; 65]].concat()),
            pem(&[ED25519, &[7; 31]].concat()),
            pem(&p384),
            good.replace("A", "!"),
        ] {
            assert!(read(&text).is_err(), "{text}");
        }
    }
}
