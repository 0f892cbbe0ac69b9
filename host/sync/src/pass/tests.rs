//! I8 at the edge of a sync: a fault of ours is the outcome of one object.

use std::sync::Arc;

use bailiwick_api::{grant::CapabilityGrantSpec, meta::ObjectMeta, secret_store::SecretStoreSpec};
use bailiwick_broker::{Current, Material};
use bailiwick_core::reconcile::{DesiredSecret, StoreKey};
use serde_json::json;

use super::*;
use crate::world::CaSource;

/// A world that panics over one object, and knows no store.
struct Cracked;

impl World for Cracked {
    fn now(&self) -> i64 {
        0
    }

    async fn status(&self, object: &Object<ExternalSecretSpec>) -> Result<Remembered, WorldError> {
        assert_ne!(object.metadata.name, "cracked", "planted-panic-text");
        Ok(Remembered::default())
    }

    async fn target(&self, _: &str, _: &str) -> Result<Option<TargetState>, WorldError> {
        Ok(None)
    }

    async fn store(&self, _: &str, _: &StoreKey) -> Result<Option<Arc<Object<SecretStoreSpec>>>, WorldError> {
        Ok(None)
    }

    async fn namespace(&self, _: &str) -> Result<ObjectMeta, WorldError> {
        Err(WorldError("no namespace".into()))
    }

    fn grants(&self) -> Vec<Arc<Object<CapabilityGrantSpec>>> {
        Vec::new()
    }

    fn roots(&self) -> Arc<BTreeMap<String, String>> {
        Arc::default()
    }

    async fn ca(&self, _: &CaSource) -> Result<Option<zeroize::Zeroizing<String>>, WorldError> {
        Ok(None)
    }

    fn material(&self) -> Arc<dyn Material> {
        unreachable!("nothing is fetched")
    }

    fn current(&self) -> Arc<dyn Current> {
        unreachable!("nothing is fetched")
    }

    async fn apply(&self, _: &str, _: &str, _: &DesiredSecret) -> Result<(), WorldError> {
        unreachable!("nothing is written")
    }

    async fn delete(&self, _: &str, _: &str) -> Result<(), WorldError> {
        unreachable!("nothing is deleted")
    }

    async fn report(&self, _: &Object<ExternalSecretSpec>, _: &Remembered) -> Result<(), WorldError> {
        Ok(())
    }
}

async fn passed(name: &str) -> Outcome {
    let object = serde_json::from_value(json!({
        "metadata": {"name": name, "namespace": "team-a"},
        "spec": {"secretStoreRef": {"name": "s"}, "data": [{"secretKey": "k", "remoteRef": {"key": "x"}}]},
    }))
    .unwrap();
    let (modules, labels) = (Modules::new(), BTreeSet::new());
    let pass = Pass {
        world: &Cracked,
        runtime: None,
        modules: &modules,
        admissions: &Admissions::default(),
        trusted_labels: &labels,
        dry_run: false,
    };
    pass.run(&object).await
}

#[tokio::test]
async fn i8_allowed_a_pass_over_another_object() {
    let outcome = passed("whole").await;
    assert!(!outcome.ready && outcome.message != FAULT, "{}", outcome.message);
}

#[tokio::test]
async fn i8_denied_a_panic_ends_no_more_than_its_own_pass_and_is_not_quoted() {
    let outcome = passed("cracked").await;
    assert_eq!((outcome.reason.as_str(), outcome.message.as_str()), ("SecretSyncedError", FAULT));
    assert_eq!((outcome.ready, outcome.action), (false, Did::Nothing));
}
