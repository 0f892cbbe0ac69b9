//! The second pure step: what was fetched becomes the Secret that should be there. All entries or none: where one
//! fails, nothing is written and the Secret stays as it was (I8). Values are moved, never copied to anywhere else.

mod desired;
mod gather;

pub use gather::words;

use std::collections::BTreeMap;

use bailiwick_api::{
    condition::{phrase, reason},
    external_secret::DeletionPolicy,
};

use self::desired::Outcome;
use super::{
    checks::policies,
    observed::{Observed, TargetState},
    plan::{FetchPlan, NotReady},
};
use crate::{fetched::EntryResult, secret::Value};

/// What to do with the Secret, and what to say of the object.
pub struct Settled {
    /// What to do.
    pub action: Action,
    /// `Ready`: reason and message of True, or why it is False.
    pub ready: Result<Ready, NotReady>,
    /// Paths of entries that the backend does not have, where the deletion policy lets them be missing.
    pub missing: Vec<String>,
}

/// Reason and message of `Ready=True`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ready {
    /// One of `condition::reason`.
    pub reason: &'static str,
    /// One of `condition::phrase`.
    pub message: &'static str,
}

/// What to do with the Secret.
pub enum Action {
    /// Nothing: it is as it should be, or nothing may be done.
    Keep,
    /// Delete it.
    Delete,
    /// Write it.
    Write(DesiredSecret),
}

/// The Secret that should be there.
pub struct DesiredSecret {
    /// `type`.
    pub kind: String,
    /// `immutable`.
    pub immutable: bool,
    /// We own it.
    pub owned: bool,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// Annotations.
    pub annotations: BTreeMap<String, String>,
    /// Data.
    pub data: BTreeMap<String, Value>,
    /// The keys of `data` that this object wrote; the others were there before.
    pub managed: Vec<String>,
    /// What differs from the Secret that is there, by key.
    pub changes: BTreeMap<String, Change>,
}

/// What happens to a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Change {
    /// It was not there.
    Added,
    /// Its value differs.
    Changed,
    /// It will not be there.
    Removed,
    /// It stays as it is.
    Same,
}

/// Turns results into the Secret. `results` has one for each entry of the plan, in order; `target` is the Secret
/// that is there, whose foreign keys are moved where the policy keeps them.
#[must_use]
pub fn settle(
    observed: &Observed<'_>,
    plan: &FetchPlan,
    results: Vec<EntryResult>,
    target: Option<TargetState>,
) -> Settled {
    let (_, deletion) = policies(observed.object.spec.target.as_ref());
    let gathered = match gather::gather(&observed.object.spec, plan, results) {
        Ok(gathered) => gathered,
        Err(not_ready) => {
            return Settled { action: Action::Keep, ready: Err(not_ready), missing: Vec::new() };
        }
    };
    let (action, ready) = match (gathered.data.is_empty(), deletion) {
        (true, DeletionPolicy::Delete) => (Action::Delete, ready(reason::SECRET_DELETED, phrase::DELETED)),
        (true, DeletionPolicy::Retain) => (Action::Keep, ready(reason::SECRET_SYNCED, phrase::RETAINED)),
        _ => match desired::desired(observed, gathered.data, target) {
            Ok(Outcome::Write(secret)) => {
                (Action::Write(secret), ready(reason::SECRET_SYNCED, phrase::SYNCED))
            }
            Ok(Outcome::Keep) => (Action::Keep, ready(reason::SECRET_SYNCED, phrase::SYNCED)),
            Ok(Outcome::Missing) => (Action::Keep, ready(reason::SECRET_MISSING, phrase::MISSING)),
            Err(not_ready) => (Action::Keep, Err(not_ready)),
        },
    };
    Settled { action, ready, missing: gathered.missing }
}

const fn ready(reason: &'static str, message: &'static str) -> Result<Ready, NotReady> {
    Ok(Ready { reason, message })
}
