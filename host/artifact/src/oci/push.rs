//! Writing to a registry (distribution specification, "Push"): blobs whole, manifests by tag or digest, and the list
//! under `sha256-<hex>` where a registry keeps none itself. Uploads stay on the registry's origin; nothing is redirected.

use bytes::Bytes;
use reqwest::{
    Method, Response, Url,
    header::{ETAG, HeaderMap, HeaderValue, LOCATION},
};
use serde_json::json;

use super::{
    endpoint::{Endpoint, MANIFEST_LIMIT},
    error::{FetchError, Part},
    manifest::{self, Descriptor, Fault, INDEX_TYPE, MANIFEST_TYPE},
    wire::{self, Ask},
};
use crate::Digest;

/// The line with which a registry says that it lists a referrer itself.
const SUBJECT: &str = "oci-subject";
/// Tries to get an entry into a list that others write too.
const TRIES: usize = 5;
const BOTH: &str = "pull,push";

impl Endpoint {
    /// Stores a blob, unless it is there.
    pub(super) async fn put_blob(&self, path: &str, bytes: &[u8]) -> Result<(), FetchError> {
        let digest = Digest::of(bytes);
        let head = self.writing(Method::HEAD, self.url(path, &format!("blobs/{digest}"))?, None);
        match self.send(&head, path, BOTH, Part::Upload).await {
            Ok(_) => return Ok(()),
            Err(FetchError::NotFound(_)) => {}
            Err(other) => return Err(other),
        }
        let post = self.writing(Method::POST, self.url(path, "blobs/uploads/")?, None);
        let begun = self.send(&post, path, BOTH, Part::Upload).await?;
        let mut place = self.place(&begun, &post.url)?;
        place.query_pairs_mut().append_pair("digest", &digest.to_string());
        let body = (Bytes::copy_from_slice(bytes), "application/octet-stream");
        let put = self.writing(Method::PUT, place, Some(body));
        self.send(&put, path, BOTH, Part::Upload).await.map(drop)
    }

    /// Stores a manifest under a tag or its digest; whether the registry lists it beside its subject.
    pub(super) async fn put_manifest(
        &self,
        path: &str,
        reference: &str,
        bytes: &[u8],
    ) -> Result<bool, FetchError> {
        let body = (Bytes::copy_from_slice(bytes), MANIFEST_TYPE);
        let put = self.writing(Method::PUT, self.url(path, &format!("manifests/{reference}"))?, Some(body));
        let response = self.send(&put, path, BOTH, Part::Upload).await?;
        Ok(response.headers().contains_key(SUBJECT))
    }

    /// Puts `entry` into the list under `sha256-<hex>`. Two may write at once: the write is tied to what was read where
    /// the registry knows how, and the list is read again in any case.
    pub(super) async fn list(
        &self,
        path: &str,
        subject: &Digest,
        entry: &Descriptor,
    ) -> Result<(), FetchError> {
        let url = self.url(path, &format!("manifests/sha256-{}", subject.hex()))?;
        for _ in 0..TRIES {
            let (mut list, tag) = self.listing(path, &url).await?;
            if list.iter().any(|known| known.digest == entry.digest) {
                return Ok(());
            }
            list.push(entry.clone());
            let entries: Vec<_> = list.iter().map(Descriptor::written).collect();
            let index =
                json!({"schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": entries}).to_string();
            let mut put = self.writing(Method::PUT, url.clone(), Some((Bytes::from(index), INDEX_TYPE)));
            put.if_match = tag;
            match self.send(&put, path, BOTH, Part::Upload).await {
                // Somebody else was first.
                Ok(_) | Err(FetchError::Status(412)) => {}
                Err(other) => return Err(other),
            }
        }
        Err(FetchError::Status(412))
    }

    /// The list as it stands, and the tag of that state.
    async fn listing(
        &self,
        path: &str,
        url: &Url,
    ) -> Result<(Vec<Descriptor>, Option<HeaderValue>), FetchError> {
        let ask = Ask::get(url.clone(), INDEX_TYPE);
        let response = match self.send(&ask, path, BOTH, Part::Referrers).await {
            Err(FetchError::NotFound(_)) => return Ok((Vec::new(), None)),
            other => other?,
        };
        let tag = strong(response.headers());
        let bytes = wire::read(response, MANIFEST_LIMIT, Part::Referrers).await?;
        let list = manifest::index(&bytes).map_err(|fault| FetchError::Malformed(Part::Referrers, fault))?;
        Ok((list, tag))
    }

    fn place(&self, begun: &Response, from: &Url) -> Result<Url, FetchError> {
        let location = begun.headers().get(LOCATION).and_then(|line| line.to_str().ok());
        let place =
            location.and_then(|location| from.join(location).ok()).filter(|place| self.is_ours(place));
        place.ok_or(FetchError::Malformed(Part::Upload, Fault::Location))
    }

    fn writing(&self, method: Method, url: Url, body: Option<(Bytes, &'static str)>) -> Ask {
        Ask { method, url, accept: None, body, if_match: None, hops: false }
    }
}

fn strong(headers: &HeaderMap) -> Option<HeaderValue> {
    headers.get(ETAG).filter(|tag| !tag.as_bytes().starts_with(b"W/")).cloned()
}
