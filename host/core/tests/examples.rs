//! Every folder under examples/ is loaded as a user's would be and decided: no field is refused, each entry of each
//! ExternalSecret goes to a grant, and none does from another namespace or for another key.

// The lints' exception for tests does not reach helpers of an integration test.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use bailiwick_api::{
    external_secret::{ExternalSecretSpec, StoreKind},
    grant::CapabilityGrantSpec,
    manifest::{AnyObject, Manifest, load, unique},
    meta::Object,
    provider::ProviderSpec,
    secret_store::SecretStoreSpec,
    served::{unserved, unserved_store},
    trust_policy::TrustPolicySpec,
};
use bailiwick_boundary::{Entry, Reference};
use bailiwick_core::{
    catalogue::{Catalogue, World, parse, surface},
    grant::{self, Compiled, ModuleOrigin, Namespace, Purpose, Request, Store},
    reason::Reason,
    reconcile::{EntryPlan, Observed, Plan, StoreKey, plan, store},
    trust::{self, Access, Ceiling, PolicySet, Selector, Signed},
};

/// An Ed25519 key's DER up to the key (RFC 8410).
const ED25519: &[u8] = &[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
/// Who signs in all examples.
const SIGNER: &str = "release";
const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// What a folder holds.
#[derive(Default)]
struct Example {
    folder: PathBuf,
    providers: Vec<Object<ProviderSpec>>,
    grants: Vec<Object<CapabilityGrantSpec>>,
    policies: Vec<Object<TrustPolicySpec>>,
    namespaces: Vec<String>,
    roots: BTreeMap<String, String>,
    stores: BTreeMap<StoreKey, Object<SecretStoreSpec>>,
    config_maps: BTreeMap<String, BTreeMap<String, String>>,
    secrets: Vec<Object<ExternalSecretSpec>>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// All folders that have a policy.
fn examples() -> Vec<Example> {
    let mut folders: Vec<_> =
        fs::read_dir(root().join("examples")).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|folder| folder.join("policy").is_dir());
    folders.sort();
    assert!(folders.len() >= 6);
    folders.into_iter().map(example).collect()
}

fn example(folder: PathBuf) -> Example {
    let mut example = Example { folder, ..Example::default() };
    for manifest in manifests(&example.folder.join("policy")) {
        match manifest.object {
            AnyObject::Provider(mut object) => {
                object.metadata.uid = Some("provider".to_owned());
                example.providers.push(object);
            }
            AnyObject::CapabilityGrant(object) => example.grants.push(object),
            AnyObject::Namespace(object) => example.namespaces.push(object.metadata.name),
            AnyObject::ConfigMap(object) => {
                let data = object.data.into_iter().flatten();
                example.roots.extend(data.map(|(key, pem)| (format!("{}/{key}", object.metadata.name), pem)));
            }
            AnyObject::TrustPolicy(object) => example.policies.push(object),
            AnyObject::RegistryConfig(object) => {
                let access = Access::of(&object.spec, |_| None);
                assert!(access.is_ok(), "{}: {:?}", manifest.origin.file, access.err());
            }
            _ => panic!("{}: not policy", manifest.origin.file),
        }
    }
    for manifest in manifests(&example.folder.join("manifests")) {
        match manifest.object {
            AnyObject::SecretStore(object) => example.store(StoreKind::SecretStore, object),
            AnyObject::ClusterSecretStore(object) => example.store(StoreKind::ClusterSecretStore, object),
            AnyObject::ConfigMap(object) => {
                example.config_maps.insert(object.metadata.name, object.data.unwrap_or_default());
            }
            AnyObject::ExternalSecret(object) => {
                assert_eq!(unserved(&object.spec), [], "{}", manifest.origin.file);
                example.secrets.push(object);
            }
            _ => panic!("{}: not the tenant's", manifest.origin.file),
        }
    }
    example.accept();
    example
}

fn manifests(folder: &Path) -> Vec<Manifest> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let (manifests, errors) = load(&fs::read_to_string(&path).unwrap(), &path.display().to_string());
        assert_eq!(errors, []);
        all.extend(manifests);
    }
    let (all, errors) = unique(all);
    assert_eq!(errors, []);
    all
}

fn catalogue(provider: &str) -> Catalogue {
    let path = root().join(format!("providers-wasm/{provider}/provider.toml"));
    parse::parse(&fs::read_to_string(path).unwrap()).unwrap()
}

/// What `cargo xtask providers` writes beside the examples: `bailiwick trust suggest`, for a key that it made.
fn suggested() -> Object<TrustPolicySpec> {
    let key = [ED25519, &[7; 32]].concat();
    let text = trust::suggest(SIGNER, "registry.example/bailiwick/", &key).unwrap();
    let (mut all, errors) = load(&text, "suggested");
    assert_eq!(errors, []);
    match all.remove(0).object {
        AnyObject::TrustPolicy(object) => object,
        _ => panic!("{text}"),
    }
}

/// Where a Provider says that its module comes from.
fn origin(provider: &Object<ProviderSpec>) -> trust::Reference {
    let module = &provider.spec.module;
    let layout = module.layout.as_ref().map(|layout| &layout.reference);
    let reference = layout.or(module.oci.as_ref());
    trust::Reference::parse(reference.unwrap_or_else(|| panic!("a file, which nobody signed"))).unwrap()
}

impl Example {
    /// Grants as `bailiwick grant check --write` leaves them, and policies as they are read.
    fn accept(&mut self) {
        if self.policies.is_empty() {
            self.policies.push(suggested());
        }
        for policy in &mut self.policies {
            policy.metadata.uid = Some("policy".to_owned());
        }
        for grant in &mut self.grants {
            let provider = &mut grant.spec.provider;
            let named = self.providers.iter().find(|one| one.metadata.name == provider.name);
            grant.metadata.uid = Some("grant".to_owned());
            grant.spec.surface = Some(surface::hash(&catalogue(&provider.name)));
            provider.repository = Some(origin(named.unwrap()).repository());
            provider.signed_by = vec![SIGNER.to_owned()];
        }
    }

    /// A Provider's module, as the policies admit it.
    fn signed(&self, provider: &Object<ProviderSpec>) -> Signed {
        let reference = origin(provider);
        let set = PolicySet::new(&self.policies, &self.roots, &BTreeSet::new());
        let policies = set.matching(&reference).unwrap();
        Signed {
            repository: reference.repository(),
            manifest: DIGEST.to_owned(),
            component: DIGEST.to_owned(),
            signers: BTreeSet::from([SIGNER.to_owned()]),
            policies: policies.iter().map(|policy| policy.stamp().clone()).collect(),
            ceiling: Ceiling::together(policies.iter().map(|policy| policy.ceiling())),
        }
    }

    fn store(&mut self, kind: StoreKind, object: Object<SecretStoreSpec>) {
        assert_eq!(unserved_store(&object.spec), [], "{}", self.folder.display());
        self.stores.insert(StoreKey { kind, name: object.metadata.name.clone() }, object);
    }

    /// The entries of an object.
    fn entries(&self, object: &Object<ExternalSecretSpec>) -> Vec<EntryPlan> {
        match plan(&Observed { object, status: None, target: None, now: 0 }) {
            Plan::Fetch(fetch) => fetch.entries,
            other => panic!("{}: {other:?}", self.folder.display()),
        }
    }

    /// Every grant, compiled for a store and a namespace.
    fn compile(&self, key: &StoreKey, namespace: &str) -> Vec<Compiled> {
        let store = &self.stores[key];
        let settings = &store.spec.provider.settings;
        let provider = self
            .providers
            .iter()
            .find(|p| store.spec.provider.name.eq_ignore_ascii_case(&p.metadata.name))
            .unwrap();
        let catalogue = Arc::new(catalogue(&provider.metadata.name));
        let ca = settings
            .pointer("/caProvider/name")
            .map(|name| &self.config_maps[name.as_str().unwrap()]["ca.crt"]);
        let signed = self.signed(provider);
        let compile = |grant| {
            grant::compile(&Request {
                catalogue: &catalogue,
                granted_catalogue: None,
                origin: ModuleOrigin::Signed(&signed),
                world: World::Blind,
                provider,
                grant,
                store: Store {
                    name: &key.name,
                    namespace: store.metadata.namespace.as_deref().map(|_| namespace),
                    uid: "store",
                    generation: 1,
                    settings,
                    ca: ca.map(String::as_str),
                },
                subject: Namespace { name: namespace, uid: "namespace", labels: &BTreeMap::new() },
                trusted_labels: &BTreeSet::new(),
                ca: &self.roots,
                purpose: Purpose::Fetch,
                object: "ExternalSecret/example",
            })
        };
        self.grants.iter().map(compile).collect()
    }
}

#[test]
fn every_entry_of_every_example_is_granted() {
    for example in examples() {
        for object in &example.secrets {
            let namespace = object.metadata.namespace.as_deref().unwrap();
            assert!(
                example.namespaces.iter().any(|known| known == namespace),
                "{}",
                example.folder.display()
            );
            for entry in example.entries(object) {
                let place = format!("{}: {}", example.folder.display(), entry.source.path());
                let metadata =
                    bailiwick_api::meta::ObjectMeta { name: namespace.to_owned(), ..Default::default() };
                let spec = Some(&example.stores[&entry.store].spec);
                store::usable(&entry.store, spec, "default", &metadata)
                    .unwrap_or_else(|e| panic!("{place}: {e:?}"));
                let compiled = example.compile(&entry.store, namespace);
                grant::choose(&compiled, &entry.entry).unwrap_or_else(|denial| panic!("{place}: {denial}"));
            }
        }
    }
}

/// A policy is for the module of each Provider, and the module that is built here is of the version that is named.
#[test]
fn every_module_of_every_example_is_signed_and_of_a_version_that_there_is() {
    for example in examples() {
        for provider in &example.providers {
            let place = example.folder.display();
            assert_eq!(example.signed(provider).policies.len(), 1, "{place}");
            let version = catalogue(&provider.metadata.name).version;
            let there_is = match origin(provider).selector {
                Selector::Tag(tag) => tag == version,
                Selector::Range(range) => range.matches(&version.parse().unwrap()),
                Selector::Digest(_) => false,
            };
            assert!(there_is, "{place}: the module is of version {version}");
        }
    }
}

/// The denied twin: another namespace has no grant, and another key none that admits it.
#[test]
fn no_example_grants_more_than_it_needs() {
    for example in examples() {
        for object in &example.secrets {
            let namespace = object.metadata.namespace.as_deref().unwrap();
            for entry in example.entries(object) {
                let place = format!("{}: {}", example.folder.display(), entry.source.path());
                let denial =
                    grant::choose(&example.compile(&entry.store, "elsewhere"), &entry.entry).unwrap_err();
                assert_eq!(denial.reason, Reason::SubjectNotGranted, "{place}: {denial}");
                let Some(foreign) = foreign(&entry.entry) else { continue };
                let verdict = grant::choose(&example.compile(&entry.store, namespace), &foreign);
                // Static data has no keys to grant.
                let network = example.stores[&entry.store].spec.provider.name != "fake";
                let expected = network.then_some(Reason::KeyNotGranted);
                assert_eq!(verdict.err().map(|d| d.reason), expected, "{place}");
            }
        }
    }
}

/// The same entry for a key that nobody granted; a find names none, and gets only names that are granted.
fn foreign(entry: &Entry) -> Option<Entry> {
    let other = |reference: &Reference| Reference { key: "elsewhere/key".into(), ..reference.clone() };
    match entry {
        Entry::Secret(reference) => Some(Entry::Secret(other(reference))),
        Entry::Extract(reference) => Some(Entry::Extract(other(reference))),
        Entry::Find(_) => None,
    }
}
