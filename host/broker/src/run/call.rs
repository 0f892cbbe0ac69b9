//! `call` and `call-all`: prepared in the guest's order, sent a few at a time, and each reply reduced to an outcome
//! and a handle.

use std::{sync::Arc, time::Duration};

use bailiwick_boundary::{CallError, Outcome, Reply as Answered, Request};
use bailiwick_core::fetched::{RunFailure, Trouble};
use tokio::{sync::Semaphore, task::JoinSet};

use super::{
    channel::{Fault, Terms},
    prepare::Prepared,
    session::{Session, Stop},
    state::Thing,
};
use crate::{
    net::{Received, SendError},
    reply::Reply,
    scrub,
};

/// Requests of one run that are under way at a time.
const AT_ONCE: usize = 8;
/// The wait before a second try, where the backend names none; and the longest that it may name.
const BACKOFF: Duration = Duration::from_millis(200);
const MAX_BACKOFF: Duration = Duration::from_secs(2);

type Called = Result<Answered, CallError>;

impl Session {
    /// Sends what may be sent of `requests`; results are in their order.
    pub(super) async fn call(self: &Arc<Self>, requests: &[Request]) -> Result<Vec<Called>, RunFailure> {
        self.current()?;
        let mut prepared: Vec<_> = requests.iter().map(|request| self.prepare(request, false)).collect();
        if prepared.len() > 1 {
            return self.all(prepared).await;
        }
        match prepared.pop() {
            Some(Ok(one)) => Ok(vec![self.one(&one).await?]),
            Some(Err(error)) => Ok(vec![Err(error)]),
            None => Ok(Vec::new()),
        }
    }

    async fn all(
        self: &Arc<Self>,
        prepared: Vec<Result<Prepared, CallError>>,
    ) -> Result<Vec<Called>, RunFailure> {
        let room = Arc::new(Semaphore::new(AT_ONCE));
        let mut results: Vec<Called> = Vec::new();
        // Dropped with this future, and every request with it.
        let mut tasks = JoinSet::new();
        for (index, prepared) in prepared.into_iter().enumerate() {
            match prepared {
                Err(error) => results.push(Err(error)),
                Ok(one) => {
                    results.push(Err(CallError::Unreachable));
                    let (session, room) = (Arc::clone(self), Arc::clone(&room));
                    tasks.spawn(async move {
                        let _permit = room.acquire_owned().await;
                        (index, session.one(&one).await)
                    });
                }
            }
        }
        while let Some(joined) = tasks.join_next().await {
            let (index, called) = joined.map_err(|_| RunFailure::Stopped("a request was cancelled"))?;
            let called = called?;
            if let Some(result) = results.get_mut(index) {
                *result = called;
            }
        }
        Ok(results)
    }

    async fn one(&self, prepared: &Prepared) -> Result<Called, RunFailure> {
        match self.perform(prepared).await {
            Ok(received) => self.complete(prepared, received),
            Err(Stop::Call(error)) => Ok(Err(error)),
            Err(Stop::Run(failure)) => Err(failure),
        }
    }

    /// Proves the credential, sends, and sends once more where the catalogue says that this may be done.
    pub(super) async fn perform(&self, prepared: &Prepared) -> Result<Received, Stop> {
        let stop = |fault| self.stop(&prepared.entries, fault);
        self.prove(prepared).await?;
        let still = || self.still();
        let terms = Terms { deadline: self.channel.deadline, still: &still, rated: true };
        let first = self.channel.send(prepared, &terms).await;
        let (operation, _) = self.channel.find(prepared).map_err(|denial| stop(Fault::Denied(denial)))?;
        let Some(wait) = again(&first).filter(|_| operation.retry) else { return first.map_err(stop) };
        if self.spend().is_err() {
            return first.map_err(stop);
        }
        tokio::time::sleep(wait).await;
        self.channel.send(prepared, &terms).await.map_err(stop)
    }

    fn complete(&self, prepared: &Prepared, received: Received) -> Result<Called, RunFailure> {
        let Ok((operation, target)) = self.channel.find(prepared) else { return Ok(Err(CallError::Denied)) };
        let status = received.status;
        if operation.reply.public.is_empty() || !scrub::reflects(&received.body, self.lock().credentials()) {
            let read = Reply::read(operation, target, status, received.body, prepared.reading.clone());
            if let Ok(reply) = read {
                self.look(prepared, reply.outcome, status);
                return self.keep(prepared, reply).map(Ok);
            }
        } else {
            tracing::warn!(operation = prepared.operation, "a reply reflects a credential: it is dropped");
        }
        self.saw(&prepared.entries, Trouble::Malformed);
        Ok(Err(CallError::Malformed))
    }

    /// The status of a reply whose outcome says little.
    fn look(&self, prepared: &Prepared, outcome: Outcome, status: u16) {
        if matches!(outcome, Outcome::Failed | Outcome::Conflict) {
            self.saw(&prepared.entries, Trouble::Status(status));
        }
    }

    fn keep(&self, prepared: &Prepared, reply: Reply) -> Result<Answered, RunFailure> {
        let outcome = reply.outcome;
        let unsendable = reply.listed.as_ref().map_or(0, |listed| listed.unsendable);
        if unsendable > 0 {
            let (object, operation) = (&self.channel.program.stamp.object, &prepared.operation);
            tracing::warn!(%object, %operation, unsendable, "the backend lists names that cannot be asked for");
        }
        self.forget_refused(prepared, outcome);
        let mut state = self.lock();
        self.note(&mut state, prepared, outcome);
        let reply = state.hold_reply(reply)?;
        if let Some(tags) = &reply.tags {
            state.hold_tags(&prepared.authority, prepared.reading.key.clone(), tags)?;
        }
        if let Some(listed) = &reply.listed {
            state.hold_listed(listed)?;
        }
        let body = self.handle(&mut state, Thing::Reply(Arc::new(reply)))?;
        Ok(Answered { outcome, body })
    }

    /// A cached token that is refused may be no good any more: no further run gets it. It may be good for other
    /// runs that use it now, so that it is not revoked under them.
    fn forget_refused(&self, prepared: &Prepared, outcome: Outcome) {
        let tokens = self.channel.broker.tokens.as_ref();
        if let (Outcome::Refused, Some(tokens), Some(held)) = (outcome, tokens, &prepared.by) {
            tokens.retire(held);
        }
    }

    pub(super) fn current(&self) -> Result<(), RunFailure> {
        if self.channel.still() {
            return Ok(());
        }
        Err(RunFailure::Denied(super::channel::changed()))
    }
}

/// How long to wait before a second try, where one could help.
fn again(first: &Result<Received, Fault>) -> Option<Duration> {
    match first {
        Ok(Received { status: 429 | 503, retry_after, .. }) => {
            Some(retry_after.unwrap_or(BACKOFF)).filter(|wait| *wait <= MAX_BACKOFF)
        }
        Err(Fault::Send(SendError::Closed)) => Some(Duration::ZERO),
        _ => None,
    }
}
