//! What must be remembered of Providers: which revisions ran, how far each has been resolved, and the highest version of
//! each signed name. A folder keeps it in standalone mode, objects in a cluster; what it is worth is core's decision.

use bailiwick_api::{
    condition::Condition,
    meta::Object,
    provider_revision::{ProviderRevisionSpec, RevisionSigner},
    time::Timestamp,
};
use bailiwick_core::trust::Mark;
use semver::Version;
use serde::{Deserialize, Serialize};

use crate::world::WorldError;

/// The status of a Provider.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ProviderStatus {
    /// Where its module comes from, as it was asked for when `resolved` was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The repository of that reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// What the reference meant then: the manifest's digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved: Option<String>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<Timestamp>,
    /// What runs: the manifest's digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub running: Option<String>,
    /// Its signed version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Who signed it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signers: Vec<RevisionSigner>,
    /// A digest that waits for `spec.approve`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<String>,
    /// Since when what runs would not be admitted anew (`onPolicyFailure: KeepRunning`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<Timestamp>,
    /// When it stops for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stops_at: Option<Timestamp>,
    /// Resolved, Verified, Compatible, Ready.
    #[serde(default)]
    pub conditions: Vec<Condition>,
}

/// Remembers. Implementations perform and decide nothing.
pub trait Records: Send + Sync {
    /// The Providers that something is known of; none where that cannot be said.
    fn known(&self) -> Vec<String>;

    /// What is known of a Provider; nothing is no error.
    ///
    /// # Errors
    /// What is there cannot be read.
    fn status(&self, provider: &str) -> Result<ProviderStatus, WorldError>;

    /// Remembers it.
    ///
    /// # Errors
    /// It cannot be written.
    fn report(&self, provider: &str, status: &ProviderStatus) -> Result<(), WorldError>;

    /// The highest version of a signed name from a repository, whatever became of the Provider since.
    fn mark(&self, repository: &str, name: &str) -> Mark;

    /// Raises the mark; never lowers it.
    ///
    /// # Errors
    /// It cannot be written: then the version must not run.
    fn raise(&self, repository: &str, name: &str, version: &Version) -> Result<(), WorldError>;

    /// Keeps a revision. One that is there is never changed.
    ///
    /// # Errors
    /// It cannot be written.
    fn keep(&self, revision: &Object<ProviderRevisionSpec>) -> Result<(), WorldError>;
}
