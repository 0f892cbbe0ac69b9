//! A backend of one closure: request text in, response text out, over keep-alive HTTP/1.1.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use bailiwick_testkit::background::Background;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
};

/// What a request is answered.
pub(crate) type Script = dyn Fn(&str) -> String + Send + Sync;

/// The server. It stops when it is dropped.
pub(crate) struct Backend {
    pub(crate) address: SocketAddr,
    log: Arc<Mutex<Log>>,
    _server: Background,
}

#[derive(Default)]
struct Log {
    requests: Vec<String>,
    connections: usize,
}

impl Backend {
    pub(crate) fn start(script: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        Self::start_with(script, None)
    }

    /// With TLS.
    pub(crate) fn start_with(
        script: impl Fn(&str) -> String + Send + Sync + 'static,
        tls: Option<tokio_rustls::TlsAcceptor>,
    ) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let log = Arc::new(Mutex::new(Log::default()));
        let (script, shared): (Arc<Script>, _) = (Arc::new(script), Arc::clone(&log));
        let server = Background::start("backend", move || accept(listener, script, shared, tls)).unwrap();
        Self { address, log, _server: server }
    }

    /// `METHOD /path` of each request so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        let first = |request: &String| request.split(" HTTP/1.1").next().unwrap_or_default().to_owned();
        self.log.lock().unwrap().requests.iter().map(first).collect()
    }

    /// The requests so far, whole.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.log.lock().unwrap().requests.clone()
    }

    /// Connections accepted so far.
    pub(crate) fn connections(&self) -> usize {
        self.log.lock().unwrap().connections
    }
}

/// A response with that status and body.
pub(crate) fn reply(status: u16, body: &str) -> String {
    format!(
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// `200` with a JSON body.
pub(crate) fn ok(body: &str) -> String {
    reply(200, body)
}

async fn accept(
    listener: std::net::TcpListener,
    script: Arc<Script>,
    log: Arc<Mutex<Log>>,
    tls: Option<tokio_rustls::TlsAcceptor>,
) {
    let listener = TcpListener::from_std(listener).unwrap();
    while let Ok((stream, _)) = listener.accept().await {
        log.lock().unwrap().connections += 1;
        let (script, log, tls) = (Arc::clone(&script), Arc::clone(&log), tls.clone());
        tokio::spawn(async move {
            match tls {
                None => converse(stream, &script, &log).await,
                Some(tls) => {
                    if let Ok(stream) = tls.accept(stream).await {
                        converse(stream, &script, &log).await;
                    }
                }
            }
        });
    }
}

async fn converse(mut stream: impl AsyncRead + AsyncWrite + Unpin, script: &Arc<Script>, log: &Mutex<Log>) {
    while let Some(request) = read(&mut stream).await {
        log.lock().unwrap().requests.push(request.clone());
        let response = script(&request);
        if response.is_empty() || stream.write_all(response.as_bytes()).await.is_err() {
            return;
        }
        let _ = stream.flush().await;
    }
}

async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut request = Vec::new();
    loop {
        if let Some(at) = request.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&request[..at]).to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            if request.len() >= at + 4 + length.unwrap_or(0_usize) {
                return Some(String::from_utf8_lossy(&request).into_owned());
            }
        }
        let mut buffer = [0; 4096];
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return None,
            Ok(length) => request.extend_from_slice(&buffer[..length]),
        }
    }
}
