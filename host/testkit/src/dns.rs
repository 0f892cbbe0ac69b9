//! A DNS server on a loopback UDP port: answers from a script, and counts what it was asked. It plays a recursive
//! resolver (RFC 1035): a CNAME comes with the records it leads to, names match without regard to case and are
//! echoed as they were asked, so that a resolver's case randomisation works.
//!
//! A name without a script does not exist (NXDOMAIN). Only IN A and AAAA are answered; other types get an empty answer.

mod message;

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::UdpSocket;

use crate::background::Background;
pub use message::Kind;
use message::{Answer, Code, Question};

/// The server. It stops when it is dropped.
#[derive(Debug)]
pub struct Dns {
    address: SocketAddr,
    book: Arc<Mutex<Book>>,
    _server: Background,
}

/// One question that was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// The name in lower case, without the last dot.
    pub name: String,
    /// What was asked for.
    pub kind: Kind,
}

/// What happens when a name is asked.
#[derive(Clone, Debug)]
pub enum Script {
    /// These addresses; of those, the ones of the family that was asked.
    Addresses(Vec<IpAddr>),
    /// Each answer in turn for each family apart, the last one for ever: a name that is rebound.
    Turns(Vec<Vec<IpAddr>>),
    /// Another name, with the addresses that it leads to.
    Alias(String),
    /// SERVFAIL.
    Failure,
    /// No answer at all.
    Silence,
}

#[derive(Debug, Default)]
struct Book {
    scripts: BTreeMap<String, Script>,
    turns: BTreeMap<(String, Kind), usize>,
    queries: Vec<Query>,
}

/// A name that the server keeps for itself.
const FENCE: &str = "fence.testkit.invalid";

impl Dns {
    /// Listens on 127.0.0.1 at a random port, with no names.
    ///
    /// # Errors
    /// Where no port can be had.
    pub fn start() -> io::Result<Self> {
        let socket = std::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        socket.set_nonblocking(true)?;
        let address = socket.local_addr()?;
        let book = Arc::new(Mutex::new(Book::default()));
        let shared = Arc::clone(&book);
        let server = Background::start("dns", move || serve(socket, shared))?;
        Ok(Self { address, book, _server: server })
    }

    /// Where it listens, by UDP.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Scripts a name, in place of what it did before.
    pub fn script(&self, name: &str, script: Script) {
        locked(&self.book).scripts.insert(canonical(name), script);
    }

    /// Scripts a name to have these addresses.
    pub fn answer(&self, name: &str, addresses: &[IpAddr]) {
        self.script(name, Script::Addresses(addresses.to_vec()));
    }

    /// What was asked until now, in order.
    ///
    /// # Errors
    /// Where it cannot be reached, so that nothing is known.
    pub fn queries(&self) -> io::Result<Vec<Query>> {
        self.fence()?;
        Ok(locked(&self.book).queries.clone())
    }

    // Datagrams of one socket are a queue: once this one is answered, those before it have been counted.
    fn fence(&self) -> io::Result<()> {
        let socket = std::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        socket.set_read_timeout(Some(Duration::from_secs(5)))?;
        socket.connect(self.address)?;
        socket.send(&message::question(FENCE, Kind::A))?;
        socket.recv(&mut [0; 512]).map(|_| ())
    }
}

impl Book {
    fn reply(&mut self, question: &Question) -> Option<(Code, Vec<Answer>)> {
        if question.name == FENCE {
            return Some((Code::NoName, Vec::new()));
        }
        self.queries.push(Query { name: question.name.clone(), kind: question.kind });
        let mut answers = Vec::new();
        let mut name = question.name.clone();
        // A loop of aliases is cut: a resolver must cope with it, not this server.
        for _ in 0..8 {
            match self.scripts.get(&name).cloned() {
                None => return Some((Code::NoName, answers)),
                Some(Script::Silence) => return None,
                Some(Script::Failure) => return Some((Code::Failure, Vec::new())),
                Some(Script::Alias(to)) => {
                    let to = canonical(&to);
                    answers.push(Answer::Alias { owner: name, to: to.clone() });
                    name = to;
                }
                Some(Script::Addresses(all)) => {
                    return Some((Code::Fine, found(answers, &name, question, &all)));
                }
                Some(Script::Turns(turns)) => {
                    let all = self.turn(&name, question.kind, &turns);
                    return Some((Code::Fine, found(answers, &name, question, &all)));
                }
            }
        }
        Some((Code::Fine, answers))
    }

    fn turn(&mut self, name: &str, kind: Kind, turns: &[Vec<IpAddr>]) -> Vec<IpAddr> {
        let next = self.turns.entry((name.to_owned(), kind)).or_default();
        let taken = turns.get(*next).or(turns.last()).cloned().unwrap_or_default();
        *next += 1;
        taken
    }
}

fn found(mut answers: Vec<Answer>, owner: &str, question: &Question, all: &[IpAddr]) -> Vec<Answer> {
    let wanted = all.iter().filter(|address| question.kind.holds(address));
    answers.extend(wanted.map(|address| Answer::Address { owner: owner.to_owned(), address: *address }));
    answers
}

async fn serve(socket: std::net::UdpSocket, book: Arc<Mutex<Book>>) {
    let Ok(socket) = UdpSocket::from_std(socket) else { return };
    let mut buffer = [0_u8; 4096];
    while let Ok((length, peer)) = socket.recv_from(&mut buffer).await {
        let Some(question) = buffer.get(..length).and_then(Question::read) else { continue };
        let reply = locked(&book).reply(&question);
        if let Some((code, answers)) = reply {
            // A resolver that has gone away is no fault of the server.
            let _ = socket.send_to(&message::reply(&question, code, &answers), peer).await;
        }
    }
}

fn canonical(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

fn locked(book: &Mutex<Book>) -> MutexGuard<'_, Book> {
    book.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
