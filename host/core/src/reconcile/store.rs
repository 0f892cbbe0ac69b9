//! Whether an object may use a store: the checks that ESO makes before it builds a client, in its order. What the
//! store's provider block may say is the catalogue's and the grant's business, not looked at here.

use bailiwick_api::{
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
pub fn usable(
    key: &StoreKey,
    store: Option<&SecretStoreSpec>,
    class: &str,
    namespace: &ObjectMeta,
) -> Result<(), NotReady> {
    let Some(store) = store else {
        return Err(NotReady::new(format!("{:?} {}: does not exist", key.kind, key.name)));
    };
    let other = store.controller.as_deref().filter(|own| !own.is_empty() && *own != class);
    if other.is_some() {
        return Err(NotReady::new(format!(
            "{:?} {}: spec.controller names another controller class",
            key.kind, key.name
        )));
    }
    if let Some(refused) = unserved_store(store).first() {
        return Err(NotReady::new(format!(
            "{:?} {}: {}: {}",
            key.kind, key.name, refused.path, refused.remedy
        )));
    }
    let conditions = store.conditions.as_deref().unwrap_or_default();
    if conditions.is_empty() || conditions.iter().any(|condition| meets(condition, namespace)) {
        return Ok(());
    }
    Err(NotReady::new(format!("{:?} {}: spec.conditions do not admit this namespace", key.kind, key.name)))
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
