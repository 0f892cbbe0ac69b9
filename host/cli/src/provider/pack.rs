//! `bailiwick provider pack`: a component as an OCI image layout, in a folder or a tar. Its digest is what gets signed,
//! so the same component gives the same one.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use bailiwick_api::time::Timestamp;
use bailiwick_artifact::{
    Digest,
    oci::{Layout, pack},
};
use bailiwick_core::trust::{Reference, Selector};
use clap::Args;
use serde::Serialize;

use super::target::{Held, held};
use crate::{args::Format, report};

/// `bailiwick provider pack`.
#[derive(Debug, Args)]
pub(crate) struct PackArgs {
    /// The component
    component: PathBuf,
    /// Where it will be known, as REGISTRY/PATH:TAG: the repository is written into it, and policies match it
    #[arg(long = "as", value_name = "REFERENCE")]
    reference: String,
    /// A folder, or a file that ends in .tar; a layout that is there is added to
    #[arg(long, value_name = "DIR|FILE.tar")]
    out: PathBuf,
    /// How results are printed
    #[arg(short, long, value_enum, default_value_t = Format::Table)]
    output: Format,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Packed {
    reference: String,
    digest: String,
    out: String,
}

/// Packs.
pub(crate) fn run(args: &PackArgs) -> anyhow::Result<u8> {
    let reference = Reference::parse(&args.reference).with_context(|| format!("--as {}", args.reference))?;
    let name = args.component.display().to_string();
    let bytes = component(&args.component).with_context(|| name.clone())?;
    let out = args.out.display().to_string();
    let digest = pack(&mut Layout::default(), &bytes, &reference, created().as_deref())
        .with_context(|| name.clone())?;
    let mut layout = existing(&args.out)?;
    free(&layout, &args.out, &reference.selector, &digest)?;
    pack(&mut layout, &bytes, &reference, created().as_deref()).with_context(|| name)?;
    layout.save(&args.out).with_context(|| out.clone())?;
    let packed = Packed { reference: reference.to_string(), digest: digest.to_string(), out };
    match args.output {
        Format::Json => report::json(&packed)?,
        Format::Table => report::say(&format!("{}  {}  {}", packed.digest, packed.reference, packed.out))?,
    }
    Ok(crate::OK)
}

fn component(path: &Path) -> anyhow::Result<Vec<u8>> {
    match held(path)? {
        Held::Component(bytes) => Ok(bytes),
        Held::Layout(_) => bail!("a layout already: sign or push it as it is"),
    }
}

/// The layout that is there, to be added to, or a new one; an empty folder is none yet.
pub(super) fn existing(out: &Path) -> anyhow::Result<Layout> {
    let Ok(meta) = out.symlink_metadata() else { return Ok(Layout::default()) };
    if meta.is_dir() && out.read_dir().is_ok_and(|mut entries| entries.next().is_none()) {
        return Ok(Layout::default());
    }
    Layout::open(out).with_context(|| format!("{} is there, and is no OCI image layout", out.display()))
}

/// What stands under the same tag and is another artifact is somebody's, perhaps with signatures: it is not replaced.
pub(super) fn free(layout: &Layout, out: &Path, tag: &Selector, digest: &Digest) -> anyhow::Result<()> {
    if layout.resolve(Some(tag)).is_ok_and(|there| there != *digest) {
        bail!("{} holds another artifact under this tag: name another --out, or delete it", out.display());
    }
    Ok(())
}

/// The time of `SOURCE_DATE_EPOCH` (reproducible-builds.org), in seconds; none where it is not set.
pub(super) fn created() -> Option<String> {
    let seconds: i64 = std::env::var("SOURCE_DATE_EPOCH").ok()?.parse().ok()?;
    Some(Timestamp::from_unix(seconds).to_string())
}
