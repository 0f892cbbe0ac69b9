//! Whether what runs were compiled from still stands (G11). The folders are read again each second; a run whose grant,
//! store, provider or namespace differs ends unwritten, the others go on, whatever else was touched. Before anything
//! is deleted the folders must be, file by file, what they were.

use std::{
    sync::{Arc, OnceLock, RwLock},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use bailiwick_artifact::digest::Digest;
use bailiwick_broker::Current;
use bailiwick_core::program::Stamp;
use tokio::{sync::watch, task::JoinHandle};

use super::{
    inventory::Inventory,
    source::{Snapshot, Sources},
    stamps::Stamps,
};
use crate::trust::Admissions;

/// How often the folders are looked at.
const EVERY: Duration = Duration::from_secs(1);

/// Compares the folders with what was read from them.
pub struct Watch {
    sources: Sources,
    digest: Digest,
    then: Stamps,
    /// Since something differed; none inside where the folders can be read no more, or hold what they may not.
    now: RwLock<Option<(Digest, Option<Stamps>)>>,
    /// What is loaded; judged again where the policies change.
    trust: OnceLock<Trust>,
}

/// What is loaded, and who is told when its verdicts change.
pub struct Trust {
    /// The verdicts.
    pub admissions: Arc<Admissions>,
    /// Called after verdicts changed.
    pub told: Box<dyn Fn(&Admissions) + Send + Sync>,
}

/// A watch that is being kept. Dropped, it ends at its next look.
pub struct Vigil {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Vigil {
    /// Ends it, and waits until nothing of it is under way: what it writes to is free then.
    pub async fn end(self) {
        self.stop.send_replace(true);
        drop(self.task.await);
    }
}

impl Watch {
    /// Of folders that were read.
    #[must_use]
    pub fn new(sources: Sources, read: &Snapshot, inventory: &Inventory) -> Arc<Self> {
        let (digest, then) = (read.digest(), Stamps::of(inventory));
        Arc::new(Self { sources, digest, then, now: RwLock::new(None), trust: OnceLock::new() })
    }

    /// Also judges what is loaded, from now on.
    pub fn judge(&self, trust: Trust) {
        // A watch is of one round, and a round loads once.
        drop(self.trust.set(trust));
    }

    /// Looks each second, until its vigil ends.
    #[must_use]
    pub fn keep(self: &Arc<Self>) -> Vigil {
        let (stop, stopped) = watch::channel(false);
        Vigil { stop, task: tokio::spawn(Arc::clone(self).run(stopped)) }
    }

    async fn run(self: Arc<Self>, mut stopped: watch::Receiver<bool>) {
        loop {
            // An error is a vigil that was dropped.
            if tokio::time::timeout(EVERY, stopped.wait_for(|stop| *stop)).await.is_ok() {
                return;
            }
            let own = Arc::clone(&self);
            let looked = tokio::task::spawn_blocking(move || own.look()).await;
            if looked.is_err() {
                // A panic in there: what was read can no longer be vouched for.
                self.unreadable();
            }
        }
    }

    /// Reads the folders now; true where every file is what it was.
    #[must_use]
    pub fn unchanged(&self) -> bool {
        self.sources.read().is_ok_and(|read| read.digest() == self.digest)
    }

    /// Looks once.
    pub fn look(&self) {
        let Ok(read) = self.sources.read() else { return self.unreadable() };
        let digest = read.digest();
        let known = self.now.read().is_ok_and(|now| match &*now {
            None => digest == self.digest,
            Some((then, stamps)) => *then == digest && stamps.is_some(),
        });
        if known {
            return;
        }
        let Ok(inventory) = Inventory::new(&read) else { return self.unreadable() };
        self.judged(&inventory);
        self.put((digest != self.digest).then(|| (digest, Some(Stamps::of(&inventory)))));
    }

    /// Verdicts first: what they refuse must not be asked for meanwhile.
    fn judged(&self, inventory: &Inventory) {
        let Some(Trust { admissions, told }) = self.trust.get() else { return };
        if admissions.rejudge(&inventory.in_force(), now()) {
            told(admissions);
        }
    }

    fn unreadable(&self) {
        if let Some(Trust { admissions, told }) = self.trust.get() {
            admissions.close();
            told(admissions);
        }
        self.put(Some((self.digest, None)));
    }

    fn put(&self, changed: Option<(Digest, Option<Stamps>)>) {
        if let Ok(mut now) = self.now.write() {
            *now = changed;
        }
    }
}

impl Current for Watch {
    fn still(&self, stamp: &Stamp) -> bool {
        // Without anything loaded there is nothing that a policy could speak of.
        let admitted = match self.trust.get() {
            Some(trust) => trust.admissions.hold(stamp, now()),
            None => stamp.manifest.is_none(),
        };
        admitted
            && self.now.read().is_ok_and(|now| match &*now {
                None => true,
                Some((_, None)) => false,
                Some((_, Some(now))) => now.hold(&self.then, stamp),
            })
    }
}

/// Now, in seconds of the Unix epoch.
#[must_use]
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
