//! How many resolutions and pulls one registry gets from this process at once, whoever they are for. Clients share this
//! count and nothing else. A slow registry holds up those who want something of it, and nobody else (I8).

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// At once, for one registry.
const AT_ONCE: usize = 4;

static TURNS: Mutex<BTreeMap<String, Arc<Semaphore>>> = Mutex::new(BTreeMap::new());

/// Waits for a turn at `registry`; none where turns have ended, which they never do.
pub(super) async fn take(registry: &str) -> Option<OwnedSemaphorePermit> {
    of(registry).acquire_owned().await.ok()
}

fn of(registry: &str) -> Arc<Semaphore> {
    let mut turns = TURNS.lock().unwrap_or_else(PoisonError::into_inner);
    // A registry that nobody talks to is forgotten.
    turns.retain(|name, turns| name == registry || Arc::strong_count(turns) > 1);
    let known = turns.entry(registry.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(AT_ONCE)));
    Arc::clone(known)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn i8_a_registry_gets_so_many_at_once_and_others_do_not_wait_for_it() {
        let mut held = Vec::new();
        for _ in 0..AT_ONCE {
            held.push(take("slow.example").await.unwrap());
        }
        let soon = Duration::from_millis(10);
        assert!(tokio::time::timeout(soon, take("slow.example")).await.is_err());
        assert!(take("other.example").await.is_some());
        held.pop();
        assert!(take("slow.example").await.is_some());
    }
}
