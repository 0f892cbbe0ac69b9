//! What becomes of a module that runs when policies, trust roots or the clock have changed. A refusal stops it. Only
//! where every policy for it says `KeepRunning` may it go on for a while, and only if age explains the refusal, or a
//! trust root that is no longer the one it was verified under.

use super::{
    judge::Admission,
    policy::Policy,
    reason::{Kind, Reason, Refusal},
};

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It runs on.
    Keep,
    /// It runs on for a while.
    KeepUntil(Kept),
    /// It ends now.
    Stop(Refusal),
}

/// What runs on although it would be refused. Times are seconds of the Unix epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Since when it would be refused.
    pub since: i64,
    /// When it stops.
    pub until: i64,
    /// Why.
    pub refusal: Refusal,
}

/// Decides. `current` is the verdict under the policies and roots of now; `former` that of the same policies under the
/// trust roots that it was verified with last, where those differ. `failing_since` is when `current` was first a refusal.
/// All times are in seconds of the Unix epoch.
#[must_use]
pub fn rejudge(
    policies: &[&Policy],
    current: &Result<Admission, Refusal>,
    former: Option<&Result<Admission, Refusal>>,
    failing_since: Option<i64>,
    now: i64,
) -> Decision {
    let Err(refusal) = current else { return Decision::Keep };
    if !is_age(refusal) && !is_rotation(refusal, former) {
        return Decision::Stop(refusal.clone());
    }
    let Some(grace) = grace(policies) else { return Decision::Stop(refusal.clone()) };
    // A clock that was set back does not lengthen it.
    let since = failing_since.unwrap_or(now).min(now);
    let until = since.saturating_add(grace);
    let refusal = refusal.clone();
    if now < until { Decision::KeepUntil(Kept { since, until, refusal }) } else { Decision::Stop(refusal) }
}

/// The shortest `keepRunningFor`; none where a policy says `Stop`, or there is no policy.
fn grace(policies: &[&Policy]) -> Option<i64> {
    let each: Option<Vec<i64>> =
        policies.iter().map(|policy| policy.keep_running.then_some(policy.keep_running_for)).collect();
    each?.into_iter().min()
}

fn is_age(refusal: &Refusal) -> bool {
    refusal.kind == Kind::Freshness
}

/// Only the roots differ between the two verdicts, so that whatever else refuses does so in both. What no root explains
/// is not covered even if a caller compares too much.
fn is_rotation(refusal: &Refusal, former: Option<&Result<Admission, Refusal>>) -> bool {
    let by_roots = matches!(
        refusal.reason,
        Reason::NoSignature
            | Reason::SignatureInvalid
            | Reason::PolicyUnsatisfied
            | Reason::AttestationMissing
            | Reason::AttestationRefused
    );
    by_roots && former.is_some_and(|former| former.as_ref().map_or_else(is_age, |_| true))
}
