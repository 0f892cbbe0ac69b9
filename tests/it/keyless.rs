//! Modules that a Sigstore vouches for, through the binary: who the certificate names and what it claims is asked of the
//! policy, and who vouches for the certificate of its trust root. Each bundle is shown alone in artifact
//! (`evidence/tests/keyless.rs`). Without Go the tests say that they are skipped; with `CI=true` they fail.

use bailiwick_testkit::sigstore::{Bundle, Signer};

use crate::{
    trusted::{ALONE, indented},
    vouched::{AUTHORITY, CLAIMS, Vouched},
};

fn scene() -> Option<Vouched> {
    Vouched::new(&Signer { claims: &CLAIMS, ..Signer::default() })
}

#[test]
fn i9_allowed_a_module_that_an_identity_of_the_policy_signed() {
    let Some(vouched) = scene() else { return };
    vouched.trusted.refused(&ALONE, "NoSignature");
    vouched.attach(Bundle::Keyless);
    // It has a time, so that it has an age.
    vouched.policy(AUTHORITY, "  freshness: {maxSignatureAge: 1d}");
    vouched.trusted.synced_with(&ALONE);
    let signers = &vouched.trusted.listed()["signers"];
    assert_eq!(signers[0]["identity"], Signer::default().identity, "{signers}");
    assert_eq!(vouched.trusted.condition("Verified"), ("True".into(), "Verified".into()));
}

#[test]
fn i9_denied_another_issuer_subject_or_claim() {
    let Some(vouched) = scene() else { return };
    vouched.attach(Bundle::Keyless);
    for (from, to) in [
        ("https://issuer.example.test", "https://issuer.example.test.evil.example"),
        ("/release.yml@", "/test.yml@"),
        ("refs/tags/v*", "refs/heads/*"),
        // A star is no path.
        ("https://example.test/acme/release.yml@refs", "https://example.test/*@refs"),
        ("exact: hosted", "exact: self-hosted"),
        ("https://example.test/acme/*'}}", "https://example.test/acme'}}"),
        // A claim that is not there is not the one that is asked for.
        ("runnerEnvironment", "buildTrigger"),
    ] {
        assert!(AUTHORITY.contains(from), "{from}");
        vouched.policy(&AUTHORITY.replace(from, to), "");
        let said = vouched.trusted.refused(&ALONE, "PolicyUnsatisfied");
        assert!(said.contains("not signed by"), "{to}: {said}");
    }
    vouched.policy(AUTHORITY, "");
    vouched.trusted.synced_with(&ALONE);
}

#[test]
fn i9_denied_under_another_root_or_none() {
    let Some(vouched) = scene() else { return };
    vouched.attach(Bundle::Keyless);
    vouched.root(&vouched.sigstore.other_root().unwrap());
    vouched.trusted.refused(&ALONE, "SignatureInvalid");
    std::fs::remove_file(vouched.trusted.scene.folder.join("policy/sigstore.yaml")).unwrap();
    let said = vouched.trusted.refused(&ALONE, "PolicyInvalid");
    assert!(said.contains("TrustPolicy release: spec.trustRoots"), "{said}");
    // In the policy itself it is as good.
    let root = indented(&vouched.sigstore.trusted_root().unwrap(), 6);
    vouched.trusted.trusts(&format!("{AUTHORITY}  trustRoots:\n  - name: ours\n    inline: |\n{root}"));
    vouched.trusted.synced_with(&ALONE);
}

#[test]
fn i9_denied_what_only_a_bad_authority_vouches_for() {
    let Some(vouched) = scene() else { return };
    for bundle in [Bundle::OddNoLog, Bundle::OddNoSct, Bundle::OddExpired, Bundle::OddForeignIssuer] {
        vouched.attach(bundle);
    }
    vouched.trusted.refused(&ALONE, "SignatureInvalid");
    // Nor does any of it stand in the way of a good one.
    vouched.attach(Bundle::KeylessV2);
    vouched.trusted.synced_with(&ALONE);
}

/// By key, where the log must have it.
#[test]
fn i9_denied_a_signature_by_key_that_is_in_no_log() {
    let Some(vouched) = scene() else { return };
    let pem = indented(&vouched.sigstore.public_key().unwrap(), 8);
    let key = format!("key:\n      pem: |\n{pem}");
    let logged = format!("{key}      transparencyLog: Required\n      trustRoot: ours\n");
    vouched.attach(Bundle::Key);
    vouched.policy(&logged, "");
    vouched.trusted.refused(&ALONE, "PolicyUnsatisfied");
    vouched.policy(&key, "");
    vouched.trusted.synced_with(&ALONE);
    vouched.policy(&logged, "");
    vouched.attach(Bundle::KeyLog);
    vouched.trusted.synced_with(&ALONE);
}

/// The ConfigMap with the root is part of what is judged by, while the process runs and nothing is due.
#[test]
fn i9_denied_what_runs_once_its_root_is_another_one() {
    let Some(vouched) = scene() else { return };
    vouched.attach(Bundle::Keyless);
    let base = ["sync", "--policy", "policy", "--manifests", "manifests", "--out", "out"];
    let more = ["--provider-dir", "modules", "--interval", "1h"];
    let scene = &vouched.trusted.scene;
    let mut running = scene.begin(&[&base[..], &more, &ALONE].concat());
    let said = |text: &str| {
        let text = text.to_owned();
        move |scene: &crate::scene::Scene| {
            scene.folder.read("state/trust/provider.fake.json").is_ok_and(|status| status.contains(&text))
        }
    };
    running.until("the first sync", |scene| scene.secret("shop").is_some());
    running.until("the first sync", said("\"Running\""));
    vouched.root(&vouched.sigstore.other_root().unwrap());
    running.until("the verdict", said("SignatureInvalid"));
    assert_eq!(vouched.trusted.condition("Ready"), ("False".into(), "SignatureInvalid".into()));
    running.signal("TERM");
    assert_eq!(running.end().code, 143);
}

/// What is only kept looks for newer evidence where it came from, and runs on where that is away.
#[test]
fn what_is_kept_is_admitted_again_by_a_newer_signature() {
    let Some(vouched) = scene() else { return };
    let pem = indented(&vouched.sigstore.public_key().unwrap(), 8);
    let either = format!("key:\n      pem: |\n{pem}  - name: ci\n    {AUTHORITY}");
    let any = "  require: {anyOf: {of: [{authority: release}, {authority: ci}]}}\n";
    vouched.attach(Bundle::Key);
    vouched.policy(&either, any);
    vouched.trusted.synced_with(&ALONE);
    // A signature by key alone has no age.
    vouched.policy(
        &either,
        &format!("{any}  freshness: {{maxSignatureAge: 1d}}\n  onPolicyFailure: KeepRunning"),
    );
    let layout = vouched.trusted.scene.folder.join("modules/vouched");
    let away = vouched.trusted.scene.folder.join("modules/away");
    std::fs::rename(&layout, &away).unwrap();
    vouched.trusted.synced_with(&ALONE);
    assert_eq!(vouched.trusted.condition("Ready"), ("True".into(), "KeptRunning".into()));
    std::fs::rename(&away, &layout).unwrap();
    // Nor does less evidence there take anything from what is here.
    vouched.detach();
    vouched.trusted.synced_with(&ALONE);
    assert_eq!(vouched.trusted.condition("Ready"), ("True".into(), "KeptRunning".into()));
    vouched.attach(Bundle::Keyless);
    vouched.trusted.synced_with(&ALONE);
    assert_eq!(vouched.trusted.condition("Verified"), ("True".into(), "Verified".into()));
    assert_eq!(vouched.trusted.condition("Ready"), ("True".into(), "Running".into()));
    assert_eq!(vouched.trusted.listed()["stopsAt"], serde_json::Value::Null);
}
