//! Manifests and indexes as they are read: strict where it decides what runs, tolerant of fields that say nothing to us
//! (OCI image specification 1.1). Pure. Bytes were bounded and hashed before; what is named here is fetched by digest
//! and size alone, never by a URL that a descriptor brings along.

mod annotations;
mod descriptor;
mod list;

use std::collections::BTreeMap;

use serde::{Deserialize, de::IgnoredAny};

pub use self::descriptor::Descriptor;
pub(super) use self::list::{Listed, listed};
use self::{annotations::Annotations, descriptor::Raw};
use crate::{
    Digest,
    pulled::{CONFIG_TYPE, LAYER_TYPE},
};

/// The media type of an image manifest.
pub const MANIFEST_TYPE: &str = "application/vnd.oci.image.manifest.v1+json";
/// The media type of an index.
pub const INDEX_TYPE: &str = "application/vnd.oci.image.index.v1+json";
/// The media type of the two bytes `{}`.
pub const EMPTY_TYPE: &str = "application/vnd.oci.empty.v1+json";
/// Descriptors that are read of one index.
pub(super) const MAX_DESCRIPTORS: usize = 10_000;

const OTHER_INDEX_TYPE: &str = "application/vnd.docker.distribution.manifest.list.v2+json";

/// Why bytes are no manifest that is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// No JSON of this shape: also a name that stands twice.
    #[error("it is no JSON of the expected shape")]
    Json,
    /// `schemaVersion`.
    #[error("schemaVersion is not 2")]
    Schema,
    /// An index.
    #[error("it is an index: name the digest of one of its manifests")]
    Index,
    /// The manifest's media type.
    #[error("its mediaType is not {MANIFEST_TYPE}")]
    MediaType,
    /// The config's media type: another kind of artifact.
    #[error("its config is not {CONFIG_TYPE}")]
    ConfigType,
    /// No layer, or several.
    #[error("it has not exactly one layer")]
    Layers,
    /// The layer's media type.
    #[error("its layer is not {LAYER_TYPE}")]
    LayerType,
    /// A digest of another algorithm or spelling.
    #[error("a digest is not sha256: and 64 lower-case hexadecimal digits")]
    Digest,
    /// A descriptor with `urls`.
    #[error("a descriptor names urls")]
    Urls,
    /// Too many annotations, or too long ones.
    #[error("its annotations are over 64, or over 16384 bytes")]
    Annotations,
    /// Too many entries.
    #[error("it lists more than {MAX_DESCRIPTORS} entries")]
    TooMany,
    /// Several artifacts, and none was named.
    #[error("it holds several artifacts: name one with --tag, by tag or digest")]
    Several,
    /// An upload that leads to no place.
    #[error("it names no place of this registry")]
    Location,
    /// A tar or folder that holds other things than a layout.
    #[error("it is no OCI image layout of files alone")]
    Layout,
}

/// The manifest of a component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The config.
    pub config: Descriptor,
    /// The component.
    pub layer: Descriptor,
    /// Annotations of the manifest, which a signature covers.
    pub annotations: BTreeMap<String, String>,
}

/// A manifest that lies beside another one: whatever it carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    /// The manifest that it is about.
    pub(super) subject: Option<Digest>,
    /// Its layers.
    pub(super) layers: Vec<Descriptor>,
    /// Its config.
    pub(super) config: Descriptor,
    /// What kind of artifact it says to be.
    pub(super) artifact_type: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawManifest {
    schema_version: Option<u32>,
    media_type: Option<String>,
    config: Option<Raw>,
    layers: Option<Vec<Raw>>,
    subject: Option<Raw>,
    artifact_type: Option<String>,
    annotations: Option<Annotations>,
    manifests: Option<IgnoredAny>,
}

/// Reads the manifest of a component (CNCF layout, oci-signing.md 1.1).
///
/// # Errors
/// The first [`Fault`].
pub fn component(bytes: &[u8]) -> Result<Manifest, Fault> {
    let raw = read(bytes)?;
    let config = raw.config.ok_or(Fault::Json)?.strict()?;
    if config.media_type != CONFIG_TYPE {
        return Err(Fault::ConfigType);
    }
    let mut layers = raw.layers.unwrap_or_default();
    let layer = match (layers.pop(), layers.is_empty()) {
        (Some(layer), true) => layer.strict()?,
        _ => return Err(Fault::Layers),
    };
    if layer.media_type != LAYER_TYPE {
        return Err(Fault::LayerType);
    }
    let annotations = raw.annotations.map(Annotations::bounded).transpose()?.unwrap_or_default();
    Ok(Manifest { config, layer, annotations })
}

/// Reads a manifest that lies beside another one.
pub fn beside(bytes: &[u8]) -> Result<Beside, Fault> {
    let raw = read(bytes)?;
    let layers = raw.layers.unwrap_or_default().into_iter().map(Raw::strict).collect::<Result<_, _>>()?;
    let subject = raw.subject.map(Raw::strict).transpose()?.map(|subject| subject.digest);
    let config = raw.config.ok_or(Fault::Json)?.strict()?;
    Ok(Beside { subject, layers, config, artifact_type: raw.artifact_type })
}

/// Reads an index that has to be whole. Entries that do not hold are left out: they are nothing to us, and whoever may add
/// an entry must not be able to hide the others.
pub fn index(bytes: &[u8]) -> Result<Vec<Descriptor>, Fault> {
    let Listed { entries, more } = listed(bytes, false)?;
    if more { Err(Fault::TooMany) } else { Ok(entries) }
}

fn read(bytes: &[u8]) -> Result<RawManifest, Fault> {
    let raw: RawManifest = serde_json::from_slice(bytes).map_err(|_| Fault::Json)?;
    let media_type = raw.media_type.as_deref();
    if raw.manifests.is_some() || matches!(media_type, Some(INDEX_TYPE | OTHER_INDEX_TYPE)) {
        return Err(Fault::Index);
    }
    if raw.schema_version != Some(2) {
        return Err(Fault::Schema);
    }
    if media_type != Some(MANIFEST_TYPE) {
        return Err(Fault::MediaType);
    }
    Ok(raw)
}

#[cfg(test)]
mod tests;
