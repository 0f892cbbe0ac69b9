//! `bailiwick provider verify`: whether a key signed an artifact, or whether the policies of a folder admit it. It asks for
//! nothing but the artifact and what lies beside it. With a key alone, name, version, tag and repository are not looked at.

mod policy;

use std::path::{Path, PathBuf};

use anyhow::Context;
use bailiwick_artifact::{
    Pulled,
    evidence::{self, Verified, keys, verify},
    oci::client::Limits,
};
use bailiwick_core::{
    text::escaped,
    trust::{Anchors, Fact, KeyId, Reference, fact::SIGNATURE},
};
use clap::{ArgGroup, Args};
use serde::Serialize;
use zeroize::Zeroizing;

use super::{
    registry::{RegistryArgs, failed},
    target::{self, WhichArgs},
};
use crate::{args::Format, report};

/// `bailiwick provider verify`.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("whom").required(true).args(["key", "policy"])))]
pub(crate) struct VerifyArgs {
    /// A layout (folder or tar), or REGISTRY/PATH:TAG or REGISTRY/PATH@DIGEST
    target: String,
    #[command(flatten)]
    which: WhichArgs,
    /// The public key that must have signed it: PEM, P-256 or Ed25519. Its name, version, tag and repository are not looked at
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// The folder whose TrustPolicies must admit it; may be given several times. What only a sync knows is not looked at:
    /// versions that ran before, the Provider's own trust and approve, grants; nor a layout's tag without --as or --tag
    #[arg(long, value_name = "DIR")]
    policy: Vec<PathBuf>,
    /// What policies match for an artifact of a layout, as `layout.as` of a Provider says it: its tag is the artifact's
    /// [default: the repository that is signed, with --tag]
    #[arg(long = "as", value_name = "REFERENCE", requires = "policy", conflicts_with = "tag")]
    reference: Option<String>,
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
    let named =
        args.reference.as_ref().map(|text| Reference::parse(text).with_context(|| format!("--as {text}")));
    let named = named.transpose()?;
    let which = named.as_ref().map_or_else(|| args.which.selector(), |named| Some(named.selector.clone()));
    let target = target::open(&args.target, &args.registry, which.clone())?;
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
        None => {
            let place = policy::Matched { reference: named.or_else(|| target.reference()), which };
            let judged = policy::judge(&args.policy, &args.target, &pulled, place, &anchors)?;
            policy::print(&judged, args.output)
        }
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
    Report {
        target: args.target.clone(),
        digest: pulled.digest.to_string(),
        key,
        verified: !signatures.is_empty(),
        attestations: others.iter().map(|fact| fact.predicate_type.clone()).collect(),
        rejected: rejected(verified),
        capped: pulled.capped,
    }
}

fn rejected(verified: &Verified) -> Vec<Rejected> {
    let said =
        |one: &evidence::Rejected| Rejected { evidence: one.evidence.clone(), why: one.why.to_string() };
    verified.rejected.iter().map(said).collect()
}

/// What says nothing, line by line, and whether there may be more.
fn not_counted(rejected: &[Rejected], capped: bool) -> Vec<String> {
    let lines = rejected.iter().map(|one| format!("not counted: {}: {}", one.evidence, one.why));
    lines.chain(capped.then(|| "there is more beside it than is read".into())).collect()
}

fn words(report: &Report) -> String {
    let said = if report.verified { "signed by" } else { "NOT signed by" };
    let mut lines = vec![format!("{}  {}  {said} {}", report.digest, report.target, report.key)];
    // A signer's text, which could draw lines of ours.
    lines.extend(report.attestations.iter().map(|kind| format!("attested by the key: {}", escaped(kind))));
    lines.extend(not_counted(&report.rejected, report.capped));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn denied_a_predicate_type_that_draws_a_row() {
        let said = |kind: &str| {
            words(&Report {
                target: "a".into(),
                digest: "d".into(),
                key: "k".into(),
                verified: false,
                attestations: vec![kind.into()],
                rejected: Vec::new(),
                capped: false,
            })
        };
        let forged = said("x\nd  a  signed by k");
        assert_eq!(forged, "d  a  NOT signed by k\nattested by the key: x\\u000ad  a  signed by k");
        assert_eq!(said("https://slsa.dev/provenance/v1").lines().count(), 2);
    }
}
