//! `bailiwick provider verify`: whether a key signed an artifact, or whether the policies of a folder admit it. It asks for
//! nothing but the artifact and what lies beside it. With a key alone, name, version and repository are not looked at.

mod policy;

use std::path::{Path, PathBuf};

use anyhow::Context;
use bailiwick_artifact::{
    Pulled,
    evidence::{Verified, keys, verify},
    oci::client::Limits,
};
use bailiwick_core::trust::{Anchors, Fact, KeyId, fact::SIGNATURE};
use clap::{ArgGroup, Args};
use serde::Serialize;
use zeroize::Zeroizing;

use super::{
    registry::{RegistryArgs, failed},
    target,
};
use crate::{args::Format, report};

/// `bailiwick provider verify`.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("whom").required(true).args(["key", "policy"])))]
pub(crate) struct VerifyArgs {
    /// A layout (folder or tar) with one artifact, or REGISTRY/PATH:TAG or REGISTRY/PATH@DIGEST
    target: String,
    /// The public key that must have signed it: PEM, P-256 or Ed25519
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// The folder whose TrustPolicies must admit it; may be given several times
    #[arg(long, value_name = "DIR")]
    policy: Vec<PathBuf>,
    #[command(flatten)]
    registry: RegistryArgs,
    /// How results are printed
    #[arg(short, long, value_enum, default_value_t = Format::Table)]
    output: Format,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    target: String,
    digest: String,
    key: String,
    /// Whether the key signed it.
    verified: bool,
    /// What else the key attests: predicate types.
    attestations: Vec<String>,
    /// Evidence that holds for nobody, and why.
    rejected: Vec<Rejected>,
    /// There was more evidence than is read.
    capped: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rejected {
    evidence: String,
    why: String,
}

/// Verifies.
pub(super) fn run(args: &VerifyArgs) -> anyhow::Result<u8> {
    let target = target::open(&args.target, &args.registry)?;
    let anchors = match &args.key {
        Some(key) => Anchors { keys: [public(key)?].into(), ..Anchors::default() },
        None => policy::anchors(&args.policy)?,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let pulled = match runtime.block_on(target.pull(&Limits::default(), &anchors)) {
        Ok(pulled) => pulled,
        Err(error) => return Ok(failed(&args.target, error)),
    };
    match &args.key {
        Some(_) => said(args, &pulled, &anchors),
        None => policy::judge(&args.policy, &args.target, &pulled, target.reference(), args.output),
    }
}

/// Whether the one key signed it.
fn said(args: &VerifyArgs, pulled: &Pulled, anchors: &Anchors) -> anyhow::Result<u8> {
    let verified = verify(&pulled.evidence, &pulled.digest, anchors);
    let id = anchors.keys.keys().next().cloned().unwrap_or_default();
    let report = report(args, pulled, id, &verified);
    match args.output {
        Format::Json => report::json(&report)?,
        Format::Table => report::say(&words(&report))?,
    }
    Ok(if report.verified { crate::OK } else { crate::FAILED })
}

/// A public key's file: its identifier and its DER.
pub(crate) fn public(file: &Path) -> anyhow::Result<(KeyId, Vec<u8>)> {
    // Somebody may name the private one.
    let text = std::fs::read(file).map(Zeroizing::new);
    let text = text.with_context(|| format!("{}: cannot read", file.display()))?;
    keys::public(&text).with_context(|| file.display().to_string())
}

fn report(args: &VerifyArgs, pulled: &Pulled, key: KeyId, verified: &Verified) -> Report {
    let is_signature = |fact: &&Fact| fact.predicate_type == SIGNATURE;
    let (signatures, others): (Vec<&Fact>, Vec<&Fact>) = verified.facts.iter().partition(is_signature);
    let rejected = verified
        .rejected
        .iter()
        .map(|one| Rejected { evidence: one.evidence.clone(), why: one.why.to_string() });
    Report {
        target: args.target.clone(),
        digest: pulled.digest.to_string(),
        key,
        verified: !signatures.is_empty(),
        attestations: others.iter().map(|fact| fact.predicate_type.clone()).collect(),
        rejected: rejected.collect(),
        capped: pulled.capped,
    }
}

fn words(report: &Report) -> String {
    let said = if report.verified { "signed by" } else { "NOT signed by" };
    let mut lines = vec![format!("{}  {}  {said} {}", report.digest, report.target, report.key)];
    lines.extend(report.attestations.iter().map(|kind| format!("attested by the key: {kind}")));
    lines.extend(report.rejected.iter().map(|one| format!("not counted: {}: {}", one.evidence, one.why)));
    if report.capped {
        lines.push("there is more beside it than is read".into());
    }
    lines.join("\n")
}
