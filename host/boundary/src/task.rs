//! What a runner is told to do, and how it ended. Entries hold references only, never values: what the guest
//! may know of an entry is exactly what is written here.

use serde::{Deserialize, Serialize};

/// One export of the `blind` world to call, in a fresh store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Task {
    /// `provider.validate`.
    Validate {
        /// The store's provider block as JSON, without secret fields.
        settings: String,
    },
    /// `provider.fetch`.
    Fetch {
        /// The store's provider block as JSON, without secret fields.
        settings: String,
        /// What to fetch; answers name an entry by its index here.
        entries: Vec<Entry>,
    },
}

/// One thing to fetch (WIT `entry`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Entry {
    /// `data[]`: one value.
    Secret(Reference),
    /// `dataFrom[].extract`: an object of values.
    Extract(Reference),
    /// `dataFrom[].find`: many values by name.
    Find(Find),
}

/// WIT `reference`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// `remoteRef.key`.
    pub key: String,
    /// Present only where the catalogue says that the provider resolves it.
    pub property: Option<String>,
    /// `remoteRef.version`.
    pub version: Option<String>,
    /// `remoteRef.metadataPolicy: Fetch`.
    pub metadata: bool,
}

/// WIT `find`. The regular expression and the tags stay with the host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Find {
    /// `find.path`.
    pub path: Option<String>,
    /// Whether the entry selects by tags, so that the guest reads what carries them.
    pub by_tags: bool,
}

/// How a task ended, as the guest says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ended {
    /// The export returned ok.
    Ok,
    /// The export returned a failure for the whole run.
    Failed(Failure),
}

/// WIT `failure`: an enum, so that no guest text reaches a status, event or log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Failure {
    /// What was asked for is not there.
    NotFound,
    /// The backend did not allow it.
    Refused,
    /// The backend asks to slow down.
    Throttled,
    /// The backend could not be reached or is not able to answer.
    Unavailable,
    /// The store's settings do not fit together.
    Misconfigured,
    /// The backend answered something else than its documentation says.
    UnexpectedResponse,
    /// The grant does not admit it.
    Denied,
}
