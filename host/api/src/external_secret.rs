//! `ExternalSecret`: what to fetch, from where, and into which Secret. Every field of `external-secrets.io/v1`
//! stands here, also those that are not served yet, which are refused by name. Absent is `None`; the
//! defaults of ESO's CRD are the `Default` of the enums and are applied in code. Data only.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{duration::GoDuration, schedule::Schedule};

pub use self::template::{
    Template, TemplateEngine, TemplateFrom, TemplateMerge, TemplateMetadata, TemplateRef, TemplateRefItem,
    TemplateScope,
};

mod template;

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

/// `data[]`: one key of the Secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct DataEntry {
    /// The key in the Secret.
    pub secret_key: String,
    /// What to fetch.
    pub remote_ref: RemoteRef,
    /// From another store than `secretStoreRef`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_ref: Option<SourceRef>,
}

/// What to fetch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RemoteRef {
    /// The backend's key.
    pub key: String,
    /// A literal member, else a gjson path into the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub property: Option<String>,
    /// The backend's version or stage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Whether tags and the like are fetched in place of the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata_policy: Option<MetadataPolicy>,
    /// How key names are made valid; ignored in `data[]`, whose keys are literal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversion_strategy: Option<ConversionStrategy>,
    /// How values are decoded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decoding_strategy: Option<DecodingStrategy>,
    /// Whether a null byte in a value is an error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub null_byte_policy: Option<NullBytePolicy>,
}

/// What of a secret is fetched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum MetadataPolicy {
    /// Its value.
    #[default]
    None,
    /// Its metadata, as a JSON object.
    Fetch,
}

/// How key names are made valid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ConversionStrategy {
    /// Every other character becomes `_`.
    #[default]
    Default,
    /// Every other character becomes `_Uxxxx_`.
    Unicode,
}

/// How values are decoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum DecodingStrategy {
    /// As Base64, else as Base64URL, else not at all.
    Auto,
    /// Padded, standard alphabet.
    Base64,
    /// Padded, URL alphabet.
    #[serde(rename = "Base64URL")]
    Base64Url,
    /// Not at all.
    #[default]
    None,
}

/// Whether a null byte in a value is an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum NullBytePolicy {
    /// It is not.
    #[default]
    Ignore,
    /// It is.
    Fail,
}

/// Another source than `secretStoreRef`: exactly one. In `data[]`, ESO never implemented the generator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SourceRef {
    /// A store.
    StoreRef(StoreRef),
    /// A generator; `dataFrom[]` only.
    GeneratorRef(GeneratorRef),
}

/// A generator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct GeneratorRef {
    /// Absent: [`crate::names::ESO_GENERATORS_V1ALPHA1`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_version: Option<String>,
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
}

/// `dataFrom[]`: many keys. Exactly one of `extract`, `find` and a `sourceRef` to a generator.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct DataFrom {
    /// The members of one secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extract: Option<RemoteRef>,
    /// The secrets that match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub find: Option<Find>,
    /// Changes of key names, in order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rewrite: Option<Vec<Rewrite>>,
    /// Another store, or a generator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_ref: Option<SourceRef>,
}

/// What `dataFrom[]` takes its keys from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataSource<'a> {
    /// The members of one secret.
    Extract(&'a RemoteRef),
    /// The secrets that match.
    Find(&'a Find),
    /// A generator.
    Generator(&'a GeneratorRef),
}

impl DataFrom {
    /// What it takes its keys from; none where not exactly one is named.
    #[must_use]
    pub fn source(&self) -> Option<DataSource<'_>> {
        match (&self.extract, &self.find, &self.source_ref) {
            (Some(extract), None, None | Some(SourceRef::StoreRef(_))) => Some(DataSource::Extract(extract)),
            (None, Some(find), None | Some(SourceRef::StoreRef(_))) => Some(DataSource::Find(find)),
            (None, None, Some(SourceRef::GeneratorRef(generator))) => Some(DataSource::Generator(generator)),
            _ => None,
        }
    }
}

/// Which secrets match: all that is named must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Find {
    /// Where to look.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// By name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<FindName>,
    /// By tags: all must be equal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
    /// How key names are made valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversion_strategy: Option<ConversionStrategy>,
    /// How values are decoded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decoding_strategy: Option<DecodingStrategy>,
    /// Whether a null byte in a value is an error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub null_byte_policy: Option<NullBytePolicy>,
}

/// By name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct FindName {
    /// Unanchored RE2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regexp: Option<String>,
}

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
