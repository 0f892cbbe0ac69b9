//! Manifests, blobs and tags of one endpoint. A manifest is named by the digest that we compute: headers that claim one
//! are not read at all (oci-signing.md 1.3).

use serde::Deserialize;

use super::{Endpoint, Page};
use crate::{
    Digest,
    oci::{
        error::{FetchError, Part},
        manifest::{Descriptor, Fault, INDEX_TYPE, MANIFEST_TYPE},
        wire::Ask,
    },
};

/// Bytes of a manifest, an index or a list (distribution specification, "Pushing Manifests").
pub(in crate::oci) const MANIFEST_LIMIT: u64 = 4 << 20;
/// Pages of a list that are read.
pub(super) const MAX_PAGES: usize = 4;

const ACCEPT_MANIFEST: &str = MANIFEST_TYPE;
const ACCEPT_INDEX: &str = INDEX_TYPE;

#[derive(Deserialize)]
struct TagList {
    tags: Option<Vec<String>>,
}

impl Endpoint {
    /// The manifest of a tag, with the digest of what came.
    pub(in crate::oci) async fn tagged(
        &self,
        path: &str,
        tag: &str,
    ) -> Result<(Digest, Vec<u8>), FetchError> {
        let ask = Ask::get(self.url(path, &format!("manifests/{tag}"))?, ACCEPT_MANIFEST);
        let bytes = self.fetch(&ask, path, MANIFEST_LIMIT, Part::Manifest).await?;
        Ok((Digest::of(&bytes), bytes))
    }

    /// The manifest of a digest.
    pub(in crate::oci) async fn manifest(
        &self,
        path: &str,
        digest: &Digest,
        part: Part,
    ) -> Result<Vec<u8>, FetchError> {
        self.small_manifest(path, digest, MANIFEST_LIMIT, part).await
    }

    /// Likewise, of at most `limit` bytes.
    pub(in crate::oci) async fn small_manifest(
        &self,
        path: &str,
        digest: &Digest,
        limit: u64,
        part: Part,
    ) -> Result<Vec<u8>, FetchError> {
        let ask = Ask::get(self.url(path, &format!("manifests/{digest}"))?, ACCEPT_MANIFEST);
        let bytes = self.fetch(&ask, path, limit, part).await?;
        if Digest::of(&bytes) == *digest { Ok(bytes) } else { Err(FetchError::DigestMismatch(part)) }
    }

    /// The index of a tag; none where there is no such tag.
    pub(super) async fn tagged_index(&self, path: &str, tag: &str) -> Result<Option<Page>, FetchError> {
        let ask = Ask::get(self.url(path, &format!("manifests/{tag}"))?, ACCEPT_INDEX);
        match self.fetch_list(&ask, path, MANIFEST_LIMIT).await {
            Err(FetchError::NotFound(_)) => Ok(None),
            other => other.map(Some),
        }
    }

    /// A blob: by digest, of the size that its descriptor declares, at most `limit` bytes.
    pub(in crate::oci) async fn blob(
        &self,
        path: &str,
        blob: &Descriptor,
        limit: u64,
        part: Part,
    ) -> Result<Vec<u8>, FetchError> {
        if blob.size > limit {
            return Err(FetchError::TooLarge(part, limit));
        }
        let ask = Ask::get(self.url(path, &format!("blobs/{}", blob.digest))?, "*/*");
        let bytes = self.fetch(&ask, path, blob.size, part).await?;
        let whole = bytes.len() as u64 == blob.size && Digest::of(&bytes) == blob.digest;
        if whole { Ok(bytes) } else { Err(FetchError::DigestMismatch(part)) }
    }

    /// All tags. A list of more pages than are read is refused: the highest version might be on the last one.
    pub(in crate::oci) async fn tags(&self, path: &str) -> Result<Vec<String>, FetchError> {
        let mut ask = Ask::get(self.url(path, "tags/list?n=1000")?, "application/json");
        let mut tags = Vec::new();
        for _ in 0..MAX_PAGES {
            let (bytes, next) = self.fetch_with(&ask, path, MANIFEST_LIMIT, Part::Tags).await?;
            let list: TagList =
                serde_json::from_slice(&bytes).map_err(|_| FetchError::Malformed(Part::Tags, Fault::Json))?;
            tags.extend(list.tags.unwrap_or_default());
            match next {
                None => return Ok(tags),
                Some(next) if self.is_ours(&next) => ask.url = next,
                Some(_) => return Err(FetchError::RedirectNotAllowed),
            }
        }
        Err(FetchError::Malformed(Part::Tags, Fault::TooMany))
    }
}
