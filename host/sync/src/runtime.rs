//! Sandbox and broker wired together: one run of one provider under one program. The program decides, the broker
//! and the sandbox perform; here is only who gets which end of the channel.

use std::{sync::Arc, time::Duration};

use bailiwick_boundary::Task;
use bailiwick_broker::{Broker, Current, Material, OpenEntry};
use bailiwick_core::{fetched::Fetched, program::Program};
use bailiwick_sandbox::{Provider, RunError, RunLimits};
use tokio::sync::watch;

/// Why a run ended that nothing was wrong with.
const ASKED: &str = "the process was asked to end; sync again";

/// What runs share.
pub struct Runtime {
    /// Dials, and holds credentials and values.
    pub broker: Broker,
    /// Turns true when the process is asked to end: open runs are ended, and what they minted is revoked.
    pub stop: watch::Receiver<bool>,
}

/// What one run is given by the world.
pub struct Surroundings {
    /// Where credentials come from.
    pub material: Arc<dyn Material>,
    /// Whether the program still stands.
    pub current: Arc<dyn Current>,
}

impl Runtime {
    /// Runs one provider's fetch to its end, and revokes what was minted whatever the end.
    pub async fn fetch(
        &self,
        provider: &Provider,
        program: Arc<Program>,
        entries: Vec<OpenEntry>,
        around: Surroundings,
    ) -> Fetched {
        let task = Task::Fetch {
            settings: program.settings.to_string(),
            entries: entries.iter().map(|entry| entry.entry().clone()).collect(),
        };
        let limits = RunLimits {
            memory: usize::try_from(program.limits.memory).unwrap_or(usize::MAX),
            deadline: Duration::from_millis(program.limits.deadline_ms),
        };
        let (port, run) = self.broker.open(program, entries, around.material, around.current);
        let mut stop = self.stop.clone();
        // What `wait_for` gives back holds a lock, which may not cross an await of a task.
        let stopped = async { drop(stop.wait_for(|stop| *stop).await) };
        let ended = tokio::select! {
            // What is not yet begun is not begun any more.
            biased;
            () = stopped => return run.finish(Err(ASKED)).await,
            ended = provider.run(task, Box::new(port), limits) => ended,
        };
        run.finish(ended.map_err(RunError::as_str)).await
    }
}
