//! The wire: connections, with TLS or without; each request is written down, and meets its trouble or its route.

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use http::{Request, Response, header::AUTHORIZATION};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

use super::{
    Asked, Trouble, locked,
    route::{self, Ask},
    state::State,
    trouble::{Flow, never},
};

/// Bytes of the largest upload.
const LARGEST: usize = 64 << 20;

pub(super) async fn accept(
    listener: std::net::TcpListener,
    tls: Option<Arc<rustls::ServerConfig>>,
    state: Arc<Mutex<State>>,
) {
    let Ok(listener) = TcpListener::from_std(listener) else { return };
    let tls = tls.map(TlsAcceptor::from);
    while let Ok((stream, _)) = listener.accept().await {
        // Small answers must not wait for Nagle.
        let _ = stream.set_nodelay(true);
        let (tls, state) = (tls.clone(), Arc::clone(&state));
        tokio::spawn(async move {
            match tls {
                None => serve(stream, state).await,
                // A failed handshake is the client's verdict.
                Some(tls) => {
                    if let Ok(stream) = tls.accept(stream).await {
                        serve(stream, state).await;
                    }
                }
            }
        });
    }
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin + 'static>(stream: S, state: Arc<Mutex<State>>) {
    let service = hyper::service::service_fn(|request| respond(request, &state));
    // Clients hang up as they like.
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn respond(request: Request<Incoming>, state: &Mutex<State>) -> io::Result<Response<Flow>> {
    let (head, body) = request.into_parts();
    let body = Limited::new(body, LARGEST).collect().await.map_err(io::Error::other)?.to_bytes();
    let target = head.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let line =
        head.headers.get(AUTHORIZATION).map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned());
    let mut trouble = {
        let mut state = locked(state);
        let method = head.method.to_string();
        state.asked.push(Asked { method, target: target.clone(), authorization: line });
        state.take(&target)
    };
    while matches!(trouble, Some(Trouble::Held)) {
        tokio::time::sleep(Duration::from_millis(2)).await;
        trouble = locked(state).take(&target);
    }
    let Some(trouble) = trouble else {
        return Ok(route::answer(&mut locked(state), &Ask { head: &head, body: &body }));
    };
    match trouble.response() {
        Some(response) => Ok(response),
        None => match never().await {},
    }
}
