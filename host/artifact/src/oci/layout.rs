//! An OCI image layout: a folder, or a tar that is never unpacked (OCI image specification, "Image Layout"). It carries
//! artifacts to where no registry is. It is as little trusted as a registry: blobs are hashed, links are refused, counts
//! and sizes are bounded.

mod evidence;
mod folder;
mod tarball;
#[cfg(test)]
pub(in crate::oci) mod tests;
mod write;

use std::{collections::BTreeMap, path::Path, time::Duration};

use bailiwick_core::trust::{Selector, choose::highest};
use serde_json::json;

use self::{folder::Folder, tarball::Tarball};
use super::{
    client::{CONFIG_LIMIT, Limits, parse},
    error::{FetchError, Part},
    gather::{Gather, Worth},
    manifest::{self, Descriptor, Fault, INDEX_TYPE, MANIFEST_TYPE},
};
use crate::{Digest, MAX_COMPONENT, Pulled, evidence::Proof};

/// Bytes of `index.json` and of a manifest.
const INDEX_LIMIT: u64 = 4 << 20;
/// The annotation with a tag.
const REF_NAME: &str = "org.opencontainers.image.ref.name";
/// What `oci-layout` says.
const VERSION_FILE: &[u8] = br#"{"imageLayoutVersion":"1.0.0"}"#;
/// Manifests that are looked at to find the only one.
const MAX_MANIFESTS: usize = 256;

/// A layout: what lies on disk, and what was added since.
#[derive(Debug, Default)]
pub struct Layout {
    held: Held,
    added: BTreeMap<Digest, Vec<u8>>,
    index: Vec<Descriptor>,
    name: Option<String>,
}

#[derive(Debug, Default)]
enum Held {
    #[default]
    Nothing,
    Folder(Folder),
    Tar(Tarball),
}

impl Held {
    fn read(&self, name: &str, limit: u64, part: Part) -> Result<Vec<u8>, FetchError> {
        match self {
            Self::Nothing => Err(FetchError::NotFound(part)),
            Self::Folder(folder) => folder.read(name, limit, part),
            Self::Tar(tar) => tar.read(name, limit, part),
        }
    }
}

impl Layout {
    /// Opens a folder or a tar. What it is told by is what lies there, not its name.
    ///
    /// # Errors
    /// [`FetchError::NoLayout`], [`FetchError::File`], and [`FetchError::Malformed`] where it is no layout.
    pub fn open(path: &Path) -> Result<Self, FetchError> {
        let meta = std::fs::symlink_metadata(path).map_err(|_| FetchError::NoLayout(path.to_owned()))?;
        let held = match meta.file_type() {
            kind if kind.is_dir() => Held::Folder(Folder::open(path)?),
            kind if kind.is_file() => Held::Tar(Tarball::open(path)?),
            _ => return Err(FetchError::Malformed(Part::Layout, Fault::Layout)),
        };
        held.read("oci-layout", 4096, Part::Layout)?;
        let bytes = held.read("index.json", INDEX_LIMIT, Part::Layout)?;
        let index = manifest::index(&bytes).map_err(|fault| FetchError::Malformed(Part::Layout, fault))?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        Ok(Self { held, index, name, ..Self::default() })
    }

    /// The digest that a selector means; without one, the only artifact.
    ///
    /// # Errors
    /// [`FetchError::NotFound`], [`FetchError::NotTagged`], [`FetchError::NoVersion`], and [`FetchError::Malformed`] where there are several
    /// artifacts and none was named.
    pub fn resolve(&self, selector: Option<&Selector>) -> Result<Digest, FetchError> {
        match selector {
            None => self.only(),
            Some(Selector::Digest(digest)) => parse(digest),
            Some(Selector::Tag(tag)) => self.tagged(tag).ok_or_else(|| FetchError::NotTagged(tag.clone())),
            Some(Selector::Range(range)) => {
                let tag = highest(range, self.index.iter().filter_map(tag)).ok_or(FetchError::NoVersion)?;
                self.tagged(tag).ok_or(FetchError::NoVersion)
            }
        }
    }

    /// The tags that a manifest has.
    #[must_use]
    pub fn tags(&self, digest: &Digest) -> Vec<&str> {
        self.index.iter().filter(|entry| entry.digest == *digest).filter_map(tag).collect()
    }

    /// An artifact with all that lies beside it, as from a registry.
    ///
    /// # Errors
    /// Every [`FetchError`] that needs no network.
    pub fn pull(&self, selector: Option<&Selector>, limits: &Limits) -> Result<Pulled, FetchError> {
        self.pull_with(selector, limits, &|piece, _| vec![Proof::itself(piece)])
    }

    /// As [`Layout::pull`], where the caller says which evidence is worth keeping
    /// ([`Registry::pull_with`](super::Registry::pull_with)).
    ///
    /// # Errors
    /// Every [`FetchError`] that needs no network.
    pub fn pull_with(
        &self,
        selector: Option<&Selector>,
        limits: &Limits,
        worth: Worth<'_>,
    ) -> Result<Pulled, FetchError> {
        let digest = self.resolve(selector)?;
        let manifest = self.manifest(&digest, Part::Manifest)?;
        let read =
            manifest::component(&manifest).map_err(|fault| FetchError::Malformed(Part::Manifest, fault))?;
        let config = self.blob(&read.config, CONFIG_LIMIT, Part::Config)?;
        let limit = limits.component.min(MAX_COMPONENT as u64);
        let component = self.blob(&read.layer, limit, Part::Component)?;
        let mut gather = Gather::new(&digest, limits, worth, Duration::MAX);
        self.evidence(&mut gather)?;
        let (evidence, capped) = gather.done();
        Ok(Pulled { manifest, digest, config, component, evidence, capped, via: self.name.clone() })
    }

    /// A manifest by digest.
    ///
    /// # Errors
    /// [`FetchError::NotFound`], [`FetchError::TooLarge`] and [`FetchError::DigestMismatch`].
    pub fn manifest(&self, digest: &Digest, part: Part) -> Result<Vec<u8>, FetchError> {
        self.bytes(digest, INDEX_LIMIT, part)
    }

    /// A blob of the size that its descriptor declares.
    ///
    /// # Errors
    /// As [`Layout::manifest`].
    pub fn blob(&self, blob: &Descriptor, limit: u64, part: Part) -> Result<Vec<u8>, FetchError> {
        if blob.size > limit {
            return Err(FetchError::TooLarge(part, limit));
        }
        let bytes = self.bytes(&blob.digest, blob.size, part)?;
        if bytes.len() as u64 == blob.size { Ok(bytes) } else { Err(FetchError::DigestMismatch(part)) }
    }

    /// Adds a blob; its digest.
    pub fn put_blob(&mut self, bytes: &[u8]) -> Digest {
        let digest = Digest::of(bytes);
        self.added.insert(digest, bytes.to_vec());
        digest
    }

    /// Adds a manifest to the index, under a tag that then means nothing else.
    pub fn put_manifest(&mut self, bytes: &[u8], tag: Option<&str>, artifact_type: Option<&str>) -> Digest {
        let digest = self.put_blob(bytes);
        let known = |entry: &Descriptor| entry.digest == digest && self::tag(entry).is_none();
        self.index.retain(|entry| !known(entry) && (tag.is_none() || self::tag(entry) != tag));
        let mut entry = Descriptor::of(MANIFEST_TYPE, bytes);
        entry.artifact_type = artifact_type.map(str::to_owned);
        entry.annotations = tag.map(|tag| (REF_NAME.to_owned(), tag.to_owned())).into_iter().collect();
        self.index.push(entry);
        digest
    }

    pub(super) fn bytes(&self, digest: &Digest, limit: u64, part: Part) -> Result<Vec<u8>, FetchError> {
        let bytes = match self.added.get(digest) {
            Some(bytes) => bytes.clone(),
            None => self.held.read(&format!("blobs/sha256/{}", digest.hex()), limit, part)?,
        };
        if Digest::of(&bytes) == *digest { Ok(bytes) } else { Err(FetchError::DigestMismatch(part)) }
    }

    fn tagged(&self, wanted: &str) -> Option<Digest> {
        self.index.iter().find(|entry| tag(entry) == Some(wanted)).map(|entry| entry.digest)
    }

    /// The only manifest of a component that the index lists.
    fn only(&self) -> Result<Digest, FetchError> {
        let mut found = Vec::new();
        for entry in self.index.iter().filter(|entry| entry.media_type == MANIFEST_TYPE).take(MAX_MANIFESTS) {
            let bytes = self.manifest(&entry.digest, Part::Manifest)?;
            if manifest::component(&bytes).is_ok() && !found.contains(&entry.digest) {
                found.push(entry.digest);
            }
        }
        match found.as_slice() {
            [digest] => Ok(*digest),
            [] => Err(FetchError::NotFound(Part::Manifest)),
            _ => Err(FetchError::Malformed(Part::Layout, Fault::Several)),
        }
    }

    fn index_file(&self) -> Vec<u8> {
        let mut entries: Vec<&Descriptor> = self.index.iter().collect();
        entries.sort_by_key(|entry| (tag(entry), entry.digest));
        let entries: Vec<_> = entries.into_iter().map(Descriptor::written).collect();
        json!({"schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": entries}).to_string().into_bytes()
    }
}

fn tag(entry: &Descriptor) -> Option<&str> {
    entry.annotations.get(REF_NAME).map(String::as_str)
}
