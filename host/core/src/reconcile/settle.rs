//! The second pure step: what was fetched becomes the Secret that should be there. All entries or none: where one
//! fails, nothing is written and the Secret stays as it was (I8). Values are moved, never copied to anywhere else.

mod desired;
mod gather;
mod takeable;

pub(crate) use gather::gathered;
pub use gather::words;

use std::collections::BTreeMap;

use bailiwick_api::{
    condition::{phrase, reason},
    external_secret::{CreationPolicy, DeletionPolicy, ExternalSecretSpec},
    meta::Object,
    names::LABEL_CREATED_BY,
};

use self::{desired::Outcome, gather::Gathered};
use super::{
    checks::policies,
    observed::{Managed, Observed, TargetState, created_by},
    plan::{FetchPlan, NotReady},
};
use crate::{fetched::Sourced, secret::Value, values::convert::Data};

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
    /// What of it this object wrote; the rest was there before.
    pub managed: Managed,
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
/// that is there, whose foreign keys are moved where the policy keeps them (`observed.target` is not looked at).
#[must_use]
pub fn settle(
    observed: &Observed<'_>,
    plan: &FetchPlan,
    results: Vec<Sourced>,
    target: Option<TargetState>,
) -> Settled {
    let object = observed.object;
    let (action, ready, missing) = match gather::gather(&object.spec, plan, results) {
        Err(not_ready) => (Action::Keep, Err(not_ready), Vec::new()),
        Ok(Gathered { data, missing }) => {
            let (action, ready) = match decide(object, data, target) {
                Ok((action, ready)) => (action, ready),
                Err(not_ready) => (Action::Keep, Err(not_ready)),
            };
            (action, ready, missing)
        }
    };
    Settled { action, ready, missing }
}

type Decided = Result<(Action, Result<Ready, NotReady>), NotReady>;

/// Whether the object's status names the Secret (servicebinding.io): only where the object provides one.
#[must_use]
pub fn binds(object: &Object<ExternalSecretSpec>, reason: &str) -> bool {
    reason == reason::SECRET_SYNCED && policies(object.spec.target.as_ref()).0 != CreationPolicy::None
}

fn decide(object: &Object<ExternalSecretSpec>, data: Data, target: Option<TargetState>) -> Decided {
    match (data.is_empty(), policies(object.spec.target.as_ref()).1) {
        (true, DeletionPolicy::Delete) => delete(object, target.as_ref()),
        (true, DeletionPolicy::Retain) => Ok((Action::Keep, ready(reason::SECRET_SYNCED, phrase::RETAINED))),
        _ => Ok(match desired::desired(object, data, target)? {
            Outcome::Write(secret) => (Action::Write(secret), ready(reason::SECRET_SYNCED, phrase::SYNCED)),
            Outcome::Keep => (Action::Keep, ready(reason::SECRET_SYNCED, phrase::SYNCED)),
            Outcome::Missing => (Action::Keep, ready(reason::SECRET_MISSING, phrase::MISSING)),
            Outcome::Immutable(meta) => {
                (meta.map_or(Action::Keep, Action::Write), Err(NotReady::new(phrase::IMMUTABLE)))
            }
        }),
    }
}

const fn ready(reason: &'static str, message: &'static str) -> Result<Ready, NotReady> {
    Ok(Ready { reason, message })
}

/// The backend has nothing any more. Only what this object owns is deleted, where ESO goes by the name alone.
fn delete(object: &Object<ExternalSecretSpec>, target: Option<&TargetState>) -> Decided {
    let done = ready(reason::SECRET_DELETED, phrase::DELETED);
    let Some(target) = target else { return Ok((Action::Keep, done)) };
    if target.labels.get(LABEL_CREATED_BY) == Some(&created_by(object)) {
        return Ok((Action::Delete, done));
    }
    Err(NotReady::new(format!("{}: this ExternalSecret does not own it", phrase::DELETE_FAILED)))
}
