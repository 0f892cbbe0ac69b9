//! Pull secrets: `kubernetes.io/dockerconfigjson` and the older `kubernetes.io/dockercfg`, and which entry is for which
//! repository, as the kubelet chooses it. Bounded text in, credentials out. Helper programs that such a file may name
//! are never run: a tenant would choose what we execute (oci-signing.md 1.2).

mod entry;
mod matching;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, de::IgnoredAny};

use self::entry::Entry;
use super::session::Credentials;

/// Bytes of a pull secret.
const MAX_BYTES: usize = 256 << 10;
/// Entries of one.
const MAX_ENTRIES: usize = 256;

/// How the text is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// `.dockerconfigjson`, and docker's own `config.json`.
    Config,
    /// `.dockercfg`.
    Old,
}

/// Why a pull secret is of no use. Nothing of it is quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PullSecretError {
    /// Over its bounds.
    #[error("a pull secret is at most {MAX_BYTES} bytes and {MAX_ENTRIES} entries")]
    TooLarge,
    /// No JSON of this shape.
    #[error("the pull secret is no docker configuration")]
    Malformed,
    /// `auth` is no base64 of user:password, or a half is missing.
    #[error("the pull secret's entry has neither auth (base64 of user:password) nor username and password")]
    Entry,
    /// Tokens of a vendor's own login.
    #[error("identitytoken and registrytoken are not served: put a user and password into the pull secret")]
    Token,
    /// Only a helper program knows.
    #[error("credsStore and credHelpers name programs, which are never run: put auths into the file")]
    Helper,
}

/// The entries of a pull secret. It has no text form and is zeroed when it goes.
pub struct PullSecret {
    entries: Vec<(String, Entry)>,
    helpers: bool,
}

#[derive(Deserialize)]
struct Config {
    #[serde(default)]
    auths: BTreeMap<String, Entry>,
    #[serde(rename = "credsStore")]
    store: Option<IgnoredAny>,
    #[serde(rename = "credHelpers")]
    helpers: Option<IgnoredAny>,
}

impl PullSecret {
    /// Reads a pull secret.
    ///
    /// # Errors
    /// [`PullSecretError::TooLarge`] and [`PullSecretError::Malformed`].
    pub fn read(layout: Layout, text: &[u8]) -> Result<Self, PullSecretError> {
        if text.len() > MAX_BYTES {
            return Err(PullSecretError::TooLarge);
        }
        let malformed = |_| PullSecretError::Malformed;
        let (entries, helpers) = match layout {
            Layout::Old => {
                (serde_json::from_slice::<BTreeMap<String, Entry>>(text).map_err(malformed)?, false)
            }
            Layout::Config => {
                let config: Config = serde_json::from_slice(text).map_err(malformed)?;
                (config.auths, config.store.is_some() || config.helpers.is_some())
            }
        };
        if entries.len() > MAX_ENTRIES {
            return Err(PullSecretError::TooLarge);
        }
        Ok(Self { entries: entries.into_iter().collect(), helpers })
    }

    /// The credentials for a repository: of the entry that names it most exactly; none where no entry does.
    ///
    /// # Errors
    /// [`PullSecretError::Entry`], [`PullSecretError::Token`] of that entry, and [`PullSecretError::Helper`] where only a
    /// helper could know.
    pub fn credentials(&self, registry: &str, path: &str) -> Result<Option<Credentials>, PullSecretError> {
        let ranked = self
            .entries
            .iter()
            .filter_map(|(key, entry)| Some((matching::rank(key, registry, path)?, entry)));
        match ranked.max_by_key(|(rank, _)| *rank) {
            Some((_, entry)) if !entry.is_empty() => entry.credentials().map(Some),
            _ if self.helpers => Err(PullSecretError::Helper),
            Some(_) => Err(PullSecretError::Entry),
            None => Ok(None),
        }
    }
}
