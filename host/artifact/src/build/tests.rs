use bailiwick_testkit::guest;

use super::*;
use crate::{Digest, catalogue_section};

const CATALOGUE: &str = include_str!("tests/provider.toml");

fn good() -> Vec<u8> {
    guest::module(&guest::text("good").unwrap()).unwrap()
}

#[test]
fn a_core_module_becomes_a_provider_that_says_what_it_is() {
    let component = build(&good(), CATALOGUE).unwrap();
    assert_eq!(catalogue_section(&component).unwrap(), CATALOGUE);
    let seen = inspect(&component).unwrap();
    assert_eq!(seen.digest, Digest::of(&component));
    assert_eq!(seen.size, component.len());
    // `outcomes` is there because `answers` uses its types.
    let imports = ["values", "outcomes", "answers"].map(|name| format!("bailiwick:provider/{name}@0.1.0"));
    assert_eq!(seen.imports, imports);
    assert_eq!(seen.exports, ["bailiwick:provider/provider@0.1.0"]);
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    assert_eq!(build(&good(), CATALOGUE).unwrap(), build(&good(), CATALOGUE).unwrap());
}

#[test]
fn what_is_no_core_module_of_the_world_is_refused_clearly() {
    let component = build(&good(), CATALOGUE).unwrap();
    assert!(matches!(build(&component, CATALOGUE), Err(BuildError::Component)));
    assert!(matches!(build(b"name: vault", CATALOGUE), Err(BuildError::Encode(_))));
    let bare = wat_without_world();
    assert!(matches!(build(&bare, CATALOGUE), Err(BuildError::Inspect(InspectError::NoProvider))));
}

/// A module that says nothing of any world.
fn wat_without_world() -> Vec<u8> {
    b"\0asm\x01\0\0\0".to_vec()
}
