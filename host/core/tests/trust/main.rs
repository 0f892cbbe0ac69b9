//! Trust as data: policies, the facts of an artifact's signatures and what ran before in; the verdict out. Each rule
//! has cases that are allowed and denied twins of them; the names of both start with the rule's.

#![cfg(test)]

mod case;
mod policies;
mod rejudge;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use case::{Case, File};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/trust").join(name)
}

fn file(name: &str) -> File {
    let text = std::fs::read_to_string(folder("cases").join(name)).unwrap();
    serde_saphyr::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn cases() -> Vec<Case> {
    file("verdicts.yaml").cases()
}

#[test]
fn every_verdict_is_as_written() {
    let cases = cases();
    assert!(cases.len() > 80, "only {} cases were found", cases.len());
    let wrong: Vec<String> = cases.iter().filter_map(|case| case.check().err()).collect();
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn i10_each_rule_of_trust_that_allows_has_its_denied_twin() {
    let mut found: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut names = BTreeSet::new();
    for case in cases() {
        assert!(names.insert((case.rule.clone(), case.name.clone())), "two cases are named {}", case.name);
        let counts = found.entry(case.rule).or_default();
        if case.allowed { counts.0 += 1 } else { counts.1 += 1 }
    }
    for (rule, (allowed, denied)) in &found {
        assert!(*allowed > 0 && *denied > 0, "{rule:?}: {allowed} allowed, {denied} denied");
    }
}

/// Whatever reason verdicts are refused with is expected by some denied case.
#[test]
fn i10_each_reason_of_the_verdicts_has_a_denied_case() {
    let mut open = vec![
        Path::new(env!("CARGO_MANIFEST_DIR")).join("src/trust/judge"),
        Path::new(env!("CARGO_MANIFEST_DIR")).join("src/trust/policy"),
    ];
    let mut given = BTreeSet::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            let text = std::fs::read_to_string(&path).unwrap();
            let words = text.split("Reason::").skip(1);
            given.extend(
                words.map(|rest| rest.chars().take_while(char::is_ascii_alphanumeric).collect::<String>()),
            );
        }
    }
    assert!(given.len() > 12, "{given:?}");
    let cases = cases();
    let expected: BTreeSet<&str> = cases.iter().filter_map(Case::reason).collect();
    let untested: Vec<_> = given.iter().filter(|reason| !expected.contains(reason.as_str())).collect();
    assert!(untested.is_empty(), "no case is denied with {untested:?}");
}
