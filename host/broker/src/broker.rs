//! The broker of a process: what all runs share, which is the network, the rates, the audit and (where it is
//! switched on) minted credentials. Everything shared is keyed by G12 or coarser only for limits.

use std::{sync::Arc, time::Duration};

use bailiwick_core::program::Program;

use crate::{
    BrokerOptions, Current, Material, OpenEntry, Port, Run,
    audit::Audit,
    clock::Clock,
    closing::Closing,
    net::{Network, Rates, Stage},
    options::Timeouts,
    run::{Channel, Session},
    tokens::Tokens,
};

/// How long the end of a process waits for revocations.
const CLOSING: Duration = Duration::from_secs(5);

/// The only code that dials for a provider. Cheap to clone; clones are one broker.
#[derive(Clone)]
pub struct Broker(Arc<Shared>);

/// A broker that could not be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BrokerError {
    /// The system's resolver configuration could not be read, or holds no name server.
    #[error("no DNS resolver: {0}")]
    Resolver(String),
}

/// What all runs of a broker share.
pub(crate) struct Shared {
    pub(crate) network: Network,
    pub(crate) rates: Rates,
    pub(crate) audit: Arc<dyn Audit>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) timeouts: Timeouts,
    pub(crate) tokens: Option<Tokens>,
    pub(crate) closing: Closing,
}

impl Broker {
    /// Makes a broker. It dials nothing until a run asks for something.
    ///
    /// # Errors
    /// There is no resolver.
    pub fn new(options: BrokerOptions) -> Result<Self, BrokerError> {
        let network = Network::new(&options.resolver, options.listeners, options.timeouts)
            .map_err(BrokerError::Resolver)?;
        let tokens = options.token_cache.then(Tokens::default);
        Ok(Self::with(network, tokens, options.audit, options.clock, options.timeouts))
    }

    /// Makes a broker for a rehearsal: gate, requests, credentials and replies are what they always are, but in place
    /// of names, addresses and TLS there is `stage`. It opens no socket and reads nothing of the system. A constructor
    /// of its own, so that no option of a broker that is to reach something leads here.
    #[must_use]
    pub fn on_stage(stage: Arc<dyn Stage>, audit: Arc<dyn Audit>, clock: Arc<dyn Clock>) -> Self {
        let timeouts = Timeouts::default();
        Self::with(Network::staged(stage, timeouts), None, audit, clock, timeouts)
    }

    fn with(
        network: Network,
        tokens: Option<Tokens>,
        audit: Arc<dyn Audit>,
        clock: Arc<dyn Clock>,
        timeouts: Timeouts,
    ) -> Self {
        let (rates, closing) = (Rates::default(), Closing::new());
        Self(Arc::new(Shared { network, rates, audit, clock, timeouts, tokens, closing }))
    }

    /// Opens a run: the port goes to the runner, the run stays with the caller, who must finish it. The run's
    /// deadline begins now. Needs a tokio runtime from its first ask on.
    #[must_use]
    pub fn open(
        &self,
        program: Arc<Program>,
        entries: Vec<OpenEntry>,
        material: Arc<dyn Material>,
        current: Arc<dyn Current>,
    ) -> (Port, Run) {
        let channel = Channel::new(Arc::clone(&self.0), program, current);
        let session = Arc::new(Session::new(channel, entries, material));
        (Port::new(Arc::clone(&session)), Run::new(session))
    }

    /// Revokes cached credentials that have expired or whose grant, store, provider or namespace is another one by
    /// now, and closes idle connections. To be called between passes.
    pub async fn sweep(&self) {
        self.0.network.sweep();
        let Some(tokens) = &self.0.tokens else { return };
        let stale = tokens.take_stale(self.0.clock.monotonic());
        crate::run::revoke_all(stale, self.0.timeouts.revoke).await;
    }

    /// Revokes the minted credentials that are still cached, and waits for revocations that go on behind the end of
    /// their runs, for five seconds at most. To be called before the process ends.
    pub async fn close(&self) {
        let shared = &self.0;
        let cached = shared.tokens.as_ref().map(Tokens::take_all).unwrap_or_default();
        let revoking = shared.closing.spawn(crate::run::revoke_all(cached, shared.timeouts.revoke));
        drop(revoking);
        if !shared.closing.ended(CLOSING).await {
            tracing::warn!("the process ends under revocations: what they were for lives until it expires");
        }
    }
}
