//! I10: each rule that allows something is listed here, and each has cases that are allowed and denied ones. A topic
//! without its denied twin fails, and so does a topic of the files that is not listed.

use std::collections::{BTreeMap, BTreeSet};

/// Everything that a grant, or the boundary, allows.
const ALLOW_RULES: &[&str] = &[
    "b1 a slot takes its one source",
    "b1 a slot takes its class",
    "b1 prefixes are cut and put on as the catalogue says",
    "b1 free text within freeBits",
    "b1 parts of one entry",
    "b5 an origin that exchanges share",
    "b6 a credential for what it was bound to",
    "g1 a limit above what is used",
    "g2 a grant for this provider",
    "g3 the granted surface or a narrower one",
    "g4 the granted module and world",
    "g4 the repository and signers of a signed module",
    "g4 no more than the ceiling of the policies",
    "g5 a subject by name",
    "g5 a subject by trusted labels",
    "g6 the origin that both name",
    "g6 the only origin where the store is silent",
    "g6 the same certificates",
    "g6 settings that fit the provider",
    "g6a http and loopback that are written out",
    "g6a services of the cluster under its class",
    "g6a an address with its own network",
    "g7 the account that both name",
    "g7 every account slot is filled",
    "g7 one account over all authorities",
    "g8 the auth method of the grant",
    "g8 auth slots of the grant",
    "g8 secrets by namespace and name",
    "g8 service accounts and the one audience",
    "g8 secrets of a cluster store",
    "g9 a key that a pattern matches",
    "g9 a prefix that may be listed",
    "g9 names of a list reply",
    "g9 a session policy from the keys",
    "g10 operations by class or id",
    "g10 exchanges by auth alone",
    "g10 operations of the run's purpose",
    "g10 operations of the store's settings",
];

#[test]
fn i10_each_rule_that_allows_has_its_denied_twin() {
    let mut found: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut names = BTreeSet::new();
    for case in super::cases() {
        assert!(names.insert(case.name.clone()), "two cases are named {}", case.name);
        let counts = found.entry(case.rule).or_default();
        if case.allowed { counts.0 += 1 } else { counts.1 += 1 }
    }
    let listed: BTreeSet<&str> = ALLOW_RULES.iter().copied().collect();
    let untested: Vec<_> = listed.iter().filter(|rule| !found.contains_key(**rule)).collect();
    assert!(untested.is_empty(), "rules without a case: {untested:?}");
    for (rule, (allowed, denied)) in &found {
        assert!(listed.contains(rule.as_str()), "the rule {rule:?} is not listed");
        assert!(*allowed > 0 && *denied > 0, "{rule:?}: {allowed} allowed, {denied} denied");
    }
}

/// The list above is written by hand; this one is read from the code: whatever reason the rules deny with is expected by
/// some denied case.
#[test]
fn i10_each_reason_of_the_code_has_a_denied_case() {
    let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/grant");
    let mut open = vec![source];
    let mut given = BTreeSet::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if !path.ends_with("route.rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let words = text
                .split("Reason::")
                .skip(1)
                .map(|rest| rest.chars().take_while(char::is_ascii_alphanumeric).collect::<String>());
            given.extend(words);
        }
    }
    assert!(given.len() > 10, "{given:?}");
    let cases = super::cases();
    let expected: BTreeSet<&str> = cases.iter().filter_map(super::Case::reason).collect();
    let untested: Vec<_> = given.iter().filter(|reason| !expected.contains(reason.as_str())).collect();
    assert!(untested.is_empty(), "no case is denied with {untested:?}");
}
