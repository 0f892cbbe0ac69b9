//! `data[]` and `dataFrom[]`: what to fetch. Data only.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Rewrite, StoreRef};

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
