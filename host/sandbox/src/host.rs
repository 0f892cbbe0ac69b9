//! The host's side of a guest's imports. Selectors are kept here, bounded, until something is done with the value;
//! everything else becomes one [`Ask`] to the broker. No rule about what is allowed stands here: only the broker
//! has those. What ends a run becomes a trap.

mod answers;
mod calls;
mod credentials;
mod values;

use bailiwick_boundary::{Answer, Ask, Broker, Handle, ValueRef};
use wasmtime::component::{Resource, ResourceTable};

use crate::{
    error::{RunError, Stop},
    limits::{Limiter, MAX_HANDLES, RunLimits},
};

/// What belongs to one run: the data of its store.
pub(crate) struct Run {
    broker: Box<dyn Broker>,
    table: ResourceTable,
    /// Bytes of selectors that live handles hold.
    selector_bytes: usize,
    /// Memory and tables.
    pub(crate) limiter: Limiter,
}

impl Run {
    pub(crate) fn new(broker: Box<dyn Broker>, limits: &RunLimits) -> Self {
        let mut table = ResourceTable::new();
        table.set_max_capacity(MAX_HANDLES);
        Self { broker, table, selector_bytes: 0, limiter: Limiter::new(limits) }
    }

    /// Asks the broker. [`Answer::Over`] stops the guest.
    async fn ask(&mut self, ask: Ask) -> wasmtime::Result<Answer> {
        match self.broker.ask(ask).await {
            Answer::Over => Err(stop(RunError::BrokerEnded)),
            answer => Ok(answer),
        }
    }

    /// For the asks that answer an entry.
    async fn tell(&mut self, ask: Ask) -> wasmtime::Result<()> {
        match self.ask(ask).await? {
            Answer::Done => Ok(()),
            _ => confused(),
        }
    }

    fn value(&self, value: &Resource<ValueRef>) -> wasmtime::Result<ValueRef> {
        Ok(self.table.get(value)?.clone())
    }

    /// A handle to the root of a value.
    fn root(&mut self, root: Handle) -> wasmtime::Result<Resource<ValueRef>> {
        Ok(self.table.push(ValueRef { root, steps: Vec::new() })?)
    }
}

/// A trap with a reason of ours.
fn stop(reason: RunError) -> wasmtime::Error {
    Stop(reason).into()
}

/// The answer is not of the variant that belongs to the ask.
fn confused<T>() -> wasmtime::Result<T> {
    Err(stop(RunError::BrokerConfused))
}
