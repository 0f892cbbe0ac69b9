//! Conditions of ExternalSecrets and stores: types, reasons and ESO's fixed phrases, which dashboards and tests
//! compare. Data only; which one applies is decided in core.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// One condition. ESO's objects carry no `observedGeneration`; ours do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Condition {
    /// What is stated.
    #[serde(rename = "type")]
    pub kind: ConditionType,
    /// Whether it holds.
    pub status: ConditionStatus,
    /// One of [`reason`], or of core's closed set of denials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// For people: at most 256 bytes, stable from one pass to the next, never backend or guest text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// When `status` last flipped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_transition_time: Option<Timestamp>,
    /// The generation that it speaks of; ours only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
}

/// Types of conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ConditionType {
    /// The object does what it says.
    Ready,
    /// ESO's, never persisted: it only clears metrics.
    Deleted,
    /// Provider: a digest was found for its module.
    Resolved,
    /// Provider: its signatures satisfy a TrustPolicy.
    Verified,
    /// Provider: its world and imports are served here.
    Compatible,
}

/// Kubernetes' three values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ConditionStatus {
    /// It holds.
    True,
    /// It does not.
    False,
    /// Not known.
    Unknown,
}

/// Reasons of `Ready`.
pub mod reason {
    /// ExternalSecret, True.
    pub const SECRET_SYNCED: &str = "SecretSynced";
    /// ExternalSecret, False.
    pub const SECRET_SYNCED_ERROR: &str = "SecretSyncedError";
    /// ExternalSecret, True: deleted, as its policy says.
    pub const SECRET_DELETED: &str = "SecretDeleted";
    /// ExternalSecret, True: `creationPolicy: Merge`, and there is no Secret to merge into.
    pub const SECRET_MISSING: &str = "SecretMissing";
    /// Generic target, True.
    pub const RESOURCE_SYNCED: &str = "ResourceSynced";
    /// Generic target, False.
    pub const RESOURCE_SYNCED_ERROR: &str = "ResourceSyncedError";
    /// Generic target, True.
    pub const RESOURCE_DELETED: &str = "ResourceDeleted";
    /// Generic target, True.
    pub const RESOURCE_MISSING: &str = "ResourceMissing";
    /// Store, True.
    pub const VALID: &str = "Valid";
    /// Store, True: could not be validated without a subject.
    pub const VALIDATION_UNKNOWN: &str = "ValidationUnknown";
    /// Store, False.
    pub const INVALID_PROVIDER_CONFIG: &str = "InvalidProviderConfig";
    /// Store; declared by ESO, unused.
    pub const INVALID_STORE_CONFIGURATION: &str = "InvalidStoreConfiguration";
    /// Store; declared by ESO, unused.
    pub const VALIDATION_FAILED: &str = "ValidationFailed";
}

/// ESO's fixed messages.
pub mod phrase {
    /// With [`super::reason::SECRET_SYNCED`].
    pub const SYNCED: &str = "secret synced";
    /// With [`super::reason::SECRET_SYNCED`], where the backend has nothing any more.
    pub const RETAINED: &str = "secret retained due to DeletionPolicy=Retain";
    /// With [`super::reason::SECRET_DELETED`].
    pub const DELETED: &str = "secret deleted due to DeletionPolicy=Delete";
    /// With [`super::reason::SECRET_MISSING`].
    pub const MISSING: &str = "secret will not be created due to CreationPolicy=Merge";
    /// The fetch failed.
    pub const GET_FAILED: &str = "could not get secret data from provider";
    /// The Secret could not be deleted.
    pub const DELETE_FAILED: &str = "could not delete secret";
    /// Secrets of an earlier target name could not be deleted.
    pub const DELETE_ORPHANED_FAILED: &str = "could not delete orphaned secrets";
    /// The Secret could not be written.
    pub const UPDATE_FAILED: &str = "could not update secret";
    /// The Secret is immutable and its data would change.
    pub const IMMUTABLE: &str = "could not update secret, target is immutable";
    /// Another controller owns it.
    pub const OWNERSHIP_FAILED: &str = "failed to take ownership of target secret";
    /// Another ExternalSecret owns it.
    pub const OWNED_BY_ANOTHER: &str = "target is owned by another ExternalSecret";
    /// `target.manifest` names something that cannot be written.
    pub const INVALID_GENERIC_TARGET: &str = "invalid generic target";
    /// Store, valid.
    pub const STORE_VALID: &str = "store validated";
    /// Store: the provider block cannot be used.
    pub const STORE_CLIENT_FAILED: &str = "unable to create client";
    /// Store: its validation failed.
    pub const STORE_INVALID: &str = "unable to validate store";
}
