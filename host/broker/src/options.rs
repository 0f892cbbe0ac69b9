//! What a broker is made with. Everything else it does follows from the program of a run.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use crate::{
    audit::Audit,
    clock::{Clock, SystemClock},
};

/// What a [`crate::Broker`] is made with.
pub struct BrokerOptions {
    /// Whom to ask for addresses.
    pub resolver: NameServers,
    /// Where this process listens itself, each as it is reached from here: never dialled (G6a).
    pub listeners: Vec<SocketAddr>,
    /// Where the record of each request goes.
    pub audit: Arc<dyn Audit>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// How long a peer may take.
    pub timeouts: Timeouts,
    /// Keeps minted credentials between runs under the key of G12. Off by default: then each run logs in, and
    /// what it minted is revoked when it ends.
    pub token_cache: bool,
}

/// Whom to ask for addresses.
#[derive(Clone, Debug)]
pub enum NameServers {
    /// Those of the system's resolv.conf; its search domains are ignored.
    System,
    /// These, by UDP and TCP.
    Fixed(Vec<SocketAddr>),
}

/// How long a peer may take. A run's own deadline comes first in any case.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// For the name, again for the TCP connection to one address, and again for the TLS handshake.
    pub connect: Duration,
    /// From the request to the end of the response's head.
    pub header: Duration,
    /// For the response's body.
    pub pace: Pace,
    /// For all revocations after a run together.
    pub revoke: Duration,
}

/// The least throughput of a response's body: `grace + bytes / bytes_per_second` is all the time it has.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Time that is free.
    pub grace: Duration,
    /// Bytes a second after that.
    pub bytes_per_second: u32,
}

impl BrokerOptions {
    /// The system's name servers and clock, no listeners, default timeouts, no token cache.
    #[must_use]
    pub fn new(audit: Arc<dyn Audit>) -> Self {
        Self {
            resolver: NameServers::System,
            listeners: Vec::new(),
            audit,
            clock: Arc::new(SystemClock::new()),
            timeouts: Timeouts::default(),
            token_cache: false,
        }
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            header: Duration::from_secs(10),
            pace: Pace { grace: Duration::from_secs(5), bytes_per_second: 4096 },
            revoke: Duration::from_secs(2),
        }
    }
}
