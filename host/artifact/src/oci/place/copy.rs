//! Copying an artifact with all that lies beside it. Anyone who may push can put things there: so bundles go first, then
//! what is small, and what is missing, too large or refused is left out and counted. The artifact itself is copied whole
//! or not at all.

use super::Place;
use crate::{
    Digest, MAX_COMPONENT,
    oci::{
        endpoint::{MANIFEST_LIMIT, passed},
        error::{FetchError, Part},
        gather::{self, LOOK_BYTES},
        manifest::{self, Beside},
    },
};

/// Bytes of one copy.
const MAX_COPY: u64 = 256 << 20;

/// What was copied along with an artifact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Copied {
    /// Signatures and whatever else lies beside it.
    pub beside: usize,
    /// Entries that were left out: missing, too large, no manifests, or refused by the other side.
    pub left_out: usize,
    /// The list of what lies beside it went on further than it was read.
    pub more: bool,
}

/// A manifest that lies beside the artifact.
struct Referrer {
    read: Beside,
    bytes: Vec<u8>,
    rank: u8,
}

/// Copies an artifact under a tag, or by its digest alone, with what lies beside it.
///
/// # Errors
/// Every [`FetchError`], of either side, of the artifact itself; of what lies beside it only where a registry is busy, away
/// or closed. What was stored by then stays; the tag comes last, so that whoever asks for it meanwhile never finds it
/// without its signatures.
pub async fn copy(
    from: &Place<'_>,
    to: &mut Place<'_>,
    digest: &Digest,
    tag: Option<&str>,
) -> Result<Copied, FetchError> {
    let bytes = from.manifest(digest).await?;
    let read = manifest::beside(&bytes).map_err(|fault| FetchError::Malformed(Part::Manifest, fault))?;
    let mut left = MAX_COPY;
    carry(from, to, &read, &bytes, &mut left).await?;
    let (referrers, mut copied) = referrers(from, digest).await?;
    for Referrer { read, bytes, .. } in referrers {
        match skipped(carry(from, to, &read, &bytes, &mut left).await)? {
            Some(()) => copied.beside += 1,
            None => copied.left_out += 1,
        }
    }
    if tag.is_some() {
        to.put_manifest(&bytes, tag).await?;
    }
    Ok(copied)
}

/// What lies beside the artifact: bundles first, then small ones.
async fn referrers(from: &Place<'_>, digest: &Digest) -> Result<(Vec<Referrer>, Copied), FetchError> {
    let (list, more) = from.referrers(digest).await?;
    let (list, cut) = gather::candidates(list);
    let mut copied = Copied { more: more || cut, ..Copied::default() };
    let (mut found, mut left) = (Vec::new(), LOOK_BYTES);
    for entry in list {
        let (rank, ..) = gather::order(&entry);
        let most = gather::room(&entry, MANIFEST_LIMIT.min(left));
        let bytes = skipped(from.small_manifest(&entry.digest, most).await)?;
        let read = bytes.and_then(|bytes| Some((manifest::beside(&bytes).ok()?, bytes)));
        match read {
            Some((read, bytes)) if read.subject == Some(*digest) => {
                left = left.saturating_sub(bytes.len() as u64);
                found.push(Referrer { read, bytes, rank });
            }
            // What lies about its subject is not beside it.
            Some(_) => {}
            None => copied.left_out += 1,
        }
    }
    found.sort_by_key(|referrer| (referrer.rank, size(&referrer.read)));
    Ok((found, copied))
}

/// Bytes of all blobs of a manifest, as declared.
fn size(read: &Beside) -> u64 {
    read.layers.iter().chain([&read.config]).fold(0, |sum, blob| sum.saturating_add(blob.size))
}

async fn carry(
    from: &Place<'_>,
    to: &mut Place<'_>,
    read: &Beside,
    bytes: &[u8],
    left: &mut u64,
) -> Result<(), FetchError> {
    let limit = MAX_COMPONENT as u64;
    if read.layers.iter().any(|blob| blob.size > limit) {
        return Err(FetchError::TooLarge(Part::Component, limit));
    }
    *left = left.checked_sub(size(read)).ok_or(FetchError::TooLarge(Part::Layout, MAX_COPY))?;
    for blob in read.layers.iter().chain([&read.config]) {
        let content = from.blob(blob, limit, Part::Component).await?;
        to.put_blob(&content).await?;
    }
    to.put_manifest(bytes, None).await.map(drop)
}

/// What one entry can be at fault for is left out; trouble with the registry is trouble.
fn skipped<T>(got: Result<T, FetchError>) -> Result<Option<T>, FetchError> {
    match got {
        Err(FetchError::Status(_)) => Ok(None),
        got => passed(got),
    }
}
