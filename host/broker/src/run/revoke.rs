//! Revocation: what a run minted is ended after it, whatever its end was. It is the one thing that is still sent
//! when the grant has changed (G11). A tenant's own token is never touched: it was not minted here.

use std::{sync::Arc, time::Duration};

use tokio::{task::JoinSet, time::Instant};

use super::{
    channel::{Fault, Terms},
    session::Session,
};
use crate::tokens::Minted;

/// Revocations under way at a time.
const AT_ONCE: usize = 16;

impl Session {
    /// No message is answered any more. True where that is all: no login is under way, and nothing was minted.
    pub(super) fn shut(&self) -> bool {
        let mut state = self.lock();
        state.closed = true;
        state.exchanges.is_empty() && state.minted.is_empty()
    }
}

/// Closes a run: no message is answered any more, logins under way come to their end, what was minted is revoked.
pub(super) async fn close(session: Arc<Session>) {
    let mut exchanges = {
        let mut state = session.lock();
        state.closed = true;
        std::mem::take(&mut state.exchanges)
    };
    while exchanges.join_next().await.is_some() {}
    let minted = std::mem::take(&mut session.lock().minted);
    revoke_all(minted, session.timeouts().revoke).await;
}

/// Revokes all, a few at a time and each within `patience`: a broker that ends has thousands of them.
pub(crate) async fn revoke_all(minted: Vec<Minted>, patience: Duration) {
    let mut tasks = JoinSet::new();
    for minted in minted {
        if tasks.len() >= AT_ONCE {
            tasks.join_next().await;
        }
        tasks.spawn(revoke(minted, patience));
    }
    while tasks.join_next().await.is_some() {}
}

async fn revoke(minted: Minted, patience: Duration) {
    let Minted { held, channel } = minted;
    let Some(operation) = held.revoke.as_deref() else { return };
    let prepared = match channel.own(operation, &held) {
        Ok(prepared) => prepared,
        Err(denial) => return channel.denied(operation, &denial),
    };
    let terms = Terms { deadline: Instant::now() + patience, still: &|| true, rated: false };
    let done = match channel.send(&prepared, &terms).await {
        Ok(received) => (200..300).contains(&received.status),
        Err(Fault::Denied(_) | Fault::Send(_)) => false,
    };
    if !done {
        tracing::warn!(operation, "a minted credential could not be revoked: it lives until it expires");
    }
}
