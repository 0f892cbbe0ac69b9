//! The network, for requests that were decided already: names, addresses, TLS, HTTP/1.1, idle connections and
//! rates. No redirects, no proxies, no decompression, no cookies. Nothing here knows a grant's rules but the
//! classes of addresses; what is sent and where to is an argument.

mod body;
mod dial;
mod dns;
mod line;
mod pool;
mod rate;
mod stage;
mod tls;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use bailiwick_core::{program::Target, reason::Reason};
use bytes::Bytes;
use http::{HeaderMap, Request, Response, header};
use http_body_util::Full;
use hyper::body::Incoming;
use tokio::time::{Instant, timeout, timeout_at};
use zeroize::Zeroizing;

pub(crate) use self::rate::Rates;
pub use self::stage::{Asked, Stage};
use self::{dns::Names, line::Line, pool::Pool, tls::TlsConfigs};
use crate::{
    key::{CacheKey, LineKey},
    options::{NameServers, Timeouts},
};

/// The network of one broker.
pub(crate) struct Network {
    reach: Reach,
    /// Our own, which are never dialled.
    listeners: Vec<SocketAddr>,
    tls: TlsConfigs,
    pool: Pool,
    timeouts: Timeouts,
}

/// How a connection comes about.
enum Reach {
    /// Names are resolved, addresses dialled.
    Sockets(Box<Names>),
    /// Nothing leaves: a rehearsal.
    Stage(Arc<dyn Stage>),
}

/// For whom a request goes, where it may lead, and until when.
pub(crate) struct Lane<'a> {
    pub(crate) shared: &'a Arc<CacheKey>,
    pub(crate) target: &'a Target,
    /// The catalogue's operation, and the key that was decided on: a stage is told, the network is not.
    pub(crate) asked: Asked<'a>,
    pub(crate) deadline: Instant,
    /// Bytes of a response body.
    pub(crate) limit: u64,
    /// Whether what the run was compiled from still stands (G11); asked before each byte sequence that leaves.
    pub(crate) still: &'a (dyn Fn() -> bool + Send + Sync),
}

/// A response, read to its end.
pub(crate) struct Received {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) body: Zeroizing<Vec<u8>>,
    pub(crate) address: SocketAddr,
}

/// Why there is no response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SendError {
    /// An address is not granted.
    #[error("the origin has an address that is not granted")]
    Denied(Reason),
    /// The grant, store, provider or namespace changed.
    #[error("the grant changed")]
    Changed,
    /// The name has no address.
    #[error("the name does not resolve")]
    Unresolved,
    /// No connection, or no TLS.
    #[error("no connection")]
    Unreachable,
    /// The connection ended before the response did.
    #[error("the connection ended early")]
    Closed,
    /// A deadline passed.
    #[error("timed out")]
    TimedOut,
    /// Head or body are over their limit.
    #[error("the response is too large")]
    TooLarge,
    /// Not HTTP, or an encoding that nobody asked for.
    #[error("the response is malformed")]
    Malformed,
}

impl SendError {
    /// As the audit writes it.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Denied(reason) => reason.as_str(),
            Self::Changed => Reason::GrantChanged.as_str(),
            Self::Unresolved => "Unresolved",
            Self::Unreachable => "Unreachable",
            Self::Closed => "Closed",
            Self::TimedOut => "TimedOut",
            Self::TooLarge => "TooLarge",
            Self::Malformed => "Malformed",
        }
    }
}

impl Network {
    pub(crate) fn new(
        servers: &NameServers,
        listeners: Vec<SocketAddr>,
        timeouts: Timeouts,
    ) -> Result<Self, String> {
        let reach = Reach::Sockets(Box::new(Names::new(servers)?));
        Ok(Self { reach, listeners, tls: TlsConfigs::new(), pool: Pool::default(), timeouts })
    }

    /// A network that reaches nothing but `stage`.
    pub(crate) fn staged(stage: Arc<dyn Stage>, timeouts: Timeouts) -> Self {
        let (tls, pool) = (TlsConfigs::new(), Pool::default());
        Self { reach: Reach::Stage(stage), listeners: Vec::new(), tls, pool, timeouts }
    }

    /// Sends one request and reads the response, over an idle connection of the same key where there is one.
    pub(crate) async fn send(
        &self,
        lane: &Lane<'_>,
        request: Request<Full<Bytes>>,
    ) -> Result<Received, SendError> {
        timeout_at(lane.deadline, self.exchange(lane, request)).await.map_err(|_| SendError::TimedOut)?
    }

    /// Closes the idle connections of runs with this stamp.
    pub(crate) fn forget(&self, shared: &CacheKey) {
        self.pool.forget(shared);
    }

    /// Closes connections that were idle for too long.
    pub(crate) fn sweep(&self) {
        self.pool.sweep();
    }

    async fn exchange(
        &self,
        lane: &Lane<'_>,
        mut request: Request<Full<Bytes>>,
    ) -> Result<Received, SendError> {
        let key = LineKey { shared: Arc::clone(lane.shared), origin: lane.target.origin.clone() };
        loop {
            self.check(lane)?;
            let mut line = match self.pool.take(&key) {
                Some(line) => line,
                None => self.dial(lane).await?,
            };
            // Asked again: time has passed since, and this is the last moment before bytes leave.
            self.check(lane)?;
            match self.head(&mut line, request).await {
                Ok(response) => return self.receive(lane, &key, line, response).await,
                // Only what was handed back unsent may go again, and only where the connection was an old one.
                Err((_, Some(unsent))) if line.reused => request = unsent,
                Err((error, _)) => return Err(error),
            }
        }
    }

    fn check(&self, lane: &Lane<'_>) -> Result<(), SendError> {
        if (lane.still)() {
            return Ok(());
        }
        self.pool.forget(lane.shared);
        Err(SendError::Changed)
    }

    /// Sends, and waits for the response's head.
    async fn head(
        &self,
        line: &mut Line,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, (SendError, Option<Request<Full<Bytes>>>)> {
        let sending = line.sending(async |sender| {
            if let Err(error) = sender.ready().await {
                return Err((failure(&error), Some(request)));
            }
            let sent = sender.try_send_request(request).await;
            sent.map_err(|mut error| (failure(error.error()), error.take_message()))
        });
        timeout(self.timeouts.header, sending).await.unwrap_or(Err((SendError::TimedOut, None)))
    }

    async fn receive(
        &self,
        lane: &Lane<'_>,
        key: &LineKey,
        mut line: Line,
        response: Response<Incoming>,
    ) -> Result<Received, SendError> {
        let (head, body) = response.into_parts();
        acceptable(&head.headers)?;
        let body = line.reading(body::read(body, lane.limit, self.timeouts.pace)).await?;
        let address = line.address;
        if head.status.as_u16() >= 200 {
            self.pool.put(key, line);
        }
        let retry_after = retry_after(&head.headers);
        Ok(Received { status: head.status.as_u16(), retry_after, body, address })
    }
}

/// Two framings are a smuggling attempt; an encoding was not asked for and has no decoder here.
fn acceptable(headers: &HeaderMap) -> Result<(), SendError> {
    let twice =
        headers.contains_key(header::TRANSFER_ENCODING) && headers.contains_key(header::CONTENT_LENGTH);
    let encoded = headers
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .any(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity"));
    if twice || encoded { Err(SendError::Malformed) } else { Ok(()) }
}

/// `Retry-After` in seconds (RFC 9110 section 10.2.3); dates are ignored.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(header::RETRY_AFTER)?.to_str().ok()?.parse::<u32>().ok()?;
    Some(Duration::from_secs(seconds.into()))
}

/// What hyper's error is to us. Its text may quote the backend and goes nowhere.
fn failure(error: &hyper::Error) -> SendError {
    if error.is_parse_too_large() {
        SendError::TooLarge
    } else if error.is_parse() {
        SendError::Malformed
    } else {
        SendError::Closed
    }
}
