//! A registry that keeps silent holds up who wants something of it, and nobody else (I8).

use std::collections::BTreeSet;

use bailiwick_api::{
    grant::GrantAddresses,
    meta::ObjectMeta,
    provider::{LayoutSource, ModuleSource},
    registry_config::RegistryConfigSpec,
    trust_policy::{Authority, KeyAuthority, PolicyMatch, TrustPolicySpec},
};
use bailiwick_artifact::{
    oci::{Layout, Place, pack},
    sign::{self, PrivateKey},
};
use bailiwick_core::trust::{Reference, SIGNATURE};
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

/// A signed layout `fake` in the folder.
async fn layout(folder: &Folder, key: &PrivateKey) {
    let module = guest::module(&guest::text("good").unwrap()).unwrap();
    let component = bailiwick_artifact::build(&module, CATALOGUE).unwrap();
    let mut layout = Layout::default();
    let digest = pack(&mut layout, &component, &Reference::parse(REFERENCE).unwrap(), None).unwrap();
    let bundle = sign::bundle(key, &digest, SIGNATURE, &serde_json::json!({})).unwrap();
    Place::Layout(&mut layout).attach(&digest, &bundle).await.unwrap();
    layout.save(&folder.join("fake")).unwrap();
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

fn places(registry: &str) -> Places {
    let addresses = GrantAddresses { class: "loopback".into(), cidrs: Vec::new() };
    let spec = RegistryConfigSpec {
        registry: registry.into(),
        addresses: Some(addresses),
        insecure_http: Some(true),
        ..RegistryConfigSpec::default()
    };
    Places::new([&Arc::new(object("here", spec))], &Roots::default(), Arc::new(|_, _| None))
}

#[tokio::test]
async fn i8_a_registry_that_keeps_silent_holds_up_nobody_else() {
    let (registry, folder) = (OciRegistry::start().unwrap(), Folder::new().unwrap());
    registry.trouble("/v2/", Trouble::Silent);
    let key = PrivateKey::generate().unwrap();
    layout(&folder, &key).await;
    let supply = Supply {
        folder: folder.path(),
        allow_unsigned: false,
        engine: None,
        in_force: &policy(&key, &registry.name()),
        places: &places(&registry.name()),
        cache: None,
        records: &FolderRecords::open(None, true, true).unwrap(),
        former: &Former::default(),
        // Long enough for a layout on disk.
        patience: Duration::from_secs(3),
        now: 100,
    };
    let slow =
        ModuleSource { oci: Some(format!("{}/acme/slow:1.0.0", registry.name())), ..Default::default() };
    let layout = LayoutSource { path: "fake".into(), reference: REFERENCE.into() };
    let fast = ModuleSource { layout: Some(layout), ..ModuleSource::default() };
    let supplied = supply.load(&[provider("slow", slow), provider("fake", fast)]).await;
    assert_eq!(registry.count("/v2/"), 1, "it was asked, and not again");
    let why = supplied.modules["slow"].as_ref().err().unwrap().to_string();
    assert!(why.contains("Unreachable") && why.contains("took longer than"), "{why}");
    assert!(supplied.modules["fake"].is_ok(), "{:?}", supplied.modules["fake"].as_ref().err());
}
