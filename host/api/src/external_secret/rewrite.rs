//! `dataFrom[].rewrite[]`: changes of key names. Data only.

use serde::{Deserialize, Serialize};

/// One change of key names: exactly one of three.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Rewrite {
    /// RE2 `ReplaceAllString`.
    Regexp(RewriteRegexp),
    /// A template.
    Transform(RewriteTransform),
    /// The members of JSON values become keys.
    Merge(RewriteMerge),
}

/// RE2 `ReplaceAllString` over key names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RewriteRegexp {
    /// The pattern.
    pub source: String,
    /// The replacement: `$1`, `${name}`.
    pub target: String,
}

/// A template over key names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RewriteTransform {
    /// A Go template; `.value` is the key.
    pub template: String,
}

/// The members of JSON values become keys.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RewriteMerge {
    /// The key that gets the merged JSON; needed with `strategy: JSON`, else ignored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub into: Option<String>,
    /// Keys whose members win, the last one most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<Vec<String>>,
    /// Whether a key of `priority` must be there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority_policy: Option<PriorityPolicy>,
    /// Whether a member that two have is an error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conflict_policy: Option<ConflictPolicy>,
    /// What comes out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strategy: Option<MergeStrategy>,
}

/// Whether a key of `priority` must be there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PriorityPolicy {
    /// It must.
    #[default]
    Strict,
    /// It need not.
    IgnoreNotFound,
}

/// Whether a member that two values have is an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ConflictPolicy {
    /// The later one wins.
    Ignore,
    /// It is.
    #[default]
    Error,
}

/// What a merge leaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum MergeStrategy {
    /// The members alone.
    #[default]
    Extract,
    /// All inputs, and the merged JSON under `into`.
    #[serde(rename = "JSON")]
    Json,
}
