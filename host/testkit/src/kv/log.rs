//! What was asked, for assertions: credentials as hashes, bodies as a hash and the names of their members. So a
//! recorded request can be printed by a failing test, and can be searched for a planted secret without holding it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use aws_lc_rs::digest::{SHA256, digest};
use http::request::Parts;
use serde_json::Value;

/// One request as it came, in the order of arrival.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The method, such as `GET` or `LIST`.
    pub method: String,
    /// Path and query, as they were sent.
    pub path: String,
    /// Header fields in lower case; the values of credentials are [`fingerprint`]s.
    pub headers: BTreeMap<String, String>,
    /// Names of the JSON body's members, sorted.
    pub members: Vec<String>,
    /// [`fingerprint`] of the body; none where there is none.
    pub body: Option<String>,
    /// The connection it came on, counted from 0.
    pub connection: usize,
    /// The status it was answered with; 0 where a fault took the place of an answer.
    pub status: u16,
}

/// Header fields whose values are credentials.
const CREDENTIALS: [&str; 4] = ["x-vault-token", "authorization", "proxy-authorization", "cookie"];

impl Seen {
    /// `METHOD path`, for a list of what was asked.
    #[must_use]
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The namespace header's value; empty where there is none.
    #[must_use]
    pub fn namespace(&self) -> &str {
        self.headers.get("x-vault-namespace").map_or("", String::as_str)
    }

    pub(super) fn new(head: &Parts, body: &[u8], parsed: &Value, connection: usize) -> Self {
        let headers = head.headers.iter().map(|(name, value)| {
            let shown = String::from_utf8_lossy(value.as_bytes()).into_owned();
            let secret = CREDENTIALS.contains(&name.as_str());
            (name.as_str().to_owned(), if secret { fingerprint(value.as_bytes()) } else { shown })
        });
        Self {
            method: head.method.to_string(),
            path: head.uri.path_and_query().map_or_else(|| head.uri.to_string(), ToString::to_string),
            headers: headers.collect(),
            members: parsed.as_object().map(|body| body.keys().cloned().collect()).unwrap_or_default(),
            body: (!body.is_empty()).then(|| fingerprint(body)),
            connection,
            status: 0,
        }
    }
}

/// `sha256:<hex>` of a text, as recorded requests show credentials.
#[must_use]
pub fn fingerprint(text: impl AsRef<[u8]>) -> String {
    let hash = digest(&SHA256, text.as_ref());
    hash.as_ref().iter().fold("sha256:".to_owned(), |mut out, byte| {
        // Writing to a String does not fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}
