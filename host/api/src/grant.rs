//! `CapabilityGrant`: who may use which capability of which provider, and where it may lead. Data only; what it
//! means is decided in core.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// `bailiwick.dev/v1alpha1` `CapabilityGrant`, cluster-scoped: the spec.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CapabilityGrantSpec {
    /// Which provider, by whom, in which world (G4).
    pub provider: GrantProvider,
    /// `sha256:<hex>` of what the catalogue may ask for (G3); `bailiwick grant check --write` puts it in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub surface: Option<String>,
    /// OR; within one item AND; an empty item does not compile (G5).
    #[serde(default)]
    pub subjects: Vec<Subject>,
    /// Classes read|list|write|delete, or operation ids.
    #[serde(default)]
    pub operations: Vec<String>,
    /// Origin, account and keys belong together.
    #[serde(default)]
    pub targets: Vec<GrantTarget>,
    /// Auth methods with their slots and sources (G8).
    #[serde(default)]
    pub auth: Vec<GrantAuth>,
    /// Which Secrets may leave; with write only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub push: Option<GrantPush>,
    /// WASI interfaces beyond the world's own.
    #[serde(default)]
    pub wasi: Vec<String>,
    /// Limits; each the smaller of Provider's and grant's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<GrantLimits>,
}

/// Which provider a grant is for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct GrantProvider {
    /// The Provider's name.
    pub name: String,
    /// `sha256:<hex>` of the module: needed where nobody signed it, else one more condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<String>,
    /// Where a signed module comes from: `registry/path` of the Provider's reference. Refused for an unsigned one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// Authorities of the TrustPolicy; one of them or more must have signed. Refused for an unsigned module.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signed_by: Vec<String>,
    /// `blind` or `wasi`; absent is blind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub world: Option<String>,
}

/// Who may use a grant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Subject {
    /// Namespace names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub namespaces: Vec<String>,
    /// Labels of the namespace; only keys that tenants cannot set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace_selector: Option<crate::meta::LabelSelector>,
}

/// One target.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct GrantTarget {
    /// The catalogue's authority, where it has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<String>,
    /// `https://host[:port]`, canonical form only.
    pub origin: String,
    /// Which addresses; absent is class public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub addresses: Option<GrantAddresses>,
    /// The only roots for this origin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_ref: Option<CaRef>,
    /// Every account slot of the catalogue.
    #[serde(default)]
    pub account: BTreeMap<String, String>,
    /// Key patterns.
    #[serde(default)]
    pub keys: Vec<String>,
}

/// Which addresses an origin may resolve to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct GrantAddresses {
    /// public, private, cluster or loopback.
    pub class: String,
    /// Networks to narrow it to; class cluster needs one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cidrs: Vec<String>,
}

/// A ConfigMap in the operator's namespace; standalone, in the policy folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CaRef {
    /// The ConfigMap's name.
    pub config_map: String,
    /// The key in its data; `ca.crt` where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// One auth method that a grant admits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct GrantAuth {
    /// The catalogue's method.
    pub method: String,
    /// Its slots.
    #[serde(default)]
    pub slots: BTreeMap<String, String>,
    /// `namespace/name`, `.` for the subject's namespace.
    #[serde(default)]
    pub service_accounts: Vec<String>,
    /// The one audience of their tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// `namespace/name`, `.` for the subject's namespace.
    #[serde(default)]
    pub secrets: Vec<String>,
}

/// Which Secrets may leave.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct GrantPush {
    /// Names, `*` at the end.
    #[serde(default)]
    pub sources: Vec<String>,
}

/// Limits of a grant. Quantities are text: `8Ki`, `30s`, `10/s`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct GrantLimits {
    /// Requests of a run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calls: Option<i64>,
    /// Bytes of one request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_bytes: Option<String>,
    /// Bytes of one response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_bytes: Option<String>,
    /// Requests a second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<String>,
    /// The whole run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<String>,
    /// Bits of free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_bits: Option<i64>,
}
