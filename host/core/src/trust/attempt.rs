//! What is said of a Provider whose artifacts were tried one after the other: the one that is meant, then the one that ran.
//! Trying them is IO (bytes, compiler, marks) and elsewhere; here is which steps hold after it, in which words, and which
//! refusal counts.

use semver::Version;

use super::{
    condition::{Step, Steps},
    reason::{Reason, Refusal},
    rejudge::Kept,
};

/// How far one artifact came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The manifest's.
    pub digest: String,
    /// It is the one that is meant, and not only the one that ran.
    pub meant: bool,
    /// What is said of its signatures.
    pub verified: Step,
    /// What the engine says of it.
    pub compatible: Step,
    /// What came of it.
    pub end: Result<Runs, Refusal>,
}

/// An artifact that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Runs {
    /// As it is signed.
    pub version: Version,
    /// For a while only.
    pub kept: Option<Kept>,
}

impl Attempt {
    /// One that could not be had: nothing is said of its signatures.
    #[must_use]
    pub const fn missed(digest: String, meant: bool, refusal: Refusal) -> Self {
        Self { digest, meant, verified: Step::Open, compatible: Step::Open, end: Err(refusal) }
    }
}

/// The steps of a Provider after these attempts, in their order. Signatures and compatibility are said of the one that is
/// meant, as far as it came; readiness is the last one's, since nothing is tried behind what runs.
#[must_use]
pub fn concluded(resolved: Step, attempts: &[Attempt]) -> Steps {
    let first = |step: fn(&Attempt) -> &Step| {
        attempts.iter().map(step).find(|step| **step != Step::Open).cloned().unwrap_or(Step::Open)
    };
    let ready = match attempts.last() {
        Some(Attempt { end: Ok(runs), digest, meant, .. }) => ready(runs, digest, *meant, attempts),
        _ => Step::refused(&why(attempts)),
    };
    Steps {
        resolved,
        verified: first(|attempt| &attempt.verified),
        compatible: first(|attempt| &attempt.compatible),
        ready,
    }
}

/// Why what is meant does not run.
#[must_use]
pub fn why(attempts: &[Attempt]) -> Refusal {
    let refused = |attempt: &&Attempt| attempt.end.is_err();
    let meant = attempts.iter().filter(refused).find(|attempt| attempt.meant);
    let counts =
        meant.or_else(|| attempts.iter().find(refused)).and_then(|attempt| attempt.end.as_ref().err());
    counts.cloned().unwrap_or_else(|| Refusal::new(Reason::NotFound, "there is nothing to run"))
}

fn ready(runs: &Runs, digest: &str, meant: bool, attempts: &[Attempt]) -> Step {
    match &runs.kept {
        Some(kept) => Step::kept(kept),
        None if meant => Step::Done("Running", format!("{} {digest}", runs.version)),
        None => {
            let why = why(attempts).said();
            Step::Done("RunningPrevious", format!("{} {digest}: {why}", runs.version))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(meant: bool, verified: &Step, end: Result<Option<Kept>, Reason>) -> Attempt {
        let runs = |kept| Runs { version: Version::new(1, 2, 3), kept };
        Attempt {
            digest: if meant { "new".into() } else { "old".into() },
            meant,
            verified: verified.clone(),
            compatible: Step::Open,
            end: end.map(runs).map_err(|reason| Refusal::new(reason, "words")),
        }
    }

    fn signed() -> Step {
        Step::Done("Verified", "signed by release".into())
    }

    fn failed(reason: &'static str) -> Step {
        Step::Failed(reason, "words".into())
    }

    fn resolved() -> Step {
        Step::Done("Resolved", "new".into())
    }

    #[test]
    fn what_is_meant_runs() {
        let steps = concluded(resolved(), &[attempt(true, &signed(), Ok(None))]);
        assert_eq!((steps.resolved, steps.verified), (resolved(), signed()));
        assert_eq!(steps.ready, Step::Done("Running", "1.2.3 new".into()));
    }

    #[test]
    fn what_ran_goes_on_and_the_reason_is_that_of_what_is_meant() {
        let all = [
            attempt(true, &failed("NoSignature"), Err(Reason::NoSignature)),
            attempt(false, &signed(), Ok(None)),
        ];
        let steps = concluded(resolved(), &all);
        assert_eq!(steps.verified, failed("NoSignature"), "it is said of the one that is meant");
        assert_eq!(steps.ready, Step::Done("RunningPrevious", "1.2.3 old: NoSignature: words".into()));
    }

    #[test]
    fn of_what_could_not_be_had_nothing_is_said_but_why() {
        let missed = || Attempt::missed("new".into(), true, Refusal::new(Reason::Throttled, "words"));
        let steps = concluded(resolved(), &[missed(), attempt(false, &signed(), Ok(None))]);
        assert_eq!(steps.verified, signed());
        assert_eq!(steps.ready, Step::Done("RunningPrevious", "1.2.3 old: Throttled: words".into()));
        assert_eq!(concluded(resolved(), &[missed()]).ready, failed("Throttled"));
    }

    #[test]
    fn denied_where_neither_may_run() {
        let stale = attempt(false, &failed("Stale"), Err(Reason::Stale));
        let all = [attempt(true, &failed("Denied"), Err(Reason::Denied)), stale.clone()];
        assert_eq!(concluded(resolved(), &all).ready, failed("Denied"));
        assert_eq!(why(&[stale]).reason, Reason::Stale, "without another one it is that of what ran");
        assert_eq!(why(&[]).reason, Reason::NotFound);
    }

    #[test]
    fn what_is_kept_says_until_when() {
        let refusal = Refusal::new(Reason::Stale, "too old");
        let kept = Kept { since: 0, until: 60, refusal };
        let ready = concluded(resolved(), &[attempt(true, &failed("Stale"), Ok(Some(kept)))]).ready;
        assert_eq!(ready, Step::Done("KeptRunning", "until 1970-01-01T00:01:00Z: Stale: too old".into()));
    }
}
