//! Policies that compile and their twins that do not: each fault names its field. Also what a set of policies is known
//! by.

use std::collections::BTreeSet;

use bailiwick_core::trust::{Format, Reference, anchors};
use serde_json::json;

use super::{
    case::{merge, set},
    file,
};

#[test]
fn i9_policies_compile_or_say_where_they_do_not() {
    let cases = file("policies.yaml").cases();
    assert!(cases.len() > 60, "only {} cases were found", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let set = set(&case.input);
        let mut fields: Vec<&str> =
            set.faults().flat_map(|(_, faults)| faults.iter().map(|fault| fault.field.as_str())).collect();
        fields.dedup();
        let quoted = set.faults().any(|(_, faults)| faults.iter().any(|fault| fault.remedy.len() > 200));
        if case.allowed != fields.is_empty() || fields != case.patch.fields || quoted {
            wrong.push(format!("{}: {fields:?}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn i9_a_claim_that_nobody_makes_is_named_with_what_was_meant() {
    let cases = file("policies.yaml").cases();
    let case = cases.iter().find(|case| case.name.contains("a_claim_that_nobody_makes")).unwrap();
    let set = set(&case.input);
    let remedies: Vec<&str> =
        set.faults().flat_map(|(_, faults)| faults.iter().map(|fault| fault.remedy.as_str())).collect();
    assert_eq!(
        remedies,
        ["no certificate has a claim `runnerEnviroment`: did you mean `runnerEnvironment`?"]
    );
}

#[test]
fn i9_a_set_is_known_by_all_that_verdicts_depend_on() {
    let base = file("policies.yaml").base;
    let of = |patch: serde_json::Value| {
        let mut input = base.clone();
        merge(&mut input, &patch);
        set(&input).generation().to_owned()
    };
    let same = of(json!({}));
    assert_eq!(same, of(json!({})));
    let changes = [
        json!({"policies": {"acme": {"denied": [format!("sha256:{}", "0".repeat(64))]}}}),
        json!({"policies": {"other": {"match": [], "authorities": []}}}),
        json!({"configMaps": {"root/trusted_root.json": "{\"b\": 1}"}}),
        json!({"unreadable": ["x"]}),
    ];
    let all: BTreeSet<String> = changes.into_iter().map(of).chain([same]).collect();
    assert_eq!(all.len(), 5);
}

#[test]
fn i9_anchors_are_those_of_the_policies_for_a_reference() {
    let cases = file("verdicts.yaml").cases();
    let tie = cases.iter().find(|case| case.name.contains("two_in_a_tie_that_are_both")).unwrap();
    let set = set(&tie.input);
    let policies = set.matching(&Reference::parse("registry.example/acme/x:1").unwrap()).unwrap();
    let anchors = anchors(policies.iter().copied());
    assert_eq!((anchors.keys.len(), anchors.roots.len()), (2, 1));
    assert!(policies[0].reads(Format::Bundle) && !policies[0].reads(Format::SimpleSigning));
}
