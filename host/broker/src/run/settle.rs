//! The end of a run: what it gathered becomes [`Fetched`]. A denial that the broker itself saw says more than the
//! code that the guest made of it, and takes its place; so does what it saw of a backend that did not serve.

use bailiwick_boundary::{Ended, Failure};
use bailiwick_core::{
    fetched::{EntryFailure, EntryResult, Fetched, RunFailure, Trouble},
    reason::Denial,
};

use super::{
    RunEnd,
    hold::too_much,
    session::Session,
    state::{Answered, Found, State},
};
use crate::OpenEntry;

impl Session {
    /// What the run brought. Values are handed over once.
    pub(super) fn settle(&self, ended: RunEnd) -> Fetched {
        let closed = State { closed: true, ..State::default() };
        let state = std::mem::replace(&mut *self.lock(), closed);
        let run = outcome(&state, ended);
        let State { answers, denials, denial, troubles, trouble, .. } = state;
        let results = (0u32..).zip(answers).map(|(entry, answer)| {
            let seen = troubles.get(&entry).copied().or(trouble);
            // Calls by listed names are of no entry: what was denied to one may be what a find lacks.
            let of_find = denial.as_ref().filter(|_| self.entry(entry).is_some_and(OpenEntry::is_find));
            result(answer, denials.get(&entry).or(of_find), seen, run.is_ok())
        });
        Fetched { entries: results.collect(), run }
    }
}

/// The end of a run that has none.
pub(super) fn nothing() -> Fetched {
    Fetched { entries: Vec::new(), run: Err(RunFailure::Stopped("the run had ended before")) }
}

fn outcome(state: &State, ended: RunEnd) -> Result<(), RunFailure> {
    if let Some(over) = &state.over {
        return Err(over.clone());
    }
    if state.overfull() {
        return Err(RunFailure::Denied(too_much()));
    }
    match (ended, &state.denial) {
        (Ok(Ended::Ok), _) => Ok(()),
        (Err(why), _) => Err(RunFailure::Stopped(why)),
        (Ok(Ended::Failed(_)), Some(denial)) => Err(RunFailure::Denied(denial.clone())),
        (Ok(Ended::Failed(why)), None) => {
            Err(match state.trouble.filter(|trouble| explains(*trouble, why)) {
                Some(trouble) => RunFailure::Backend(trouble),
                None => RunFailure::Provider(why),
            })
        }
    }
}

/// Whether what was seen is what the guest makes such a failure of.
fn explains(trouble: Trouble, failure: Failure) -> bool {
    match failure {
        Failure::Unavailable | Failure::UnexpectedResponse => true,
        Failure::Denied | Failure::Refused => trouble == Trouble::LoginRefused,
        Failure::NotFound | Failure::Throttled | Failure::Misconfigured => false,
    }
}

fn result(answer: Answered, denial: Option<&Denial>, seen: Option<Trouble>, ended_well: bool) -> EntryResult {
    match (answer, denial) {
        (Answered::Value(value), _) if ended_well => EntryResult::Value(value),
        (Answered::Named(Found { wrong_shape: true, .. }), None) => {
            EntryResult::Failed(EntryFailure::WrongShape)
        }
        // Names without any value are no answer: those keys were deleted meanwhile, or are not selected.
        (Answered::Named(found), None) if ended_well && !found.values.is_empty() => {
            EntryResult::Named(found.values)
        }
        // A denial is never an absence: that could delete a Secret.
        (Answered::Absent | Answered::Failed(_) | Answered::Not | Answered::Named(_), Some(denial)) => {
            EntryResult::Failed(EntryFailure::Denied(denial.clone()))
        }
        (Answered::Absent, None) if ended_well => EntryResult::Absent,
        (Answered::Failed(EntryFailure::Provider(why)), None) => {
            let seen = seen.filter(|trouble| explains(*trouble, why)).map(EntryFailure::Backend);
            EntryResult::Failed(seen.unwrap_or(EntryFailure::Provider(why)))
        }
        (Answered::Failed(why), None) => EntryResult::Failed(why),
        _ => EntryResult::Unanswered,
    }
}
