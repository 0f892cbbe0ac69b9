//! What names a blob: type, digest, size. A descriptor may bring `urls` along; one that does is refused, since nothing
//! is fetched from where a registry points.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, de::IgnoredAny};

use super::{Fault, annotations::Annotations};
use crate::Digest;

/// A descriptor (OCI image specification, "OCI Content Descriptors").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Descriptor {
    /// The media type.
    pub media_type: String,
    /// The digest.
    pub digest: Digest,
    /// Bytes, as declared.
    pub size: u64,
    /// The artifact type that an index claims for it.
    pub artifact_type: Option<String>,
    /// Its annotations.
    pub annotations: BTreeMap<String, String>,
}

/// A descriptor as it stands in JSON.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Raw {
    media_type: String,
    digest: String,
    size: u64,
    artifact_type: Option<String>,
    annotations: Option<Annotations>,
    urls: Option<IgnoredAny>,
}

/// A descriptor as it is written.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Written<'a> {
    media_type: &'a str,
    digest: String,
    size: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    artifact_type: Option<&'a str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    annotations: &'a BTreeMap<String, String>,
}

impl Raw {
    pub(super) fn strict(self) -> Result<Descriptor, Fault> {
        if self.urls.is_some() {
            return Err(Fault::Urls);
        }
        let annotations = self.annotations.map(Annotations::bounded).transpose()?.unwrap_or_default();
        let digest = self.digest.parse().map_err(|_| Fault::Digest)?;
        let Self { media_type, size, artifact_type, .. } = self;
        Ok(Descriptor { media_type, digest, size, artifact_type, annotations })
    }
}

impl Descriptor {
    /// Of these bytes.
    #[must_use]
    pub fn of(media_type: &str, bytes: &[u8]) -> Self {
        let (media_type, digest, size) = (media_type.to_owned(), Digest::of(bytes), bytes.len() as u64);
        Self { media_type, digest, size, artifact_type: None, annotations: BTreeMap::new() }
    }

    pub(crate) fn written(&self) -> Written<'_> {
        Written {
            media_type: &self.media_type,
            digest: self.digest.to_string(),
            size: self.size,
            artifact_type: self.artifact_type.as_deref(),
            annotations: &self.annotations,
        }
    }
}
