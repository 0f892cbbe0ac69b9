//! `Provider`: which module serves `spec.provider.<name>`. Data only.

use serde::{Deserialize, Serialize};

/// `bailiwick.dev/v1alpha1` `Provider`, cluster-scoped: the spec.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ProviderSpec {
    /// Where the module comes from.
    pub module: ModuleSource,
    /// Automatic or Manual. Only Automatic until modules come from a registry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activation: Option<String>,
    /// Limits; each the smaller of Provider's and grant's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<ProviderLimits>,
}

/// Exactly one source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ModuleSource {
    /// A path, relative to `--provider-dir`; needs `--allow-unsigned`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// An OCI reference. Refused until modules are signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oci: Option<String>,
}

/// Limits of a Provider. Quantities are text: `16Mi`, `30s`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ProviderLimits {
    /// Bytes of guest memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<String>,
    /// The whole run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<String>,
    /// Requests of a run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calls: Option<i64>,
    /// Bytes of one response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_bytes: Option<String>,
}
