//! `bailiwick provider pull`: an artifact with all its signatures out of a registry into a layout, to be carried to where
//! the registry is not. Nothing is verified but digests and shape; `provider verify` and the operator do the rest.

use std::path::PathBuf;

use anyhow::Context;
use bailiwick_artifact::{
    Digest,
    oci::{Copied, FetchError, Limits, Place, Registry, manifest, place::copy},
    pulled::VERSION,
};
use bailiwick_core::trust::{Reference, Selector};
use clap::Args;
use serde::Serialize;

use super::{
    pack::{existing, free},
    push::incomplete,
    registry::{RegistryArgs, client, failed},
};
use crate::{args::Format, report};

/// `bailiwick provider pull`.
#[derive(Debug, Args)]
pub(crate) struct PullArgs {
    /// REGISTRY/PATH:TAG, with a version range in place of the tag, or @sha256:...
    reference: String,
    /// A folder, or a file that ends in .tar; a layout that is there is added to
    #[arg(long, value_name = "DIR|FILE.tar")]
    out: PathBuf,
    #[command(flatten)]
    registry: RegistryArgs,
    /// How results are printed
    #[arg(short, long, value_enum, default_value_t = Format::Table)]
    output: Format,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Pulled {
    reference: String,
    digest: String,
    component: String,
    /// Signatures and whatever else lies beside it, of whatever worth.
    beside: usize,
    /// What lies beside it and was left out: missing, or too large.
    left_out: usize,
    /// There was more beside it than is read.
    more: bool,
    out: String,
}

/// Pulls.
pub(crate) fn run(args: &PullArgs) -> anyhow::Result<u8> {
    let reference = Reference::parse(&args.reference).with_context(|| args.reference.clone())?;
    let out = args.out.display().to_string();
    let mut layout = existing(&args.out)?;
    let registry = client(&reference, &args.registry)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (digest, tag) = match runtime.block_on(resolve(&registry, &reference)) {
        Ok(resolved) => resolved,
        Err(error) => return Ok(failed(&args.reference, error)),
    };
    let under = tag.clone().map_or_else(|| Selector::Digest(digest.to_string()), Selector::Tag);
    free(&layout, &args.out, &under, &digest)?;
    let from = Place::Registry(&registry, reference.path.clone());
    let copied = runtime.block_on(copy(&from, &mut Place::Layout(&mut layout), &digest, tag.as_deref()));
    let whole = |copied| {
        let under = Selector::Digest(digest.to_string());
        layout.pull(Some(&under), &Limits::default()).map(|got| (copied, got))
    };
    let (copied, got) = match copied.and_then(whole) {
        Ok(got) => got,
        Err(error) => return Ok(failed(&args.reference, error)),
    };
    layout.save(&args.out).with_context(|| out.clone())?;
    incomplete(&reference, copied);
    let Copied { beside, left_out, more } = copied;
    let component = Digest::of(&got.component).to_string();
    let (digest, reference) = (got.digest.to_string(), reference.to_string());
    print(&Pulled { reference, digest, component, beside, left_out, more, out }, args.output)
}

/// The digest, and the tag that the layout gives it: of a range the signed version, so that it can be asked for again.
async fn resolve(registry: &Registry, reference: &Reference) -> Result<(Digest, Option<String>), FetchError> {
    let digest = registry.resolve(reference).await?;
    let tag = match &reference.selector {
        Selector::Tag(tag) => Some(tag.clone()),
        Selector::Digest(_) => None,
        Selector::Range(_) => {
            let from = Place::Registry(registry, reference.path.clone());
            let manifest = from.manifest(&digest).await?;
            manifest::component(&manifest).ok().and_then(|read| read.annotations.get(VERSION).cloned())
        }
    };
    Ok((digest, tag))
}

fn print(pulled: &Pulled, output: Format) -> anyhow::Result<u8> {
    let Pulled { reference, digest, beside, out, .. } = pulled;
    match output {
        Format::Json => report::json(pulled)?,
        Format::Table => report::say(&format!("{digest}  {reference}  {out}  {beside} beside it"))?,
    }
    Ok(crate::OK)
}
