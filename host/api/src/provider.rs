//! `Provider`: which module serves `spec.provider.<name>`. Data only.

use serde::{Deserialize, Serialize};

use crate::trust_policy::AttestationRule;

/// `bailiwick.dev/v1alpha1` `Provider`, cluster-scoped: the spec.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ProviderSpec {
    /// Where the module comes from.
    pub module: ModuleSource,
    /// `Automatic` (where absent), or `Manual`: a new digest waits until `approve` names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activation: Option<String>,
    /// With Manual: `sha256:<hex>` of the manifest that may run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approve: Option<String>,
    /// `sha256:<hex>` of the one older manifest that may run although a higher version did; never below a floor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback_to: Option<String>,
    /// How often a tag is resolved anew: a duration, 10m where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<String>,
    /// A Secret (`kubernetes.io/dockerconfigjson`) of the operator's namespace, for this Provider's registry only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull_secret: Option<String>,
    /// More than the TrustPolicy asks for; it never asks for less.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trust: Option<ProviderTrust>,
    /// Limits; each the smaller of Provider's and grant's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<ProviderLimits>,
}

/// Exactly one source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ModuleSource {
    /// An OCI reference: `registry/path`, with `:tag`, `:` and a semver range, or `@sha256:<hex>`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oci: Option<String>,
    /// An OCI image layout on disk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout: Option<LayoutSource>,
    /// A component that nobody signed: a path, relative to `--provider-dir`; needs `--allow-unsigned`, and that there is
    /// no TrustPolicy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

/// An OCI image layout (image specification 1.1), for sites without a registry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct LayoutSource {
    /// A folder or a tar of one, relative to `--provider-dir`.
    pub path: String,
    /// The reference that policies match: the signed repository annotation must be the same.
    #[serde(rename = "as")]
    pub reference: String,
}

/// What a Provider asks for beyond the TrustPolicy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ProviderTrust {
    /// `sha256:<hex>` of manifests: one of these and no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digests: Option<Vec<String>>,
    /// A version, or `>` or `>=` and one, beside the policy's floor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor: Option<String>,
    /// More statements, by authorities of the policy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attestations: Vec<AttestationRule>,
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
