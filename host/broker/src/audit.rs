//! The audit: one record for each request that left or was denied, so that every byte is attributable to (object,
//! grant, provider digest, operation). Records hold names and numbers; never a credential, a value, a query, a
//! body, or text of a guest or a backend.

mod lines;

use bailiwick_core::program::{Origin, Stamp};
use serde::Serialize;

pub use lines::{JsonLines, Unwritten};

/// Bytes of a path that are kept.
const MAX_PATH: usize = 256;

/// Where records go.
pub trait Audit: Send + Sync {
    /// Takes one record. It must not block for long: requests wait for it.
    fn record(&self, record: &Record);

    /// Whether all records so far are kept. Asked before a request leaves: where they are not, it does not.
    fn ready(&self) -> bool {
        true
    }
}

/// One request that left or was denied.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// When it was decided: RFC 3339, UTC, milliseconds.
    pub time: String,
    /// The requesting object: `ExternalSecret/namespace/name`.
    pub object: String,
    /// The grant's name.
    pub grant: String,
    /// `sha256:<hex>` of the module.
    pub provider: String,
    /// The catalogue's operation; none where the guest named one that is not in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// `https://host:port`; none where it was denied before a target was known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// The address that was dialled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The HTTP method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The path without its query, cut to 256 bytes. Keys are names, not values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Whether it left.
    pub verdict: Verdict,
    /// Why it was denied (the closed set of G13), or why there is no response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// The response's status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Bytes of path, headers and body that were sent.
    pub bytes_out: u64,
    /// Bytes of the response's body.
    pub bytes_in: u64,
    /// From the decision to the end of the response, in milliseconds.
    pub duration_ms: u64,
}

/// Whether a request left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// It was admitted, and sent as far as the network allowed.
    Sent,
    /// It was not: no packet left, unless the reason is the address that a name resolved to.
    Denied,
}

impl Record {
    pub(crate) fn new(time: String, stamp: &Stamp, verdict: Verdict) -> Self {
        Self {
            time,
            object: stamp.object.clone(),
            grant: stamp.grant.name.clone(),
            provider: stamp.digest.clone(),
            operation: None,
            origin: None,
            address: None,
            method: None,
            path: None,
            verdict,
            reason: None,
            status: None,
            bytes_out: 0,
            bytes_in: 0,
            duration_ms: 0,
        }
    }
}

/// An origin in text, always with its port.
pub(crate) fn origin(origin: &Origin) -> String {
    let scheme = if origin.tls { "https" } else { "http" };
    match origin.literal {
        Some(std::net::IpAddr::V6(_)) => format!("{scheme}://[{}]:{}", origin.host, origin.port),
        _ => format!("{scheme}://{}:{}", origin.host, origin.port),
    }
}

/// The path of a path and query. It was built by us: percent-encoded ASCII, so that any cut is at a character.
pub(crate) fn path(path_and_query: &str) -> String {
    let path = path_and_query.split('?').next().unwrap_or_default();
    path.escape_default().take(MAX_PATH).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_cut_escaped_and_without_its_query() {
        assert_eq!(path("/v1/kv/data/a?version=3"), "/v1/kv/data/a");
        assert_eq!(path("/a\n\"b"), "/a\\n\\\"b");
        assert_eq!(path(&"/x".repeat(400)).len(), MAX_PATH);
    }

    #[test]
    fn origins_are_written_with_scheme_and_port() {
        let mut at = Origin { tls: true, host: "vault.corp.example".into(), port: 8200, literal: None };
        assert_eq!(origin(&at), "https://vault.corp.example:8200");
        at = Origin { tls: false, host: "::1".into(), port: 80, literal: "::1".parse().ok() };
        assert_eq!(origin(&at), "http://[::1]:80");
    }
}
