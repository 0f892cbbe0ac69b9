//! That a packed component is pulled again as it is, and that the same one has the same digest.

use bailiwick_testkit::guest;

use super::*;
use crate::{oci::Limits, oci::manifest, section};

const CATALOGUE: &str = include_str!("../../build/tests/provider.toml");

fn component() -> Vec<u8> {
    section::write(&guest::component("good").unwrap(), CATALOGUE).unwrap()
}

fn reference(tag: &str) -> Reference {
    Reference::parse(&format!("registry.example/acme/fake{tag}")).unwrap()
}

#[test]
fn i9_a_component_comes_out_as_it_went_in() {
    let component = component();
    let mut layout = Layout::default();
    let digest = pack(&mut layout, &component, &reference(":0.1.0"), None).unwrap();
    let pulled = layout.pull(Some(&Selector::Tag("0.1.0".into())), &Limits::default()).unwrap();
    assert_eq!((pulled.digest, &pulled.component), (digest, &component));
    let annotations = manifest::component(&pulled.manifest).unwrap().annotations;
    let wanted = [
        (NAME, "fake"),
        (VERSION, "0.1.0"),
        (REPOSITORY, "registry.example/acme/fake"),
        (TITLE, "fake.wasm"),
    ];
    assert_eq!(annotations, wanted.map(|(name, text)| (name.to_owned(), text.to_owned())).into());
    let config: Value = serde_json::from_slice(&pulled.config).unwrap();
    assert_eq!(config["component"]["exports"], json!(["bailiwick:provider/provider@0.1.0"]));
    assert_eq!(config["layerDigests"], json!([Digest::of(&component).to_string()]));
}

#[test]
fn the_same_component_has_the_same_digest_and_a_time_only_where_one_is_given() {
    let (component, reference) = (component(), reference(":0.1.0"));
    let of = |created| pack(&mut Layout::default(), &component, &reference, created).unwrap();
    assert_eq!(of(None), of(None));
    assert_eq!(of(Some("2026-01-01T00:00:00Z")), of(Some("2026-01-01T00:00:00Z")));
    assert_ne!(of(None), of(Some("2026-01-01T00:00:00Z")));
}

#[test]
fn denied_what_is_no_provider_or_has_another_version() {
    let component = component();
    let packed = |bytes: &[u8], tag: &str| pack(&mut Layout::default(), bytes, &reference(tag), None);
    assert!(packed(&component, ":latest").is_ok());
    for tag in [":0.2.0", ":v0.2.0"] {
        assert!(matches!(packed(&component, tag), Err(PackError::Version(_))), "{tag}");
    }
    assert!(matches!(packed(&component, ":^0.1"), Err(PackError::NoTag)));
    assert!(matches!(packed(&component, &format!("@{}", Digest::of(b""))), Err(PackError::NoTag)));
    assert!(matches!(packed(b"\0asm", ":0.1.0"), Err(PackError::Component(_))));
}
