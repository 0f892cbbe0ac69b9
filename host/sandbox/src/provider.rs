//! One loaded provider, and one run of it: a fresh store from the pool, one export called, everything given back.
//! Nothing outlives a run on this side; what was asked of the broker is the broker's.

use bailiwick_boundary::{Broker, Ended, Task};
use tokio::time::{Instant, timeout, timeout_at};
use wasmtime::{Store, UpdateDeadline};

use crate::{
    Engine, RunError, RunLimits,
    bindings::{Blind, BlindPre},
    host::Run,
    limits::{HOSTCALL_BYTES, MAX_HANDLES},
    ticker::TICK,
};

/// A provider, compiled and linked. Cheap to clone.
#[derive(Clone)]
pub struct Provider {
    pre: BlindPre<Run>,
    engine: Engine,
}

impl Provider {
    pub(crate) fn new(pre: BlindPre<Run>, engine: Engine) -> Self {
        Self { pre, engine }
    }

    /// Runs one task to its end in a fresh store. Whatever the end, the broker is dropped, the slot is free again
    /// and nothing of the guest is left.
    ///
    /// # Errors
    /// [`RunError`], where the guest was stopped; what it had delivered by then is the broker's to discard.
    pub async fn run(
        &self,
        task: Task,
        broker: Box<dyn Broker>,
        limits: RunLimits,
    ) -> Result<Ended, RunError> {
        let inner = &self.engine.0;
        let slot = timeout(limits.deadline, inner.slots.acquire()).await;
        let _slot = slot.map_err(|_| RunError::Busy)?.map_err(|_| RunError::Busy)?;
        let _open = inner.ticker.open();
        let end = Instant::now() + limits.deadline;
        let mut store = self.store(broker, &limits, end);
        // A guest that computes is stopped by the epoch, at `end`. This is for one that waits.
        match timeout_at(end + 5 * TICK, self.call(&mut store, task)).await {
            Ok(ended) => ended.map_err(|error| RunError::of(&error)),
            Err(_) => Err(RunError::TimedOut),
        }
    }

    fn store(&self, broker: Box<dyn Broker>, limits: &RunLimits, end: Instant) -> Store<Run> {
        let mut store = Store::new(&self.engine.0.wasmtime, Run::new(broker, limits));
        store.limiter(|run| &mut run.limiter);
        store.set_hostcall_fuel(HOSTCALL_BYTES);
        store.set_max_component_handles(MAX_HANDLES);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(move |_| {
            Ok(if Instant::now() < end { UpdateDeadline::Yield(1) } else { UpdateDeadline::Interrupt })
        });
        store
    }

    async fn call(&self, store: &mut Store<Run>, task: Task) -> wasmtime::Result<Ended> {
        let guest = self.pre.instantiate_async(&mut *store).await?;
        call(&guest, store, task).await
    }
}

async fn call(guest: &Blind, store: &mut Store<Run>, task: Task) -> wasmtime::Result<Ended> {
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
