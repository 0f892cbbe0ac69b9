//! What `vault` sends: reads and lists within its account, and each login at its own path.

use super::*;

#[test]
fn vault_reads_and_lists_within_its_account() {
    let mut settings = vault(&json!({"tokenSecretRef": {"name": "vault-token", "key": "token"}}));
    let program = self::program("vault", &settings);
    settings["version"] = json!("v1");
    let version_one = self::program("vault", &settings);
    let top = ["team-a".to_owned()];
    let rows = [
        ("kv2-read", vec![key("team-a/my db")], "GET /v1/kv/data/team-a/my%20db"),
        (
            "kv2-read",
            vec![key("kv/data/team-a/db"), version("version", "3")],
            "GET /v1/kv/data/team-a/db?version=3",
        ),
        ("kv2-read", vec![key("kv/team-a/db")], "GET /v1/kv/data/team-a/db"),
        ("kv2-read-listed", vec![echo("name", "db", Some(&top))], "GET /v1/kv/data/team-a/db"),
        ("kv2-metadata", vec![key("team-a/db")], "GET /v1/kv/metadata/team-a/db"),
        ("kv2-tags", vec![echo("name", "db", Some(&top))], "GET /v1/kv/metadata/team-a/db"),
        ("kv2-list", vec![path("team-a/")], "GET /v1/kv/metadata/team-a?list=true"),
        ("kv2-list-folder", vec![echo("folder", "x/", Some(&top))], "GET /v1/kv/metadata/team-a/x?list=true"),
        ("kv1-read", vec![key("kv/team-a/db")], "GET /v1/kv/team-a/db"),
        ("kv1-read-listed", vec![echo("name", "db", Some(&top))], "GET /v1/kv/team-a/db"),
        ("kv1-list", vec![path("team-a")], "GET /v1/kv/team-a?list=true"),
        ("kv1-list-folder", vec![echo("folder", "x/", Some(&top))], "GET /v1/kv/team-a/x?list=true"),
    ];
    all_sent("vault", |op| op.class != OperationClass::Exchange, &rows.each_ref().map(|(id, ..)| *id));
    for (operation, args, line) in rows {
        let expected = format!("{line} X-Vault-Namespace: team-a");
        let (served, other) =
            if operation.starts_with("kv1") { (&version_one, &program) } else { (&program, &version_one) };
        assert_eq!(sent(served, operation, &args), Ok(expected), "{operation}");
        assert_eq!(sent(other, operation, &args), Err(Reason::OperationNotGranted), "{operation}");
    }
    for (operation, args, reason) in [
        ("kv2-read", vec![key("team-b/db")], Reason::KeyNotGranted),
        ("kv2-read", vec![key("team-a/../team-b")], Reason::SlotNotAllowed),
        ("kv2-read", vec![key("team-a/x?version=1")], Reason::SlotNotAllowed),
        ("kv2-read", vec![key("team-a/db"), version("version", "1&x")], Reason::SlotNotAllowed),
        ("kv2-read-listed", vec![echo("name", "db", None)], Reason::SlotNotAllowed),
        ("kv2-list", vec![], Reason::KeyNotGranted),
        ("kv2-list", vec![path("team-b")], Reason::KeyNotGranted),
        ("login-jwt", vec![], Reason::OperationNotGranted),
    ] {
        assert_eq!(sent(&program, operation, &args), Err(reason), "{operation}");
    }
}

#[test]
fn vault_logs_in_with_the_slots_of_the_grant() {
    let account = json!({"role": "reader", "serviceAccountRef": {"name": "reader"}});
    let plain = program("vault", &vault(&json!({"kubernetes": account})));
    let line = r#"POST /v1/auth/kubernetes/login X-Vault-Namespace: team-a {"role":"reader"}"#;
    assert_eq!(sent(&plain, "login-jwt", &[]).as_deref(), Ok(line));
    let line = "POST /v1/auth/token/revoke-self X-Vault-Namespace: team-a";
    assert_eq!(sent(&plain, "revoke-self", &[]).as_deref(), Ok(line));
    let foreign = json!({"role": "admin", "serviceAccountRef": {"name": "reader"}});
    let denial = compile("vault", &vault(&json!({"kubernetes": foreign}))).err().expect("refused");
    assert_eq!(denial.reason, Reason::AccountNotGranted);
    let elsewhere = json!({"kubernetes": account, "namespace": "other"});
    let denial = compile("vault", &vault(&elsewhere)).err().expect("refused");
    assert_eq!(denial.reason, Reason::AccountNotGranted);
}

#[test]
fn vault_logs_in_by_each_method_at_its_own_path() {
    let secret = |name: &str| json!({"name": name, "key": "k"});
    let catalogue = Arc::new(catalogue("vault"));
    let rows = [
        (
            "login-app-role",
            json!({"method": "app-role", "slots": {"role-id": "r1", "mount": "apps/own"}, "secrets": ["./s"]}),
            json!({"appRole": {"secretRef": secret("s")}}),
            r#"POST /v1/auth/apps/own/login X-Vault-Namespace: team-a {"role_id":"r1"}"#,
        ),
        (
            "login-app-role-ref",
            json!({"method": "app-role-ref", "secrets": ["./s"]}),
            json!({"appRole": {"secretRef": secret("s"), "roleRef": secret("s")}}),
            "POST /v1/auth/approle/login X-Vault-Namespace: team-a {}",
        ),
        (
            "login-user-pass",
            json!({"method": "user-pass", "slots": {"username": "an na"}, "secrets": ["./s"]}),
            json!({"userPass": {"username": "an na", "secretRef": secret("s")}}),
            "POST /v1/auth/userpass/login/an%20na X-Vault-Namespace: team-a {}",
        ),
        (
            "login-jwt",
            json!({"method": "jwt", "slots": {"role": "reader"}, "secrets": ["./s"]}),
            json!({"jwt": {"secretRef": secret("s")}}),
            r#"POST /v1/auth/jwt/login X-Vault-Namespace: team-a {"role":"reader"}"#,
        ),
        (
            "revoke-self",
            json!({"method": "jwt", "slots": {"namespace": "logins"}, "secrets": ["./s"]}),
            json!({"jwt": {"secretRef": secret("s")}}),
            "POST /v1/auth/token/revoke-self X-Vault-Namespace: logins",
        ),
    ];
    all_sent("vault", |op| op.class == OperationClass::Exchange, &rows.each_ref().map(|(id, ..)| *id));
    for (operation, entry, auth, line) in rows {
        let mut grant = shown("vault", &catalogue);
        grant.spec.auth = vec![serde_json::from_value(entry).unwrap()];
        let program =
            compile_grant(&catalogue, &grant, &vault(&auth)).unwrap_or_else(|denial| panic!("{denial}"));
        assert_eq!(sent(&program, operation, &[]).as_deref(), Ok(line));
    }
}
