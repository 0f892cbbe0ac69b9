//! G2: each entry of an object goes to the first grant, by name, that admits its key; entries under two grants are two
//! runs, and none is tried in mid-run.

use std::collections::BTreeMap;

use bailiwick_api::external_secret::StoreKind;
use bailiwick_boundary::{Entry, Reference};
use bailiwick_core::{
    grant::{self, Compiled},
    reason::Reason,
    reconcile::{Assigned, EntryPlan, Source, StoreKey, assign},
};
use serde_json::{Value as Json, json};

use super::case::Input;

/// The base's grant, with these keys.
fn grant(keys: &[&str]) -> Compiled {
    let text = std::fs::read_to_string(super::folder("cases").join("vault.yaml")).unwrap();
    let file: Json = serde_saphyr::from_str(&text).unwrap();
    let mut input = file["base"].clone();
    input["grant"]["spec"]["targets"][0]["keys"] = json!(keys);
    grant::compile(&Input::read(&input).request())
}

fn entries(keys: &[&str]) -> Vec<EntryPlan> {
    let entry = |(index, key): (usize, &&str)| EntryPlan {
        source: Source::Data(index),
        store: StoreKey { kind: StoreKind::SecretStore, name: "vault".into() },
        entry: Entry::Secret(Reference {
            key: (*key).into(),
            property: None,
            version: None,
            metadata: false,
        }),
        name: None,
        tags: BTreeMap::new(),
    };
    keys.iter().enumerate().map(entry).collect()
}

/// The entries of each run by their indices, and those denied with their reasons.
fn assigned(keys: &[&str], grants: Vec<Compiled>) -> (Vec<Vec<usize>>, Vec<(usize, Reason)>) {
    let Assigned { runs, denied } = assign(entries(keys).iter().enumerate(), grants);
    let runs = runs.into_iter().map(|(_, indices)| indices).collect();
    (runs, denied.into_iter().map(|(index, denial)| (index, denial.reason)).collect())
}

#[test]
fn g2_allowed_entries_go_to_the_first_grant_that_admits_them() {
    let grants = || vec![grant(&["a/**"]), grant(&["b/**", "a/x"])];
    assert_eq!(assigned(&["a/x", "b/y", "a/z"], grants()), (vec![vec![0, 2], vec![1]], vec![]));
    assert_eq!(assigned(&["b/y"], grants()), (vec![vec![0]], vec![]));
    assert_eq!(assigned(&[], grants()), (vec![], vec![]));
}

#[test]
fn g2_denied_entries_that_no_grant_admits_alone() {
    let grants = vec![grant(&["a/**"]), grant(&["b/**"])];
    assert_eq!(assigned(&["a/x", "c/y"], grants), (vec![vec![0]], vec![(1, Reason::KeyNotGranted)]));
    assert_eq!(assigned(&["a/x"], Vec::new()), (vec![], vec![(0, Reason::NotGranted)]));
}
