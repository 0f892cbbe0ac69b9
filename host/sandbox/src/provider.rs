//! One loaded provider, and one run of it: a fresh store from the pool, one export called, everything given back.
//! Nothing outlives a run on this side; what was asked of the broker is the broker's.

use bailiwick_boundary::{Broker, Ended, Task};

use crate::{Engine, RunError, RunLimits, bindings::BlindPre, host::Run, live::Live};

/// A provider, compiled and linked. Cheap to clone.
#[derive(Clone)]
pub struct Provider {
    pub(crate) pre: BlindPre<Run>,
    pub(crate) engine: Engine,
}

impl Provider {
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
        Live::open(self, broker, limits).await?.call(task).await
    }
}
