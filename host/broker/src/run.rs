//! One run: a channel that the broker made. The [`Port`] is the runner's end, and the runner is hostile (B7): any
//! message may come in any order. The [`Run`] is the caller's end, and outlives the port, a trap and a timeout.

mod absence;
mod answers;
mod bounds;
mod call;
mod channel;
mod config;
mod exchange;
mod hold;
mod named;
mod prepare;
mod prove;
mod revoke;
mod session;
mod settle;
mod state;
mod values;

use std::sync::Arc;

use bailiwick_boundary::{Ask, BrokerFuture, Ended};
use bailiwick_core::fetched::Fetched;

pub(crate) use self::{channel::Channel, prepare::Prepared, revoke::revoke_all, session::Session};

/// How the runner's work ended: as the guest says, or stopped, with the cause in our own words.
pub type RunEnd = Result<Ended, &'static str>;

/// The runner's end of a run. Dropping it ends nothing but the asking.
pub struct Port(Arc<Session>);

/// The caller's end of a run.
pub struct Run(Option<Arc<Session>>);

impl Port {
    pub(crate) fn new(session: Arc<Session>) -> Self {
        Self(session)
    }
}

impl bailiwick_boundary::Broker for Port {
    fn ask(&mut self, ask: Ask) -> BrokerFuture<'_> {
        let session = Arc::clone(&self.0);
        Box::pin(async move { session.answer(ask).await })
    }
}

impl Run {
    pub(crate) fn new(session: Arc<Session>) -> Self {
        Self(Some(session))
    }

    /// Closes the run and says what it brought. Credentials that it minted are revoked first, whatever its end;
    /// that takes two seconds at most.
    pub async fn finish(mut self, ended: RunEnd) -> Fetched {
        let Some(session) = self.0.take() else { return settle::nothing() };
        if session.shut() {
            return session.settle(ended);
        }
        // A task of its own: it goes on where this future is dropped, and the broker awaits it when it is closed.
        let closing = session.closing().spawn(revoke::close(Arc::clone(&session)));
        if tokio::time::timeout(session.timeouts().revoke, closing.ended()).await.is_err() {
            tracing::warn!(object = session.stamp().object, "revocation goes on behind the end of its run");
        }
        session.settle(ended)
    }
}

impl Drop for Run {
    /// A run that was not finished, because its caller was cancelled, still revokes.
    fn drop(&mut self) {
        let Some(session) = self.0.take().filter(|session| !session.shut()) else { return };
        if tokio::runtime::Handle::try_current().is_ok() {
            drop(session.closing().spawn(revoke::close(Arc::clone(&session))));
        }
    }
}
