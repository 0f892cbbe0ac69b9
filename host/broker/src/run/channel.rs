//! The way out for one program: attaches, sends, and writes the audit record of each request that left or was
//! denied. It knows nothing of a run's handles, so that it can outlive the run for revocation.

mod recording;

use std::{sync::Arc, time::Duration};

use bailiwick_core::{
    catalogue::{Catalogue, Operation},
    grant,
    program::{Call, Program, Target},
    reason::{Denial, Reason},
};
use tokio::time::Instant;
use tracing::Instrument;

use self::recording::{Recording, close};
use super::{prepare::Prepared, session::exhausted};
use crate::{
    Current,
    attach::{Draft, Signing},
    audit::{self, Record, Verdict},
    broker::Shared,
    clock,
    credential::Held,
    key::CacheKey,
    net::{Asked, Lane, Received, SendError},
};

/// Milliseconds of a run's deadline that are no request's: a guest whose last request is overdue can still say so.
const LAST_WORDS: u64 = 500;

/// The way out for one program.
pub(crate) struct Channel {
    pub(super) broker: Arc<Shared>,
    pub(super) program: Arc<Program>,
    /// G12, without a credential.
    pub(super) shared: Arc<CacheKey>,
    pub(super) deadline: Instant,
    current: Arc<dyn Current>,
}

/// Why there is no response.
pub(super) enum Fault {
    Denied(Denial),
    Send(SendError),
}

/// What is different where a request is sent after the run, for revocation.
pub(super) struct Terms<'a> {
    pub(super) deadline: Instant,
    pub(super) still: &'a (dyn Fn() -> bool + Send + Sync),
    /// Counts against the grant's rate, and needs an audit that works. A revocation does neither.
    pub(super) rated: bool,
}

impl Channel {
    pub(crate) fn new(broker: Arc<Shared>, program: Arc<Program>, current: Arc<dyn Current>) -> Arc<Self> {
        let shared = Arc::new(CacheKey::new(&program.stamp, Vec::new()));
        let all = program.limits.deadline_ms;
        let deadline = Instant::now() + Duration::from_millis(all - LAST_WORDS.min(all / 8));
        Arc::new(Self { broker, program, shared, deadline, current })
    }

    pub(crate) fn still(&self) -> bool {
        self.current.still(&self.program.stamp)
    }

    pub(super) fn now(&self) -> Duration {
        self.broker.clock.monotonic()
    }

    pub(super) fn catalogue(&self) -> &Catalogue {
        &self.program.catalogue
    }

    /// Closes and revokes what is kept for runs with this stamp: something that it was made from has changed.
    pub(super) fn forget(&self) {
        self.broker.network.forget(&self.shared);
        if let Some(tokens) = &self.broker.tokens {
            let minted = tokens.take_run(&self.shared);
            drop(self.broker.closing.spawn(super::revoke_all(minted, self.broker.timeouts.revoke)));
        }
    }

    /// A request of the host's own: no slots but the grant's.
    pub(super) fn own(&self, operation: &str, by: &Arc<Held>) -> Result<Prepared, Denial> {
        let mut binding = by.binding.clone();
        // The catalogue names this operation for exactly this credential, outside the guest's reach.
        binding.operations.insert(operation.to_owned());
        let call = Call { operation, args: &[], by: Some(&binding), free_bits_spent: 0 };
        let admitted = grant::decide(&self.program, &call)?;
        Ok(Prepared::new(operation, admitted, Some(Arc::clone(by)), &self.shared))
    }

    /// Sends a prepared request once, and records it.
    pub(super) async fn send(&self, prepared: &Prepared, terms: &Terms<'_>) -> Result<Received, Fault> {
        let stamp = &self.program.stamp;
        let span = tracing::info_span!(
            "request",
            object = stamp.object,
            grant = stamp.grant.name,
            provider = stamp.digest,
            operation = prepared.operation,
            verdict = tracing::field::Empty,
        );
        let mut recording =
            Recording { channel: self, record: self.record(Verdict::Sent), start: self.now() };
        let sending = self.send_recorded(prepared, terms, &mut recording.record);
        let result = sending.instrument(span.clone()).await;
        close(&mut recording.record, &result);
        let Record { verdict, status, reason, .. } = recording.record;
        span.record("verdict", if verdict == Verdict::Sent { "sent" } else { "denied" });
        span.in_scope(|| tracing::info!(status, reason, "request"));
        result
    }

    /// Records a request that was denied before it was prepared.
    pub(super) fn denied(&self, operation: &str, denial: &Denial) {
        let mut record = self.record(Verdict::Denied);
        record.operation = self.catalogue().operations.contains_key(operation).then(|| operation.to_owned());
        record.reason = Some(denial.reason.as_str());
        tracing::info!(
            object = record.object,
            grant = record.grant,
            provider = record.provider,
            operation = record.operation,
            verdict = "denied",
            reason = record.reason,
            field = denial.field,
            "request"
        );
        self.broker.audit.record(&record);
    }

    fn record(&self, verdict: Verdict) -> Record {
        Record::new(clock::rfc3339(self.broker.clock.wall()), &self.program.stamp, verdict)
    }

    async fn send_recorded(
        &self,
        prepared: &Prepared,
        terms: &Terms<'_>,
        record: &mut Record,
    ) -> Result<Received, Fault> {
        let (operation, target) = self.find(prepared).map_err(Fault::Denied)?;
        record.operation = Some(prepared.operation.clone());
        record.origin = Some(audit::origin(&target.origin));
        record.method = Some(operation.method.clone());
        record.path = Some(audit::path(&prepared.path_and_query));
        if terms.rated {
            self.audited().map_err(Fault::Denied)?;
            self.wait(terms.deadline).await.map_err(Fault::Denied)?;
        }
        let draft = self.draft(prepared, operation, target);
        let finished = draft.finish(prepared.by.as_deref()).map_err(Fault::Denied)?;
        if finished.size > self.program.limits.request_bytes {
            return Err(Fault::Denied(exhausted("limits.requestBytes", "the request is too large")));
        }
        let lane = Lane {
            shared: &prepared.shared,
            target,
            asked: Asked { operation: &prepared.operation, key: &prepared.reading.key },
            deadline: terms.deadline,
            limit: self.program.limits.response_bytes,
            still: terms.still,
        };
        record.bytes_out = finished.size;
        self.broker.network.send(&lane, finished.request).await.map_err(|error| fault(prepared, error))
    }

    /// Every byte that leaves is attributable: no more of them where the record of others cannot be kept.
    fn audited(&self) -> Result<(), Denial> {
        let remedy =
            "records of what left before cannot be written, so nothing more leaves: make room for them";
        if self.broker.audit.ready() {
            Ok(())
        } else {
            Err(Denial::new(Reason::AuditFailed, "audit", remedy))
        }
    }

    fn draft<'a>(
        &'a self,
        prepared: &'a Prepared,
        operation: &'a Operation,
        target: &'a Target,
    ) -> Draft<'a> {
        let authority = self.catalogue().authorities.get(&prepared.authority);
        let service = authority.and_then(|authority| authority.service.as_deref());
        Draft {
            method: &operation.method,
            origin: &target.origin,
            path_and_query: &prepared.path_and_query,
            headers: &prepared.headers,
            body: prepared.body.as_ref(),
            signing: service
                .zip(target.account.get("region"))
                .map(|(service, region)| Signing { service, region }),
            now: self.broker.clock.wall(),
        }
    }

    /// The operation and target of a prepared request.
    pub(super) fn find(&self, prepared: &Prepared) -> Result<(&Operation, &Target), Denial> {
        let operation = self.catalogue().operations.get(&prepared.operation);
        operation.zip(self.program.targets.get(&prepared.authority)).ok_or_else(|| {
            Denial::new(Reason::OperationNotGranted, "operations", "the operation is not in the program")
        })
    }

    /// Waits for one of the grant's requests a second.
    async fn wait(&self, deadline: Instant) -> Result<(), Denial> {
        let patience = deadline.saturating_duration_since(Instant::now());
        let rate = self.program.limits.rate_per_second;
        let wait = self.broker.rates.take(self.shared.grant(), rate, self.now(), patience);
        let wait =
            wait.ok_or_else(|| exhausted("limits.rate", "the grant's rate is spent: raise limits.rate"))?;
        if !wait.is_zero() {
            let mut reserved = Reserved(Some(self));
            tokio::time::sleep(wait).await;
            reserved.0 = None;
        }
        Ok(())
    }
}

fn fault(prepared: &Prepared, error: SendError) -> Fault {
    let (reason, remedy) = match error {
        SendError::Denied(reason) => {
            (reason, "the origin resolves to an address that the grant's addresses do not admit")
        }
        SendError::Changed => return Fault::Denied(changed()),
        other => return Fault::Send(other),
    };
    Fault::Denied(Denial::new(reason, format!("targets.{}.addresses", prepared.authority), remedy))
}

/// Something that the program was made from is no longer what it was (G11).
pub(super) fn changed() -> Denial {
    let remedy = "the grant, store, provider or namespace changed while the run was open: it is repeated";
    Denial::new(Reason::GrantChanged, "grant", remedy)
}

/// A request's place in the grant's rate. It is given back where the wait for it is cancelled.
struct Reserved<'a>(Option<&'a Channel>);

impl Drop for Reserved<'_> {
    fn drop(&mut self) {
        if let Some(channel) = self.0 {
            channel.broker.rates.give_back(channel.shared.grant(), channel.program.limits.rate_per_second);
        }
    }
}
