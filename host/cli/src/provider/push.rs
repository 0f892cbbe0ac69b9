//! `bailiwick provider push`: an artifact with all its signatures into a registry. A layout is copied byte for byte, so
//! that its signatures still hold; a bare component is packed first. What could never be admitted there is not pushed: that is
//! core's word.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use bailiwick_artifact::{
    Digest,
    oci::{Copied, Layout, Part, Place, manifest, pack, place::copy},
    pulled::{REPOSITORY, VERSION},
};
use bailiwick_core::trust::{Destination, Reference, Selector, destination};
use clap::Args;
use serde::Serialize;

use super::{
    pack::created,
    registry::{RegistryArgs, client, failed},
    target::{Held, WhichArgs, held},
};
use crate::{args::Format, report};

/// `bailiwick provider push`.
#[derive(Debug, Args)]
pub(crate) struct PushArgs {
    /// A layout (folder or tar), or a component
    what: PathBuf,
    /// REGISTRY/PATH:TAG
    reference: String,
    #[command(flatten)]
    which: WhichArgs,
    #[command(flatten)]
    registry: RegistryArgs,
    /// How results are printed
    #[arg(short, long, value_enum, default_value_t = Format::Table)]
    output: Format,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Pushed {
    reference: String,
    digest: String,
    /// Signatures and whatever else lies beside it.
    beside: usize,
    /// What lies beside it and was left out: missing, too large, or refused by the registry.
    left_out: usize,
    /// There was more beside it than is read.
    more: bool,
}

/// Pushes.
pub(crate) fn run(args: &PushArgs) -> anyhow::Result<u8> {
    let reference = reference(args)?;
    let Selector::Tag(tag) = &reference.selector else { bail!("push under a tag: REGISTRY/PATH:TAG") };
    let (mut layout, digest) = read(args, &reference).with_context(|| args.what.display().to_string())?;
    let registry = client(&reference, &args.registry)?;
    let mut to = Place::Registry(&registry, reference.path.clone());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let from = Place::Layout(&mut layout);
    match runtime.block_on(copy(&from, &mut to, &digest, Some(tag))) {
        Err(error) => Ok(failed(&reference.to_string(), error)),
        Ok(copied) => {
            incomplete(&reference, copied);
            let Copied { beside, left_out, more } = copied;
            let (reference, digest) = (reference.to_string(), digest.to_string());
            print(&Pushed { reference, digest, beside, left_out, more }, args.output)
        }
    }
}

/// Where to; the two arguments are easily taken for each other.
fn reference(args: &PushArgs) -> anyhow::Result<Reference> {
    let swapped = || Path::new(&args.reference).exists() && !args.what.exists();
    match Reference::parse(&args.reference) {
        Err(_) if swapped() => {
            bail!("what is pushed comes first: push {} {}", args.reference, args.what.display())
        }
        parsed => parsed.with_context(|| args.reference.clone()),
    }
}

fn print(pushed: &Pushed, output: Format) -> anyhow::Result<u8> {
    let Pushed { reference, digest, beside, .. } = pushed;
    match output {
        Format::Json => report::json(pushed)?,
        Format::Table => report::say(&format!("{digest}  {reference}  {beside} beside it"))?,
    }
    Ok(crate::OK)
}

/// What was named of the layout, or what it has under the tag, else its only artifact; a component is packed.
fn read(args: &PushArgs, reference: &Reference) -> anyhow::Result<(Layout, Digest)> {
    match held(&args.what)? {
        Held::Component(bytes) => {
            args.which.none()?;
            let mut layout = Layout::default();
            let digest = pack(&mut layout, &bytes, reference, created().as_deref())?;
            Ok((layout, digest))
        }
        Held::Layout(layout) => {
            let digest = match args.which.selector() {
                Some(which) => layout.resolve(Some(&which))?,
                None => layout.resolve(Some(&reference.selector)).or_else(|_| layout.resolve(None))?,
            };
            admissible(&layout, &digest, reference)?;
            Ok((layout, digest))
        }
    }
}

/// Refuses what no policy could admit from there. Another registry may be a mirror: only whoever configures it knows.
fn admissible(layout: &Layout, digest: &Digest, to: &Reference) -> anyhow::Result<()> {
    let manifest = layout.manifest(digest, Part::Manifest)?;
    let manifest = manifest::component(&manifest).context("the artifact's manifest does not hold")?;
    let stated = |key: &str| manifest.annotations.get(key).map(String::as_str);
    if let Destination::Copy { repository } = destination(to, stated(REPOSITORY), stated(VERSION))? {
        report::complain(&format!(
            "warning: the artifact's repository is `{repository}`: from {} it is admitted only where a RegistryConfig \
             names that as a mirror",
            to.repository()
        ));
    }
    Ok(())
}

/// Says what of all that lies beside an artifact was not copied.
pub(super) fn incomplete(reference: &Reference, Copied { left_out, more, .. }: Copied) {
    if left_out > 0 {
        report::complain(&format!(
            "warning: {reference}: {left_out} of what lies beside it was left out: missing, too large, or refused"
        ));
    }
    if more {
        report::complain(&format!(
            "warning: {reference}: more lies beside it than is read; the rest was left out"
        ));
    }
}
