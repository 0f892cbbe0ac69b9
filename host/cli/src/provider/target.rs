//! What commands work on. `sign` and `verify`: an artifact of a layout (folder or tar), or one that a reference names in a
//! registry; a file or folder that is there is a layout, everything else is a reference. `push`, `inspect` and `test`: an
//! artifact of a layout, or a component, which is told by how it begins.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use bailiwick_artifact::{
    Digest, Evidence, Pulled,
    evidence::Verifier,
    oci::{
        FetchError, Layout, Part, Place, Registry,
        client::Limits,
        manifest::{self, Fault},
    },
};
use bailiwick_core::trust::{Anchors, Reference, Selector};
use clap::Args;

use super::registry::{RegistryArgs, client};

/// How a WebAssembly binary begins.
const MAGIC: &[u8] = b"\0asm";

/// Which artifact of a layout.
#[derive(Debug, Args)]
pub(crate) struct WhichArgs {
    /// Which artifact of a layout that holds several: its tag, or its manifest's digest
    #[arg(long, value_name = "TAG|DIGEST")]
    tag: Option<String>,
}

impl WhichArgs {
    /// None: the only artifact.
    pub(super) fn selector(&self) -> Option<Selector> {
        let text = self.tag.clone()?;
        Some(if text.parse::<Digest>().is_ok() { Selector::Digest(text) } else { Selector::Tag(text) })
    }

    /// Refuses it for what is no layout.
    pub(super) fn none(&self) -> anyhow::Result<()> {
        ensure!(self.tag.is_none(), "--tag is for a layout, and this is a component");
        Ok(())
    }
}

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

/// A component's bytes, and the artifact of a layout that holds it, without them.
pub(crate) type Component = (Vec<u8>, Option<(Layout, Pulled)>);

/// The component at a path, or of an artifact in the layout there, which comes along.
pub(crate) fn component(path: &Path, which: &WhichArgs) -> anyhow::Result<Component> {
    match held(path)? {
        Held::Component(bytes) => which.none().map(|()| (bytes, None)),
        Held::Layout(layout) => {
            let mut pulled = layout.pull(which.selector().as_ref(), &Limits::default())?;
            Ok((std::mem::take(&mut pulled.component), Some((layout, pulled))))
        }
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
    /// A layout, where it came from, and which artifact of it.
    Layout(Layout, PathBuf, Option<Selector>),
    /// An artifact in a registry.
    Registry(Box<Registry>, Reference),
}

/// Opens what the text names, and `which` of a layout. Nothing is asked of a registry yet.
pub(super) fn open(text: &str, args: &RegistryArgs, which: Option<Selector>) -> anyhow::Result<Target> {
    let path = Path::new(text);
    if path.symlink_metadata().is_ok() {
        let layout = layout(path).with_context(|| text.to_owned())?;
        return Ok(Target::Layout(layout, path.to_owned(), which));
    }
    let neither = || format!("{text}: there is no such file or folder, and it is no reference of a registry");
    let reference = Reference::parse(text).with_context(neither)?;
    ensure!(
        which.is_none(),
        "{text}: --tag and --as are for a layout, and this is a reference of a registry"
    );
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

    /// The digest of the artifact's manifest, where config and component are here and are what it says.
    pub(super) async fn whole(&mut self) -> Result<Digest, FetchError> {
        let (place, selector) = match self {
            Self::Layout(layout, _, which) => (Place::Layout(layout), which.as_ref()),
            Self::Registry(registry, reference) => {
                (Place::Registry(registry, reference.path.clone()), Some(&reference.selector))
            }
        };
        let digest = place.resolve(selector).await?;
        let bytes = place.manifest(&digest).await?;
        let read =
            manifest::component(&bytes).map_err(|fault| FetchError::Malformed(Part::Manifest, fault))?;
        let limit = Limits::default().component;
        place.blob(&read.config, limit, Part::Config).await?;
        place.blob(&read.layer, limit, Part::Component).await?;
        Ok(digest)
    }

    /// The artifact, with the evidence beside it.
    pub(super) async fn pull(&self, limits: &Limits, anchors: &Anchors) -> Result<Pulled, FetchError> {
        let verifier = Verifier::new(anchors);
        // What verifies for nobody known takes no place of what does.
        let worth = |piece: &Evidence, about: &Digest| verifier.proofs(piece, about);
        match self {
            Self::Layout(layout, _, which) => layout.pull_with(which.as_ref(), limits, &worth),
            Self::Registry(registry, reference) => registry.pull_with(reference, limits, &worth).await,
        }
    }

    /// Puts a bundle beside the artifact; the digest of the manifest that carries it.
    pub(super) async fn attach(&mut self, subject: &Digest, bundle: &[u8]) -> Result<Digest, FetchError> {
        match self {
            Self::Layout(layout, path, _) => {
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
