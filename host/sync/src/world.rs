//! The world around a pass: where objects are read from, and where Secrets and status go. A folder in standalone
//! mode, the API server in a cluster; the pass is the same. A world performs and decides nothing.

use std::{collections::BTreeMap, future::Future, sync::Arc};

use bailiwick_api::{
    external_secret::ExternalSecretSpec,
    grant::CapabilityGrantSpec,
    meta::{Object, ObjectMeta},
    secret_store::SecretStoreSpec,
    status::ExternalSecretStatus,
};
use bailiwick_broker::{Current, Material};
use bailiwick_core::reconcile::{DesiredSecret, Managed, StoreKey, TargetState};
use zeroize::Zeroizing;

/// What a pass needs of the world around it.
pub trait World: Send + Sync {
    /// Now, in seconds of the Unix epoch.
    fn now(&self) -> i64;
    /// The status after the last pass, and what of the Secret this object wrote.
    fn status(
        &self,
        object: &Object<ExternalSecretSpec>,
    ) -> impl Future<Output = Result<Remembered, WorldError>> + Send;
    /// The Secret that is there.
    fn target(
        &self,
        namespace: &str,
        name: &str,
    ) -> impl Future<Output = Result<Option<TargetState>, WorldError>> + Send;
    /// A store; a SecretStore is looked for in `namespace`.
    fn store(
        &self,
        namespace: &str,
        key: &StoreKey,
    ) -> impl Future<Output = Result<Option<Arc<Object<SecretStoreSpec>>>, WorldError>> + Send;
    /// The namespace's name, uid and labels.
    fn namespace(&self, name: &str) -> impl Future<Output = Result<ObjectMeta, WorldError>> + Send;
    /// All grants, by name.
    fn grants(&self) -> Vec<Arc<Object<CapabilityGrantSpec>>>;
    /// PEM certificates by `configmap/key`, for `caRef`.
    fn roots(&self) -> Arc<BTreeMap<String, String>>;
    /// PEM certificates that a store's own `caProvider` leads to; none where it leads nowhere.
    fn ca(
        &self,
        source: &CaSource,
    ) -> impl Future<Output = Result<Option<Zeroizing<String>>, WorldError>> + Send;
    /// Where credentials come from.
    fn material(&self) -> Arc<dyn Material>;
    /// Whether what a program was compiled from still stands.
    fn current(&self) -> Arc<dyn Current>;
    /// Writes the Secret.
    fn apply(
        &self,
        namespace: &str,
        name: &str,
        secret: &DesiredSecret,
    ) -> impl Future<Output = Result<(), WorldError>> + Send;
    /// Deletes the Secret.
    fn delete(&self, namespace: &str, name: &str) -> impl Future<Output = Result<(), WorldError>> + Send;
    /// Remembers the status.
    fn report(
        &self,
        object: &Object<ExternalSecretSpec>,
        remembered: &Remembered,
    ) -> impl Future<Output = Result<(), WorldError>> + Send;
}

/// What is known of an object's last pass.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Remembered {
    /// Its status.
    #[serde(default)]
    pub status: ExternalSecretStatus,
    /// What of the Secret it wrote (in a cluster: managedFields).
    #[serde(default)]
    pub written: Managed,
    /// Secrets that it wrote as their owner and did not delete since, by name.
    #[serde(default)]
    pub owned: Vec<String>,
}

/// ESO's CAProvider, with its namespace resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaSource {
    /// A Secret, else a ConfigMap.
    pub secret: bool,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The key in its data.
    pub key: String,
}

/// The world did not answer. Its text names our own objects and files only.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct WorldError(pub String);
