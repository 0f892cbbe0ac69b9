//! Credentials of the standalone mode: Secret manifests of the tenants' folder, and files that the operator named.
//! A file that the operator named comes first; nothing else on the machine is ever looked at.

use std::{collections::BTreeMap, path::Path};

use bailiwick_api::secret::Secret;
use bailiwick_artifact::digest::Digest;
use bailiwick_broker::{Credential, Material, MaterialError, MaterialFuture};
use bailiwick_core::grant::only_certificates;
use zeroize::Zeroizing;

use super::credentials::{CredentialName, Credentials, MAX_FILE};

/// Where credentials are read from.
pub(super) struct FolderMaterial {
    secrets: BTreeMap<(String, String), Secret>,
    files: Credentials,
}

impl FolderMaterial {
    /// Secret manifests by namespace and name, and files by what they stand for.
    #[must_use]
    pub(super) fn new(secrets: BTreeMap<(String, String), Secret>, files: Credentials) -> Self {
        Self { secrets, files }
    }

    /// A certificate that a store's `caProvider` names. It is compared with the grant's and shown to nobody, and zeroed
    /// on drop: a store may name any key of any Secret, whatever is in it. What is not a certificate is not read.
    #[must_use]
    pub(super) fn certificate(&self, place: &(String, String), key: &str) -> Option<Zeroizing<String>> {
        let text = std::str::from_utf8(self.secrets.get(place)?.data.get(key)?.expose()).ok()?;
        only_certificates(text).then(|| Zeroizing::new(text.to_owned()))
    }

    fn find(&self, namespace: &str, name: &str, key: &str) -> Result<Credential, MaterialError> {
        let named =
            CredentialName::Secret { namespace: namespace.into(), name: name.into(), key: key.into() };
        if let Some(file) = self.files.get(&named) {
            return read(file);
        }
        let secret =
            self.secrets.get(&(namespace.to_owned(), name.to_owned())).ok_or(MaterialError::Absent)?;
        let bytes = secret.data.get(key).ok_or(MaterialError::Absent)?.expose();
        Ok(credential(bytes.to_vec()))
    }

    fn find_token(&self, namespace: &str, name: &str) -> Result<Credential, MaterialError> {
        let named = CredentialName::Token { namespace: namespace.into(), name: name.into() };
        self.files.get(&named).ok_or(MaterialError::Absent).and_then(|file| read(file))
    }
}

impl Material for FolderMaterial {
    fn secret<'a>(&'a self, namespace: &'a str, name: &'a str, key: &'a str) -> MaterialFuture<'a> {
        Box::pin(async move { self.find(namespace, name, key) })
    }

    /// A token file was made for one audience by whoever wrote it; the backend checks which.
    fn token<'a>(&'a self, namespace: &'a str, account: &'a str, _: &'a str) -> MaterialFuture<'a> {
        Box::pin(async move { self.find_token(namespace, account) })
    }
}

fn read(file: &Path) -> Result<Credential, MaterialError> {
    let size = std::fs::metadata(file).map_err(|_| MaterialError::Absent)?.len();
    if size > MAX_FILE {
        return Err(MaterialError::Unavailable);
    }
    std::fs::read(file).map(credential).map_err(|_| MaterialError::Unavailable)
}

/// The source of a credential is a digest of its bytes: equal only for equal bytes (G12).
fn credential(bytes: Vec<u8>) -> Credential {
    let source = Digest::of(&bytes).to_string();
    Credential::new(bytes, source)
}

#[cfg(test)]
mod tests {
    use bailiwick_api::{meta::ObjectMeta, secret::SecretBytes};

    use super::*;

    fn certificate(text: &str) -> bool {
        let place = ("a".to_owned(), "b".to_owned());
        let data = BTreeMap::from([("key".to_owned(), SecretBytes::new(text.as_bytes().to_vec()))]);
        let secret = Secret { metadata: ObjectMeta::default(), secret_type: None, immutable: None, data };
        let material = FolderMaterial::new(BTreeMap::from([(place.clone(), secret)]), Credentials::new());
        material.certificate(&place, "key").is_some()
    }

    #[test]
    fn g6_allowed_certificates_of_a_ca_provider() {
        assert!(certificate("# our CA\n-----BEGIN CERTIFICATE-----\nAAEC\n-----END CERTIFICATE-----\n"));
    }

    #[test]
    fn g6_denied_any_other_key_that_a_ca_provider_names() {
        for text in ["hunter2", "-----BEGIN PRIVATE KEY-----\nAAEC\n-----END PRIVATE KEY-----\n"] {
            assert!(!certificate(text), "{text}");
        }
    }
}
