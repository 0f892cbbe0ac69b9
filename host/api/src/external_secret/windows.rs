//! `syncWindows`: when periodic refreshes may happen. Data only; [`crate::schedule`] evaluates them.

use serde::{Deserialize, Serialize};

use crate::{duration::GoDuration, schedule::Schedule};

/// When periodic refreshes may happen; a change of the object is not held back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SyncWindows {
    /// Whether the windows allow or deny.
    pub kind: SyncWindowKind,
    /// At least one.
    pub windows: Vec<SyncWindow>,
}

/// What windows mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SyncWindowKind {
    /// Needs one that is open.
    Allow,
    /// Held back while one is open.
    Deny,
}

/// A window: it opens as the schedule says and stays open for the duration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SyncWindow {
    /// Five-field cron in UTC, `@daily` and the like, or `@every 1h`.
    pub schedule: Schedule,
    /// How long it stays open.
    pub duration: GoDuration,
}
