//! Private keys for signing: P-256, in cosign's encrypted file or as plain PKCS#8, read and written. A key made by
//! either tool signs in the other. They are zeroed, have no Debug, and leave only as the text of a key file.

mod encrypted;

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use pem_rfc7468::LineEnding;
use zeroize::Zeroizing;

use crate::evidence::keys::{self, LABEL, P256};

/// The largest key file that is read, in bytes (16 KiB). One has about 700.
pub const MAX_FILE: usize = 16 << 10;

/// The label of cosign's encrypted key file (cosign, pkg/cosign/keys.go).
const ENCRYPTED: &str = "ENCRYPTED SIGSTORE PRIVATE KEY";
/// The label of a PKCS#8 key (RFC 7468, section 10).
const PLAIN: &str = "PRIVATE KEY";

/// Why a key file is not read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not one PEM block of a kind that is served.
    #[error("not a private key: one PEM block, ENCRYPTED SIGSTORE PRIVATE KEY or PRIVATE KEY (PKCS#8)")]
    Pem,
    /// Not what cosign writes: another derivation, cipher or parameters.
    #[error("not an encrypted key as cosign writes it")]
    Format,
    /// The passphrase is wrong, or the file was changed.
    #[error("the passphrase does not open the key")]
    Passphrase,
    /// Not a P-256 key in PKCS#8.
    #[error("not a P-256 key: other algorithms are not signed with")]
    Algorithm,
    /// No randomness, or the cryptography said no.
    #[error("the system's cryptography failed")]
    System,
}

/// A P-256 key.
pub struct PrivateKey {
    pair: EcdsaKeyPair,
    pkcs8: Zeroizing<Vec<u8>>,
    public: Vec<u8>,
}

/// Whether the file needs a passphrase.
///
/// # Errors
/// [`KeyError::Pem`].
pub fn is_encrypted(file: &[u8]) -> Result<bool, KeyError> {
    match decode(file)? {
        (ENCRYPTED, _) => Ok(true),
        (PLAIN, _) => Ok(false),
        _ => Err(KeyError::Pem),
    }
}

impl PrivateKey {
    /// A new key.
    ///
    /// # Errors
    /// [`KeyError::System`].
    pub fn generate() -> Result<Self, KeyError> {
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new());
        let document = made.map_err(|_| KeyError::System)?;
        Self::from_pkcs8(Zeroizing::new(document.as_ref().to_vec()))
    }

    /// Reads a key file. The passphrase is not looked at where the file is not encrypted.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn from_pem(file: &[u8], passphrase: &[u8]) -> Result<Self, KeyError> {
        match decode(file)? {
            (ENCRYPTED, sealed) => Self::from_pkcs8(encrypted::open(&sealed, passphrase)?),
            (PLAIN, pkcs8) => Self::from_pkcs8(pkcs8),
            _ => Err(KeyError::Pem),
        }
    }

    /// As an unencrypted key file.
    ///
    /// # Errors
    /// [`KeyError::System`].
    pub fn to_pem(&self) -> Result<Zeroizing<String>, KeyError> {
        encode(PLAIN, &self.pkcs8).map(Zeroizing::new)
    }

    /// As cosign's encrypted key file.
    ///
    /// # Errors
    /// [`KeyError::System`].
    pub fn to_encrypted_pem(&self, passphrase: &[u8]) -> Result<String, KeyError> {
        encode(ENCRYPTED, &encrypted::seal(&self.pkcs8, passphrase)?)
    }

    /// The public key's file.
    ///
    /// # Errors
    /// [`KeyError::System`].
    pub fn public_pem(&self) -> Result<String, KeyError> {
        encode(LABEL, &self.public)
    }

    /// The public key as SubjectPublicKeyInfo.
    #[must_use]
    pub fn public_der(&self) -> &[u8] {
        &self.public
    }

    /// The identifier of the public key.
    #[must_use]
    pub fn id(&self) -> String {
        keys::id(&self.public)
    }

    /// Signs with ECDSA and SHA-256 (ASN.1).
    ///
    /// # Errors
    /// [`KeyError::System`].
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let signature = self.pair.sign(&SystemRandom::new(), message).map_err(|_| KeyError::System)?;
        Ok(signature.as_ref().to_vec())
    }

    fn from_pkcs8(pkcs8: Zeroizing<Vec<u8>>) -> Result<Self, KeyError> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &pkcs8);
        let pair = pair.map_err(|_| KeyError::Algorithm)?;
        // The prefix ends with the first byte of the point.
        let point = pair.public_key().as_ref().strip_prefix(&[0x04]).ok_or(KeyError::Algorithm)?;
        let public = [P256.as_slice(), point].concat();
        Ok(Self { pair, pkcs8, public })
    }
}

fn decode(file: &[u8]) -> Result<(&str, Zeroizing<Vec<u8>>), KeyError> {
    if file.len() > MAX_FILE {
        return Err(KeyError::Pem);
    }
    let (label, bytes) = pem_rfc7468::decode_vec(file).map_err(|_| KeyError::Pem)?;
    Ok((label, Zeroizing::new(bytes)))
}

fn encode(label: &str, bytes: &[u8]) -> Result<String, KeyError> {
    pem_rfc7468::encode_string(label, LineEnding::LF, bytes).map_err(|_| KeyError::System)
}

#[cfg(test)]
mod tests;
