//! Whether an object may use a store: the checks that ESO makes before it builds a client, in its order. What the
//! store's provider block may say is the catalogue's and the grant's business, not looked at here.

use bailiwick_api::{
    external_secret::StoreKind,
    meta::{LabelSelector, ObjectMeta},
    secret_store::{SecretStoreSpec, StoreCondition},
    served::unserved_store,
};

use super::{entries::StoreKey, plan::NotReady};
use crate::{
    grant::{Namespace, subject},
    values::pattern,
};

/// Why an object cannot use a store that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// The store is of another controller class: the object is that one's to sync, and not looked at here.
    OtherClass,
    /// It fails.
    Fails(NotReady),
}

impl From<NotReady> for Unusable {
    fn from(not_ready: NotReady) -> Self {
        Self::Fails(not_ready)
    }
}

impl From<Unusable> for NotReady {
    fn from(unusable: Unusable) -> Self {
        match unusable {
            Unusable::OtherClass => Self::new(OTHER_CLASS),
            Unusable::Fails(not_ready) => not_ready,
        }
    }
}

/// Said of an object that is skipped.
pub const OTHER_CLASS: &str = "spec.controller of its store names another controller class";

/// Whether an object may use a store that it names.
pub fn usable(
    key: &StoreKey,
    store: Option<&SecretStoreSpec>,
    class: &str,
    namespace: &ObjectMeta,
) -> Result<(), Unusable> {
    let fails = |what: String| Err(NotReady::new(format!("{:?} {}: {what}", key.kind, key.name)).into());
    let Some(store) = store else { return fails("does not exist".to_owned()) };
    let other = store.controller.as_deref().filter(|own| !own.is_empty() && *own != class);
    if other.is_some() {
        return Err(Unusable::OtherClass);
    }
    if let Some(refused) = unserved_store(store).first() {
        return fails(format!("{}: {}", refused.path, refused.remedy));
    }
    // Those of a SecretStore are not looked at: it serves its own namespace alone.
    let conditions = store.conditions.as_deref().unwrap_or_default();
    if key.kind == StoreKind::SecretStore
        || conditions.is_empty()
        || conditions.iter().any(|condition| meets(condition, namespace))
    {
        return Ok(());
    }
    fails("spec.conditions do not admit this namespace".to_owned())
}

/// Any of the three ways admits; an unanchored expression that does not compile admits nothing.
fn meets(condition: &StoreCondition, namespace: &ObjectMeta) -> bool {
    let named = condition.namespaces.iter().flatten().any(|name| *name == namespace.name);
    let matched = condition.namespace_regexes.iter().flatten().any(|text| matches(text, &namespace.name));
    named || matched || condition.namespace_selector.as_ref().is_some_and(|s| selects(s, namespace))
}

fn matches(expression: &str, name: &str) -> bool {
    pattern::compile(expression).is_ok_and(|expression| expression.is_match(name))
}

/// As in Kubernetes, an empty selector selects everything; in a grant it would select nothing.
fn selects(labels: &LabelSelector, namespace: &ObjectMeta) -> bool {
    if *labels == LabelSelector::default() {
        return true;
    }
    let uid = namespace.uid.as_deref().unwrap_or_default();
    subject::selects(labels, &Namespace { name: &namespace.name, uid, labels: &namespace.labels })
}

#[cfg(test)]
mod tests;
