//! Work that goes on behind the end of its run, which is revocation alone. It is counted, so that a process does not
//! end under it: whoever closes the broker waits for it, within bounds.

use std::{future::Future, time::Duration};

use tokio::{sync::watch, time::timeout};

/// How many are under way.
pub(crate) struct Closing(watch::Sender<usize>);

/// One that is under way.
pub(crate) struct Task(tokio::task::JoinHandle<()>);

/// Counts one down, whatever its end.
struct One(watch::Sender<usize>);

impl Closing {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(0))
    }

    /// Starts one. It goes on where nobody waits for it.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) -> Task {
        self.0.send_modify(|count| *count += 1);
        let one = One(self.0.clone());
        Task(tokio::spawn(async move {
            work.await;
            drop(one);
        }))
    }

    /// Waits until none is under way, or for so long; whether none is.
    pub(crate) async fn ended(&self, patience: Duration) -> bool {
        let mut counts = self.0.subscribe();
        timeout(patience, counts.wait_for(|count| *count == 0)).await.is_ok()
    }
}

impl Task {
    /// Waits for its end.
    pub(crate) async fn ended(self) {
        // A fault in it is told by the runtime, and ends no run.
        let _ = self.0.await;
    }
}

impl Drop for One {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count = count.saturating_sub(1));
    }
}
