//! TrustPolicies, compiled: validated as a whole, with everything resolved that they refer to. A set of them says which
//! are for a reference: the longest prefix wins and ties all count. A policy that does not compile refuses whatever it
//! could be for.

mod attestation;
mod authority;
mod compile;
mod require;
mod set;

use std::collections::{BTreeMap, BTreeSet};

use super::{Anchors, Ceiling, Format, RootId, ceiling::Bounds, floor::Floor, prefix::Prefix};
use crate::program::ObjectStamp;

pub(super) use attestation::{Attestation, all as attestations};
pub(super) use authority::{Authority, Who};
pub use compile::compile;
pub(super) use require::Rule;
pub use set::PolicySet;

/// One thing that is wrong with a policy, or with what a Provider adds to it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {remedy}")]
pub struct Fault {
    /// The field below `spec`.
    pub field: String,
    /// What to write. Nothing of the policy is quoted but a name, cut, that nothing declares: of an expression, or of a claim.
    pub remedy: String,
}

/// Faults as they are found.
#[derive(Default)]
pub(super) struct Faults(pub(super) Vec<Fault>);

impl Faults {
    pub(super) fn add(&mut self, field: impl Into<String>, remedy: impl Into<String>) {
        self.0.push(Fault { field: field.into(), remedy: remedy.into() });
    }

    /// The value, or none and a fault.
    pub(super) fn ok<T>(
        &mut self,
        field: impl Into<String>,
        result: Result<T, impl Into<String>>,
    ) -> Option<T> {
        result.map_err(|remedy| self.add(field, remedy)).ok()
    }
}

/// A policy that compiles.
#[derive(Debug)]
pub struct Policy {
    pub(super) stamp: ObjectStamp,
    pub(super) prefixes: Vec<Prefix>,
    pub(super) roots: BTreeMap<RootId, String>,
    pub(super) authorities: BTreeMap<String, Authority>,
    pub(super) require: Rule,
    pub(super) attestations: Vec<Attestation>,
    pub(super) formats: BTreeSet<Format>,
    pub(super) floor: Option<Floor>,
    pub(super) monotonic: bool,
    pub(super) denied: BTreeSet<String>,
    /// Seconds.
    pub(super) max_age: Option<i64>,
    pub(super) limits: Limits,
    pub(super) keep_running: bool,
    /// Seconds.
    pub(super) keep_running_for: i64,
    pub(super) ceiling: Bounds,
}

/// The most that is read of one artifact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the component.
    pub layer: u64,
    /// Bundles that are looked at.
    pub bundles: usize,
}

impl Limits {
    /// What applies where nobody says anything, and the most that can be said.
    pub const MOST: Self = Self { layer: 16 << 20, bundles: 32 };

    /// The smaller of each.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { layer: self.layer.min(other.layer), bundles: self.bundles.min(other.bundles) }
    }
}

impl Policy {
    /// Name, uid and generation.
    #[must_use]
    pub const fn stamp(&self) -> &ObjectStamp {
        &self.stamp
    }

    /// The most that is read of one artifact.
    #[must_use]
    pub const fn limits(&self) -> Limits {
        self.limits
    }

    /// The most that a grant may give to what this policy admits.
    #[must_use]
    pub fn ceiling(&self) -> Ceiling {
        Ceiling(vec![self.ceiling.clone()])
    }

    /// Whether evidence of a format is looked at.
    #[must_use]
    pub fn reads(&self, format: Format) -> bool {
        self.formats.contains(&format)
    }

    /// The keys and trust roots that evidence is verified against.
    #[must_use]
    pub fn anchors(&self) -> Anchors {
        let key = |authority: &Authority| match &authority.who {
            Who::Key { id, spki, .. } => Some((id.clone(), spki.clone())),
            Who::Keyless { .. } => None,
        };
        Anchors { keys: self.authorities.values().filter_map(key).collect(), roots: self.roots.clone() }
    }
}

/// The anchors of several policies together.
#[must_use]
pub fn anchors<'a>(policies: impl IntoIterator<Item = &'a Policy>) -> Anchors {
    policies.into_iter().fold(Anchors::default(), |mut all, policy| {
        let Anchors { keys, roots } = policy.anchors();
        all.keys.extend(keys);
        all.roots.extend(roots);
        all
    })
}
