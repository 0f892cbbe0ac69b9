//! A server of raw bytes: what no well-behaved HTTP library would send. It reads one request head (and the body
//! that its Content-Length announces), keeps the bytes as they came, and then does what its script says. The bytes
//! that were received serve I1 and I3, which compare requests byte for byte.

mod wire;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};

use crate::background::Background;
pub use wire::{FINE, Wire};

/// The server. It stops when it is dropped.
#[derive(Debug)]
pub struct Hostile {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    _server: Background,
}

#[derive(Debug)]
struct State {
    wire: Wire,
    requests: Vec<Vec<u8>>,
    connections: usize,
}

/// No request of ours is larger; what is beyond is left unread.
const LARGEST_REQUEST: usize = 4 << 20;

impl Hostile {
    /// Listens on 127.0.0.1 at a random port and answers each request by `wire`.
    ///
    /// # Errors
    /// Where no port can be had.
    pub fn start(wire: Wire) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let state = Arc::new(Mutex::new(State { wire, requests: Vec::new(), connections: 0 }));
        let shared = Arc::clone(&state);
        let server = Background::start("hostile", move || accept(listener, shared))?;
        Ok(Self { address, state, _server: server })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it does from the next request on.
    pub fn then(&self, wire: Wire) {
        locked(&self.state).wire = wire;
    }

    /// The requests as they came, in order.
    #[must_use]
    pub fn requests(&self) -> Vec<Vec<u8>> {
        locked(&self.state).requests.clone()
    }

    /// Connections accepted so far.
    #[must_use]
    pub fn connections(&self) -> usize {
        locked(&self.state).connections
    }
}

async fn accept(listener: std::net::TcpListener, state: Arc<Mutex<State>>) {
    let Ok(listener) = TcpListener::from_std(listener) else { return };
    while let Ok((stream, _)) = listener.accept().await {
        locked(&state).connections += 1;
        tokio::spawn(converse(stream, Arc::clone(&state)));
    }
}

async fn converse(mut stream: TcpStream, state: Arc<Mutex<State>>) {
    if matches!(locked(&state).wire, Wire::CloseAtOnce) {
        return;
    }
    loop {
        let Some(request) = read_request(&mut stream).await else { return };
        let wire = {
            let mut state = locked(&state);
            state.requests.push(request);
            state.wire.clone()
        };
        // The other side hangs up when it has had enough, which is what it should do.
        match wire.play(&mut stream).await {
            Ok(true) => {}
            Ok(false) | Err(_) => return,
        }
    }
}

async fn read_request(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut request = Vec::new();
    let mut buffer = [0_u8; 8192];
    loop {
        if request.len() >= wanted(&request).unwrap_or(usize::MAX).min(LARGEST_REQUEST) {
            return Some(request);
        }
        match stream.read(&mut buffer).await {
            Ok(n @ 1..) => request.extend(buffer.iter().take(n)),
            Ok(0) | Err(_) => return None,
        }
    }
}

// The length of the whole request, once its head is complete.
fn wanted(request: &[u8]) -> Option<usize> {
    let head = request.windows(4).position(|w| w == b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(request.get(..head)?).to_ascii_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length:"));
    Some(head + length.and_then(|n| n.trim().parse::<usize>().ok()).unwrap_or_default())
}

fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
