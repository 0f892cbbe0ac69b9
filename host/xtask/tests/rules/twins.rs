//! I10: each rule that allows has a test of its denied twin. Tests are named after the rules: `g6_allowed_...`,
//! `g6_denied_...`. The rules of grants (G1-G13) and of the boundary (B1-B7) must all have both.

use std::collections::BTreeSet;

use crate::sources;

/// The rules that allow.
fn rules() -> Vec<String> {
    let grants = (1..=13).map(|n| format!("g{n}")).chain(["g6a".to_owned()]);
    grants.chain((1..=7).map(|n| format!("b{n}"))).collect()
}

// What the tests of a text are named after, as `g6_allowed`.
fn named(text: &str) -> impl Iterator<Item = String> {
    let functions = text.lines().filter_map(|line| {
        let line = line.trim_start();
        line.strip_prefix("async fn ").or_else(|| line.strip_prefix("fn "))
    });
    functions.filter_map(|name| {
        let mut parts = name.splitn(3, '_');
        let (rule, verdict) = (parts.next()?, parts.next()?);
        (parts.next().is_some() && matches!(verdict, "allowed" | "denied"))
            .then(|| format!("{rule}_{verdict}"))
    })
}

fn lonely(tests: &BTreeSet<String>, rules: &[String]) -> Vec<String> {
    let twins = rules.iter().flat_map(|rule| [format!("{rule}_allowed"), format!("{rule}_denied")]);
    let allowed = tests.iter().filter(|test| test.ends_with("_allowed"));
    let wanted: BTreeSet<String> =
        twins.chain(allowed.map(|test| test.replace("_allowed", "_denied"))).collect();
    wanted.into_iter().filter(|test| !tests.contains(test)).collect()
}

#[test]
fn each_rule_has_an_allowed_and_a_denied_test() {
    let tests = sources().iter().flat_map(|source| named(&source.text).collect::<Vec<_>>()).collect();
    assert_eq!(lonely(&tests, &rules()), Vec::<String>::new());
}

#[test]
fn a_rule_without_its_twin_is_found() {
    let text = "fn g1_allowed_by_a_grant() {}\nasync fn i8_allowed_small() {}\n    fn i8_denied_huge() {}\nfn g1_grants() {}";
    let tests: BTreeSet<String> = named(text).collect();
    assert_eq!(tests.len(), 3);
    assert_eq!(lonely(&tests, &[]), ["g1_denied"]);
    assert_eq!(lonely(&tests, &["b1".to_owned()]), ["b1_allowed", "b1_denied", "g1_denied"]);
}
