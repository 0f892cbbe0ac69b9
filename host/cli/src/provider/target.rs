//! What commands work on. `sign` and `verify`: the only artifact of a layout (folder or tar), or one that a reference names
//! in a registry; a file or folder that is there is a layout, everything else is a reference. `push` and `inspect`: a layout,
//! or a component, which is told by how it begins.

use std::{
    path::{Path, PathBuf},
    slice,
};

use anyhow::{Context, bail};
use bailiwick_artifact::{
    Digest, Evidence, Pulled,
    evidence::Verifier,
    oci::{FetchError, Layout, Part, Place, Registry, client::Limits, manifest::Fault},
};
use bailiwick_core::trust::{Anchors, Reference};

use super::registry::{RegistryArgs, client};

/// How a WebAssembly binary begins.
const MAGIC: &[u8] = b"\0asm";

/// What lies at a path.
pub(super) enum Held {
    /// A component's bytes, not looked at yet.
    Component(Vec<u8>),
    /// A layout.
    Layout(Layout),
}

/// Reads what lies at a path.
pub(super) fn held(path: &Path) -> anyhow::Result<Held> {
    if path.symlink_metadata().is_err() {
        let named = path.to_str().is_some_and(|text| Reference::parse(text).is_ok());
        let remedy = if named { "; from a registry, `bailiwick provider pull` it first" } else { "" };
        bail!("there is no such file or folder{remedy}");
    }
    if path.is_file() {
        let bytes = std::fs::read(path).context("cannot read")?;
        if bytes.starts_with(MAGIC) {
            return Ok(Held::Component(bytes));
        }
    }
    match Layout::open(path) {
        Err(error) if is_none(&error) => {
            bail!("not a WebAssembly component, and no OCI image layout (a folder or a tar)")
        }
        layout => Ok(Held::Layout(layout?)),
    }
}

/// A layout, and no component.
fn layout(path: &Path) -> anyhow::Result<Layout> {
    match Layout::open(path) {
        Err(error) if is_none(&error) => {
            bail!("no OCI image layout (a folder or a tar): `bailiwick provider pack` makes one")
        }
        layout => Ok(layout?),
    }
}

/// Whether what lies there is something else.
const fn is_none(error: &FetchError) -> bool {
    matches!(error, FetchError::Malformed(Part::Layout, Fault::Layout) | FetchError::NotFound(Part::Layout))
}

/// An opened target.
pub(super) enum Target {
    /// A layout and where it came from.
    Layout(Layout, PathBuf),
    /// An artifact in a registry.
    Registry(Box<Registry>, Reference),
}

/// Opens what the text names. Nothing is asked of a registry yet.
pub(super) fn open(text: &str, args: &RegistryArgs) -> anyhow::Result<Target> {
    let path = Path::new(text);
    if path.symlink_metadata().is_ok() {
        let layout = layout(path).with_context(|| text.to_owned())?;
        return Ok(Target::Layout(layout, path.to_owned()));
    }
    let neither = || format!("{text}: there is no such file or folder, and it is no reference of a registry");
    let reference = Reference::parse(text).with_context(neither)?;
    Ok(Target::Registry(Box::new(client(&reference, args)?), reference))
}

impl Target {
    /// What it was asked for by; none for a layout.
    pub(super) fn reference(&self) -> Option<Reference> {
        match self {
            Self::Layout(..) => None,
            Self::Registry(_, reference) => Some(reference.clone()),
        }
    }

    /// The digest of the artifact's manifest.
    pub(super) async fn digest(&self) -> Result<Digest, FetchError> {
        match self {
            Self::Layout(layout, _) => layout.resolve(None),
            Self::Registry(registry, reference) => registry.resolve(reference).await,
        }
    }

    /// The artifact, with the evidence beside it.
    pub(super) async fn pull(&self, limits: &Limits, anchors: &Anchors) -> Result<Pulled, FetchError> {
        let verifier = Verifier::new(anchors);
        // What verifies for nobody known takes no place of what does.
        let worth = |piece: &Evidence, about: &Digest| {
            !verifier.verify(slice::from_ref(piece), about).facts.is_empty()
        };
        match self {
            Self::Layout(layout, _) => layout.pull_with(None, limits, &worth),
            Self::Registry(registry, reference) => registry.pull_with(reference, limits, &worth).await,
        }
    }

    /// Puts a bundle beside the artifact; the digest of the manifest that carries it.
    pub(super) async fn attach(&mut self, subject: &Digest, bundle: &[u8]) -> Result<Digest, FetchError> {
        match self {
            Self::Layout(layout, path) => {
                let carrier = Place::Layout(layout).attach(subject, bundle).await?;
                layout.save(path)?;
                Ok(carrier)
            }
            Self::Registry(registry, reference) => {
                Place::Registry(registry, reference.path.clone()).attach(subject, bundle).await
            }
        }
    }
}
