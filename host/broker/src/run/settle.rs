//! The end of a run: what it gathered becomes [`Fetched`]. A denial that the broker itself saw says more than the
//! code that the guest made of it, and takes its place.

use std::collections::BTreeMap;

use bailiwick_boundary::{Ended, Failure};
use bailiwick_core::{
    fetched::{EntryFailure, EntryResult, Fetched, RunFailure},
    reason::Denial,
};

use super::{
    RunEnd,
    session::Session,
    state::{Answered, State},
};

impl Session {
    /// What the run brought. Values are handed over once.
    pub(super) fn settle(&self, ended: RunEnd) -> Fetched {
        let closed = State { closed: true, ..State::default() };
        let state = std::mem::replace(&mut *self.lock(), closed);
        let run = outcome(&state, ended);
        let denials = state.denials;
        let results =
            (0u32..).zip(state.answers).map(|(entry, answer)| result(entry, answer, &denials, run.is_ok()));
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
    match (ended, &state.denial) {
        (Ok(Ended::Ok), _) => Ok(()),
        (Err(why), _) => Err(RunFailure::Stopped(why)),
        (Ok(Ended::Failed(_)), Some(denial)) => Err(RunFailure::Denied(denial.clone())),
        (Ok(Ended::Failed(Failure::Denied)), None) if state.refused => {
            Err(RunFailure::Provider(Failure::Refused))
        }
        (Ok(Ended::Failed(why)), None) => Err(RunFailure::Provider(why)),
    }
}

fn result(entry: u32, answer: Answered, denials: &BTreeMap<u32, Denial>, ended_well: bool) -> EntryResult {
    match (answer, denials.get(&entry)) {
        (Answered::Value(value), _) if ended_well => EntryResult::Value(value),
        (Answered::Named(values), None) if ended_well => EntryResult::Named(values),
        // A denial is never an absence: that could delete a Secret.
        (Answered::Absent | Answered::Failed(_) | Answered::Not | Answered::Named(_), Some(denial)) => {
            EntryResult::Failed(EntryFailure::Denied(denial.clone()))
        }
        (Answered::Absent, None) if ended_well => EntryResult::Absent,
        (Answered::Failed(why), None) => EntryResult::Failed(why),
        _ => EntryResult::Unanswered,
    }
}
