//! Artifacts that were fetched once, so that a load needs no network: manifest, config, component and evidence in the
//! content-addressed folder, and a note that says which belong together. Nothing vouches for what lies there: each
//! load hashes the very buffers that it returns, and whoever loads judges them again (I9). What is missing, damaged
//! or changed is absent, and is fetched again.

use std::path::Path;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

use crate::{ContentStore, Digest, Evidence, Pulled, store::StoreError};

/// A folder of artifacts.
#[derive(Debug)]
pub struct ArtifactCache {
    store: ContentStore,
}

/// Which content makes an artifact.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Note {
    config: String,
    component: String,
    evidence: Vec<Item>,
    capped: bool,
    via: Option<String>,
}

/// One piece of evidence.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
enum Item {
    /// The content of a bundle.
    Bundle(String),
    /// The content of a payload, and the signature over it.
    SimpleSigning(String, String),
}

impl ArtifactCache {
    /// Opens the folder, and makes it where it is not there.
    ///
    /// # Errors
    /// Those of [`ContentStore::open`].
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        ContentStore::open(folder).map(|store| Self { store })
    }

    /// Keeps an artifact, in place of an earlier note of the same manifest: evidence may have been added since.
    ///
    /// # Errors
    /// [`StoreError`]; then what was there before is still whole.
    pub fn put(&self, pulled: &Pulled) -> Result<(), StoreError> {
        let keep = |bytes: &[u8]| self.store.put(bytes).map(|digest| digest.to_string());
        let item = |evidence: &Evidence| match evidence {
            Evidence::Bundle(json) => keep(json).map(Item::Bundle),
            Evidence::SimpleSigning { payload, signature } => {
                keep(payload).map(|payload| Item::SimpleSigning(payload, STANDARD.encode(signature)))
            }
        };
        let note = Note {
            config: keep(&pulled.config)?,
            component: keep(&pulled.component)?,
            evidence: pulled.evidence.iter().map(item).collect::<Result<_, _>>()?,
            capped: pulled.capped,
            via: pulled.via.clone(),
        };
        let digest = self.store.put(&pulled.manifest)?;
        // Texts and numbers alone: this serialises always, and an empty note would be none.
        self.store.put_note(&digest, &serde_json::to_vec(&note).unwrap_or_default())
    }

    /// The artifact whose manifest is of `digest`; none where a part is missing or is not what it was.
    #[must_use]
    pub fn get(&self, digest: &Digest) -> Option<Pulled> {
        let manifest = self.content(digest)?;
        let note: Note = serde_json::from_slice(&self.store.note(digest).ok()??).ok()?;
        let named = |text: &str| self.content(&text.parse().ok()?);
        let evidence = |item: &Item| {
            Some(match item {
                Item::Bundle(json) => Evidence::Bundle(named(json)?),
                Item::SimpleSigning(payload, signature) => Evidence::SimpleSigning {
                    payload: named(payload)?,
                    signature: String::from_utf8(STANDARD.decode(signature).ok()?).ok()?,
                },
            })
        };
        Some(Pulled {
            digest: *digest,
            config: named(&note.config)?,
            component: named(&note.component)?,
            evidence: note.evidence.iter().map(evidence).collect::<Option<_>>()?,
            capped: note.capped,
            via: note.via,
            manifest,
        })
    }

    fn content(&self, digest: &Digest) -> Option<Vec<u8>> {
        self.store
            .get(digest)
            .inspect_err(|error| tracing::debug!(%error, "not in the cache of artifacts"))
            .ok()
    }
}

#[cfg(test)]
mod tests;
