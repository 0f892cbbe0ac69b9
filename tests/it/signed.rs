//! Signed modules as the operator meets them: made, signed and trusted with the binary alone, from a layout and from a
//! registry; then each way in which one must not run. What is refused writes no Secret, and says why.

use serde_json::Value;

use crate::trusted::{ALONE, REPOSITORY, STATE, Trusted};

#[test]
fn i9_allowed_a_module_that_is_signed_by_whom_the_policy_names_runs() {
    let trusted = Trusted::new();
    trusted.borrow_compiled();
    trusted.synced_with(&ALONE);
    for (kind, reason) in [
        ("Resolved", "Resolved"),
        ("Verified", "Verified"),
        ("Compatible", "Compatible"),
        ("Ready", "Running"),
    ] {
        assert_eq!(trusted.condition(kind), ("True".into(), reason.into()), "{kind}");
    }
    let listed = trusted.listed();
    assert_eq!(
        (&listed["version"], &listed["signers"][0]["authority"]),
        (&"0.1.0".into(), &"release".into())
    );
    let table = trusted.ok(&["provider", "list", "--state", "state"]).out;
    assert!(table.starts_with("NAME") && table.contains("signed by release"), "{table}");
    // Without the layout, what is in the cache is enough: a load needs no network.
    std::fs::remove_dir_all(trusted.scene.folder.join("modules")).unwrap();
    let said = trusted.sync(&ALONE);
    assert_eq!(said.code, 0, "{}", said.told());
}

#[test]
fn i9_denied_a_module_that_nobody_signed() {
    let trusted = Trusted::new();
    trusted.pack("0.1.0", "modules/unsigned");
    trusted.provider("layout: {path: unsigned, as: 'registry.example/bailiwick/fake:0.1.0'}", "");
    std::fs::remove_dir_all(trusted.scene.folder.join("cache")).unwrap_or_default();
    trusted.refused(&[&STATE[..], &["--cache", "cache"]].concat(), "NoSignature");
    assert_eq!(trusted.condition("Verified"), ("False".into(), "NoSignature".into()));
}

#[test]
fn i9_denied_a_module_that_somebody_else_signed() {
    let trusted = Trusted::new();
    trusted.ok(&["provider", "keygen", "--unencrypted", "--out-prefix", "other"]);
    trusted.policy("other.pub", "");
    trusted.refused(&STATE, "SignatureInvalid");
}

#[test]
fn i9_denied_a_module_with_one_byte_changed() {
    let trusted = Trusted::new();
    let blobs = trusted.scene.folder.join("modules/fake/blobs/sha256");
    let size = |path: &std::path::Path| std::fs::metadata(path).unwrap().len();
    let all = std::fs::read_dir(blobs).unwrap().map(|entry| entry.unwrap().path());
    let component = all.max_by_key(|path| size(path)).unwrap();
    let mut bytes = std::fs::read(&component).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&component, bytes).unwrap();
    trusted.refused(&[&STATE[..], &["--cache", "cache"]].concat(), "DigestMismatch");
    assert_eq!(trusted.condition("Verified").0, "Unknown", "nothing is said of bytes that were not had");
}

#[test]
fn i9_denied_a_file_where_there_is_a_policy() {
    let trusted = Trusted::new();
    trusted.provider("file: fake.wasm", "");
    trusted.refused(&[&STATE[..], &["--allow-unsigned"]].concat(), "Unsigned");
    std::fs::remove_file(trusted.scene.folder.join("policy/trust-policy.yaml")).unwrap();
    trusted.refused(&STATE, "Unsigned");
}

#[test]
fn i9_denied_without_a_policy_for_the_reference() {
    let trusted = Trusted::new();
    trusted.scene.edit(
        "policy/trust-policy.yaml",
        "registry.example/bailiwick/}",
        "registry.example/other/}",
    );
    trusted.refused(&STATE, "NoPolicy");
    // One that cannot be read might be the one that denies.
    trusted.scene.edit("policy/trust-policy.yaml", "kind: TrustPolicy", "kind: TrustPolicy\nmistake: 1");
    trusted.refused(&STATE, "PolicyInvalid");
}

#[test]
fn i9_denied_as_another_repository_or_under_another_name() {
    let trusted = Trusted::new();
    trusted.provider("layout: {path: fake, as: 'registry.example/bailiwick/other:0.1.0'}", "");
    let (signed, asked) = (REPOSITORY, "registry.example/bailiwick/other");
    let both = format!("the signed repository is `{signed}`, that of the reference is `{asked}`");
    trusted.refused(&STATE, &both);
    trusted.provider("layout: {path: fake, as: 'registry.example/bailiwick/fake:0.1.0'}", "");
    trusted.scene.edit("policy/provider.yaml", "name: fake}", "name: vault}");
    trusted.refused(&STATE, "the signed name is `fake`, the Provider's is `vault`");
}

#[test]
fn denied_an_older_version_after_its_successor_whatever_was_deleted() {
    let trusted = Trusted::new();
    trusted.pack("0.2.0", "modules/new");
    trusted.sign("release.key", "modules/new");
    trusted.provider("layout: {path: new, as: 'registry.example/bailiwick/fake:0.2.0'}", "");
    trusted.synced();
    // The Provider goes and comes back older.
    std::fs::remove_file(trusted.scene.folder.join("policy/provider.yaml")).unwrap();
    trusted.sync(&["--state", "state"]);
    assert_eq!(trusted.condition("Ready"), ("False".into(), "NotInPolicy".into()));
    trusted.ok(&["provider", "list", "--state", "state"]);
    std::fs::remove_file(trusted.scene.folder.join("state/trust/provider.fake.json")).unwrap();
    trusted.provider("layout: {path: fake, as: 'registry.example/bailiwick/fake:0.1.0'}", "");
    trusted.refused(&["--state", "state"], "RolledBack");
    let digest = digest(&trusted, "modules/fake");
    trusted.provider(
        "layout: {path: fake, as: 'registry.example/bailiwick/fake:0.1.0'}",
        &format!("  rollbackTo: {digest}"),
    );
    let said = trusted.sync(&["--state", "state"]);
    assert_eq!(said.code, 0, "one digest may be gone back to: {}", said.told());
    trusted.policy("release.pub", "  version: {floor: '>=0.2.0'}");
    trusted.refused(&["--state", "state"], "BelowFloor");
}

/// The digest of the artifact in a layout, as `provider verify` says it.
fn digest(trusted: &Trusted, layout: &str) -> String {
    let said = trusted.ok(&["provider", "verify", layout, "--key", "release.pub"]);
    let at = said.out.find("sha256:").unwrap();
    said.out[at..at + 71].to_owned()
}

#[test]
fn denied_where_earlier_versions_are_not_known() {
    let trusted = Trusted::new();
    trusted.refused(&[], "StateMissing");
    trusted.refused(&["--state", "state"], "StateMissing");
    trusted.synced();
    assert_eq!(trusted.sync(&["--state", "state"]).code, 0);
    trusted.scene.folder.write("state/trust/marks.versions.json", "{").unwrap();
    trusted.refused(&["--state", "state"], "StateMissing");
    trusted.policy("release.pub", "  version: {monotonic: false}");
    assert_eq!(trusted.sync(&[]).code, 0, "the policy does not ask for it");
}

#[test]
fn denied_a_digest_that_the_policy_denies() {
    let trusted = Trusted::new();
    trusted.synced();
    let digest = digest(&trusted, "modules/fake");
    trusted.policy("release.pub", &format!("  denied: ['{digest}']"));
    let table = |trusted: &Trusted| trusted.scene.run(&["provider", "list", "--state", "state"]).out;
    assert!(table(&trusted).contains(&format!("\nfake  0.1.0    {}", &digest[..19])), "{}", table(&trusted));
    trusted.refused(&["--state", "state"], "Denied");
    // What ran before does not run.
    assert!(table(&trusted).contains("\nfake  -        -  "), "{}", table(&trusted));
    let listed = trusted.listed();
    assert_eq!((&listed["running"], &listed["lastRan"]), (&Value::Null, &Value::from(digest)));
}

#[test]
fn manual_activation_waits_for_the_digest() {
    let trusted = Trusted::new();
    let module = "layout: {path: fake, as: 'registry.example/bailiwick/fake:0.1.0'}";
    trusted.provider(module, "  activation: Manual");
    trusted.refused(&STATE, "AwaitingApproval");
    let digest = digest(&trusted, "modules/fake");
    assert_eq!(trusted.listed()["pending"], Value::from(digest.clone()));
    trusted.provider(module, &format!("  activation: Manual\n  approve: {digest}"));
    trusted.synced();
    assert_eq!(trusted.listed()["pending"], Value::Null);
}

#[test]
fn what_runs_goes_on_where_what_is_new_is_refused() {
    let trusted = Trusted::new();
    trusted.borrow_compiled();
    trusted.synced_with(&ALONE);
    trusted.pack("0.2.0", "modules/new");
    trusted.provider("layout: {path: new, as: 'registry.example/bailiwick/fake:0.2.0'}", "");
    let said = trusted.sync(&ALONE);
    assert_eq!(said.code, 0, "{}", said.told());
    assert!(said.err.contains("warning: Provider fake: RunningPrevious: 0.1.0"), "{}", said.told());
    assert_eq!(trusted.condition("Verified"), ("False".into(), "NoSignature".into()));
    assert_eq!(trusted.condition("Ready"), ("True".into(), "RunningPrevious".into()));
    assert_eq!(trusted.listed()["version"], "0.1.0");
}

/// Age is covered by `KeepRunning` from one process to the next, until a deadline that is shown; the end of a policy is not.
#[test]
fn keep_running_covers_age_across_a_restart_and_nothing_else() {
    let trusted = Trusted::new();
    trusted.synced();
    // A signature by key alone has no age.
    let aged = "  freshness: {maxSignatureAge: 1d}\n";
    trusted.policy("release.pub", &format!("{aged}  onPolicyFailure: KeepRunning"));
    let said = trusted.sync(&["--state", "state"]);
    assert_eq!(said.code, 0, "{}", said.told());
    assert_eq!(trusted.condition("Verified"), ("False".into(), "Stale".into()));
    assert_eq!(trusted.condition("Ready"), ("True".into(), "KeptRunning".into()));
    let stops = trusted.listed()["stopsAt"].clone();
    assert!(stops.is_string(), "{stops}");
    assert_eq!(trusted.sync(&["--state", "state"]).code, 0);
    assert_eq!(trusted.listed()["stopsAt"], stops, "the deadline stays");
    let digest = digest(&trusted, "modules/fake");
    trusted.policy("release.pub", &format!("{aged}  onPolicyFailure: KeepRunning\n  denied: ['{digest}']"));
    trusted.refused(&["--state", "state"], "Denied");
    trusted.policy("release.pub", aged);
    trusted.refused(&["--state", "state"], "Stale");
}

/// Who names one digest means no other, although what ran before would still be admitted.
#[test]
fn denied_what_ran_before_where_one_digest_is_named() {
    let trusted = Trusted::new();
    trusted.synced();
    let gone = format!("sha256:{}", "0".repeat(64));
    trusted.provider(
        "layout: {path: fake, as: 'registry.example/bailiwick/fake:0.1.0'}",
        &format!("  rollbackTo: {gone}"),
    );
    trusted.refused(&["--state", "state"], "NotFound");
    trusted.provider(&format!("layout: {{path: fake, as: 'registry.example/bailiwick/fake@{gone}'}}"), "");
    trusted.refused(&["--state", "state"], "NotFound");
}

/// What is wrong with a policy is said with its field, by each command that reads it.
#[test]
fn denied_a_policy_with_faults_says_each_of_them() {
    let trusted = Trusted::new();
    trusted.policy("release.pub", "  require: {authority: nobody}\n  version: {floor: newest}");
    for said in [
        trusted.sync(&STATE),
        trusted.scene.run(&["grant", "check", "--policy", "policy", "--provider-dir", "modules"]),
    ] {
        assert_eq!(said.code, 2, "{}", said.told());
        for field in
            ["error: TrustPolicy release: spec.require", "error: TrustPolicy release: spec.version.floor"]
        {
            assert!(said.err.contains(field), "{field}: {}", said.told());
        }
    }
}

/// The policy is withdrawn while the process runs, and while nothing is due: it is judged again within a second or two, and said.
#[test]
fn i9_denied_what_runs_once_its_policy_is_withdrawn() {
    let trusted = Trusted::new();
    let args = [
        "sync",
        "--policy",
        "policy",
        "--manifests",
        "manifests",
        "--out",
        "out",
        "--provider-dir",
        "modules",
        "--state",
        "state",
        "--init-state",
        "--interval",
        "1h",
    ];
    let mut running = trusted.scene.begin(&args);
    running.until("the first sync", |scene| {
        scene.secret("shop").is_some() && scene.folder.join("state/trust/provider.fake.json").exists()
    });
    trusted.scene.edit(
        "policy/trust-policy.yaml",
        "registry.example/bailiwick/}",
        "registry.example/other/}",
    );
    running.until("the verdict", |scene| {
        scene.folder.read("state/trust/provider.fake.json").is_ok_and(|text| text.contains("NoPolicy"))
    });
    assert_eq!(trusted.condition("Ready"), ("False".into(), "NoPolicy".into()));
    trusted.scene.edit(
        "policy/trust-policy.yaml",
        "registry.example/other/}",
        "registry.example/bailiwick/}",
    );
    running.until("the verdict", |scene| {
        scene.folder.read("state/trust/provider.fake.json").is_ok_and(|text| !text.contains("NoPolicy"))
    });
    running.signal("TERM");
    assert_eq!(running.end().code, 143);
}

#[test]
fn a_policy_says_of_a_layout_whether_it_is_admitted() {
    let trusted = Trusted::new();
    let admitted = trusted.ok(&["provider", "verify", "modules/fake", "--policy", "policy"]).out;
    assert!(admitted.contains("admitted: version 0.1.0, signed by release"), "{admitted}");
    trusted.pack("0.1.0", "modules/unsigned");
    let said = trusted.scene.run(&["provider", "verify", "modules/unsigned", "--policy", "policy"]);
    assert!(said.code == 1 && said.out.contains("REFUSED: NoSignature"), "{}", said.told());
}

#[test]
fn g4_denied_a_grant_that_names_other_signers_or_another_repository() {
    let trusted = Trusted::new();
    trusted.synced();
    trusted.scene.edit("policy/grant.yaml", "[release]", "[somebody]");
    trusted.refused(&["--state", "state"], "SignerNotGranted");
    trusted.scene.edit("policy/grant.yaml", "[somebody]", "[release]");
    trusted.scene.edit("policy/grant.yaml", REPOSITORY, "registry.example/other/fake");
    trusted.refused(&["--state", "state"], "SignerNotGranted");
}

#[test]
fn g4_denied_what_is_above_the_ceiling() {
    let trusted = Trusted::new();
    trusted.policy("release.pub", "  ceiling: {subjects: ['team-b']}");
    trusted.refused(&STATE, "SignerNotGranted");
    trusted.policy("release.pub", "  ceiling: {subjects: ['team-*']}");
    trusted.synced();
}
