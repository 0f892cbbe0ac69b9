//! What port and run share, and the one place where an ask is taken apart.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bailiwick_boundary::{Answer, Ask, CallError, Handle};
use bailiwick_core::{
    fetched::{RunFailure, Trouble},
    program::Stamp,
    reason::{Denial, Reason},
};

use super::{
    bounds,
    channel::{Channel, Fault},
    state::{State, Thing},
};
use crate::{Material, OpenEntry, closing::Closing, net::SendError, options::Timeouts};

/// The rules whose breach ends a run.
pub(super) const B3: RunFailure = RunFailure::BrokeRule("B3");
pub(super) const B7: RunFailure = RunFailure::BrokeRule("B7");

/// One run.
pub(crate) struct Session {
    pub(super) channel: Arc<Channel>,
    pub(super) entries: Vec<OpenEntry>,
    pub(super) material: Arc<dyn Material>,
    /// Every list of the catalogue is of folders, so that a find's path ends at a slash.
    pub(super) folders: bool,
    state: Mutex<State>,
}

/// Why a call has no reply: for the guest, or for the run.
pub(super) enum Stop {
    Call(CallError),
    Run(RunFailure),
}

impl Session {
    pub(crate) fn new(channel: Arc<Channel>, entries: Vec<OpenEntry>, material: Arc<dyn Material>) -> Self {
        let operations = channel.program.catalogue.operations.values();
        let folders =
            operations.filter_map(|operation| operation.reply.list.as_ref()).all(|list| list.relative);
        let state =
            State { answers: entries.iter().map(|_| Default::default()).collect(), ..State::default() };
        Self { channel, entries, material, folders, state: Mutex::new(state) }
    }

    /// Answers one message of the runner.
    pub(super) async fn answer(self: Arc<Self>, ask: Ask) -> Answer {
        if let Err(failure) = self.admit(&ask) {
            return self.end(failure);
        }
        let answered = match ask {
            Ask::Named(name) => self.named(&name).await.map(Answer::Named),
            Ask::ExpiresIn(handle) => self.expires_in(handle).map(Answer::ExpiresIn),
            Ask::Call(requests) => self.call(&requests).await.map(Answer::Call),
            Ask::Exchange(request) => self.exchange(&request).await.map(Answer::Exchange),
            Ask::Shape(at) => self.shape(&at).map(Answer::Shape),
            Ask::Names(at) => self.names(&at).map(Answer::Names),
            Ask::Text(at) => self.text(&at).map(Answer::Text),
            Ask::Config(pointer) => self.config(&pointer).map(Answer::Config),
            Ask::Wanted { entry, name } => self.wanted(entry, &name).map(Answer::Wanted),
            Ask::Deliver { entry, value } => self.deliver(entry, &value).map(|()| Answer::Done),
            Ask::DeliverNamed { entry, name, value } => {
                self.deliver_named(entry, &name, &value).map(|()| Answer::Done)
            }
            Ask::Absent(entry) => self.absent(entry).map(|()| Answer::Done),
            Ask::Failed { entry, why } => self.failed(entry, why).map(|()| Answer::Done),
        };
        answered.unwrap_or_else(|failure| self.end(failure))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn stamp(&self) -> &Stamp {
        &self.channel.program.stamp
    }

    pub(super) fn timeouts(&self) -> &Timeouts {
        &self.channel.broker.timeouts
    }

    pub(super) fn closing(&self) -> &Closing {
        &self.channel.broker.closing
    }

    /// Whether the run may still send (G11).
    pub(super) fn still(&self) -> bool {
        !self.lock().closed && self.channel.still()
    }

    /// Names a thing, or ends the run.
    pub(super) fn handle(&self, state: &mut State, thing: Thing) -> Result<Handle, RunFailure> {
        state
            .name(thing)
            .ok_or_else(|| RunFailure::Denied(exhausted("limits", "the run holds too many handles")))
    }

    /// Keeps a denial for the entries that it is about, for the end of the run.
    pub(super) fn remember(&self, entries: &[u32], denial: &Denial) -> CallError {
        let mut state = self.lock();
        state.denied += 1;
        for entry in entries {
            state.denials.entry(*entry).or_insert_with(|| denial.clone());
        }
        if entries.is_empty() {
            state.denial.get_or_insert_with(|| denial.clone());
        }
        match denial.reason {
            Reason::BudgetExhausted => CallError::Budget,
            _ => CallError::Denied,
        }
    }

    /// What a fault of the channel is to the guest, or to the run.
    pub(super) fn stop(&self, entries: &[u32], fault: Fault) -> Stop {
        match fault {
            Fault::Denied(denial) if matches!(denial.reason, Reason::GrantChanged | Reason::AuditFailed) => {
                Stop::Run(RunFailure::Denied(denial))
            }
            Fault::Denied(denial) => Stop::Call(self.remember(entries, &denial)),
            Fault::Send(error) => {
                let (told, trouble) = failed(error);
                self.saw(entries, trouble);
                Stop::Call(told)
            }
        }
    }

    /// Keeps what is wrong with the backend for the entries that it is about, for the end of the run.
    pub(super) fn saw(&self, entries: &[u32], trouble: Trouble) {
        let mut state = self.lock();
        for entry in entries {
            state.troubles.insert(*entry, trouble);
        }
        if entries.is_empty() {
            state.trouble = Some(trouble);
        }
    }

    /// Takes one of the run's requests.
    pub(super) fn spend(&self) -> Result<(), Denial> {
        let mut state = self.lock();
        if state.calls >= self.channel.program.limits.calls {
            return Err(exhausted("limits.calls", "the run has no requests left: raise limits.calls"));
        }
        state.calls += 1;
        Ok(())
    }

    fn admit(&self, ask: &Ask) -> Result<(), RunFailure> {
        let mut state = self.lock();
        if let Some(over) = &state.over {
            return Err(over.clone());
        }
        state.asks += 1;
        if state.closed || !bounds::fits(ask) {
            return Err(B7);
        }
        if state.asks > bounds::MAX_ASKS || state.denied > bounds::MAX_DENIED {
            return Err(RunFailure::Denied(exhausted("limits", "the provider asked too much of the broker")));
        }
        Ok(())
    }

    /// Ends the run: the first cause stays.
    fn end(&self, failure: RunFailure) -> Answer {
        if matches!(&failure, RunFailure::Denied(denial) if denial.reason == Reason::GrantChanged) {
            self.channel.forget();
        }
        let mut state = self.lock();
        if state.over.is_none() {
            tracing::warn!(object = self.stamp().object, grant = self.stamp().grant.name, %failure, "run ended");
        }
        state.over.get_or_insert(failure);
        Answer::Over
    }
}

/// A request without a response: for the guest, and for people.
const fn failed(error: SendError) -> (CallError, Trouble) {
    match error {
        SendError::TimedOut => (CallError::TimedOut, Trouble::TimedOut),
        SendError::TooLarge => (CallError::TooLarge, Trouble::TooLarge),
        SendError::Malformed => (CallError::Malformed, Trouble::Malformed),
        SendError::Unresolved => (CallError::Unreachable, Trouble::Unresolved),
        SendError::Closed => (CallError::Unreachable, Trouble::Closed),
        SendError::Unreachable | SendError::Changed | SendError::Denied(_) => {
            (CallError::Unreachable, Trouble::Unreachable)
        }
    }
}

pub(super) fn exhausted(field: &str, remedy: &str) -> Denial {
    Denial::new(Reason::BudgetExhausted, field, remedy)
}
