//! A Kubernetes Secret as input: the credentials that stores refer to, in standalone mode. Its bytes have no
//! Debug, Display, Serialize or Clone and are zeroed on drop. Nothing of it is ever shown but its name and keys.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use crate::meta::ObjectMeta;

/// `v1` `Secret`.
pub struct Secret {
    /// Metadata.
    pub metadata: ObjectMeta,
    /// `type`; absent: Opaque.
    pub secret_type: Option<String>,
    /// `immutable`; absent: it can change.
    pub immutable: Option<bool>,
    /// `data`, decoded, with `stringData` over it.
    pub data: BTreeMap<String, SecretBytes>,
}

/// Bytes of a Secret.
pub struct SecretBytes(Zeroizing<Vec<u8>>);

impl SecretBytes {
    /// Takes ownership of the bytes; the caller keeps no copy.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes, for those who make a credential of them.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}
