//! Whether the folders still hold what was read (G11). They are read again each second, by content; once something
//! differs, every run that is open under the old content ends unwritten.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bailiwick_artifact::digest::Digest;
use bailiwick_broker::Current;
use bailiwick_core::program::Stamp;

use super::files;

/// How often the folders are looked at.
const EVERY: Duration = Duration::from_secs(1);

/// Compares the folders with what was read from them.
pub struct Watch {
    paths: Vec<PathBuf>,
    digest: Digest,
    changed: AtomicBool,
}

impl Watch {
    /// Of folders whose content had this digest when it was read.
    #[must_use]
    pub fn new(paths: Vec<PathBuf>, digest: Digest) -> Arc<Self> {
        Arc::new(Self { paths, digest, changed: AtomicBool::new(false) })
    }

    /// Looks each second until something differs.
    pub async fn run(self: Arc<Self>) {
        while !self.changed.load(Ordering::Acquire) {
            tokio::time::sleep(EVERY).await;
            let own = Arc::clone(&self);
            // A panic in there is as good as a change: what was read can no longer be vouched for.
            let same = tokio::task::spawn_blocking(move || own.same()).await.unwrap_or(false);
            self.changed.store(!same, Ordering::Release);
        }
    }

    fn same(&self) -> bool {
        files::read(&self.paths).is_ok_and(|files| files::digest(&files) == self.digest)
    }
}

impl Current for Watch {
    fn still(&self, _: &Stamp) -> bool {
        !self.changed.load(Ordering::Acquire)
    }
}
