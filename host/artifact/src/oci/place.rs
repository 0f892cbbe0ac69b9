//! A place that artifacts are in: a registry's repository or a layout. Signing, attaching and copying work alike on both.
//! What is copied is copied byte for byte, with all that lies beside it; nothing is verified here but digests.

mod copy;
#[cfg(test)]
mod tests;

use bailiwick_core::trust::{Reference, Selector};
use serde_json::json;

pub use self::copy::{Copied, copy};
use super::{
    client::Registry,
    error::{FetchError, Part},
    layout::Layout,
    manifest::{self, Descriptor, EMPTY_TYPE, MANIFEST_TYPE},
};
use crate::{Digest, pulled::BUNDLE_TYPE};

/// The config of a manifest that needs none.
const EMPTY: &[u8] = b"{}";

/// A place.
pub enum Place<'a> {
    /// A repository of a registry.
    Registry(&'a Registry, String),
    /// A layout, which is to be saved afterwards.
    Layout(&'a mut Layout),
}

impl Place<'_> {
    /// What a selector means here; none means the only artifact of a layout.
    ///
    /// # Errors
    /// Every [`FetchError`].
    pub async fn resolve(&self, selector: Option<&Selector>) -> Result<Digest, FetchError> {
        match (self, selector) {
            (Self::Layout(layout), selector) => layout.resolve(selector),
            (Self::Registry(..), None) => Err(FetchError::NotFound(Part::Manifest)),
            (Self::Registry(registry, path), Some(selector)) => {
                let (registry_name, path) = (registry.own.name.clone(), path.clone());
                let reference = Reference { registry: registry_name, path, selector: selector.clone() };
                registry.resolve(&reference).await
            }
        }
    }

    /// A manifest.
    ///
    /// # Errors
    /// Every [`FetchError`].
    pub async fn manifest(&self, digest: &Digest) -> Result<Vec<u8>, FetchError> {
        match self {
            Self::Registry(registry, path) => registry.manifest(path, digest).await.map(|(bytes, _)| bytes),
            Self::Layout(layout) => layout.manifest(digest, Part::Manifest),
        }
    }

    /// A manifest that lies beside another one, of at most `limit` bytes.
    async fn small_manifest(&self, digest: &Digest, limit: u64) -> Result<Vec<u8>, FetchError> {
        match self {
            Self::Registry(registry, path) => {
                registry.own.small_manifest(path, digest, limit, Part::Evidence).await
            }
            Self::Layout(layout) => layout.bytes(digest, limit, Part::Evidence),
        }
    }

    /// A blob of its declared size.
    ///
    /// # Errors
    /// Every [`FetchError`].
    pub async fn blob(&self, blob: &Descriptor, limit: u64, part: Part) -> Result<Vec<u8>, FetchError> {
        match self {
            Self::Registry(registry, path) => {
                registry.blob(path, blob, limit, part).await.map(|(bytes, _)| bytes)
            }
            Self::Layout(layout) => layout.blob(blob, limit, part),
        }
    }

    /// What lists itself beside a manifest, and whether the list went on. A registry's list is a claim until the
    /// manifests' subjects are read.
    ///
    /// # Errors
    /// Every [`FetchError`].
    pub async fn referrers(&self, subject: &Digest) -> Result<(Vec<Descriptor>, bool), FetchError> {
        match self {
            Self::Registry(registry, path) => {
                registry.own.referrers(path, subject).await.map(|list| (list.entries, list.more))
            }
            Self::Layout(layout) => layout.referrers(subject),
        }
    }

    /// Stores a blob.
    ///
    /// # Errors
    /// Every [`FetchError`].
    pub async fn put_blob(&mut self, bytes: &[u8]) -> Result<Digest, FetchError> {
        match self {
            Self::Registry(registry, path) => {
                registry.own.put_blob(path, bytes).await.map(|()| Digest::of(bytes))
            }
            Self::Layout(layout) => Ok(layout.put_blob(bytes)),
        }
    }

    /// Stores a manifest whose blobs are there, under a tag where one is given.
    ///
    /// # Errors
    /// Every [`FetchError`].
    pub async fn put_manifest(&mut self, bytes: &[u8], tag: Option<&str>) -> Result<Digest, FetchError> {
        let digest = Digest::of(bytes);
        let read = manifest::beside(bytes).map_err(|fault| FetchError::Malformed(Part::Manifest, fault))?;
        match self {
            Self::Layout(layout) => Ok(layout.put_manifest(bytes, tag, read.artifact_type.as_deref())),
            Self::Registry(registry, path) => {
                let reference = tag.map_or_else(|| digest.to_string(), str::to_owned);
                let listed = registry.own.put_manifest(path, &reference, bytes).await?;
                if let Some(subject) = read.subject.filter(|_| !listed) {
                    let mut entry = Descriptor::of(MANIFEST_TYPE, bytes);
                    entry.artifact_type = read.artifact_type;
                    registry.own.list(path, &subject, &entry).await?;
                }
                Ok(digest)
            }
        }
    }

    /// Puts a bundle beside the manifest `subject`, in the form that cosign 3 writes (oci-signing.md 2.1); the digest of
    /// the manifest that carries it.
    ///
    /// # Errors
    /// Every [`FetchError`]; [`FetchError::NotFound`] where there is no such manifest here.
    pub async fn attach(&mut self, subject: &Digest, bundle: &[u8]) -> Result<Digest, FetchError> {
        let about = Descriptor::of(MANIFEST_TYPE, &self.manifest(subject).await?);
        let manifest = json!({
            "schemaVersion": 2, "mediaType": MANIFEST_TYPE, "artifactType": BUNDLE_TYPE,
            "config": Descriptor::of(EMPTY_TYPE, EMPTY).written(),
            "layers": [Descriptor::of(BUNDLE_TYPE, bundle).written()],
            "subject": about.written(),
        });
        self.put_blob(EMPTY).await?;
        self.put_blob(bundle).await?;
        self.put_manifest(manifest.to_string().as_bytes(), None).await
    }
}
