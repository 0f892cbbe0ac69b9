//! Credentials of the standalone mode: Secret manifests of the tenants' folder, and files that the operator named.
//! A file that the operator named comes first; nothing else on the machine is ever looked at.

use std::{collections::BTreeMap, path::Path};

use bailiwick_api::secret::Secret;
use bailiwick_artifact::digest::Digest;
use bailiwick_broker::{Credential, Material, MaterialError, MaterialFuture};

use super::credentials::{CredentialName, Credentials};

/// The largest credential file: a Secret's limit.
const MAX_FILE: u64 = 1 << 20;

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

    /// A certificate that a store's `caProvider` names; certificates are not secret.
    #[must_use]
    pub(super) fn certificate(&self, place: &(String, String), key: &str) -> Option<String> {
        let bytes = self.secrets.get(place)?.data.get(key)?.expose();
        String::from_utf8(bytes.to_vec()).ok()
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
