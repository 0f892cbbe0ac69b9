//! What the host itself saw of a backend that did not serve. A provider answers by code, since its text is nobody's
//! to quote; what the broker saw says more and is ours to say. A closed set: words of ours, and a status as a number.

use std::fmt;

/// Why a request had no use. It is never told to a guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The name of the server has no address.
    Unresolved,
    /// No connection, or no TLS.
    Unreachable,
    /// The connection ended before the answer did.
    Closed,
    /// A deadline passed.
    TimedOut,
    /// The answer is over its limit.
    TooLarge,
    /// The answer is no HTTP, has an encoding that nobody asked for, or cannot be read as what the catalogue says.
    Malformed,
    /// A status that the catalogue has no better outcome for.
    Status(u16),
    /// A login came back with 4xx.
    LoginRefused,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unresolved => "the server's name does not resolve; check the name, and this machine's DNS",
            Self::Unreachable => {
                "no connection to the backend; check that it runs and can be reached, and its certificate"
            }
            Self::Closed => {
                "the backend ended the connection before its answer; check it, and what stands in front of it"
            }
            Self::TimedOut => {
                "the backend did not answer in time; check its health, or raise limits.deadline of grant and Provider"
            }
            Self::TooLarge => {
                "the backend's answer is too large; ask for less, or raise limits.responseBytes of grant and Provider"
            }
            Self::Malformed => {
                "the backend's answer cannot be read (cut off, compressed, a key twice, or a proxy's page); \
                 check what stands in front of it"
            }
            Self::LoginRefused => {
                "the backend refused the login; check the store's auth, its credential and its role there"
            }
            Self::Status(status) => return said(*status, f),
        })
    }
}

fn said(status: u16, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match status {
        300..=399 => write!(
            f,
            "the backend redirects ({status}), which is not followed; name the server that answers itself"
        ),
        409 | 412 => {
            write!(f, "the backend has not caught up ({status}); sync again, or name its active node")
        }
        429 => write!(f, "the backend asks to slow down ({status}); sync less often, or raise its quota"),
        500.. => write!(f, "the backend cannot serve just now ({status}); check its health, then sync again"),
        _ => write!(
            f,
            "the backend has no such place ({status}); check the store's path, version and namespace"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn g13_each_trouble_has_words_of_its_own_a_remedy_and_room_for_the_entry() {
        use Trouble::{Closed, LoginRefused, Malformed, Status, TimedOut, TooLarge, Unreachable, Unresolved};
        let plain = [Unresolved, Unreachable, Closed, TimedOut, TooLarge, Malformed, LoginRefused];
        let statuses = [302, 400, 404, 409, 412, 429, 500, 503].map(Status);
        let mut said: Vec<String> = plain.into_iter().chain(statuses).map(|t| t.to_string()).collect();
        for words in &said {
            assert!(words.len() <= 160 && words.contains(';') && words.is_ascii(), "{words}");
        }
        said.sort();
        said.dedup();
        assert_eq!(said.len(), plain.len() + statuses.len());
    }
}
