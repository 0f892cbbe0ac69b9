//! `bailiwick provider verify --policy`: whether the policies of a folder admit an artifact, as a sync would judge it, but for
//! what only a sync knows: which versions ran before. For a look before something crosses an air gap.

use std::path::PathBuf;

use anyhow::{Context, anyhow};
use bailiwick_artifact::{Artifact, Pulled, evidence::verify};
use bailiwick_core::trust::{self, Anchors, Known, Mark, Reference, Refusal, Selector, Tightening};
use bailiwick_sync::{
    folder::{self, files, inventory::Inventory, source::Snapshot},
    trust::Loaded,
};
use serde::Serialize;

use super::{Rejected, not_counted, rejected};
use crate::{args::Format, report};

/// What policies match.
pub(super) struct Matched {
    /// What it was asked for by; none where a layout names no place.
    pub(super) reference: Option<Reference>,
    /// Which artifact of a layout was named.
    pub(super) which: Option<Selector>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Judged {
    target: String,
    digest: String,
    repository: String,
    admitted: bool,
    /// Authorities that signed.
    signers: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    /// Evidence that holds for nobody, and why.
    rejected: Vec<Rejected>,
    /// There was more evidence than is read.
    capped: bool,
}

/// Everybody whom the policies know.
pub(super) fn anchors(folders: &[PathBuf]) -> anyhow::Result<Anchors> {
    Ok(trust::anchors(read(folders)?.in_force().set.policies()))
}

/// Judges what was pulled. For a layout that names no place the signed repository stands for it.
pub(super) fn judge(
    folders: &[PathBuf],
    target: &str,
    pulled: &Pulled,
    Matched { reference, which }: Matched,
    anchors: &Anchors,
) -> anyhow::Result<Judged> {
    let layout = reference.is_none() || which.is_some();
    let reference = reference.map_or_else(|| signed_for(pulled, which), Ok)?;
    let inventory = read(folders)?;
    for error in &inventory.errors {
        report::complain(&format!("error: {error}"));
    }
    let mut artifact = Artifact::read(pulled, &reference, layout)?;
    artifact.inspect(&pulled.component)?;
    let provider = artifact.unjudged().name.clone().unwrap_or_default();
    let mark = Mark { known: Known::Nothing, init_state: false };
    let repository = reference.repository();
    let loaded =
        Loaded { artifact, provider, reference, tightening: Tightening::default(), rollback_to: None, mark };
    let verdict = loaded.judge(&inventory.in_force().set, folder::now());
    let (admission, refusal) = (verdict.as_ref().ok(), verdict.as_ref().err());
    Ok(Judged {
        target: target.to_owned(),
        digest: pulled.digest.to_string(),
        repository,
        admitted: verdict.is_ok(),
        signers: admission.map(|a| a.signers.keys().cloned().collect()).unwrap_or_default(),
        version: admission.map(|a| a.version.to_string()),
        reason: refusal.map(|refusal| refusal.reason.as_str()),
        message: refusal.map(Refusal::said),
        rejected: rejected(&verify(&pulled.evidence, &pulled.digest, anchors)),
        capped: pulled.capped,
    })
}

/// Prints the verdict; 1 where it is a refusal.
pub(super) fn print(judged: &Judged, output: Format) -> anyhow::Result<u8> {
    match output {
        Format::Json => report::json(judged)?,
        Format::Table => report::say(&words(judged))?,
    }
    Ok(if judged.admitted { crate::OK } else { crate::FAILED })
}

fn read(folders: &[PathBuf]) -> anyhow::Result<Inventory> {
    Ok(Inventory::new(&Snapshot::of_policy(files::read_all(folders)?))?)
}

fn words(judged: &Judged) -> String {
    let Judged { target, digest, signers, version, message, .. } = judged;
    let said = match (version, message) {
        (Some(version), _) => {
            format!("{digest}  {target}  admitted: version {version}, signed by {}", signers.join(", "))
        }
        (None, message) => format!("{digest}  {target}  REFUSED: {}", message.as_deref().unwrap_or_default()),
    };
    let rest = not_counted(&judged.rejected, judged.capped);
    std::iter::once(said).chain(rest).collect::<Vec<_>>().join("\n")
}

fn signed_for(pulled: &Pulled, which: Option<Selector>) -> anyhow::Result<Reference> {
    let missing =
        "the artifact names no repository (dev.bailiwick.repository): pack it with `bailiwick provider pack`";
    let manifest = bailiwick_artifact::oci::manifest::component(&pulled.manifest)?;
    let repository = manifest.annotations.get(bailiwick_artifact::pulled::REPOSITORY).context(missing)?;
    let (registry, path) = repository.split_once('/').context(missing)?;
    let selector = which.unwrap_or_else(|| Selector::Digest(pulled.digest.to_string()));
    let reference = Reference { registry: registry.to_owned(), path: path.to_owned(), selector };
    // As it is read everywhere else, or not at all.
    Reference::parse(&reference.to_string()).map_err(|error| anyhow!("dev.bailiwick.repository: {error}"))
}
