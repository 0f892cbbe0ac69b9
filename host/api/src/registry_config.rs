//! `RegistryConfig`: how one registry is reached. It says nothing of trust: what a registry or a mirror serves is
//! judged by digest and signature alone. Data only.

use serde::{Deserialize, Serialize};

use crate::grant::{CaRef, GrantAddresses};

/// `bailiwick.dev/v1alpha1` `RegistryConfig`, cluster-scoped: the spec. A registry without one is reached over TLS with
/// the platform's roots, at public addresses only, and asks for its tokens at its own origin.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RegistryConfigSpec {
    /// The registry as references write it: `host[:port]`.
    pub registry: String,
    /// Asked in this order before the registry itself. They get no credentials but their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mirrors: Vec<Mirror>,
    /// The only roots for the registry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_ref: Option<CaRef>,
    /// Hosts (`host[:port]`) that its token realm may be at, beside its own origin.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub auth_hosts: Vec<String>,
    /// Which addresses it may resolve to; absent is class public. Its mirrors and auth hosts, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub addresses: Option<GrantAddresses>,
    /// Plain HTTP: credentials and bytes are readable by everyone on the way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub insecure_http: Option<bool>,
}

/// Another place that may have the same digests.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Mirror {
    /// `host[:port]`.
    pub registry: String,
    /// Stands before the repository's path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_prefix: Option<String>,
    /// The only roots for the mirror.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_ref: Option<CaRef>,
    /// Plain HTTP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub insecure_http: Option<bool>,
}
