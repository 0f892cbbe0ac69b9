//! A registry in the process: the distribution API with or without referrers, with Basic or token logins, and troubles
//! for each path: what a hostile, broken or busy registry sends. It writes down what it was asked and with which
//! credentials, so that "never asked" and "asked without credentials" can be shown. It keeps everything in memory.

mod make;
mod route;
mod serve;
mod state;
mod trouble;

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::background::Background;
use state::State;

pub use make::{Artifact, digest, manifest_of};
pub use trouble::Trouble;

/// How it is started.
#[derive(Clone, Debug)]
pub struct OciOptions {
    /// Whether it has the referrers API.
    pub referrers: bool,
    /// Who may read.
    pub login: Login,
    /// Tags on one page of a list.
    pub page: usize,
    /// Serve TLS with this identity.
    pub tls: Option<Arc<rustls::ServerConfig>>,
}

/// Who may read.
#[derive(Clone, Debug)]
pub enum Login {
    /// Everyone.
    Open,
    /// One user, by Basic.
    Basic(String, String),
    /// One user, or everyone where none is named, by a token.
    Token {
        /// User and password.
        user: Option<(String, String)>,
        /// The realm that it names; its own `/token` where absent.
        realm: Option<String>,
    },
}

/// One request as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// The `Authorization` line.
    pub authorization: Option<String>,
}

/// The registry. It stops when it is dropped.
#[derive(Debug)]
pub struct OciRegistry {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    _server: Background,
}

impl Default for OciOptions {
    fn default() -> Self {
        Self { referrers: true, login: Login::Open, page: 1000, tls: None }
    }
}

impl OciRegistry {
    /// An open registry with the referrers API, on 127.0.0.1 at a random port.
    ///
    /// # Errors
    /// Where no port can be had.
    pub fn start() -> io::Result<Self> {
        Self::start_with(OciOptions::default())
    }

    /// As the options say.
    ///
    /// # Errors
    /// Where no port can be had.
    pub fn start_with(options: OciOptions) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let tls = options.tls.clone();
        let state = Arc::new(Mutex::new(State::new(options, address)));
        let shared = Arc::clone(&state);
        let server = Background::start("oci", move || serve::accept(listener, tls, shared))?;
        Ok(Self { address, state, _server: server })
    }

    /// `127.0.0.1:PORT`: the registry part of a reference.
    #[must_use]
    pub fn name(&self) -> String {
        self.address.to_string()
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on, requests whose target holds `part` meet this trouble.
    pub fn trouble(&self, part: &str, trouble: Trouble) {
        self.trouble_times(part, trouble, usize::MAX);
    }

    /// The next `times` requests whose target holds `part` meet this trouble.
    pub fn trouble_times(&self, part: &str, trouble: Trouble, times: usize) {
        self.state().troubles.push((part.to_owned(), trouble, times));
    }

    /// Ends all troubles.
    pub fn heal(&self) {
        self.state().troubles.clear();
    }

    /// What was asked so far, in order.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        self.state().asked.clone()
    }

    /// How many requests had `part` in their target.
    #[must_use]
    pub fn count(&self, part: &str) -> usize {
        self.state().asked.iter().filter(|asked| asked.target.contains(part)).count()
    }

    /// The bytes of a manifest by tag or digest.
    #[must_use]
    pub fn manifest(&self, repository: &str, reference: &str) -> Option<Vec<u8>> {
        self.state().manifest(repository, reference).map(|(bytes, _)| bytes)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.state)
    }
}

fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
