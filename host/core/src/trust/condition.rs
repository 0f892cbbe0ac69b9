//! What is said of a Provider: Resolved, Verified, Compatible and Ready, from what came of each step. A step that was
//! not reached is Unknown. Messages are made of codes, digests and names of our own objects.

use bailiwick_api::{
    condition::{Condition, ConditionStatus, ConditionType},
    time::Timestamp,
};

use super::{judge::Admission, reason::Refusal, rejudge::Kept};

/// What came of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// It holds: reason and message.
    Done(&'static str, String),
    /// It does not.
    Failed(&'static str, String),
    /// It was not reached.
    Open,
}

/// The steps of a Provider, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Steps {
    /// A digest was found for its module.
    pub resolved: Step,
    /// The signatures over it satisfy the policies in force.
    pub verified: Step,
    /// Its world and imports are served here.
    pub compatible: Step,
    /// Something runs: this digest, or the one before.
    pub ready: Step,
}

impl Step {
    /// What a refusal says.
    #[must_use]
    pub fn refused(refusal: &Refusal) -> Self {
        Self::Failed(refusal.reason.as_str(), refusal.words())
    }

    /// What is said of a module that is admitted.
    #[must_use]
    pub fn verified(admission: &Admission) -> Self {
        let names: Vec<&str> = admission.signers.keys().map(String::as_str).collect();
        Self::Done("Verified", format!("signed by {}", names.join(", ")))
    }

    /// What is said of a module that runs on for a while.
    #[must_use]
    pub fn kept(kept: &Kept) -> Self {
        let (until, why) = (Timestamp::from_unix(kept.until), kept.refusal.said());
        Self::Done("KeptRunning", format!("until {until}: {why}"))
    }

    /// Whether it holds.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        matches!(self, Self::Done(..))
    }
}

/// The conditions; a transition time stays where the status does.
#[must_use]
pub fn conditions(steps: Steps, before: &[Condition], now: i64, generation: Option<i64>) -> Vec<Condition> {
    let Steps { resolved, verified, compatible, ready } = steps;
    let all = [
        (ConditionType::Resolved, resolved),
        (ConditionType::Verified, verified),
        (ConditionType::Compatible, compatible),
        (ConditionType::Ready, ready),
    ];
    let one = |(kind, step)| {
        let (status, reason, message) = match step {
            Step::Done(reason, message) => (ConditionStatus::True, Some(reason), Some(message)),
            Step::Failed(reason, message) => (ConditionStatus::False, Some(reason), Some(message)),
            Step::Open => (ConditionStatus::Unknown, None, None),
        };
        let same = before.iter().find(|old| old.kind == kind && old.status == status);
        Condition {
            kind,
            status,
            reason: reason.map(str::to_owned),
            message,
            last_transition_time: same
                .and_then(|old| old.last_transition_time)
                .or_else(|| Some(Timestamp::from_unix(now))),
            observed_generation: generation,
        }
    };
    all.map(one).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trust::reason::Reason;

    fn steps(verified: Step) -> Steps {
        Steps {
            resolved: Step::Done("Resolved", "sha256:00".into()),
            verified,
            compatible: Step::Open,
            ready: Step::Open,
        }
    }

    #[test]
    fn a_transition_time_is_that_of_the_status() {
        let failed = Step::Failed("Stale", "too old".into());
        let first = conditions(steps(Step::Open), &[], 100, Some(1));
        let second = conditions(steps(failed), &first, 200, Some(1));
        let times = |all: &[Condition]| -> Vec<_> {
            all.iter().map(|c| c.last_transition_time == Some(Timestamp::from_unix(100))).collect()
        };
        assert_eq!(times(&first), [true, true, true, true]);
        assert_eq!(times(&second), [true, false, true, true]);
        assert_eq!(second[1].reason.as_deref(), Some("Stale"));
    }

    #[test]
    fn a_refusal_names_reason_and_policy() {
        let mut refusal = Refusal::new(Reason::Throttled, "wait");
        assert_eq!(Step::refused(&refusal), Step::Failed("Throttled", "wait".into()));
        refusal.policy = Some("acme".into());
        assert_eq!(Step::refused(&refusal), Step::Failed("Throttled", "TrustPolicy acme: wait".into()));
    }
}
