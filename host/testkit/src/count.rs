//! A listener that accepts, counts and never answers: the proof of I2 is that it counted nothing. It also counts
//! bytes, so that "connected, but sent nothing" can be told from "sent".
//!
//! A count of nothing must not be a count taken too early. So each count first connects itself and waits until
//! that connection is accepted: the backlog is a queue, whatever came before has then been counted.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};

use crate::background::Background;

/// The listener. It stops when it is dropped.
#[derive(Debug)]
pub struct Counter {
    address: SocketAddr,
    tally: Arc<Tally>,
    _server: Background,
}

#[derive(Debug, Default)]
struct Tally {
    peers: Mutex<Vec<SocketAddr>>,
    fences: Mutex<Vec<SocketAddr>>,
    bytes: AtomicU64,
}

impl Counter {
    /// Listens on 127.0.0.1 at a random port.
    ///
    /// # Errors
    /// Where no port can be had.
    pub fn start() -> io::Result<Self> {
        Self::start_at(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
    }

    /// Listens at that address, such as another loopback address at a port that is in use on 127.0.0.1.
    ///
    /// # Errors
    /// Where the address cannot be had.
    pub fn start_at(address: SocketAddr) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let tally = Arc::new(Tally::default());
        let shared = Arc::clone(&tally);
        let server = Background::start("count", move || accept(listener, shared))?;
        Ok(Self { address, tally, _server: server })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Connections made until now.
    ///
    /// # Errors
    /// Where it cannot be reached, so that nothing is known.
    pub fn connections(&self) -> io::Result<usize> {
        let fence = std::net::TcpStream::connect(self.address)?;
        let local = fence.local_addr()?;
        locked(&self.tally.fences).push(local);
        while !locked(&self.tally.peers).contains(&local) {
            std::thread::sleep(Duration::from_micros(200));
        }
        let fences = locked(&self.tally.fences);
        Ok(locked(&self.tally.peers).iter().filter(|peer| !fences.contains(peer)).count())
    }

    /// Bytes read so far, over all connections.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.tally.bytes.load(Ordering::SeqCst)
    }
}

async fn accept(listener: std::net::TcpListener, tally: Arc<Tally>) {
    let Ok(listener) = TcpListener::from_std(listener) else { return };
    while let Ok((stream, peer)) = listener.accept().await {
        locked(&tally.peers).push(peer);
        tokio::spawn(swallow(stream, Arc::clone(&tally)));
    }
}

async fn swallow(mut stream: TcpStream, tally: Arc<Tally>) {
    let mut buffer = [0_u8; 4096];
    while let Ok(n @ 1..) = stream.read(&mut buffer).await {
        tally.bytes.fetch_add(n as u64, Ordering::SeqCst);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn counts_connections_and_bytes_but_not_itself() {
        let counter = Counter::start().unwrap();
        assert_eq!((counter.connections().unwrap(), counter.bytes()), (0, 0));
        let mut stream = std::net::TcpStream::connect(counter.address()).unwrap();
        assert_eq!(counter.connections().unwrap(), 1);
        stream.write_all(b"hello").unwrap();
        while counter.bytes() < 5 {
            std::thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(counter.connections().unwrap(), 1);
    }
}
