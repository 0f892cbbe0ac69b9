//! Minted credentials kept between runs, where the operator switched that on. The key is G12 and the whole login
//! request but its credential; a token is used until a minute before it expires.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::{
    credential::Held,
    key::CacheKey,
    run::{Channel, Prepared},
};

/// The most tokens kept; beyond it they are revoked after their run, as without a cache.
const MAX_TOKENS: usize = 4096;
/// A token is not handed out in its last minute.
const MARGIN: Duration = Duration::from_secs(60);

/// A minted credential and the channel over which it can be revoked.
pub(crate) struct Minted {
    pub(crate) held: Arc<Held>,
    pub(crate) channel: Arc<Channel>,
}

/// What makes two logins one.
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct TokenKey {
    shared: Arc<CacheKey>,
    /// The name of the credential that was exchanged: a minted one has the sources of what it was minted from.
    by: String,
    login: String,
}

/// The cache.
#[derive(Default)]
pub(crate) struct Tokens(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    by_key: HashMap<TokenKey, Minted>,
    /// Refused once and handed out no more. Other runs may still use them, and for those they may be good: they are
    /// revoked when nobody does.
    retired: Vec<Minted>,
}

impl TokenKey {
    pub(crate) fn new(prepared: &Prepared) -> Self {
        let Prepared { operation, authority, path_and_query, headers, body, .. } = prepared;
        let login = format!("{operation} {authority} {path_and_query} {headers:?} {body:?}");
        Self { shared: Arc::clone(&prepared.shared), by: prepared.by_name().to_owned(), login }
    }
}

impl Tokens {
    pub(crate) fn get(&self, key: &TokenKey, now: Duration) -> Option<Arc<Held>> {
        let kept = self.lock();
        let usable = |minted: &&Minted| !minted.held.expired(now + MARGIN);
        kept.by_key.get(key).filter(usable).map(|minted| Arc::clone(&minted.held))
    }

    /// Keeps a token. What comes back is to be revoked after its run: the expired one in whose place it is, or the
    /// new one where another run was quicker or the cache is full.
    pub(crate) fn put(&self, key: TokenKey, minted: Minted, now: Duration) -> Option<Minted> {
        let kept = &mut self.lock().by_key;
        if kept.len() >= MAX_TOKENS {
            kept.retain(|_, minted| !minted.held.expired(now));
        }
        let quicker = kept.get(&key).is_some_and(|own| !own.held.expired(now + MARGIN));
        if quicker || kept.len() >= MAX_TOKENS {
            return Some(minted);
        }
        kept.insert(key, minted)
    }

    /// Hands a token that the backend refused out no more.
    pub(crate) fn retire(&self, held: &Arc<Held>) {
        let kept = &mut *self.lock();
        kept.retired.extend(taken(kept.by_key.extract_if(|_, minted| Arc::ptr_eq(&minted.held, held))));
    }

    /// Takes out those of runs with this stamp (G11).
    pub(crate) fn take_run(&self, key: &CacheKey) -> Vec<Minted> {
        self.take_if(|minted| minted.held.shared.same_run(key))
    }

    /// Takes out those that have expired, that nothing granted stands behind any more (G11), or that were retired
    /// and are not in use.
    pub(crate) fn take_stale(&self, now: Duration) -> Vec<Minted> {
        let mut stale = self.take_if(|minted| minted.held.expired(now + MARGIN) || !minted.channel.still());
        stale.extend(self.lock().retired.extract_if(.., |minted| Arc::strong_count(&minted.held) == 1));
        stale
    }

    /// Takes out all.
    pub(crate) fn take_all(&self) -> Vec<Minted> {
        self.take_if(|_| true)
    }

    fn take_if(&self, out: impl Fn(&Minted) -> bool) -> Vec<Minted> {
        let kept = &mut *self.lock();
        let retired = kept.retired.extract_if(.., |minted| out(minted));
        taken(kept.by_key.extract_if(|_, minted| out(minted))).chain(retired).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn taken(out: impl Iterator<Item = (TokenKey, Minted)>) -> impl Iterator<Item = Minted> {
    out.map(|(_, minted)| minted)
}
