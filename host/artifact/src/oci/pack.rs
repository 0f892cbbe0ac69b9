//! A component as an artifact: the CNCF layout's manifest and config (oci-signing.md 1.1). The same component gives the
//! same digest: there is no time in it unless the caller gives one. What it says of the component is computed from the
//! bytes; whoever pulls it computes it again.

use std::collections::BTreeMap;

use bailiwick_core::trust::{Misplaced, Reference, Selector, destination};
use serde_json::{Value, json};

use super::{
    layout::Layout,
    manifest::{Descriptor, MANIFEST_TYPE},
};
use crate::{
    Digest,
    inspect::{InspectError, inspect},
    pulled::{CONFIG_TYPE, LAYER_TYPE, NAME, REPOSITORY, VERSION},
};

/// OCI image specification, "Pre-Defined Annotation Keys".
const TITLE: &str = "org.opencontainers.image.title";
/// Likewise.
const CREATED: &str = "org.opencontainers.image.created";

/// Why a component cannot be packed.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// It is no provider.
    #[error("not a provider")]
    Component(#[from] InspectError),
    /// The reference names a digest or a range.
    #[error("pack under a tag: REGISTRY/PATH:TAG")]
    NoTag,
    /// The tag is a version, and not the one of the catalogue.
    #[error(transparent)]
    Version(#[from] Misplaced),
}

/// Puts a component into a layout under the tag of `reference`, whose repository is written into the manifest. The
/// manifest's digest is what gets signed. `created` is RFC 3339 in UTC.
///
/// # Errors
/// Every [`PackError`].
pub fn pack(
    layout: &mut Layout,
    component: &[u8],
    reference: &Reference,
    created: Option<&str>,
) -> Result<Digest, PackError> {
    let Selector::Tag(tag) = &reference.selector else { return Err(PackError::NoTag) };
    let seen = inspect(component)?;
    destination(reference, None, Some(&seen.catalogue.version))?;
    let mut config = json!({
        "architecture": "wasm", "os": "wasip2", "layerDigests": [seen.digest.to_string()],
        "component": {"imports": seen.imports, "exports": seen.exports},
    });
    let mut annotations = BTreeMap::from([
        (NAME, seen.catalogue.name.clone()),
        (VERSION, seen.catalogue.version.clone()),
        (REPOSITORY, reference.repository()),
        (TITLE, format!("{}.wasm", seen.catalogue.name)),
    ]);
    if let (Some(created), Some(config)) = (created, config.as_object_mut()) {
        annotations.insert(CREATED, created.to_owned());
        config.insert("created".to_owned(), Value::from(created));
    }
    let config = config.to_string().into_bytes();
    let manifest = json!({
        "schemaVersion": 2, "mediaType": MANIFEST_TYPE,
        "config": Descriptor::of(CONFIG_TYPE, &config).written(),
        "layers": [Descriptor::of(LAYER_TYPE, component).written()],
        "annotations": annotations,
    });
    layout.put_blob(&config);
    layout.put_blob(component);
    Ok(layout.put_manifest(manifest.to_string().as_bytes(), Some(tag), None))
}

#[cfg(test)]
mod tests;
