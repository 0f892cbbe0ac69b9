//! A recorded case of a provider: what a store asks for, the requests that must leave for it with the response that
//! each is given, and what must come of it. `bailiwick provider test` runs it. Its credentials and values are made up for
//! the test, so that they may be shown. Data only.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::{
    external_secret::{Find, MetadataPolicy, RemoteRef},
    grant::GrantLimits,
};

/// One case: a document of a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Case {
    /// What it shows; absent: its file and number.
    pub name: Option<String>,
    /// The namespace of store and object; absent: `team-a`.
    pub namespace: Option<String>,
    /// `spec.provider.NAME` of a SecretStore.
    pub store: Value,
    /// Secrets of the namespace that the store names: name, key, text.
    pub secrets: BTreeMap<String, BTreeMap<String, String>>,
    /// Tokens of service accounts that the store names, by their name.
    pub tokens: BTreeMap<String, String>,
    /// What is asked for, and what must come of it.
    pub entries: Vec<CaseEntry>,
    /// Every request that must leave, in this order.
    pub requests: Vec<CaseRequest>,
    /// Calls of the provider that the grant must deny.
    pub denied: Vec<CaseDenied>,
    /// The code by which the whole run must end; then no entry is looked at.
    pub failure: Option<String>,
    /// What the grant says that cannot be read off the store.
    pub grant: CaseGrant,
}

/// One entry: exactly one of `key`, `extract` and `find`, and exactly one of what may come of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct CaseEntry {
    /// `data[].remoteRef.key`.
    pub key: Option<String>,
    /// `data[].remoteRef.property`.
    pub property: Option<String>,
    /// `data[].remoteRef.version`.
    pub version: Option<String>,
    /// `data[].remoteRef.metadataPolicy`.
    pub metadata_policy: Option<MetadataPolicy>,
    /// `dataFrom[].extract`.
    pub extract: Option<RemoteRef>,
    /// `dataFrom[].find`.
    pub find: Option<Find>,
    /// Expected: the value of a key, as a text.
    pub value: Option<String>,
    /// Expected: every key of an extract or find with its value.
    pub values: Option<BTreeMap<String, String>>,
    /// Expected: every key of an extract or find, whatever its value.
    pub names: Option<Vec<String>>,
    /// Expected: `true`, it is not there.
    pub absent: Option<bool>,
    /// Expected: it fails with this code.
    pub failed: Option<String>,
}

/// A request and the response that it is given.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CaseRequest {
    /// The HTTP method.
    pub method: String,
    /// Origin, path and query, as they are written on the wire.
    pub url: String,
    /// The catalogue's authority, where it has several.
    #[serde(default)]
    pub authority: Option<String>,
    /// Header fields that must be there so; others are not looked at.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body as JSON; without any of the three there must be none.
    #[serde(default)]
    pub json: Option<Value>,
    /// The body as the members of a form.
    #[serde(default)]
    pub form: Option<BTreeMap<String, String>>,
    /// The body as it is.
    #[serde(default)]
    pub text: Option<String>,
    /// The response.
    pub response: CaseResponse,
}

/// What a request is answered with.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CaseResponse {
    /// The HTTP status.
    pub status: u16,
    /// Header fields beside the length.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body as JSON.
    #[serde(default)]
    pub json: Option<Value>,
    /// The body as it is; the way to write a `null`.
    #[serde(default)]
    pub text: Option<String>,
}

/// A call that must be denied.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CaseDenied {
    /// The catalogue's operation.
    pub operation: String,
    /// The reason, such as `KeyNotGranted`.
    pub reason: String,
}

/// What a grant says beyond the store. What is absent here is made from store, requests and catalogue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct CaseGrant {
    /// Classes or operations; absent: `read` and `list`.
    pub operations: Option<Vec<String>>,
    /// Origins by authority, that neither the store nor a request names.
    pub origins: BTreeMap<String, String>,
    /// Account slots that the store does not name.
    pub account: BTreeMap<String, String>,
    /// Key patterns; absent: `**`.
    pub keys: Option<Vec<String>>,
    /// Slots of the auth method that the store does not name.
    pub slots: BTreeMap<String, String>,
    /// The audience of tokens; absent: the provider's name.
    pub audience: Option<String>,
    /// Limits.
    pub limits: Option<GrantLimits>,
}
