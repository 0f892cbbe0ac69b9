//! `ProviderRevision`: what of a Provider ran, and on whose word. Written by us and never changed; in standalone mode
//! a file of the state folder. Data only.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// `bailiwick.dev/v1alpha1` `ProviderRevision`, cluster-scoped: the spec. Its name is `PROVIDER-` and the
/// manifest's digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ProviderRevisionSpec {
    /// The Provider's name.
    pub provider: String,
    /// The reference that it was resolved from, before any mirror.
    pub reference: String,
    /// Registry and path of the reference: what policies and grants match.
    pub repository: String,
    /// `sha256:<hex>` of the manifest: what was signed.
    pub manifest_digest: String,
    /// `sha256:<hex>` of the component: what runs.
    pub component_digest: String,
    /// The signed name.
    pub name: String,
    /// The signed version.
    pub version: String,
    /// `sha256:<hex>` of each piece of evidence that was there.
    pub evidence: Vec<String>,
    /// Who signed, as the policies of that time saw it.
    pub signers: Vec<RevisionSigner>,
    /// The policies that admitted it, by name, with their generation.
    pub policies: BTreeMap<String, i64>,
    /// When it was verified for the first time.
    pub verified_at: Timestamp,
    /// The mirror or layout that it came from; absent for the registry itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via: Option<String>,
}

/// Who signed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RevisionSigner {
    /// The authority's name in the policy.
    pub authority: String,
    /// The key (`sha256:<hex>` of its SPKI), or the certificate's subject.
    pub identity: String,
}
