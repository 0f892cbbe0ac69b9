//! Where objects are read from, and all of it as it was at one time. A folder of tenants may be given to one
//! namespace: `--manifests team-a=DIR`. What its objects may be is decided in core.

use std::{collections::BTreeMap, path::PathBuf};

use bailiwick_api::dns::is_label;
use bailiwick_artifact::digest::Digest;
use zeroize::Zeroizing;

use super::files::{self, Files, FilesError, Found};

/// The policy, and the tenants' folders and files.
#[derive(Clone, Debug)]
pub struct Sources {
    /// `--policy`: folders that together are the policy.
    pub policy: Vec<PathBuf>,
    /// `--manifests`.
    pub manifests: Vec<Root>,
}

/// One folder or file of `--manifests`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// The one namespace whose objects it may hold; none: whatever its objects say.
    pub namespace: Option<String>,
    /// Where it is.
    pub path: PathBuf,
}

/// Everything as it was read at one time.
pub struct Snapshot {
    /// Files of the policy.
    pub policy: Files,
    /// Files of the tenants, by the namespace that they belong to; none for those that say so themselves.
    pub tenants: BTreeMap<Option<String>, Found>,
}

impl Root {
    /// Reads `NAMESPACE=PATH` or `PATH`. A path with a `=` in it is written with a `/` before: `./a=b`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text.split_once('=') {
            Some((namespace, path)) if is_label(namespace) => {
                Self { namespace: Some(namespace.to_owned()), path: path.into() }
            }
            _ => Self { namespace: None, path: text.into() },
        }
    }
}

impl Sources {
    /// Reads all of it. A file of the policy that cannot be read stops everything, since it may be what denies.
    pub fn read(&self) -> Result<Snapshot, FilesError> {
        let policy = files::read_all(&self.policy)?;
        let mut roots: BTreeMap<Option<String>, Vec<PathBuf>> = BTreeMap::new();
        for Root { namespace, path } in &self.manifests {
            roots.entry(namespace.clone()).or_default().push(path.clone());
        }
        let tenants = roots.into_iter().map(|(namespace, paths)| (namespace, files::read(&paths))).collect();
        Ok(Snapshot { policy, tenants })
    }
}

impl Snapshot {
    /// A policy alone.
    #[must_use]
    pub fn of_policy(policy: Files) -> Self {
        Self { policy, tenants: BTreeMap::new() }
    }

    /// A digest of all names and texts, and of what could not be read: equal only where nothing changed.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let mut text = Zeroizing::new(Vec::new());
        add_files(&mut text, &self.policy);
        for (namespace, found) in &self.tenants {
            add(&mut text, namespace.as_deref().unwrap_or_default().as_bytes());
            add_files(&mut text, &found.files);
            for error in &found.errors {
                add(&mut text, error.path.as_os_str().as_encoded_bytes());
            }
        }
        Digest::of(&text)
    }
}

fn add_files(text: &mut Vec<u8>, files: &Files) {
    text.extend_from_slice(&(files.len() as u64).to_le_bytes());
    for (path, content) in files {
        add(text, path.as_os_str().as_encoded_bytes());
        add(text, Digest::of(content.as_bytes()).hex().as_bytes());
    }
}

fn add(text: &mut Vec<u8>, part: &[u8]) {
    text.extend_from_slice(&(part.len() as u64).to_le_bytes());
    text.extend_from_slice(part);
}

#[cfg(test)]
mod tests {
    use super::Root;

    #[test]
    fn a_namespace_stands_before_the_first_equals_sign() {
        for (text, namespace, path) in [
            ("manifests", None, "manifests"),
            ("team-a=manifests", Some("team-a"), "manifests"),
            ("team-a=a=b", Some("team-a"), "a=b"),
            ("./team-a=b", None, "./team-a=b"),
            ("Team=b", None, "Team=b"),
            ("=b", None, "=b"),
        ] {
            let root = Root { namespace: namespace.map(str::to_owned), path: path.into() };
            assert_eq!(Root::parse(text), root);
        }
    }
}
