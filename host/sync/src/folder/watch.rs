//! Whether what runs were compiled from still stands (G11). The folders are read again each second; a run whose grant,
//! store, provider or namespace differs ends unwritten, the others go on, whatever else was touched. Before anything
//! is deleted the folders must be, file by file, what they were.

use std::{
    sync::{Arc, RwLock},
    time::Duration,
};

use bailiwick_artifact::digest::Digest;
use bailiwick_broker::Current;
use bailiwick_core::program::Stamp;

use super::{
    inventory::Inventory,
    source::{Snapshot, Sources},
    stamps::Stamps,
};

/// How often the folders are looked at.
const EVERY: Duration = Duration::from_secs(1);

/// Compares the folders with what was read from them.
pub struct Watch {
    sources: Sources,
    digest: Digest,
    then: Stamps,
    /// Since something differed; none inside where the folders can be read no more, or hold what they may not.
    now: RwLock<Option<(Digest, Option<Stamps>)>>,
}

impl Watch {
    /// Of folders that were read.
    #[must_use]
    pub fn new(sources: Sources, read: &Snapshot, inventory: &Inventory) -> Arc<Self> {
        let (digest, then) = (read.digest(), Stamps::of(inventory));
        Arc::new(Self { sources, digest, then, now: RwLock::new(None) })
    }

    /// Looks each second.
    pub async fn run(self: Arc<Self>) {
        loop {
            tokio::time::sleep(EVERY).await;
            let own = Arc::clone(&self);
            let looked = tokio::task::spawn_blocking(move || own.look()).await;
            if looked.is_err() {
                // A panic in there: what was read can no longer be vouched for.
                self.put(Some((self.digest, None)));
            }
        }
    }

    /// Reads the folders now; true where every file is what it was.
    #[must_use]
    pub fn unchanged(&self) -> bool {
        self.sources.read().is_ok_and(|read| read.digest() == self.digest)
    }

    /// Looks once.
    pub(super) fn look(&self) {
        let Ok(read) = self.sources.read() else { return self.put(Some((self.digest, None))) };
        let digest = read.digest();
        if digest == self.digest {
            return self.put(None);
        }
        let known = self.now.read().is_ok_and(|now| now.as_ref().is_some_and(|now| now.0 == digest));
        if !known {
            self.put(Some((digest, Inventory::new(&read).ok().as_ref().map(Stamps::of))));
        }
    }

    fn put(&self, changed: Option<(Digest, Option<Stamps>)>) {
        if let Ok(mut now) = self.now.write() {
            *now = changed;
        }
    }
}

impl Current for Watch {
    fn still(&self, stamp: &Stamp) -> bool {
        self.now.read().is_ok_and(|now| match &*now {
            None => true,
            Some((_, None)) => false,
            Some((_, Some(now))) => now.hold(&self.then, stamp),
        })
    }
}

#[cfg(test)]
mod tests;
