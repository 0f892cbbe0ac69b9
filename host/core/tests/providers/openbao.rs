//! `openbao`: reads below the mount that the store has, or means by saying nothing.

use super::*;

pub(crate) fn openbao() -> Json {
    json!({"server": "https://bao.corp.example:8200", "auth": {"tokenSecretRef": {"name": "bao-token", "key": "t"}}})
}

#[test]
fn openbao_reads_below_its_mount() {
    let program = self::program("openbao", &openbao());
    for (operation, args, line) in [
        ("kv2-read", vec![key("team-a//db/")], "GET /v1/kv/data/team-a/db"),
        ("kv2-read", vec![key("team-a/db"), version("version", "2")], "GET /v1/kv/data/team-a/db?version=2"),
    ] {
        assert_eq!(sent(&program, operation, &args).as_deref(), Ok(line));
    }
    for (operation, args, reason) in [
        ("kv2-read", vec![key("kv/team-a/db")], Reason::KeyNotGranted),
        ("kv2-read", vec![key("team-b/db")], Reason::KeyNotGranted),
        ("kv2-list", vec![], Reason::OperationNotGranted),
        ("kv1-read", vec![key("team-a/db")], Reason::OperationNotGranted),
    ] {
        assert_eq!(sent(&program, operation, &args), Err(reason), "{operation}");
    }
    let wanted =
        Entry::Secret(Reference { key: "team-a/db".into(), property: None, version: None, metadata: true });
    let denial = grant::admits(&program, &wanted).expect_err("metadata");
    assert_eq!(denial.field, "metadataPolicy");
}

/// Without a path the store means `kv`, whatever the grant has.
#[test]
fn g7_denied_a_mount_that_the_store_means_by_saying_nothing() {
    let catalogue = Arc::new(catalogue("openbao"));
    let mut grant = shown("openbao", &catalogue);
    grant.spec.targets[0].account.insert("mount".into(), "secret".into());
    let denial = compile_grant(&catalogue, &grant, &openbao()).err().expect("denied");
    assert_eq!(
        (denial.reason, denial.field.as_str()),
        (Reason::AccountNotGranted, "spec.provider.openBao.path")
    );
    let mut settings = openbao();
    settings["path"] = json!("secret");
    assert!(compile_grant(&catalogue, &grant, &settings).is_ok());
}
