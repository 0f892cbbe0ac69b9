//! Signed modules from a registry that is not ours (go-containerregistry's), with the referrers API and without it: pushed
//! by one command and run by another. Without Go the tests say that they are skipped; with `CI=true` they fail.

use bailiwick_testkit::registry::{Referrers, Registry};

use crate::trusted::{ALONE, REPOSITORY, STATE, Trusted};

/// A registry, and a provider that is made for it; none where there is no registry.
fn scene(referrers: Referrers) -> Option<(Registry, Trusted)> {
    let registry = Registry::start(referrers).unwrap()?;
    let trusted = Trusted::at(&registry.host());
    trusted.borrow_compiled();
    Some((registry, trusted))
}

fn is_signed_and_runs(referrers: Referrers) {
    let Some((registry, trusted)) = scene(referrers) else { return };
    trusted.pack("0.1.0", "modules/unsigned");
    let digest = trusted.push("modules/unsigned", "0.1.0");
    trusted.wants(":0.1.0", "  interval: 1ms");
    trusted.refused(&ALONE, "NoSignature");
    assert_eq!(trusted.condition("Resolved").0, "True");
    assert_eq!(trusted.condition("Verified"), ("False".into(), "NoSignature".into()));
    // The same manifest, and what was signed beside it.
    assert_eq!(trusted.push("modules/fake", "0.1.0"), digest);
    trusted.synced_with(&ALONE);
    assert_eq!(trusted.condition("Verified"), ("True".into(), "Verified".into()));
    for selector in [":^0.1", &format!("@{digest}")] {
        trusted.wants(selector, "");
        trusted.synced_with(&ALONE);
        assert_eq!(trusted.listed()["running"], digest.as_str(), "{selector}");
    }
    // A registry that is gone takes nothing away.
    drop(registry);
    trusted.wants(":0.1.0", "");
    let said = trusted.sync(&ALONE);
    assert_eq!(said.code, 0, "{}", said.told());
    assert!(said.err.contains("warning: Provider fake: Unreachable"), "{}", said.told());
    assert_eq!(trusted.condition("Ready").0, "True");
}

#[test]
fn i9_a_pushed_module_runs_with_its_signature_and_not_without() {
    is_signed_and_runs(Referrers::Api);
}

#[test]
fn i9_a_pushed_module_runs_with_its_signature_and_not_without_where_no_referrers_are_listed() {
    is_signed_and_runs(Referrers::Absent);
}

#[test]
fn i9_denied_what_was_signed_by_somebody_else_there_or_for_another_repository() {
    let Some((_registry, trusted)) = scene(Referrers::Absent) else { return };
    trusted.ok(&["provider", "keygen", "--unencrypted", "--out-prefix", "other"]);
    trusted.pack("0.1.0", "modules/unsigned");
    trusted.push("modules/unsigned", "0.1.0");
    trusted.sign_there("other.key", "0.1.0");
    trusted.wants(":0.1.0", "");
    trusted.refused(&ALONE, "SignatureInvalid");
    // The second signature stands beside the first, so that it is admitted.
    trusted.sign_there("release.key", "0.1.0");
    trusted.synced_with(&ALONE);
    // Signed by the same key, for where it does not lie.
    let reference = format!("{REPOSITORY}:0.1.0");
    trusted.ok(&["provider", "pack", "fake.wasm", "--as", &reference, "--out", "modules/elsewhere"]);
    trusted.sign("release.key", "modules/elsewhere");
    let digest = trusted.push("modules/elsewhere", "moved");
    trusted.wants(&format!("@{digest}"), "");
    trusted.refused(&ALONE, "RepositoryMismatch");
}

#[test]
fn denied_a_registry_that_no_configuration_admits() {
    let Some((_registry, trusted)) = scene(Referrers::Api) else { return };
    trusted.push("modules/fake", "0.1.0");
    trusted.wants(":0.1.0", "");
    let config = trusted.scene.folder.join("policy/registry.yaml");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, text.replace("class: loopback", "class: private")).unwrap();
    let said = trusted.refused(&ALONE, "Unreachable");
    assert!(said.contains("address is not admitted"), "{said}");
    std::fs::remove_file(&config).unwrap();
    trusted.refused(&ALONE, "Unreachable");
    std::fs::write(&config, text).unwrap();
    trusted.synced_with(&ALONE);
}

/// A tag that moves is followed when it is asked for again; to where nobody signed it is not.
#[test]
fn i9_a_tag_that_moves_is_followed_to_what_is_signed_alone() {
    let Some((_registry, trusted)) = scene(Referrers::Api) else { return };
    let first = trusted.publish("0.1.0", "stable");
    trusted.wants(":stable", "  interval: 1h");
    trusted.synced_with(&STATE);
    let second = trusted.publish("0.2.0", "stable");
    trusted.synced_with(&STATE);
    assert_eq!(trusted.listed()["running"], first.as_str(), "it is not asked for before its time");
    trusted.wants(":stable", "  interval: 1ms");
    trusted.synced_with(&STATE);
    let listed = trusted.listed();
    assert_eq!((&listed["running"], &listed["version"]), (&second.into(), &"0.2.0".into()));
    trusted.pack("0.3.0", "modules/unsigned");
    let third = trusted.push("modules/unsigned", "stable");
    let said = trusted.sync(&STATE);
    assert_eq!(said.code, 0, "{}", said.told());
    assert!(said.err.contains("warning: Provider fake: RunningPrevious: 0.2.0"), "{}", said.told());
    let listed = trusted.listed();
    assert_eq!((&listed["resolved"], &listed["version"]), (&third.into(), &"0.2.0".into()));
    assert_eq!(trusted.condition("Verified"), ("False".into(), "NoSignature".into()));
}
