//! `ExternalSecret`: what to fetch, from where, and into which Secret. Every field of `external-secrets.io/v1`
//! stands here, also those that are not served yet, which are refused by name. Absent is `None`; the
//! defaults of ESO's CRD are the `Default` of the enums and are applied in code. Data only.

use serde::{Deserialize, Serialize};

use crate::duration::GoDuration;

pub use self::{
    data::{
        ConversionStrategy, DataEntry, DataFrom, DataSource, DecodingStrategy, Find, FindName, GeneratorRef,
        MetadataPolicy, NullBytePolicy, RemoteRef, SourceRef,
    },
    rewrite::{
        ConflictPolicy, MergeStrategy, PriorityPolicy, Rewrite, RewriteMerge, RewriteRegexp, RewriteTransform,
    },
    target::{CreationPolicy, DeletionPolicy, ManifestRef, Target},
    template::{
        Template, TemplateEngine, TemplateFrom, TemplateMerge, TemplateMetadata, TemplateRef,
        TemplateRefItem, TemplateScope,
    },
    windows::{SyncWindow, SyncWindowKind, SyncWindows},
};

mod data;
mod rewrite;
mod target;
mod template;
mod windows;

/// `external-secrets.io/v1` `ExternalSecret`, namespaced: the spec.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ExternalSecretSpec {
    /// The store of every entry that names no other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_store_ref: Option<StoreRef>,
    /// The Secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
    /// When to refresh; absent: Periodic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_policy: Option<RefreshPolicy>,
    /// How often, for Periodic; absent: 1h; zero or less: once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_interval: Option<GoDuration>,
    /// When periodic refreshes may happen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sync_windows: Option<SyncWindows>,
    /// One key each; applied after `dataFrom`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Vec<DataEntry>>,
    /// Many keys each, in order: later ones overwrite.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_from: Option<Vec<DataFrom>>,
}

/// A store.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct StoreRef {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its kind; absent: SecretStore.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<StoreKind>,
}

/// Kinds of stores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum StoreKind {
    /// In the ExternalSecret's namespace.
    #[default]
    SecretStore,
    /// Cluster-scoped.
    ClusterSecretStore,
}

/// When to refresh.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum RefreshPolicy {
    /// Only while it never synced.
    CreatedOnce,
    /// By `refreshInterval`, and on a change of the object.
    #[default]
    Periodic,
    /// On a change of the object.
    OnChange,
}
