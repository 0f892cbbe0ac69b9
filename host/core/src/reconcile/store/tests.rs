use std::collections::BTreeMap;

use bailiwick_api::{external_secret::StoreKind, meta::LabelRequirement, secret_store::ProviderBlock};

use super::*;

fn store(conditions: Vec<StoreCondition>) -> SecretStoreSpec {
    SecretStoreSpec {
        controller: None,
        provider: ProviderBlock { name: "fake".into(), settings: serde_json::Value::Null },
        retry_settings: None,
        refresh_interval: None,
        conditions: Some(conditions),
    }
}

fn check(store: Option<&SecretStoreSpec>, namespace: &str) -> Result<(), String> {
    check_kind(StoreKind::ClusterSecretStore, store, namespace)
}

fn check_kind(kind: StoreKind, store: Option<&SecretStoreSpec>, namespace: &str) -> Result<(), String> {
    let key = StoreKey { kind, name: "main".into() };
    let labels = BTreeMap::from([("team".to_owned(), "a".to_owned())]);
    let namespace = ObjectMeta { name: namespace.into(), labels, ..ObjectMeta::default() };
    usable(&key, store, "default", &namespace).map_err(|unusable| NotReady::from(unusable).message)
}

fn names(names: &[&str]) -> StoreCondition {
    StoreCondition {
        namespaces: Some(names.iter().map(|n| (*n).into()).collect()),
        ..StoreCondition::default()
    }
}

fn regex(text: &str) -> StoreCondition {
    StoreCondition { namespace_regexes: Some(vec![text.into()]), ..StoreCondition::default() }
}

fn labels(selector: LabelSelector) -> StoreCondition {
    StoreCondition { namespace_selector: Some(selector), ..StoreCondition::default() }
}

#[test]
fn a_store_must_exist_and_be_of_our_class() {
    assert_eq!(check(None, "a").unwrap_err(), "ClusterSecretStore main: does not exist");
    let class = |class: &str| SecretStoreSpec { controller: Some(class.into()), ..store(Vec::new()) };
    assert_eq!(check(Some(&class("")), "a"), Ok(()));
    assert_eq!(check(Some(&class("default")), "a"), Ok(()));
    assert_eq!(check(Some(&class("other")), "a").unwrap_err(), OTHER_CLASS);
}

#[test]
fn any_condition_admits() {
    let team = |team: &str| LabelSelector {
        match_labels: BTreeMap::from([("team".to_owned(), team.to_owned())]),
        ..LabelSelector::default()
    };
    let exists = LabelRequirement { key: "team".into(), operator: "DoesNotExist".into(), values: Vec::new() };
    let absent = LabelSelector { match_expressions: vec![exists], ..LabelSelector::default() };
    for (conditions, admitted) in [
        (vec![], true),
        (vec![names(&["team-a"])], true),
        (vec![names(&["team-b"])], false),
        (vec![names(&["team-b"]), names(&["team-a"])], true),
        // Unanchored, and Go's syntax: `\<` is a character there.
        (vec![regex("^team-")], true),
        (vec![regex("am")], true),
        (vec![regex(r"\<team")], false),
        (vec![regex("(")], false),
        (vec![labels(team("a"))], true),
        (vec![labels(team("b"))], false),
        (vec![labels(absent)], false),
        (vec![labels(LabelSelector::default())], true),
        (vec![StoreCondition::default()], false),
    ] {
        let verdict = check(Some(&store(conditions.clone())), "team-a");
        assert_eq!(verdict.is_ok(), admitted, "{conditions:?}");
    }
}

#[test]
fn conditions_are_those_of_a_cluster_store() {
    let store = store(vec![names(&["team-b"])]);
    assert_eq!(check_kind(StoreKind::SecretStore, Some(&store), "team-a"), Ok(()));
    assert!(check_kind(StoreKind::ClusterSecretStore, Some(&store), "team-a").is_err());
}
