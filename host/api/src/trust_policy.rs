//! `TrustPolicy`: who may sign what runs here, and the most that such code may ever be granted. Data only; what it
//! means is decided in core.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// `bailiwick.dev/v1alpha1` `TrustPolicy`, cluster-scoped: the spec.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct TrustPolicySpec {
    /// Which references it is for, on whole path segments; the longest prefix of all policies wins.
    #[serde(rename = "match")]
    pub matches: Vec<PolicyMatch>,
    /// Sigstore trust roots that authorities name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trust_roots: Vec<TrustRoot>,
    /// Who may sign. Names are unique; two authorities never share a key or an identity.
    pub authorities: Vec<Authority>,
    /// Which of them must have signed. Absent: all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub require: Option<Requirement>,
    /// Statements that must be there beside the signature.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attestations: Vec<AttestationRule>,
    /// Evidence that counts: `bundle`, `simpleSigning`. Absent: bundle alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub formats: Option<Vec<String>>,
    /// Which versions may run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<VersionRule>,
    /// Manifest or component digests that never run, whoever signed them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub denied: Vec<String>,
    /// How old a signature may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freshness: Option<Freshness>,
    /// The most that is read of one artifact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<PolicyLimits>,
    /// `Stop` (where absent) or `KeepRunning`, which covers freshness and a changed trust root only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_policy_failure: Option<String>,
    /// How long `KeepRunning` keeps it: a duration, 24h where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_running_for: Option<String>,
    /// The most that a grant may give to code that this policy admits. Absent: blind world, read and list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ceiling: Option<Ceiling>,
}

/// One prefix.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct PolicyMatch {
    /// `registry[/path]`; a `/` at its end changes nothing.
    pub prefix: String,
}

/// A Sigstore `trusted_root.json`: exactly one of the two.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct TrustRoot {
    /// What authorities call it.
    pub name: String,
    /// The JSON text itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inline: Option<String>,
    /// A ConfigMap of the operator's namespace; standalone, of the policy folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config_map_ref: Option<ConfigMapKey>,
}

/// A key of a ConfigMap.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ConfigMapKey {
    /// Its name.
    pub name: String,
    /// The key in its data.
    pub key: String,
}

/// Someone who signs: exactly one of the two.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Authority {
    /// What requirements, attestations and grants call it.
    pub name: String,
    /// A key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyAuthority>,
    /// An identity that a certificate authority vouches for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keyless: Option<KeylessAuthority>,
}

/// A public key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct KeyAuthority {
    /// `-----BEGIN PUBLIC KEY-----`: P-256 or Ed25519.
    pub pem: String,
    /// After this time (RFC 3339) it counts no more: of the log's time where there is one, else of each load.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_after: Option<String>,
    /// `Required` or `NotRequired` (where absent).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transparency_log: Option<String>,
    /// Whose log; with `Required` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trust_root: Option<String>,
}

/// An identity in a certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct KeylessAuthority {
    /// The trust root that its evidence is verified under.
    pub trust_root: String,
    /// The OIDC issuer, exactly.
    pub issuer: String,
    /// The certificate's subject (SAN).
    pub subject: Matcher,
    /// Fulcio's claims by their names, such as `sourceRepositoryURI`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub claims: BTreeMap<String, Matcher>,
}

/// How a text is matched, always as a whole: exactly one of the three.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Matcher {
    /// Equal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exact: Option<String>,
    /// `*` is any text without `/`; nothing else is special.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub glob: Option<String>,
    /// RE2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regex: Option<String>,
}

/// Exactly one of the three.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Requirement {
    /// An authority's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<String>,
    /// All of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub all_of: Option<Vec<Requirement>>,
    /// Some of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub any_of: Option<AnyOf>,
}

/// At least so many of these, each counted once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct AnyOf {
    /// 1 where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<i64>,
    /// Of these.
    pub of: Vec<Requirement>,
}

/// A statement about the artifact that must be there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct AttestationRule {
    /// Its name in messages.
    pub name: String,
    /// In-toto's `predicateType`, exactly.
    pub predicate_type: String,
    /// The authority that must have signed it.
    pub signed_by: String,
    /// How many distinct statements; 1 where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<i64>,
    /// The oldest that counts: a duration; only signatures with a trusted time have an age.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<String>,
    /// What must hold of each statement that counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cel: Vec<CelRule>,
}

/// An expression of the Common Expression Language over `predicate`, `subject`, `signer` and `artifact`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CelRule {
    /// At most 2 KiB; anything but `true` refuses.
    pub expression: String,
    /// What is said where it does not hold.
    pub message: String,
}

/// Which versions may run. The version is the signed annotation's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct VersionRule {
    /// The lowest version: `1.3.0` or `>=1.3.0`, or `>1.3.0` without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor: Option<String>,
    /// Never below the highest that ran, of the same repository and name; true where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monotonic: Option<bool>,
}

/// How old a signature may be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Freshness {
    /// A duration, also in days (`400d`): by the time of log or timestamp authority. A signature without has no age and
    /// is refused.
    pub max_signature_age: String,
}

/// The most that is read of one artifact.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct PolicyLimits {
    /// Bytes of the component; 16Mi where absent, and at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<String>,
    /// Bundles that are looked at; 32 where absent, and at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bundles: Option<i64>,
}

/// The most that a grant may give. Each absent list keeps its default, an empty one gives nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Ceiling {
    /// `blind`, `wasi`; blind where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worlds: Option<Vec<String>>,
    /// Classes of operations; read and list where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operations: Option<Vec<String>>,
    /// Origins in canonical form, `*` for one label of the host; any where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origins: Option<Vec<String>>,
    /// Namespaces, `*` at the end; any where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subjects: Option<Vec<String>>,
    /// WASI interfaces; none where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wasi: Option<Vec<String>>,
}
