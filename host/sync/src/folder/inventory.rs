//! The objects of the two folders. What decides (Provider, CapabilityGrant, Namespace) counts only from the policy
//! folder, and tenants' objects only from theirs: one in the wrong folder stops everything, since somebody meant
//! it to count. A manifest that cannot be read, or that stands in the folder of another namespace, stops only itself.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use bailiwick_api::{
    config_map::ConfigMap,
    external_secret::ExternalSecretSpec,
    grant::CapabilityGrantSpec,
    manifest::{AnyObject, Kind, Manifest, ManifestError, load, unique},
    meta::{Object, ObjectMeta},
    provider::ProviderSpec,
    registry_config::RegistryConfigSpec,
    secret::Secret,
    secret_store::SecretStoreSpec,
    trust_policy::TrustPolicySpec,
};
use bailiwick_core::tenant;

use super::{
    files::Files,
    source::Snapshot,
    stamps::{stamp, stamped},
};
use crate::{modules::chain, trust::InForce};

/// Namespace (none for cluster-scoped kinds) and name.
pub type Key = (Option<String>, String);

/// The policy's ConfigMaps by name.
type Maps = BTreeMap<String, Vec<ConfigMap>>;

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
    pub trust_policies: BTreeMap<String, Arc<Object<TrustPolicySpec>>>,
    /// Where something of the policy stands that could not be read, and its kind as far as that is known.
    pub unread: Vec<(Option<Kind>, String)>,
    /// By name.
    pub registries: BTreeMap<String, Arc<Object<RegistryConfigSpec>>>,
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
    /// Sorts what was read.
    pub fn new(read: &Snapshot) -> Result<Self, Misplaced> {
        let mut inventory = Self::default();
        let mut maps = BTreeMap::new();
        let (policy, mut errors) = load_all(&read.policy);
        let (policy, twice) = unique(policy);
        errors.extend(twice);
        inventory.unread = errors.iter().map(|error| (error.kind, place(error))).collect();
        inventory.errors.extend(errors.iter().map(ToString::to_string));
        for manifest in policy {
            inventory.policy(manifest, &mut maps)?;
        }
        inventory.roots = Arc::new(inventory.certificates(maps));
        let mut tenants = Vec::new();
        for (namespace, found) in &read.tenants {
            inventory.errors.extend(found.errors.iter().map(|error| chain(error)));
            tenants.extend(inventory.load(&found.files, namespace.as_deref()));
        }
        for manifest in inventory.once(tenants) {
            inventory.tenant(manifest)?;
        }
        Ok(inventory)
    }

    /// The policies of trust, as they stand here.
    #[must_use]
    pub fn in_force(&self) -> InForce {
        let objects = self.trust_policies.values().map(|object| Object::clone(object)).collect();
        InForce::new(objects, self.unread(Kind::TrustPolicy), Arc::clone(&self.roots))
    }

    /// Where something stands that could not be read and may be of that kind: it may be what denies. What has no kind that
    /// could be read may be anything.
    #[must_use]
    pub fn unread(&self, kind: Kind) -> BTreeSet<String> {
        let may_be = |found: &Option<Kind>| found.is_none_or(|found| found == kind);
        self.unread.iter().filter(|(found, _)| may_be(found)).map(|(_, place)| place.clone()).collect()
    }

    /// Every object of the files; of one namespace alone where they belong to one.
    fn load(&mut self, files: &Files, namespace: Option<&str>) -> Vec<Manifest> {
        let (mut all, errors) = load_all(files);
        self.errors.extend(errors.iter().map(ToString::to_string));
        // Before duplicates are looked for: nobody else's object may take one of theirs out.
        all.retain(|manifest| namespace.is_none_or(|namespace| self.admits(namespace, manifest)));
        all
    }

    fn admits(&mut self, namespace: &str, manifest: &Manifest) -> bool {
        let verdict = tenant::admits(namespace, manifest.kind(), manifest.metadata());
        if let Err(outside) = &verdict {
            let place = &manifest.origin;
            self.errors.push(format!("{}:{}: {outside}", place.file, place.line));
        }
        verdict.is_ok()
    }

    fn once(&mut self, manifests: Vec<Manifest>) -> Vec<Manifest> {
        let (manifests, errors) = unique(manifests);
        self.errors.extend(errors.iter().map(ToString::to_string));
        manifests
    }

    fn policy(&mut self, manifest: Manifest, maps: &mut Maps) -> Result<(), Misplaced> {
        let refused = misplaced(&manifest, "tenants' objects are read from --manifests only; move it there");
        match manifest.object {
            AnyObject::Provider(object) => {
                self.providers.insert(object.metadata.name.clone(), stamped("Provider", object));
            }
            AnyObject::CapabilityGrant(object) => {
                self.grants.insert(object.metadata.name.clone(), stamped("CapabilityGrant", object));
            }
            AnyObject::TrustPolicy(object) => {
                self.trust_policies.insert(object.metadata.name.clone(), stamped("TrustPolicy", object));
            }
            AnyObject::RegistryConfig(object) => {
                self.registries.insert(object.metadata.name.clone(), stamped("RegistryConfig", object));
            }
            AnyObject::Namespace(namespace) => {
                let mut meta = namespace.metadata;
                stamp("Namespace", &mut meta, &());
                self.namespaces.insert(meta.name.clone(), meta);
            }
            AnyObject::ConfigMap(map) => {
                maps.entry(map.metadata.name.clone()).or_default().push(map);
            }
            _ => return Err(refused),
        }
        Ok(())
    }

    /// `caRef` has no namespace, so of two ConfigMaps of one name neither counts.
    fn certificates(&mut self, maps: Maps) -> BTreeMap<String, String> {
        let mut roots = BTreeMap::new();
        for (name, mut maps) in maps {
            let (Some(map), true) = (maps.pop(), maps.is_empty()) else {
                self.errors.push(format!("ConfigMap {name}: stands twice in the policy; keep one"));
                continue;
            };
            let keys = map.data.into_iter().flatten();
            roots.extend(keys.map(|(key, pem)| (format!("{name}/{key}"), pem)));
        }
        roots
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

fn load_all(files: &Files) -> (Vec<Manifest>, Vec<ManifestError>) {
    let (mut all, mut errors) = (Vec::new(), Vec::new());
    for (path, text) in files {
        let (manifests, faults) = load(text, &path.display().to_string());
        all.extend(manifests);
        errors.extend(faults);
    }
    (all, errors)
}

fn place(error: &ManifestError) -> String {
    format!("{}:{}", error.origin.file, error.origin.line)
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

#[cfg(test)]
mod tests;
