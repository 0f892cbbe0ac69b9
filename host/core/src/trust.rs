//! Whose code may run: references of artifacts, what their signatures say, and whether a TrustPolicy is satisfied by
//! it. Pure: the mathematics of signatures and all that is read from registries is artifact's, which brings facts;
//! what they are worth is decided here.

pub mod access;
mod activate;
mod attempt;
mod ceiling;
mod cel;
pub mod choose;
pub mod condition;
pub mod fact;
mod floor;
mod judge;
mod matcher;
mod policy;
mod prefix;
mod reason;
pub mod reference;
mod rejudge;
mod spki;
mod stated;
mod suggest;

use std::collections::BTreeSet;

pub use access::{Access, AccessError};
pub use activate::{Activation, activate};
pub use attempt::{Attempt, Runs, concluded, why};
pub use ceiling::Ceiling;
pub use fact::{Anchors, Candidate, Fact, Format, Identity, KeyId, RootId, SIGNATURE, Signer};
pub use judge::{Admission, Asked, Known, Mark, Tightening, judge, judge_whatever_age};
pub use policy::{Fault, Limits, Policy, PolicySet, anchors, compile};
pub use reason::{Kind, MAX_MESSAGE, Reason, Refusal};
pub use reference::{Reference, Selector};
pub use rejudge::{Decision, Kept, rejudge};
pub use stated::{Destination, Misplaced, destination};
pub use suggest::suggest;

use crate::program::ObjectStamp;

/// A signed module, as far as grants are about it (G4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// `registry/path` of its reference.
    pub repository: String,
    /// `sha256:<hex>` of the manifest: what was signed.
    pub manifest: String,
    /// `sha256:<hex>` of the component: what runs.
    pub component: String,
    /// The authorities that signed.
    pub signers: BTreeSet<String>,
    /// The policies that admitted it.
    pub policies: Vec<ObjectStamp>,
    /// The most that it may be granted.
    pub ceiling: Ceiling,
}

impl Signed {
    /// What an admission means for grants.
    #[must_use]
    pub fn new(candidate: &Candidate, admission: &Admission) -> Self {
        Self {
            repository: candidate.reference.repository(),
            manifest: candidate.manifest.clone(),
            component: candidate.component.clone(),
            signers: admission.signers.keys().cloned().collect(),
            policies: admission.policies.clone(),
            ceiling: admission.ceiling.clone(),
        }
    }
}
