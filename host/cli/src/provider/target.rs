//! What `sign` and `verify` work on: the only artifact of a layout (folder or tar), or one that a reference names in a
//! registry. A file or folder that is there is a layout; everything else is a reference.

use std::{
    path::{Path, PathBuf},
    slice,
};

use anyhow::Context;
use bailiwick_artifact::{
    Digest, Evidence, Pulled,
    evidence::Verifier,
    oci::{FetchError, Layout, Place, Registry, client::Limits},
};
use bailiwick_core::trust::{Anchors, Reference};

use super::registry::{RegistryArgs, client};

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
        let layout = Layout::open(path).with_context(|| text.to_owned())?;
        return Ok(Target::Layout(layout, path.to_owned()));
    }
    let reference = Reference::parse(text);
    let reference = reference.with_context(|| format!("{text} is no layout (there is no such file)"))?;
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
