//! What the API server would give objects: a uid that is the name's, and a generation that changes with the spec.
//! What a manifest says of either is a copy from elsewhere and does not count. A run is compared with these (G11).

use std::{collections::BTreeMap, sync::Arc};

use bailiwick_api::meta::{Object, ObjectMeta};
use bailiwick_artifact::digest::Digest;
use bailiwick_core::program::{ObjectStamp, Stamp};
use serde::Serialize;

use super::inventory::Inventory;

/// Everything that a run can be stamped with, as it is now.
pub(super) struct Stamps {
    grants: BTreeMap<String, ObjectStamp>,
    stores: BTreeMap<String, ObjectStamp>,
    providers: BTreeMap<String, ObjectStamp>,
    namespaces: BTreeMap<String, ObjectMeta>,
    /// Certificates have no stamp: every run ends where one of them changed.
    roots: Arc<BTreeMap<String, String>>,
}

impl Stamps {
    pub(super) fn of(inventory: &Inventory) -> Self {
        let stores = inventory.stores.values();
        Self {
            grants: all(inventory.grants.values()),
            stores: all(stores),
            providers: all(inventory.providers.values()),
            namespaces: inventory.namespaces.clone(),
            roots: Arc::clone(&inventory.roots),
        }
    }

    /// Whether a run that was stamped when `then` was read may go on.
    pub(super) fn hold(&self, then: &Self, stamp: &Stamp) -> bool {
        let same = |now: &BTreeMap<String, ObjectStamp>, was: &ObjectStamp| now.get(&was.name) == Some(was);
        let namespace =
            self.namespaces.get(&stamp.namespace).cloned().unwrap_or_else(|| namespace(&stamp.namespace));
        same(&self.grants, &stamp.grant)
            && same(&self.stores, &stamp.store)
            && same(&self.providers, &stamp.provider)
            && namespace.uid.as_deref() == Some(stamp.namespace_uid.as_str())
            && namespace.labels == stamp.namespace_labels
            && self.roots == then.roots
    }
}

fn all<'a, S: 'a>(objects: impl Iterator<Item = &'a Arc<Object<S>>>) -> BTreeMap<String, ObjectStamp> {
    let one = |object: &Arc<Object<S>>| {
        let meta = &object.metadata;
        let name = match &meta.namespace {
            Some(namespace) => format!("{namespace}/{}", meta.name),
            None => meta.name.clone(),
        };
        let uid = meta.uid.clone().unwrap_or_default();
        let generation = meta.generation.unwrap_or_default();
        (name.clone(), ObjectStamp { name, uid, generation })
    };
    objects.map(one).collect()
}

/// The object with its uid and generation.
pub(super) fn stamped<S: Serialize>(kind: &str, mut object: Object<S>) -> Arc<Object<S>> {
    stamp(kind, &mut object.metadata, &object.spec);
    Arc::new(object)
}

/// A namespace that the policy does not list: a name, and the uid that is the name's.
pub(super) fn namespace(name: &str) -> ObjectMeta {
    let mut meta = ObjectMeta { name: name.to_owned(), ..ObjectMeta::default() };
    stamp("Namespace", &mut meta, &());
    meta
}

/// Sets uid and generation.
pub(super) fn stamp<S: Serialize>(kind: &str, meta: &mut ObjectMeta, spec: &S) {
    let place = format!("{kind}/{}/{}", meta.namespace.as_deref().unwrap_or_default(), meta.name);
    meta.uid = Some(Digest::of(place.as_bytes()).hex().chars().take(32).collect());
    let spec = serde_json::to_vec(spec).unwrap_or_default();
    let hex: String = Digest::of(&spec).hex().chars().take(15).collect();
    // Of 53 bits: readers of JSON that know only doubles must not see another one.
    meta.generation = i64::from_str_radix(&hex, 16).ok().map(|all| all & ((1 << 53) - 1));
}
