use std::{collections::BTreeMap, sync::Arc};

use bailiwick_api::manifest::load_cases;

use super::*;
use crate::{
    case::{Asked, Setting, prepare},
    catalogue::parse::parse,
};

const CASE: &str = "
store: {url: 'https://api.example', project: p, auth: {tokenSecretRef: {name: api-token, key: token}}}
entries: []
";

fn catalogue() -> Arc<Catalogue> {
    let text =
        include_str!("../../../../../providers-wasm/template/provider.toml").replace("{{name}}", "acme");
    Arc::new(parse(&text).unwrap())
}

fn used(case: &str, keys: &[&str]) -> (Arc<Catalogue>, Usage) {
    let catalogue = catalogue();
    let case = load_cases(case, "a.yaml").0.remove(0).1;
    let setting = Setting { catalogue: &catalogue, digest: "sha256:1", case: &case, grant: None };
    let prepared = prepare(&setting).unwrap_or_else(|not_ready| panic!("{not_ready:?}"));
    let asked = |key: &&str| Asked {
        operation: "get-secret".to_owned(),
        key: key.split('/').map(str::to_owned).collect(),
    };
    let mut usage = Usage::default();
    usage.add(&prepared.program, &keys.iter().map(asked).collect::<Vec<_>>());
    (catalogue, usage)
}

#[test]
fn it_admits_exactly_what_was_asked_for() {
    let (catalogue, usage) = used(CASE, &["team-a/db", "team-a/db", "team-a/smtp"]);
    let spec = suggest(&catalogue, &usage, &Identity::Module("sha256:1".to_owned()));
    assert_eq!(spec.operations, ["get-secret"]);
    assert_eq!(spec.targets[0].keys, ["team-a/db", "team-a/smtp"]);
    assert_eq!(spec.targets[0].account, BTreeMap::from([("project".to_owned(), "p".to_owned())]));
    assert_eq!(spec.auth[0].secrets, ["./api-token"]);
    // The case itself runs under it.
    let case = load_cases(CASE, "a.yaml").0.remove(0).1;
    let setting = Setting { catalogue: &catalogue, digest: "sha256:1", case: &case, grant: Some(&spec) };
    let program = prepare(&setting).unwrap_or_else(|not_ready| panic!("{not_ready:?}")).program;
    assert_eq!(program.operations.len(), 1);
    // Another account does not.
    let other = load_cases(&CASE.replace("project: p", "project: q"), "a.yaml").0.remove(0).1;
    let denied = prepare(&Setting { case: &other, ..setting }).err().unwrap();
    assert_eq!(denied.reason, "AccountNotGranted");
}

#[test]
fn denied_what_no_case_used() {
    let (catalogue, usage) = used(CASE, &[]);
    let spec = suggest(&catalogue, &usage, &Identity::Module("sha256:1".to_owned()));
    assert!(spec.operations.is_empty() && spec.targets.is_empty() && spec.auth.is_empty());
    assert_eq!(usage.unused_operations(&catalogue), ["get-secret"]);
    assert_eq!(usage.unused_auth(&catalogue), ["token"]);
}

#[test]
fn what_is_listed_takes_the_keys_below_it() {
    let (_, mut usage) = used(CASE, &["team-a/db", "team-b/x"]);
    let used = usage.places.values_mut().next().unwrap();
    let prefix = |text: &str| text.split('/').map(str::to_owned).collect::<Vec<_>>();
    used.prefixes.extend([prefix("team-a"), prefix("team-a/deep")]);
    assert_eq!(keys(used), ["team-a/**", "team-b/x"]);
    used.prefixes.insert(Vec::new());
    assert_eq!(keys(used), ["**"]);
}

#[test]
fn signed_modules_are_named_by_where_they_come_from() {
    let (catalogue, usage) = used(CASE, &["a"]);
    let signed =
        Identity::Signed { repository: "registry.example/acme".into(), signed_by: vec!["ci".into()] };
    let text = yaml("acme", &suggest(&catalogue, &usage, &signed));
    assert!(text.contains("    repository: registry.example/acme\n    signedBy: [ci]\n"), "{text}");
    assert!(!text.contains("module:"), "{text}");
}
