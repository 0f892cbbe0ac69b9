//! What a pass says of its object: for people, and as JSON for programs. A value is never part of it.

use std::collections::BTreeMap;

use bailiwick_core::reconcile::settle::Change;

/// What a pass came to.
#[derive(Clone, Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// The object's namespace.
    pub namespace: String,
    /// The object's name.
    pub name: String,
    /// The Secret's name.
    pub target: String,
    /// Whether it is ready now.
    pub ready: bool,
    /// Of the closed set (G13), or ESO's.
    pub reason: String,
    /// For people.
    pub message: String,
    /// What became, or in a dry run would become, of the Secret.
    pub action: Did,
    /// By key; a value is never shown, nor a digest of one.
    pub keys: BTreeMap<String, Change>,
    /// Entries that the backend does not have, where the deletion policy lets them be missing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
}

/// What became of the Secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Did {
    /// Nothing was due, or it is as it should be.
    Kept,
    /// It was written.
    Written,
    /// It was deleted.
    Deleted,
    /// It failed; the Secret is as it was.
    Nothing,
    /// The object is another controller's, so it was not looked at.
    Skipped,
}
