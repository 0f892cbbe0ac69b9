//! A registry that keeps silent holds up who wants something new of it, and nobody else (I8). How the binary goes by that
//! is in tests/it (`loading.rs`, `registry.rs`).

use std::collections::BTreeSet;

use bailiwick_api::{
    grant::GrantAddresses,
    meta::ObjectMeta,
    provider::{LayoutSource, ModuleSource},
    registry_config::RegistryConfigSpec,
    trust_policy::{Authority, KeyAuthority, PolicyMatch, TrustPolicySpec},
};
use bailiwick_artifact::{
    Digest,
    oci::{Layout, Place, Registry, RegistryOptions, pack, place::copy},
    sign::{self, PrivateKey},
};
use bailiwick_core::trust::{Access, Reference, SIGNATURE};
use bailiwick_testkit::{
    guest,
    oci::{OciRegistry, Trouble},
    temp::Folder,
};

use super::*;
use crate::folder::records::FolderRecords;

const CATALOGUE: &str = include_str!("../../../artifact/src/build/tests/provider.toml");
const REFERENCE: &str = "registry.example/bailiwick/fake:0.1.0";

fn object<T>(name: &str, spec: T) -> Object<T> {
    let metadata = ObjectMeta { name: name.into(), uid: Some(name.into()), ..ObjectMeta::default() };
    Object { metadata, spec }
}

fn provider(name: &str, module: ModuleSource) -> Arc<Object<ProviderSpec>> {
    Arc::new(object(name, ProviderSpec { module, ..ProviderSpec::default() }))
}

/// A registry, a key, and what of both a round goes by.
struct Scene {
    registry: OciRegistry,
    folder: Folder,
    key: PrivateKey,
    in_force: InForce,
    places: Places,
    cache: ArtifactCache,
    records: FolderRecords,
    former: Former,
}

impl Scene {
    fn new() -> Self {
        let (registry, folder) = (OciRegistry::start().unwrap(), Folder::new().unwrap());
        let key = PrivateKey::generate().unwrap();
        Self {
            in_force: policy(&key, &registry.name()),
            places: Places::new(
                [&Arc::new(object("here", config(&registry.name())))],
                BTreeSet::new(),
                &Roots::default(),
                Arc::new(|_, _| None),
            ),
            cache: ArtifactCache::open(&folder.join("cache")).unwrap(),
            records: FolderRecords::open(Some(&folder.join("state")), false, true).unwrap(),
            former: Former::default(),
            registry,
            folder,
            key,
        }
    }

    /// A signed layout that is made for `reference`.
    async fn layout(&self, reference: &Reference) -> (Layout, Digest) {
        let module = guest::module(&guest::text("good").unwrap()).unwrap();
        let component = bailiwick_artifact::build(&module, CATALOGUE).unwrap();
        let mut layout = Layout::default();
        let digest = pack(&mut layout, &component, reference, None).unwrap();
        let bundle = sign::bundle(&self.key, &digest, SIGNATURE, &serde_json::json!({})).unwrap();
        Place::Layout(&mut layout).attach(&digest, &bundle).await.unwrap();
        (layout, digest)
    }

    /// One round at this second.
    async fn round(&self, now: i64, providers: &[Arc<Object<ProviderSpec>>]) -> Supplied {
        let supply = Supply {
            folder: self.folder.path(),
            allow_unsigned: false,
            engine: None,
            in_force: &self.in_force,
            places: &self.places,
            cache: Some(&self.cache),
            records: &self.records,
            former: &self.former,
            // Long enough for who answers.
            patience: Duration::from_secs(3),
            now,
        };
        supply.load(providers).await
    }
}

/// A policy for all registries here, by this key.
fn policy(key: &PrivateKey, registry: &str) -> InForce {
    let key = KeyAuthority { pem: key.public_pem().unwrap(), ..KeyAuthority::default() };
    let prefix = |prefix: &str| PolicyMatch { prefix: prefix.into() };
    let spec = TrustPolicySpec {
        matches: vec![prefix("registry.example"), prefix(registry)],
        authorities: vec![Authority { name: "release".into(), key: Some(key), keyless: None }],
        ..TrustPolicySpec::default()
    };
    InForce::new(vec![object("release", spec)], BTreeSet::new(), Arc::default())
}

fn config(registry: &str) -> RegistryConfigSpec {
    RegistryConfigSpec {
        registry: registry.into(),
        addresses: Some(GrantAddresses { class: "loopback".into(), cidrs: Vec::new() }),
        insecure_http: Some(true),
        ..RegistryConfigSpec::default()
    }
}

fn oci(reference: &str) -> ModuleSource {
    ModuleSource { oci: Some(reference.to_owned()), ..ModuleSource::default() }
}

#[tokio::test]
async fn i8_a_registry_that_keeps_silent_holds_up_nobody_else() {
    let scene = Scene::new();
    scene.registry.trouble("/v2/", Trouble::Silent);
    let (layout, _) = scene.layout(&Reference::parse(REFERENCE).unwrap()).await;
    layout.save(&scene.folder.join("fake")).unwrap();
    let layout = LayoutSource { path: "fake".into(), reference: REFERENCE.into() };
    let fast = ModuleSource { layout: Some(layout), ..ModuleSource::default() };
    let slow = oci(&format!("{}/acme/slow:1.0.0", scene.registry.name()));
    let supplied = scene.round(100, &[provider("slow", slow), provider("fake", fast)]).await;
    assert_eq!(scene.registry.count("/v2/"), 1, "it was asked, and not again");
    let why = supplied.modules["slow"].as_ref().err().unwrap().to_string();
    assert!(why.contains("Unreachable") && why.contains("took longer than"), "{why}");
    assert!(supplied.modules["fake"].is_ok(), "{:?}", supplied.modules["fake"].as_ref().err());
}

#[tokio::test]
async fn i8_what_ran_goes_on_where_its_registry_keeps_silent() {
    let scene = Scene::new();
    let text = format!("{}/acme/fake:0.1.0", scene.registry.name());
    let (mut layout, digest) = scene.layout(&Reference::parse(&text).unwrap()).await;
    let access = Access::of(&config(&scene.registry.name()), |_| None).unwrap();
    let client = Registry::new(RegistryOptions::new(access)).unwrap();
    let mut there = Place::Registry(&client, "acme/fake".into());
    copy(&Place::Layout(&mut layout), &mut there, &digest, Some("0.1.0")).await.unwrap();
    let fake = [provider("fake", oci(&text))];
    let supplied = scene.round(100, &fake).await;
    assert!(supplied.modules["fake"].is_ok() && supplied.warnings.is_empty());
    scene.registry.trouble("/v2/", Trouble::Silent);
    let supplied = scene.round(100_000, &fake).await;
    assert!(supplied.modules["fake"].is_ok(), "{:?}", supplied.modules["fake"].as_ref().err());
    assert!(supplied.admissions.current("fake", 100_000).is_ok());
    let [warning] = &supplied.warnings[..] else { panic!("{:?}", supplied.warnings) };
    assert!(warning.contains("Unreachable") && warning.contains("took longer than"), "{warning}");
}

/// It may have pinned a CA, or another network.
#[tokio::test]
async fn i6_denied_the_defaults_where_a_registry_config_cannot_be_read() {
    let mut scene = Scene::new();
    let reference = format!("{}/acme/fake:1.0.0", scene.registry.name());
    let unread = BTreeSet::from(["registry.yaml:1".to_owned()]);
    scene.places = Places::new([], unread, &Roots::default(), Arc::new(|_, _| None));
    let supplied = scene.round(100, &[provider("fake", oci(&reference))]).await;
    let why = supplied.modules["fake"].as_ref().err().unwrap().to_string();
    assert!(why.contains("PolicyInvalid") && why.contains("registry.yaml:1"), "{why}");
    assert_eq!(scene.registry.count("/v2/"), 0);
}
