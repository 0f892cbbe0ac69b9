//! I10: each rule that allows has a test of its denied twin. Tests are named after the rules: `g6_allowed_...`,
//! `g6_denied_...`. The rules that core decides are cases in YAML, under `- rule: g6 ...`; core's own test holds each
//! of those to both sides, so here they count as both.

use std::collections::BTreeSet;

use crate::{root, sources};

/// The rules of grants and of the boundary that allow something.
fn allow_rules() -> Vec<String> {
    let grants = (1..=12).map(|n| format!("g{n}")).chain(["g6a".to_owned()]);
    grants.chain((1..=6).map(|n| format!("b{n}"))).collect()
}

/// Rules that allow nothing: a closed set of reasons, and a runner that is taken for hostile.
const OTHERS: [&str; 2] = ["g13", "b7"];

// What the tests of a text are named after, as `g6_allowed`; other tests of a rule as `g6`.
fn named(text: &str) -> Vec<String> {
    let functions = text.lines().filter_map(|line| {
        let line = line.trim_start();
        line.strip_prefix("async fn ").or_else(|| line.strip_prefix("fn "))
    });
    let mut found = Vec::new();
    for name in functions {
        let mut parts = name.splitn(3, '_');
        let (Some(rule), Some(verdict), rest) = (parts.next(), parts.next(), parts.next()) else { continue };
        if rest.is_some() && matches!(verdict, "allowed" | "denied") {
            found.push(format!("{rule}_{verdict}"));
        }
        found.push(rule.to_owned());
    }
    found
}

// The rules of core's cases.
fn decided() -> Vec<String> {
    let folder = root().join("host/core/tests/grants/cases");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let texts: Vec<String> = files.map(|file| std::fs::read_to_string(file).unwrap()).collect();
    let rules = texts.iter().flat_map(|text| text.lines()).filter_map(|line| line.strip_prefix("- rule: "));
    let rules: BTreeSet<&str> = rules.filter_map(|rule| rule.split(' ').next()).collect();
    assert!(rules.contains("g6"), "core's cases are not where they were");
    rules.into_iter().flat_map(|rule| [format!("{rule}_allowed"), format!("{rule}_denied")]).collect()
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
    let tests: BTreeSet<String> =
        sources().iter().flat_map(|source| named(&source.text)).chain(decided()).collect();
    assert_eq!(lonely(&tests, &allow_rules()), Vec::<String>::new());
    assert_eq!(
        OTHERS.into_iter().filter(|rule| !tests.contains(*rule)).collect::<Vec<_>>(),
        Vec::<&str>::new()
    );
}

#[test]
fn a_rule_without_its_twin_is_found() {
    let text = "fn g1_allowed_by_a_grant() {}\nasync fn i8_allowed_small() {}\n    fn i8_denied_huge() {}\nfn g13_closed() {}";
    let tests: BTreeSet<String> = named(text).into_iter().collect();
    assert_eq!(lonely(&tests, &[]), ["g1_denied"]);
    assert_eq!(lonely(&tests, &["b1".to_owned()]), ["b1_allowed", "b1_denied", "g1_denied"]);
    assert!(tests.contains("g13"));
}
