//! One verdict over one loaded module, and what becomes of it. It remembers the trust roots under which it was last
//! admitted, since a root that was rotated may be covered by `KeepRunning` where nothing else is.

use std::sync::Arc;

use bailiwick_api::{condition::ConditionType, time::Timestamp};
use bailiwick_core::trust::{
    Admission, Decision, Kept, Reason, Refusal,
    condition::{Step, Steps, conditions},
    rejudge,
};

use super::{InForce, Loaded, Roots};
use crate::records::ProviderStatus;

/// What may run, or why it may not.
#[derive(Clone, Debug)]
pub struct Verdict {
    outcome: Result<Arc<Admission>, Refusal>,
    /// `KeepRunning`: since when it would be refused, until when it runs, and why it then stops.
    kept: Option<Kept>,
    /// The roots of the last admission.
    roots: Arc<Roots>,
}

/// What is known of something that ran, as far as it is known.
#[derive(Clone, Copy, Debug, Default)]
pub struct Earlier<'a> {
    /// The trust roots of its last admission.
    pub roots: Option<&'a Arc<Roots>>,
    /// When it was refused first.
    pub since: Option<i64>,
    /// That admission.
    pub admission: Option<&'a Admission>,
}

impl Verdict {
    /// What the judge said of something new.
    #[must_use]
    pub fn new(outcome: Result<Admission, Refusal>, in_force: &InForce) -> Self {
        Self { outcome: outcome.map(Arc::new), kept: None, roots: Arc::clone(&in_force.roots) }
    }

    /// Of something that ran before: refused, it may still be kept.
    #[must_use]
    pub fn of_running(
        loaded: &Loaded,
        in_force: &InForce,
        Earlier { roots, since, admission: before }: Earlier<'_>,
        now: i64,
    ) -> Self {
        let policies = match in_force.set.matching(&loaded.reference) {
            Ok(policies) => policies,
            Err(refusal) => return Self::new(Err(refusal), in_force),
        };
        let current = loaded.judge_by(&policies, now);
        let former = roots.and_then(|roots| in_force.under(roots));
        let under_former = former.as_ref().map(|former| loaded.judge(&former.set, now));
        let kept = match rejudge(&policies, &current, under_former.as_ref(), since, now) {
            Decision::Keep => return Self::new(current, in_force),
            Decision::Stop(refusal) => return Self::new(Err(refusal), in_force),
            Decision::KeepUntil(kept) => kept,
        };
        // Age or a root alone refuses it, so without them it is admitted: that says by whom, and under which ceiling.
        let under_former = |error| {
            let Some(former) = &former else { return Err(error) };
            loaded.judge_kept(&former.set.matching(&loaded.reference)?, now)
        };
        let admission = loaded.judge_kept(&policies, now).or_else(under_former);
        let admission = admission.or_else(|error| before.map(|before| before.under(&policies)).ok_or(error));
        let roots = roots.map_or_else(|| Arc::clone(&in_force.roots), Arc::clone);
        Self { outcome: admission.map(Arc::new), kept: Some(kept), roots }
    }

    /// The verdict at this second.
    pub(super) fn at(&self, now: i64) -> Result<Arc<Admission>, Refusal> {
        let admission = self.outcome.clone()?;
        match (&self.kept, admission.fresh_until) {
            (Some(kept), _) if now >= kept.until => Err(kept.refusal.clone()),
            // Of what is kept this is the end of a key alone, since age does not count.
            (_, Some(until)) if now > until => {
                Err(Refusal::new(Reason::Stale, "a signature or key is too old by now"))
            }
            _ => Ok(admission),
        }
    }

    /// The verdict under other policies.
    pub(super) fn again(&self, loaded: &Loaded, in_force: &InForce, now: i64) -> Self {
        let since = self.kept.as_ref().map(|kept| kept.since);
        let earlier = Earlier {
            roots: Some(&self.roots),
            since,
            admission: self.outcome.as_ref().ok().map(Arc::as_ref),
        };
        let judged = Self::of_running(loaded, in_force, earlier, now);
        // What was stopped is not kept: it starts anew, by what is in force now.
        if self.outcome.is_err() && judged.kept.is_some() {
            return Self::new(loaded.judge(&in_force.set, now), in_force);
        }
        judged
    }

    /// Nothing is admitted.
    pub(super) fn close(&mut self, refusal: &Refusal) {
        self.outcome = Err(refusal.clone());
    }

    /// What the judge said.
    pub fn outcome(&self) -> Result<&Admission, &Refusal> {
        self.outcome.as_ref().map(Arc::as_ref)
    }

    /// Whether its bytes are worth a look: somebody whom the policies know signed it.
    #[must_use]
    pub fn looks_inside(&self) -> bool {
        !self.outcome.as_ref().is_err_and(|refusal| refusal.reason.is_before_bytes())
    }

    /// Whether other evidence could make it another one. What is only kept could be admitted by newer evidence.
    #[must_use]
    pub fn wants_evidence(&self) -> bool {
        let refusal = self.outcome.as_ref().err().or(self.kept.as_ref().map(|kept| &kept.refusal));
        refusal.is_some_and(|refusal| refusal.reason.is_of_evidence())
    }

    /// What is said of the signatures.
    #[must_use]
    pub fn verified(&self) -> Step {
        match (&self.outcome, &self.kept) {
            (Err(refusal), _) => Step::refused(refusal),
            (Ok(_), Some(kept)) => Step::refused(&kept.refusal),
            (Ok(admission), None) => Step::verified(admission),
        }
    }

    /// A Provider's status with this verdict in it. What is loaded stays resolved and compatible.
    #[must_use]
    pub fn told(&self, mut status: ProviderStatus, now: i64) -> ProviderStatus {
        let ready = match (&self.outcome, &self.kept) {
            (Err(refusal), _) => Step::refused(refusal),
            (Ok(_), Some(kept)) => Step::kept(kept),
            (Ok(admission), None) => Step::Done("Running", admission.version.to_string()),
        };
        let kept = self.kept.as_ref().filter(|_| self.outcome.is_ok());
        status.stops_at = kept.map(|kept| Timestamp::from_unix(kept.until));
        // Only what is admitted ends it: a trouble in between, such as a policy that cannot be read for a second, must not
        // begin the time anew.
        if self.outcome.is_ok() {
            status.failing_since = kept.map(|kept| Timestamp::from_unix(kept.since));
        }
        let steps = Steps { resolved: Step::Open, verified: self.verified(), compatible: Step::Open, ready };
        let generation = status.conditions.first().and_then(|condition| condition.observed_generation);
        let kinds = [ConditionType::Verified, ConditionType::Ready];
        let told = conditions(steps, &status.conditions, now, generation);
        for condition in told.into_iter().filter(|condition| kinds.contains(&condition.kind)) {
            match status.conditions.iter_mut().find(|old| old.kind == condition.kind) {
                Some(old) => *old = condition,
                None => status.conditions.push(condition),
            }
        }
        status
    }

    /// What it is kept for.
    #[must_use]
    pub const fn kept(&self) -> Option<&Kept> {
        self.kept.as_ref()
    }

    /// The roots of the last admission.
    #[must_use]
    pub const fn roots(&self) -> &Arc<Roots> {
        &self.roots
    }
}
