//! The verdict about one artifact: facts of its signatures against the policies for it, what its Provider adds, and what
//! ran before. All policies in a tie must be satisfied. A refusal that age alone explains gives way to any other, so
//! that nothing hides behind it.

mod identity;
mod signers;
mod statements;

use std::collections::{BTreeMap, BTreeSet};

use bailiwick_api::provider::ProviderTrust;
use semver::Version;

use super::{
    Candidate, Ceiling,
    floor::Floor,
    policy::{self, Attestation, Fault, Faults, Policy},
    reason::{Kind, Reason, Refusal, cut},
    reference::is_digest,
};
use crate::program::ObjectStamp;

/// What a Provider asks for beyond the policies, compiled.
#[derive(Debug, Default)]
pub struct Tightening {
    digests: Option<BTreeSet<String>>,
    floor: Option<Floor>,
    attestations: Vec<Attestation>,
}

impl Tightening {
    /// Compiles a Provider's `spec.trust`.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn compile(spec: Option<&ProviderTrust>) -> Result<Self, Vec<Fault>> {
        let Some(spec) = spec else { return Ok(Self::default()) };
        let mut faults = Faults::default();
        for (n, text) in spec.digests.iter().flatten().enumerate() {
            if !is_digest(text) {
                faults
                    .add(format!("trust.digests[{n}]"), "write sha256: and 64 lower-case hexadecimal digits");
            }
        }
        let floor = spec.floor.as_deref().and_then(|text| faults.ok("trust.floor", Floor::read(text)));
        let attestations = policy::attestations("trust.attestations", &spec.attestations, None, &mut faults);
        let digests = spec.digests.as_ref().map(|digests| digests.iter().cloned().collect());
        if faults.0.is_empty() { Ok(Self { digests, floor, attestations }) } else { Err(faults.0) }
    }
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The Provider's name.
    pub provider: &'a str,
    /// What it asks for beyond the policies.
    pub tightening: &'a Tightening,
    /// The manifest that may run although a higher version did.
    pub rollback_to: Option<&'a str>,
}

/// What is known of earlier runs of the same repository and signed name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The highest version.
    pub known: Known,
    /// `--init-state`: state that is missing or unreadable counts as empty.
    pub init_state: bool,
}

/// The high-water mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// The highest version that ran.
    Highest(Version),
    /// The state can be read, and nothing of the kind ever ran.
    Nothing,
    /// No state is kept at all.
    NotKept,
    /// There is no state yet, or it was lost.
    Missing,
    /// There is state that cannot be read.
    Unreadable,
}

/// An artifact that may run, and on whose word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admission {
    /// The policies that admitted it, by name.
    pub policies: Vec<ObjectStamp>,
    /// Authorities that signed, with the key or subject; escaped and cut.
    pub signers: BTreeMap<String, String>,
    /// The signed version.
    pub version: Version,
    /// What a grant may give to it.
    pub ceiling: Ceiling,
    /// The last second, of the Unix epoch, at which this verdict holds; none where it does not age.
    pub fresh_until: Option<i64>,
}

impl Admission {
    /// The same word, under the policies of now: what is kept for a while may be granted what they allow, and no more.
    #[must_use]
    pub fn under(&self, policies: &[&Policy]) -> Self {
        Self {
            policies: policies.iter().map(|policy| policy.stamp.clone()).collect(),
            ceiling: Ceiling::together(policies.iter().map(|policy| policy.ceiling())),
            ..self.clone()
        }
    }
}

/// When it is judged, and whether age counts.
#[derive(Clone, Copy)]
struct At {
    now: i64,
    aged: bool,
}

/// Judges a candidate. `policies` are those that match its reference; `now` is in seconds of the Unix epoch.
///
/// # Errors
/// The first refusal that is not about age alone, else the first.
pub fn judge(
    policies: &[&Policy],
    candidate: &Candidate,
    asked: &Asked<'_>,
    mark: &Mark,
    now: i64,
) -> Result<Admission, Refusal> {
    judge_at(policies, candidate, asked, mark, At { now, aged: true })
}

/// As [`judge`], whatever the age of signatures and statements: what a module that is kept for a while is admitted as. The end
/// of a key is no matter of age.
///
/// # Errors
/// The first refusal.
pub fn judge_whatever_age(
    policies: &[&Policy],
    candidate: &Candidate,
    asked: &Asked<'_>,
    mark: &Mark,
    now: i64,
) -> Result<Admission, Refusal> {
    judge_at(policies, candidate, asked, mark, At { now, aged: false })
}

fn judge_at(
    policies: &[&Policy],
    candidate: &Candidate,
    asked: &Asked<'_>,
    mark: &Mark,
    at: At,
) -> Result<Admission, Refusal> {
    let mut refusals = Refusals::default();
    if policies.is_empty() {
        refusals.add(Refusal::no_policy(&candidate.reference));
    }
    let version = refusals.ok(identity::version(candidate));
    refusals.ok(identity::asked(candidate, asked, version.as_ref()));
    let mut signed = Vec::new();
    for policy in policies {
        let mut found = Refusals::default();
        found.ok(identity::policy(policy, candidate, asked, version.as_ref(), mark));
        signed.extend(evidence(policy, candidate, asked.tightening, at, &mut found));
        refusals.0.extend(found.0.into_iter().map(|refusal| refusal.by(&policy.stamp.name)));
    }
    match (refusals.worst(), version) {
        (None, Some(version)) => Ok(admission(policies, signed, version)),
        (refusal, _) => {
            Err(refusal.unwrap_or_else(|| Refusal::new(Reason::VersionMissing, "no version is signed")))
        }
    }
}

/// Signatures and statements, as one policy sees them.
fn evidence(
    policy: &Policy,
    candidate: &Candidate,
    tightening: &Tightening,
    at: At,
    refusals: &mut Refusals,
) -> Option<signers::Signed> {
    let signed = refusals.ok(signers::judge(policy, candidate, at));
    let rules = policy.attestations.iter().chain(&tightening.attestations);
    let until = refusals.ok(statements::judge(policy, rules, candidate, at));
    signed.map(|signed| signers::Signed { until: signed.until.min(until.unwrap_or(i64::MAX)), ..signed })
}

fn admission(policies: &[&Policy], signed: Vec<signers::Signed>, version: Version) -> Admission {
    let until = signed.iter().map(|signed| signed.until).min().unwrap_or(i64::MAX);
    let mut signers = BTreeMap::new();
    for (name, who) in signed.into_iter().flat_map(|signed| signed.signers) {
        signers.entry(name).or_insert_with(|| cut(&who, 256));
    }
    Admission {
        policies: policies.iter().map(|policy| policy.stamp.clone()).collect(),
        signers,
        version,
        ceiling: Ceiling::together(policies.iter().map(|policy| policy.ceiling())),
        fresh_until: (until < i64::MAX).then_some(until),
    }
}

/// Refusals as they are found.
#[derive(Default)]
struct Refusals(Vec<Refusal>);

impl Refusals {
    fn add(&mut self, refusal: Refusal) {
        self.0.push(refusal);
    }

    fn ok<T>(&mut self, result: Result<T, Refusal>) -> Option<T> {
        result.map_err(|refusal| self.add(refusal)).ok()
    }

    /// A denied digest first, then who signed, since the rest is worth nothing without; then what nothing covers, then age.
    fn worst(self) -> Option<Refusal> {
        use Reason::{Denied, NoPolicy, NoSignature, PolicyUnsatisfied, SignatureInvalid};
        let rank = |refusal: &Refusal| match (refusal.reason, refusal.kind) {
            (Denied, _) => 0,
            (NoPolicy | NoSignature | SignatureInvalid | PolicyUnsatisfied, _) => 1,
            (_, Kind::Always) => 2,
            (_, Kind::Freshness) => 3,
        };
        self.0.into_iter().min_by_key(rank)
    }
}
