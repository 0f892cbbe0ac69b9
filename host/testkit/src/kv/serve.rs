//! The wire: accepts connections, with TLS or without, reads each request, writes it down, and sends what the
//! script or the backend answers. No rule of the API lives here.

use std::convert::Infallible;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request, Response, header};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::answer::Answer;
use super::fault::{Faults, Flow};
use super::locked;
use super::log::Seen;
use super::route::{self, Ask};
use super::state::State;

mod socket;

use socket::Socket;

/// What the connections and the handle share.
#[derive(Debug)]
pub(super) struct Shared {
    state: Mutex<State>,
    faults: Mutex<Faults>,
    log: Mutex<Vec<Seen>>,
    connections: AtomicUsize,
    record: bool,
}

/// HTTP API, "Limits".
const LARGEST_REQUEST: usize = 32 << 20;

impl Shared {
    pub(super) fn new(state: State, record: bool) -> Self {
        let faults = Mutex::default();
        Self {
            state: Mutex::new(state),
            faults,
            log: Mutex::default(),
            connections: AtomicUsize::new(0),
            record,
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.state)
    }

    pub(super) fn faults(&self) -> MutexGuard<'_, Faults> {
        locked(&self.faults)
    }

    pub(super) fn log(&self) -> MutexGuard<'_, Vec<Seen>> {
        locked(&self.log)
    }
}

/// Serves until it is dropped.
pub(super) async fn accept(
    listener: std::net::TcpListener,
    tls: Option<Arc<rustls::ServerConfig>>,
    shared: Arc<Shared>,
) {
    let Ok(listener) = TcpListener::from_std(listener) else { return };
    let tls = tls.map(TlsAcceptor::from);
    while let Ok((stream, _)) = listener.accept().await {
        let number = shared.connections.fetch_add(1, Ordering::SeqCst);
        // Small answers must not wait for Nagle.
        let _ = stream.set_nodelay(true);
        let reset = Arc::new(AtomicBool::new(false));
        let socket = Socket::new(stream, Arc::clone(&reset));
        let connection = Connection { shared: Arc::clone(&shared), reset, number };
        let tls = tls.clone();
        tokio::spawn(async move {
            match tls {
                None => connection.serve(socket).await,
                // A failed handshake is the client's verdict.
                Some(tls) => {
                    if let Ok(stream) = tls.accept(socket).await {
                        connection.serve(stream).await;
                    }
                }
            }
        });
    }
}

struct Connection {
    shared: Arc<Shared>,
    reset: Arc<AtomicBool>,
    number: usize,
}

impl Connection {
    async fn serve<S>(self, stream: S)
    where
        S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + 'static,
    {
        let service = hyper::service::service_fn(|request| self.respond(request));
        // Clients hang up as they like, and some faults are broken connections.
        let _ =
            hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
    }

    async fn respond(&self, request: Request<Incoming>) -> io::Result<Response<Flow>> {
        let (head, body) = request.into_parts();
        let body = Limited::new(body, LARGEST_REQUEST).collect().await.map_err(io::Error::other)?.to_bytes();
        let parsed = parse(&body);
        let entry = self.record(&head, &body, parsed.as_ref().unwrap_or(&Value::Null));
        let mut fault = self.shared.faults().take(head.uri.path());
        while matches!(fault, Some(super::Fault::Hold)) {
            tokio::time::sleep(Duration::from_millis(2)).await;
            fault = self.shared.faults().take(head.uri.path());
        }
        if let Some(fault) = fault {
            if matches!(fault, super::Fault::Hang) {
                std::future::pending::<Infallible>().await;
            }
            return fault.response().ok_or_else(|| self.cut());
        }
        let answer = match parsed {
            Ok(body) => route::handle(&mut self.shared.state(), &Ask::read(&head, body)),
            Err(()) => Answer::error(400, "failed to parse JSON input: invalid character"),
        };
        if let Some(entry) = entry
            && let Some(seen) = self.shared.log().get_mut(entry)
        {
            seen.status = answer.status;
        }
        Ok(written(answer))
    }

    fn record(&self, head: &http::request::Parts, body: &[u8], parsed: &Value) -> Option<usize> {
        let mut log = self.shared.record.then(|| self.shared.log())?;
        log.push(Seen::new(head, body, parsed, self.number));
        Some(log.len() - 1)
    }

    fn cut(&self) -> io::Error {
        self.reset.store(true, Ordering::SeqCst);
        io::ErrorKind::ConnectionReset.into()
    }
}

fn parse(body: &Bytes) -> Result<Value, ()> {
    if body.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(body).map_err(drop)
}

fn written(answer: Answer) -> Response<Flow> {
    let text = answer.body.map(|body| format!("{body}\n")).unwrap_or_default();
    let mut response = Response::new(Flow::whole(text));
    *response.status_mut() = http::StatusCode::from_u16(answer.status).unwrap_or_default();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(location) = answer.location.and_then(|url| HeaderValue::try_from(url).ok()) {
        headers.insert(header::LOCATION, location);
    }
    response
}
