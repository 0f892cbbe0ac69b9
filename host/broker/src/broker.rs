//! The broker of a process: what all runs share, which is the network, the rates, the audit and (where it is
//! switched on) minted credentials. Everything shared is keyed by G12 or coarser only for limits.

use std::sync::Arc;

use bailiwick_core::program::Program;

use crate::{
    BrokerOptions, Current, Material, OpenEntry, Port, Run,
    audit::Audit,
    clock::Clock,
    net::{Network, Rates},
    options::Timeouts,
    run::{Channel, Session},
    tokens::Tokens,
};

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
}

impl Broker {
    /// Makes a broker. It dials nothing until a run asks for something.
    ///
    /// # Errors
    /// There is no resolver.
    pub fn new(options: BrokerOptions) -> Result<Self, BrokerError> {
        let network = Network::new(&options.resolver, options.listeners, options.timeouts)
            .map_err(BrokerError::Resolver)?;
        Ok(Self(Arc::new(Shared {
            network,
            rates: Rates::default(),
            audit: options.audit,
            clock: options.clock,
            timeouts: options.timeouts,
            tokens: options.token_cache.then(Tokens::default),
        })))
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

    /// Revokes the minted credentials that are still cached. To be called before the process ends.
    pub async fn close(&self) {
        let Some(tokens) = &self.0.tokens else { return };
        crate::run::revoke_all(tokens.take_all(), self.0.timeouts.revoke).await;
    }
}
