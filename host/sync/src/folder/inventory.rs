//! The objects of the two folders. What decides (Provider, CapabilityGrant, Namespace) counts only from the policy
//! folder, and tenants' objects only from theirs: one in the wrong folder stops everything, since somebody meant
//! it to count. A manifest that cannot be read stops only itself.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::Arc,
};

use bailiwick_api::{
    config_map::ConfigMap,
    external_secret::ExternalSecretSpec,
    grant::CapabilityGrantSpec,
    manifest::{AnyObject, Kind, Manifest, load, unique},
    meta::{Object, ObjectMeta},
    provider::ProviderSpec,
    secret::Secret,
    secret_store::SecretStoreSpec,
};
use bailiwick_artifact::digest::Digest;
use serde::Serialize;

use super::files::Files;

/// Namespace (none for cluster-scoped kinds) and name.
pub type Key = (Option<String>, String);

/// What counts, and what could not be read.
#[derive(Default)]
pub struct Inventory {
    /// In the order of namespace and name.
    pub external_secrets: BTreeMap<Key, Arc<Object<ExternalSecretSpec>>>,
    /// SecretStores have a namespace, ClusterSecretStores none.
    pub stores: BTreeMap<Key, Arc<Object<SecretStoreSpec>>>,
    /// Tenants' Secrets: credentials of their stores.
    pub secrets: BTreeMap<(String, String), Secret>,
    /// Tenants' ConfigMaps: what their stores' `caProvider` names.
    pub config_maps: BTreeMap<(String, String), ConfigMap>,
    /// By name.
    pub providers: BTreeMap<String, Arc<Object<ProviderSpec>>>,
    /// By name.
    pub grants: BTreeMap<String, Arc<Object<CapabilityGrantSpec>>>,
    /// By name.
    pub namespaces: BTreeMap<String, ObjectMeta>,
    /// Of the policy folder: PEM by `configmap/key`.
    pub roots: Arc<BTreeMap<String, String>>,
    /// What could not be read, each with file, line, field and remedy.
    pub errors: Vec<String>,
}

/// An object in the wrong folder.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {kind:?} {name}: {remedy}")]
pub struct Misplaced {
    file: String,
    line: usize,
    kind: Kind,
    name: String,
    remedy: &'static str,
}

impl Inventory {
    /// Reads the policy folder's files and the tenants'.
    pub fn new(policy: &Files, tenants: &Files) -> Result<Self, Misplaced> {
        let mut inventory = Self::default();
        let mut roots = BTreeMap::new();
        for manifest in inventory.manifests(policy) {
            inventory.policy(manifest, &mut roots)?;
        }
        inventory.roots = Arc::new(roots);
        for manifest in inventory.manifests(tenants) {
            inventory.tenant(manifest)?;
        }
        Ok(inventory)
    }

    fn manifests(&mut self, files: &Files) -> Vec<Manifest> {
        let mut all = Vec::new();
        for (path, text) in files {
            let (manifests, errors) = load(text, &path.display().to_string());
            all.extend(manifests);
            self.errors.extend(errors.iter().map(ToString::to_string));
        }
        let (manifests, errors) = unique(all);
        self.errors.extend(errors.iter().map(ToString::to_string));
        manifests
    }

    fn policy(&mut self, manifest: Manifest, roots: &mut BTreeMap<String, String>) -> Result<(), Misplaced> {
        let refused = misplaced(&manifest, "tenants' objects are read from --manifests only; move it there");
        match manifest.object {
            AnyObject::Provider(object) => {
                self.providers.insert(object.metadata.name.clone(), stamped("Provider", object));
            }
            AnyObject::CapabilityGrant(object) => {
                self.grants.insert(object.metadata.name.clone(), stamped("CapabilityGrant", object));
            }
            AnyObject::Namespace(namespace) => {
                let mut meta = namespace.metadata;
                stamp("Namespace", &mut meta, &());
                self.namespaces.insert(meta.name.clone(), meta);
            }
            AnyObject::ConfigMap(map) => {
                let name = map.metadata.name;
                for (key, pem) in map.data.into_iter().flatten() {
                    self.root(format!("{name}/{key}"), pem, roots);
                }
            }
            _ => return Err(refused),
        }
        Ok(())
    }

    /// `caRef` has no namespace, so two ConfigMaps of one name would leave open which one counts.
    fn root(&mut self, place: String, pem: String, roots: &mut BTreeMap<String, String>) {
        match roots.entry(place) {
            Entry::Vacant(free) => drop(free.insert(pem)),
            Entry::Occupied(taken) => {
                self.errors.push(format!("ConfigMap {}: stands twice in the policy; keep one", taken.key()));
            }
        }
    }

    fn tenant(&mut self, manifest: Manifest) -> Result<(), Misplaced> {
        let refused =
            misplaced(&manifest, "what decides is read from --policy only; move it there or take it out");
        match manifest.object {
            AnyObject::ExternalSecret(object) => {
                self.external_secrets.insert(key(&object.metadata), stamped("ExternalSecret", object));
            }
            AnyObject::SecretStore(object) => {
                self.stores.insert(key(&object.metadata), stamped("SecretStore", object));
            }
            AnyObject::ClusterSecretStore(mut object) => {
                object.metadata.namespace = None;
                self.stores.insert(key(&object.metadata), stamped("ClusterSecretStore", object));
            }
            AnyObject::Secret(secret) => {
                self.secrets.insert(namespaced(&secret.metadata), secret);
            }
            AnyObject::ConfigMap(map) => {
                self.config_maps.insert(namespaced(&map.metadata), map);
            }
            _ => return Err(refused),
        }
        Ok(())
    }
}

fn misplaced(manifest: &Manifest, remedy: &'static str) -> Misplaced {
    Misplaced {
        file: manifest.origin.file.clone(),
        line: manifest.origin.line,
        kind: manifest.kind(),
        name: manifest.metadata().name.clone(),
        remedy,
    }
}

fn key(meta: &ObjectMeta) -> Key {
    (meta.namespace.clone(), meta.name.clone())
}

fn namespaced(meta: &ObjectMeta) -> (String, String) {
    (meta.namespace.clone().unwrap_or_else(|| "default".to_owned()), meta.name.clone())
}

fn stamped<S: Serialize>(kind: &str, mut object: Object<S>) -> Arc<Object<S>> {
    stamp(kind, &mut object.metadata, &object.spec);
    Arc::new(object)
}

/// A namespace that the policy does not list: a name, and the uid that is the name's.
#[must_use]
pub fn namespace(name: &str) -> ObjectMeta {
    let mut meta = ObjectMeta { name: name.to_owned(), ..ObjectMeta::default() };
    stamp("Namespace", &mut meta, &());
    meta
}

/// What the API server would give: a uid that is the name's, and a generation that changes with the spec. What a
/// manifest says of either is a copy from elsewhere and does not count.
fn stamp<S: Serialize>(kind: &str, meta: &mut ObjectMeta, spec: &S) {
    let place = format!("{kind}/{}/{}", meta.namespace.as_deref().unwrap_or_default(), meta.name);
    meta.uid = Some(Digest::of(place.as_bytes()).hex().chars().take(32).collect());
    let spec = serde_json::to_vec(spec).unwrap_or_default();
    let hex: String = Digest::of(&spec).hex().chars().take(15).collect();
    meta.generation = i64::from_str_radix(&hex, 16).ok();
}
