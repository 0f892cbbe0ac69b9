//! A guest's memory at the end of a run, for the scans of I3 and I4. Test builds only: the feature `scan` is off by
//! default, and the engine attaches a core dump to each trap with it. No unsafe code: a run that ended well is
//! entered once more and stopped at its first instruction.

use bailiwick_boundary::{Broker, Ended, Task};
use tokio::time::timeout_at;
use wasmtime::{Store, WasmCoreDump};

use crate::{
    Provider, RunError, RunLimits,
    host::Run,
    live::{GRACE, Live, call},
};

/// How a run ended and what its memories held then. Empty where it was dropped while it waited.
pub struct Dump {
    /// As [`Provider::run`] would have it.
    pub ended: Result<Ended, RunError>,
    /// Every linear memory, whole.
    pub memories: Vec<Vec<u8>>,
}

impl Dump {
    /// Whether these bytes stand anywhere in memory. A scan must first find what was planted to be found.
    #[must_use]
    pub fn holds(&self, needle: &[u8]) -> bool {
        self.memories.iter().any(|memory| memory.windows(needle.len().max(1)).any(|window| window == needle))
    }
}

impl Provider {
    /// Runs one task, as [`Provider::run`] does, and reads the guest's memory at its end.
    pub async fn run_and_dump(&self, task: Task, broker: Box<dyn Broker>, limits: RunLimits) -> Dump {
        let mut live = match Live::open(self, broker, limits).await {
            Ok(live) => live,
            Err(error) => return Dump { ended: Err(error), memories: Vec::new() },
        };
        let called = timeout_at(live.end + GRACE, call(&live.guest, &mut live.store, task)).await;
        match called {
            Ok(Ok(ended)) => Dump { ended: Ok(ended), memories: stopped(&mut live).await },
            Ok(Err(error)) => {
                Dump { ended: Err(RunError::of(&error)), memories: memories(&live.store, &error) }
            }
            Err(_) => Dump { ended: Err(RunError::TimedOut), memories: Vec::new() },
        }
    }
}

/// Enters the guest with a deadline that has passed: it traps before it changes anything.
async fn stopped(live: &mut Live<'_>) -> Vec<Vec<u8>> {
    live.store.epoch_deadline_trap();
    live.store.set_epoch_deadline(0);
    match call(&live.guest, &mut live.store, Task::Validate { settings: String::new() }).await {
        Ok(_) => Vec::new(),
        Err(error) => memories(&live.store, &error),
    }
}

fn memories(store: &Store<Run>, error: &wasmtime::Error) -> Vec<Vec<u8>> {
    let Some(dump) = error.downcast_ref::<WasmCoreDump>() else { return Vec::new() };
    dump.memories().iter().map(|memory| memory.data(store).to_vec()).collect()
}
