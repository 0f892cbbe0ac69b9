//! What stands in cosign's encrypted key file (go-securesystemslib, package encrypted): scrypt, and NaCl's secretbox
//! over the PKCS#8 document. The parameters are three known sets, so that a file cannot ask for all memory.

use bailiwick_core::values::json::Json;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use crypto_secretbox::{KeyInit, XSalsa20Poly1305, aead::Aead};
use scrypt::Params;
use zeroize::Zeroizing;

use super::KeyError;

/// The sets that go-securesystemslib knows, by the logarithm of N; r is 8 and p is 1. The largest takes 128 MiB.
const KNOWN: [u8; 3] = [15, 16, 17];
/// The one that cosign writes: 64 MiB, a tenth of a second.
const WRITTEN: u8 = 16;
const SALT: usize = 32;
const NONCE: usize = 24;

/// Encrypts a document.
pub(super) fn seal(document: &[u8], passphrase: &[u8]) -> Result<Vec<u8>, KeyError> {
    let salt: [u8; SALT] = random()?;
    let nonce: [u8; NONCE] = random()?;
    let cipher = cipher(passphrase, &salt, WRITTEN)?;
    let sealed = cipher.encrypt(&nonce.into(), document).map_err(|_| KeyError::System)?;
    let [salt, nonce, sealed] = [&salt[..], &nonce, &sealed].map(|bytes| STANDARD.encode(bytes));
    let n = 1_u32 << WRITTEN;
    let kdf = format!(r#"{{"name":"scrypt","params":{{"N":{n},"r":8,"p":1}},"salt":"{salt}"}}"#);
    let cipher = format!(r#"{{"name":"nacl/secretbox","nonce":"{nonce}"}}"#);
    Ok(format!(r#"{{"kdf":{kdf},"cipher":{cipher},"ciphertext":"{sealed}"}}"#).into_bytes())
}

/// Opens what cosign or [`seal`] encrypted.
pub(super) fn open(file: &[u8], passphrase: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let json = Json::parse(file).map_err(|_| KeyError::Format)?;
    let is = |pointer: &str, text: &str| json.pointer(pointer).is_some_and(|node| node.is_text(text));
    if !is("/kdf/name", "scrypt") || !is("/cipher/name", "nacl/secretbox") {
        return Err(KeyError::Format);
    }
    let log_n = parameters(&json).ok_or(KeyError::Format)?;
    let bytes = |pointer: &str| STANDARD.decode(json.pointer(pointer)?.text()?.as_bytes()).ok();
    let salt = bytes("/kdf/salt").ok_or(KeyError::Format)?;
    let nonce = bytes("/cipher/nonce").ok_or(KeyError::Format)?;
    let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| KeyError::Format)?;
    let sealed = bytes("/ciphertext").ok_or(KeyError::Format)?;
    let opened = cipher(passphrase, &salt, log_n)?.decrypt(&nonce.into(), sealed.as_slice());
    opened.map(Zeroizing::new).map_err(|_| KeyError::Passphrase)
}

/// The logarithm of N, where the set is a known one.
fn parameters(json: &Json<'_>) -> Option<u8> {
    let is = |name: &str, value: &str| {
        json.pointer(&format!("/kdf/params/{name}")).is_some_and(|node| node.raw() == value)
    };
    if !is("r", "8") || !is("p", "1") {
        return None;
    }
    KNOWN.into_iter().find(|log_n| is("N", &(1_u32 << log_n).to_string()))
}

fn cipher(passphrase: &[u8], salt: &[u8], log_n: u8) -> Result<XSalsa20Poly1305, KeyError> {
    let params = Params::new(log_n, 8, 1).map_err(|_| KeyError::Format)?;
    let mut key = Zeroizing::new([0_u8; 32]);
    scrypt::scrypt(passphrase, salt, &params, key.as_mut_slice()).map_err(|_| KeyError::System)?;
    Ok(XSalsa20Poly1305::new(key.as_slice().into()))
}

fn random<const N: usize>() -> Result<[u8; N], KeyError> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| KeyError::System)?;
    Ok(bytes)
}
