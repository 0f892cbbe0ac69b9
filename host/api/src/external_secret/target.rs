//! `target`: the Secret that is written. Data only.

use serde::{Deserialize, Serialize};

use super::Template;

/// The Secret that is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Target {
    /// Its name; absent: the ExternalSecret's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Who makes and owns it; absent: Owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creation_policy: Option<CreationPolicy>,
    /// What happens when the backend has nothing any more; absent: Retain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deletion_policy: Option<DeletionPolicy>,
    /// A blueprint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<Template>,
    /// Another kind of object than a Secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manifest: Option<ManifestRef>,
    /// Sets `Secret.immutable`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub immutable: Option<bool>,
}

/// Who makes and owns the Secret.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum CreationPolicy {
    /// We make and own it.
    #[default]
    Owner,
    /// We make it and do not own it.
    Orphan,
    /// It must be there; other keys are kept.
    Merge,
    /// Nothing is written.
    None,
    /// As Merge, but made where it is not there.
    CreateOrMerge,
}

/// What happens when the backend has nothing any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum DeletionPolicy {
    /// The Secret goes too.
    Delete,
    /// The managed keys go.
    Merge,
    /// Nothing; what is missing at the backend is an error.
    #[default]
    Retain,
}

/// Another kind of object than a Secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ManifestRef {
    /// Its group and version.
    pub api_version: String,
    /// Its kind.
    pub kind: String,
}
