//! Statements that a policy asks for beside the signature, through the binary: who made them and what they say, by
//! expressions. What expressions can say is shown in core (`trust/cel/tests.rs`). Without Go the tests say that they are
//! skipped; with `CI=true` they fail.

use bailiwick_testkit::sigstore::{Bundle, Signer};
use serde_json::json;

use crate::{
    trusted::{ALONE, indented},
    vouched::{AUTHORITY, CLAIMS, Vouched},
};

const SCAN: &str = "https://example.test/scan/v1";
/// It is about the statement, who made it, and the artifact.
const HOLDS: &str = "predicate.result == 'PASS' && signer.claims.runnerEnvironment == 'hosted' && \
                     artifact.version == '0.1.0' && size(artifact.imports) > 0";

/// A scan that passed, of a module that is signed.
fn scene() -> Option<Vouched> {
    let predicate = json!({"result": "PASS", "findings": []});
    let signer =
        Signer { claims: &CLAIMS, predicate_type: SCAN, predicate: Some(&predicate), ..Signer::default() };
    let vouched = Vouched::new(&signer)?;
    vouched.attach(Bundle::Keyless);
    Some(vouched)
}

/// A list with one rule.
fn rule(expression: &str) -> String {
    format!(
        "attestations:\n- name: scan\n  predicateType: {SCAN}\n  signedBy: release\n  cel:\n  - expression: >-\n      {expression}\n    message: the scan did not pass\n"
    )
}

fn asks(vouched: &Vouched, rule: &str) {
    vouched.policy(AUTHORITY, &indented(rule, 2));
}

#[test]
fn i9_allowed_with_the_statement_that_the_policy_asks_for() {
    let Some(vouched) = scene() else { return };
    asks(&vouched, &rule(HOLDS));
    let said = vouched.trusted.refused(&ALONE, "AttestationMissing");
    assert!(said.contains("statement scan: 1 more by release"), "{said}");
    vouched.attach(Bundle::Attestation);
    vouched.trusted.synced_with(&ALONE);
}

#[test]
fn i9_denied_a_statement_of_which_the_expression_does_not_hold() {
    let Some(vouched) = scene() else { return };
    vouched.attach(Bundle::Attestation);
    for (expression, message) in [
        ("predicate.result == 'FAIL'", "the scan did not pass"),
        ("artifact.version == '0.2.0'", "the scan did not pass"),
        ("predicate.missing == 1", "the scan did not pass (the expression fails)"),
        ("predicate.result", "the scan did not pass (the expression fails)"),
    ] {
        asks(&vouched, &rule(expression));
        let said = vouched.trusted.refused(&ALONE, "AttestationRefused");
        assert!(said.contains(message), "{expression}: {said}");
        assert_eq!(vouched.trusted.condition("Verified"), ("False".into(), "AttestationRefused".into()));
    }
    asks(&vouched, &rule("predicate."));
    vouched.trusted.refused(&ALONE, "PolicyInvalid");
    asks(&vouched, &rule(HOLDS));
    vouched.trusted.synced_with(&ALONE);
}

#[test]
fn i9_denied_a_statement_of_another_type_by_somebody_else_or_alone() {
    let Some(vouched) = scene() else { return };
    // By a key that the policy knows nothing of.
    vouched.attach(Bundle::AttestationKey);
    asks(&vouched, &rule(HOLDS));
    vouched.trusted.refused(&ALONE, "AttestationMissing");
    vouched.attach(Bundle::Attestation);
    asks(&vouched, &rule(HOLDS).replace("/scan/v1", "/scan/v2"));
    vouched.trusted.refused(&ALONE, "AttestationMissing");
    // Who attests has not signed.
    vouched.detach();
    vouched.attach(Bundle::Attestation);
    asks(&vouched, &rule(HOLDS));
    vouched.trusted.refused(&ALONE, "NoSignature");
}

/// A Provider may ask for more than the policy does.
#[test]
fn i9_denied_without_the_statement_that_the_provider_asks_for() {
    let Some(vouched) = scene() else { return };
    vouched.trusted.synced_with(&ALONE);
    let module = "layout: {path: vouched, as: 'registry.example/bailiwick/fake:0.1.0'}";
    let asks = |expression: &str| {
        vouched.trusted.provider(module, &format!("  trust:\n{}", indented(&rule(expression), 4)));
    };
    asks(HOLDS);
    vouched.trusted.refused(&ALONE, "AttestationMissing");
    vouched.attach(Bundle::Attestation);
    vouched.trusted.synced_with(&ALONE);
    asks("size(predicate.findings) > 0");
    vouched.trusted.refused(&ALONE, "AttestationRefused");
}
