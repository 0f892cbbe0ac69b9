//! As much of RFC 1035 as a stub resolver meets: one question in, one reply out, no compression but the pointer to
//! the question. Written by hand on purpose: the resolver under test must not be checked with its own code.

use std::net::IpAddr;

/// The type of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// IPv4 addresses.
    A,
    /// IPv6 addresses.
    Aaaa,
    /// Any other type, by number.
    Other(u16),
}

impl Kind {
    /// Whether an address is of this type.
    pub(super) fn holds(self, address: &IpAddr) -> bool {
        matches!((self, address), (Self::A, IpAddr::V4(_)) | (Self::Aaaa, IpAddr::V6(_)))
    }

    fn number(self) -> u16 {
        match self {
            Self::A => 1,
            Self::Aaaa => 28,
            Self::Other(number) => number,
        }
    }

    fn from_number(number: u16) -> Self {
        match number {
            1 => Self::A,
            28 => Self::Aaaa,
            other => Self::Other(other),
        }
    }
}

/// The reply's code.
#[derive(Clone, Copy, Debug)]
pub(super) enum Code {
    Fine = 0,
    Failure = 2,
    NoName = 3,
}

/// One record of the reply.
#[derive(Debug)]
pub(super) enum Answer {
    Alias { owner: String, to: String },
    Address { owner: String, address: IpAddr },
}

/// A question, with its bytes as they came.
#[derive(Debug)]
pub(super) struct Question {
    id: [u8; 2],
    raw: Vec<u8>,
    pub(super) name: String,
    pub(super) kind: Kind,
}

impl Question {
    /// Reads a query with one question of class IN; anything else is none.
    pub(super) fn read(packet: &[u8]) -> Option<Self> {
        let (header, rest) = packet.split_at_checked(12)?;
        let [id0, id1, flags, _, 0, 1, ..] = header else { return None };
        if flags & 0x80 != 0 {
            return None;
        }
        let (labels, after) = labels(rest)?;
        let [k0, k1, 0, 1, ..] = after else { return None };
        let raw = rest.get(..rest.len() - after.len() + 4)?.to_vec();
        let name = labels.join(".").to_ascii_lowercase();
        Some(Self { id: [*id0, *id1], raw, name, kind: Kind::from_number(u16::from_be_bytes([*k0, *k1])) })
    }
}

/// The reply to a question.
pub(super) fn reply(question: &Question, code: Code, answers: &[Answer]) -> Vec<u8> {
    let mut out = question.id.to_vec();
    // QR, RD and RA: the answer of a recursive resolver.
    out.extend([0x81, 0x80 | code as u8]);
    let count = u16::try_from(answers.len()).unwrap_or(u16::MAX);
    out.extend([0, 1]);
    out.extend(count.to_be_bytes());
    out.extend([0, 0, 0, 0]);
    out.extend(&question.raw);
    for answer in answers {
        write_answer(&mut out, question, answer);
    }
    out
}

/// A query, as a resolver would send it.
pub(super) fn question(name: &str, kind: Kind) -> Vec<u8> {
    let mut out = vec![0x2a, 0x2a, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    write_name(&mut out, name);
    out.extend(kind.number().to_be_bytes());
    out.extend([0, 1]);
    out
}

fn write_answer(out: &mut Vec<u8>, question: &Question, answer: &Answer) {
    let (owner, kind, data) = match answer {
        Answer::Alias { owner, to } => {
            let mut data = Vec::new();
            write_name(&mut data, to);
            (owner, 5, data)
        }
        Answer::Address { owner, address: IpAddr::V4(v4) } => (owner, 1, v4.octets().to_vec()),
        Answer::Address { owner, address: IpAddr::V6(v6) } => (owner, 28, v6.octets().to_vec()),
    };
    if *owner == question.name {
        // A pointer to the question keeps the case in which it was asked.
        out.extend([0xc0, 12]);
    } else {
        write_name(out, owner);
    }
    out.extend(u16::to_be_bytes(kind));
    // Class IN, and no time to live: nothing is cached between two lookups of a test.
    out.extend([0, 1, 0, 0, 0, 0]);
    out.extend(u16::try_from(data.len()).unwrap_or_default().to_be_bytes());
    out.extend(data);
}

fn write_name(out: &mut Vec<u8>, name: &str) {
    for label in name.split('.').filter(|label| !label.is_empty()) {
        out.push(u8::try_from(label.len()).unwrap_or(63));
        out.extend(label.bytes());
    }
    out.push(0);
}

fn labels(mut rest: &[u8]) -> Option<(Vec<String>, &[u8])> {
    let mut labels = Vec::new();
    loop {
        let (length, tail) = rest.split_first()?;
        match usize::from(*length) {
            0 => return Some((labels, tail)),
            length @ 1..=63 => {
                let (label, tail) = tail.split_at_checked(length)?;
                labels.push(String::from_utf8_lossy(label).into_owned());
                rest = tail;
            }
            _ => return None,
        }
    }
}
