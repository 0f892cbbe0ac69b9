//! Status of ExternalSecrets and stores, in ESO's form. Written from what was applied; standalone, kept in the
//! state folder. Data only.

use serde::{Deserialize, Serialize};

use crate::{condition::Condition, time::Timestamp};

/// `ExternalSecret.status`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ExternalSecretStatus {
    /// Start of the pass that last synced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_time: Option<Timestamp>,
    /// `<generation>-<hash of labels and annotations>` at that pass.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub synced_resource_version: Option<String>,
    /// One for each type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conditions: Option<Vec<Condition>>,
    /// servicebinding.io Provisioned Service: the Secret's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub binding: Option<LocalObjectReference>,
}

/// `corev1.LocalObjectReference`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct LocalObjectReference {
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// `SecretStore.status` and `ClusterSecretStore.status`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SecretStoreStatus {
    /// One for each type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conditions: Option<Vec<Condition>>,
    /// What the catalogue's operations can do; informational.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capabilities: Option<Capabilities>,
}

/// What a store can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Capabilities {
    /// Reads.
    ReadOnly,
    /// Writes.
    WriteOnly,
    /// Both.
    ReadWrite,
}
