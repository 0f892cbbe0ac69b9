//! The embedded KV development backend: a server that speaks as much of Vault's and OpenBao's HTTP API as sync
//! needs, after their public documentation. KV v1 and v2, namespaces, several mounts, the login methods, policies,
//! token lifetimes; and what a cluster does on a bad day: sealed, standby, behind, over its quota.
//!
//! What it answers is checked by the recorded cases in tests/recorded/vault, which run against a real server too
//! ([`real`]). Faults of the wire are scripted for each path. It keeps everything in memory and nothing secret:
//! credentials in recorded requests are hashed.

mod answer;
pub mod cases;
mod fault;
mod json;
mod log;
mod login;
mod policy;
pub mod real;
mod roles;
mod route;
mod serve;
mod state;
mod sys;
mod token;
mod v1;
mod v2;
mod vault;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;

use crate::background::Background;
pub use fault::Fault;
pub use log::{Seen, fingerprint};
use route::{Ask, Operation};
use serve::Shared;
use state::{Mode, State};
pub use vault::{Node, Vault};

/// The running backend. It stops when it is dropped.
#[derive(Debug)]
pub struct Kv {
    address: SocketAddr,
    scheme: &'static str,
    root: String,
    shared: Arc<Shared>,
    _server: Background,
}

/// How to start it.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The token that may do everything.
    pub root_token: String,
    /// Serve TLS with this identity.
    pub tls: Option<Arc<rustls::ServerConfig>>,
    /// Keep what was asked; off for benchmarks.
    pub record: bool,
}

impl Default for Options {
    fn default() -> Self {
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self { listen, root_token: "root".into(), tls: None, record: true }
    }
}

impl Kv {
    /// Starts it on 127.0.0.1 at a random port, empty: no mount, no policy but `default`, the root token `root`.
    ///
    /// # Errors
    /// Where no port can be had.
    pub fn start() -> io::Result<Self> {
        Self::start_with(Options::default())
    }

    /// Starts it as the options say.
    ///
    /// # Errors
    /// Where the address cannot be had.
    pub fn start_with(options: Options) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind(options.listen)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let scheme = if options.tls.is_some() { "https" } else { "http" };
        let shared = Arc::new(Shared::new(State::new(&options.root_token), options.record));
        let (serving, tls) = (Arc::clone(&shared), options.tls);
        let server = Background::start("kv", move || serve::accept(listener, tls, serving))?;
        Ok(Self { address, scheme, root: options.root_token, shared, _server: server })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on, requests whose path starts with `prefix` (`/v1/kv/data/app`) meet this fault.
    pub fn fault(&self, prefix: &str, fault: Fault) {
        self.shared.faults().set(prefix, fault, usize::MAX);
    }

    /// The next `times` requests whose path starts with `prefix` meet this fault.
    pub fn fault_times(&self, prefix: &str, fault: Fault, times: usize) {
        self.shared.faults().set(prefix, fault, times);
    }

    /// Ends all faults, and whatever mode it was in: active, unsealed, up to date, without a quota.
    pub fn heal(&self) {
        self.shared.faults().clear();
        let mut state = self.state();
        state.mode = Mode::Active;
        state.quota = None;
    }

    /// Seals it: 503 to all but the seal's own paths.
    pub fn seal(&self) {
        self.state().mode = Mode::Sealed;
    }

    /// Makes it a standby that redirects (307) to the active node at `url`.
    pub fn stand_by(&self, url: &str) {
        self.state().mode = Mode::Standby(url.trim_end_matches('/').to_owned());
    }

    /// Lets the next `requests` fail with 412, as a node does that has not replicated what the client has seen.
    pub fn lag(&self, requests: u32) {
        self.state().mode = Mode::Behind(requests);
    }

    /// Moves its clock on, so that tokens expire without waiting.
    pub fn advance(&self, by: Duration) {
        self.state().skew += by;
    }

    /// Tokens that logins minted and that are neither revoked nor expired: none may be left after a run.
    #[must_use]
    pub fn minted_tokens(&self) -> usize {
        self.state().minted()
    }

    /// The requests so far, in order.
    #[must_use]
    pub fn requests(&self) -> Vec<Seen> {
        self.shared.log().clone()
    }

    /// Forgets the requests so far.
    pub fn forget(&self) {
        self.shared.log().clear();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state()
    }
}

impl Vault for Kv {
    fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    fn root_token(&self) -> &str {
        &self.root
    }

    // In-process, so that set-up is neither recorded nor met by a fault.
    fn admin(&self, method: &str, namespace: &str, path: &str, body: Value) -> anyhow::Result<(u16, Value)> {
        let ask = Ask {
            operation: Operation::of(method, &[]),
            namespace: namespace.to_owned(),
            path: path.to_owned(),
            query: Vec::new(),
            body,
            token: Some(self.root.clone()),
        };
        let answer = route::admit(&mut self.state(), &ask);
        Ok((answer.status, answer.body.unwrap_or_default()))
    }

    fn offers(&self, _needs: &[cases::Need]) -> bool {
        true
    }

    fn enter(&self, node: Node) -> anyhow::Result<bool> {
        self.state().mode = match node {
            Node::Active => Mode::Active,
            Node::Sealed => Mode::Sealed,
            Node::Standby => Mode::Standby("https://active.example:8200".into()),
            Node::Behind => Mode::Behind(1),
        };
        Ok(true)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
