//! The real catalogues of providers-wasm: each parses, and each compiles with an example grant.

use std::path::Path;

use bailiwick_core::catalogue::parse;

#[test]
fn every_provider_of_ours_parses() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../providers-wasm");
    let mut seen = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path().join("provider.toml");
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        match parse::parse(&text) {
            Ok(catalogue) => seen.push(catalogue.name),
            Err(faults) => panic!("{}:\n{faults:#?}", path.display()),
        }
    }
    seen.sort();
    assert!(seen.iter().any(|name| name == "vault") && seen.iter().any(|name| name == "fake"), "{seen:?}");
}
