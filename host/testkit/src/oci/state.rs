//! What the registry holds: blobs and manifests by digest, tags, troubles, and the record of what was asked.

use std::{collections::BTreeMap, net::SocketAddr};

use serde_json::Value;

use super::{Asked, OciOptions, Trouble, digest};

/// Bytes and their media type.
pub(super) type Typed = (Vec<u8>, String);

#[derive(Debug)]
pub(super) struct State {
    pub(super) options: OciOptions,
    pub(super) address: SocketAddr,
    pub(super) blobs: BTreeMap<(String, String), Vec<u8>>,
    manifests: BTreeMap<(String, String), Typed>,
    tags: BTreeMap<(String, String), String>,
    pub(super) troubles: Vec<(String, Trouble, usize)>,
    pub(super) asked: Vec<Asked>,
    pub(super) uploads: usize,
}

impl State {
    pub(super) fn new(options: OciOptions, address: SocketAddr) -> Self {
        Self {
            options,
            address,
            blobs: BTreeMap::new(),
            manifests: BTreeMap::new(),
            tags: BTreeMap::new(),
            troubles: Vec::new(),
            asked: Vec::new(),
            uploads: 0,
        }
    }

    pub(super) fn put_blob(&mut self, repository: &str, bytes: Vec<u8>) -> String {
        let digest = digest(&bytes);
        self.blobs.insert((repository.to_owned(), digest.clone()), bytes);
        digest
    }

    pub(super) fn put_manifest(&mut self, repository: &str, reference: &str, typed: Typed) -> String {
        let digest = digest(&typed.0);
        self.manifests.insert((repository.to_owned(), digest.clone()), typed);
        if !reference.starts_with("sha256:") {
            self.tags.insert((repository.to_owned(), reference.to_owned()), digest.clone());
        }
        digest
    }

    pub(super) fn manifest(&self, repository: &str, reference: &str) -> Option<Typed> {
        let tagged = self.tags.get(&(repository.to_owned(), reference.to_owned()));
        let digest = tagged.map_or(reference, String::as_str);
        self.manifests.get(&(repository.to_owned(), digest.to_owned())).cloned()
    }

    pub(super) fn tags(&self, repository: &str) -> Vec<String> {
        let of = self.tags.keys().filter(|(known, _)| known == repository);
        of.map(|(_, tag)| tag.clone()).collect()
    }

    /// Descriptors of the manifests whose subject is `subject`.
    pub(super) fn referrers(&self, repository: &str, subject: &str) -> Vec<Value> {
        let of = self.manifests.iter().filter(|((known, _), _)| known == repository);
        of.filter_map(|((_, digest), (bytes, media_type))| {
            let manifest: Value = serde_json::from_slice(bytes).ok()?;
            (manifest.pointer("/subject/digest")? == subject).then(|| {
                serde_json::json!({
                    "mediaType": media_type, "digest": digest, "size": bytes.len(),
                    "artifactType": manifest.get("artifactType"),
                })
            })
        })
        .collect()
    }

    /// The trouble for this target, of which there is one less then.
    pub(super) fn take(&mut self, target: &str) -> Option<Trouble> {
        let met =
            |(part, _, times): &&mut (String, Trouble, usize)| *times > 0 && target.contains(part.as_str());
        let (_, trouble, times) = self.troubles.iter_mut().find(met)?;
        *times -= 1;
        Some(trouble.clone())
    }
}
