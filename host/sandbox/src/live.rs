//! An instance while it lives: its slot, its store, its deadline. [`Provider::run`] opens one, calls it once and drops
//! it. That one can be called again, or looked into, is for benchmarks and memory scans only: a guest that is called
//! twice may remember.

use std::{future::Future, time::Duration};

use bailiwick_boundary::{Broker, Ended, Task};
use tokio::{
    sync::SemaphorePermit,
    time::{Instant, timeout, timeout_at},
};
use wasmtime::{Store, UpdateDeadline};

use crate::{
    Provider, RunError, RunLimits,
    bindings::Blind,
    engine::Inner,
    host::Run,
    limits::{HOSTCALL_BYTES, MAX_HANDLES},
    ticker::Open,
};

/// How long after the deadline a guest that computes has to meet its epoch.
pub(crate) const GRACE: Duration = Duration::from_millis(50);

/// A guest in its store. Dropping it gives the slot back: the store goes first, since fields go in order.
pub struct Live<'p> {
    pub(crate) guest: Blind,
    pub(crate) store: Store<Run>,
    pub(crate) end: Instant,
    _open: Open,
    _slot: SemaphorePermit<'p>,
}

impl<'p> Live<'p> {
    /// Waits for a slot and instantiates. The deadline runs from here over all calls.
    ///
    /// # Errors
    /// [`RunError`], where there was no slot or the guest's start function was stopped.
    pub async fn open(
        provider: &'p Provider,
        broker: Box<dyn Broker>,
        limits: RunLimits,
    ) -> Result<Self, RunError> {
        let limits = limits.cut();
        let inner = &provider.engine.0;
        let slot = slot(inner, &limits).await?;
        let open = inner.ticker.open();
        let end = Instant::now() + limits.deadline;
        let mut store = store(inner, broker, &limits, end);
        let guest = until(end, provider.pre.instantiate_async(&mut store)).await?;
        Ok(Self { guest, store, end, _open: open, _slot: slot })
    }

    /// Calls the export that belongs to the task. After an error the instance can't be called again.
    ///
    /// # Errors
    /// [`RunError`], where the guest was stopped.
    pub async fn call(&mut self, task: Task) -> Result<Ended, RunError> {
        until(self.end, call(&self.guest, &mut self.store, task)).await
    }
}

async fn slot<'p>(inner: &'p Inner, limits: &RunLimits) -> Result<SemaphorePermit<'p>, RunError> {
    if let Ok(slot) = inner.slots.try_acquire() {
        return Ok(slot);
    }
    match timeout(limits.deadline, inner.slots.acquire()).await {
        Ok(Ok(slot)) => Ok(slot),
        _ => Err(RunError::Busy),
    }
}

fn store(inner: &Inner, broker: Box<dyn Broker>, limits: &RunLimits, end: Instant) -> Store<Run> {
    let mut store = Store::new(&inner.wasmtime, Run::new(broker, limits));
    store.limiter(|run| &mut run.limiter);
    store.set_hostcall_fuel(HOSTCALL_BYTES);
    store.set_max_component_handles(MAX_HANDLES);
    store.set_epoch_deadline(1);
    store.epoch_deadline_callback(move |_| {
        Ok(if Instant::now() < end { UpdateDeadline::Yield(1) } else { UpdateDeadline::Interrupt })
    });
    store
}

/// A guest that computes is stopped by the epoch, at `end`; this timeout is for one that waits.
async fn until<T>(end: Instant, run: impl Future<Output = wasmtime::Result<T>>) -> Result<T, RunError> {
    match timeout_at(end + GRACE, run).await {
        Ok(ended) => ended.map_err(|error| RunError::of(&error)),
        Err(_) => Err(RunError::TimedOut),
    }
}

pub(crate) async fn call(guest: &Blind, store: &mut Store<Run>, task: Task) -> wasmtime::Result<Ended> {
    let provider = guest.bailiwick_provider_provider();
    let ended = match task {
        Task::Validate { settings } => provider.call_validate(store, &settings).await?,
        Task::Fetch { settings, entries } => {
            let entries: Vec<_> = entries.into_iter().map(Into::into).collect();
            provider.call_fetch(store, &settings, &entries).await?
        }
    };
    Ok(match ended {
        Ok(()) => Ended::Ok,
        Err(failure) => Ended::Failed(failure.into()),
    })
}
