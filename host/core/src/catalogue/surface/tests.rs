use serde_json::{Value as Json, json};

use super::*;
use crate::catalogue::parse::parse;

fn vault() -> Catalogue {
    parse(include_str!("../../../tests/grants/catalogues/vault.toml")).unwrap()
}

fn aws() -> Catalogue {
    parse(include_str!("../../../tests/grants/catalogues/aws.toml")).unwrap()
}

/// The catalogue with one member changed.
fn with(catalogue: &Catalogue, pointer: &str, value: Json) -> Catalogue {
    let mut json = serde_json::to_value(catalogue).unwrap();
    *json.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer}")) = value;
    serde_json::from_value(json).unwrap()
}

#[test]
fn g3_allowed_what_is_not_in_the_surface_leaves_the_hash() {
    let base = vault();
    for (pointer, value) in [
        ("/version", json!("2.0.0")),
        ("/values/form", json!("object")),
        ("/find/all", json!(false)),
        ("/description", json!("another")),
        ("/settings/fields/version/enum", json!(["v2"])),
        (
            "/auth/token/operations",
            json!(["put", "destroy", "browse-folder", "browse", "get-listed", "get", "get"]),
        ),
    ] {
        assert_eq!(hash(&with(&base, pointer, value)), hash(&base), "{pointer}");
    }
    assert!(hash(&base).starts_with("sha256:") && hash(&base).len() == 71);
}

#[test]
fn g3_denied_each_part_of_the_surface_changes_the_hash() {
    for (base, pointer, value) in [
        (vault(), "/name", json!("other")),
        (vault(), "/key", json!("Vault")),
        (vault(), "/account/mount/class", json!("wide")),
        (vault(), "/account/mount/settings", json!("/namespace")),
        (vault(), "/ca/bundle", json!("/server")),
        (vault(), "/authorities/vault/settings", json!("/path")),
        (vault(), "/auth/token/when", json!("/auth")),
        (vault(), "/auth/token/inputs/token/secrets", json!([])),
        (vault(), "/auth/kubernetes/slots/role/default", json!("admin")),
        (vault(), "/operations/get/path", json!("/v1/{account.mount}/{key}")),
        (vault(), "/operations/get/class", json!("list")),
        (vault(), "/operations/get/method", json!("POST")),
        (vault(), "/operations/get/query/version", json!("1")),
        (vault(), "/operations/get/headers/X-Vault-Namespace", json!("root")),
        (vault(), "/operations/get/slots/version/class", json!("name")),
        (vault(), "/operations/get/slots/key/strip", json!([])),
        (vault(), "/operations/get/retry", json!(true)),
        (vault(), "/operations/browse/reply/public", json!(["/data"])),
        (vault(), "/operations/browse/reply/list/name", json!("/x")),
        (vault(), "/operations/login/mint/take/token", json!("/auth/accessor")),
        (vault(), "/operations/login/mint/max_seconds", json!(1)),
        (vault(), "/operations/login/body/json", json!({"role": "admin"})),
        (vault(), "/resolves_property", json!(true)),
        (vault(), "/settings/fields/stage", json!({"type": "string", "default": "x"})),
        (aws(), "/proof/at", json!("/Account")),
        (aws(), "/authorities/sts/service", json!("iam")),
        (
            aws(),
            "/operations/assume-role/slots/policy/source/policy/statements/0/actions",
            json!(["s3:GetObject"]),
        ),
    ] {
        let pointer = pointer.replace('_', "-");
        assert_ne!(hash(&with(&base, &pointer, value)), hash(&base), "{pointer}");
    }
}

#[test]
fn g3_allowed_provably_narrower() {
    let granted = vault();
    assert!(narrower_or_equal(&granted, &granted));
    let mut fewer = granted.clone();
    fewer.operations.remove("put");
    assert!(narrower_or_equal(&fewer, &granted) && hash(&fewer) != hash(&granted));
    for (pointer, value) in [
        ("/operations/browse/reply/public", json!([])),
        ("/operations/get/slots/key/class", json!("segment")),
        ("/operations/get/slots/version/class", json!("digits")),
        ("/operations/login/mint/max-seconds", json!(60)),
        ("/operations/login/mint/operations", json!(["get"])),
        ("/auth/token/operations", json!(["get"])),
    ] {
        let narrower = with(&granted, pointer, value);
        assert!(narrower_or_equal(&narrower, &granted), "{pointer}");
    }
}

#[test]
fn g3_denied_wider_or_not_provable() {
    let granted = vault();
    let mut fewer = granted.clone();
    fewer.operations.remove("put");
    assert!(!narrower_or_equal(&granted, &fewer), "an operation more");
    for (pointer, value) in [
        ("/operations/browse/reply/public", json!(["/data/keys/*", "/data"])),
        ("/operations/get/slots/version/class", json!("name")),
        ("/operations/get/slots/version/source", json!("text")),
        ("/operations/get/slots/version/optional", json!(false)),
        ("/operations/get/retry", json!(true)),
        ("/operations/get/reply/absent-when", json!(["/data"])),
        ("/operations/login/mint/max-seconds", json!(3600)),
        ("/operations/login/mint/operations", json!(["get", "put"])),
        ("/operations/login/mint/revoke", Json::Null),
        ("/auth/token/operations", json!(["get", "login"])),
        ("/auth/token/when", json!("/auth")),
        ("/account/mount/class", json!("name")),
        ("/settings/fields/path", json!({"type": "string", "default": "sys"})),
        ("/settings/fields/server", json!({"type": "string", "secret": true})),
    ] {
        assert!(!narrower_or_equal(&with(&granted, pointer, value), &granted), "{pointer}");
    }
}

#[test]
fn g3_denied_a_secret_setting_that_became_public() {
    let granted = parse(include_str!("../../../tests/grants/catalogues/fake.toml")).unwrap();
    let mut public = with(&granted, "/settings/fields/data/items/fields/value/secret", json!(false));
    public.config = None;
    assert!(!narrower_or_equal(&public, &granted));
    let mut gone = with(&granted, "/settings/fields/data/items/fields", json!({}));
    gone.config = None;
    assert!(narrower_or_equal(&gone, &granted), "allowed: a secret setting that is gone");
}

#[test]
fn the_surface_in_words_names_what_a_person_must_know() {
    let words = describe(&vault());
    for part in [
        "provider vault in the blind world",
        "account: mount, namespace",
        "get: reads values, GET /v1/{account.mount}/data/{key}",
        "browse: lists",
        "the provider may read /data/keys/*",
        "{note} is FREE TEXT of the provider",
        "login: sealed exchange, POST /v1/auth/{auth.mount}/login",
        "makes a credential for get, get-listed, browse, browse-folder (header X-Vault-Token), at most 1800 s",
        "revoked after the run by revoke-self",
        "auth kubernetes: body member /jwt to login",
        "slots that the grant fills: mount, namespace, role",
    ] {
        assert!(words.contains(part), "{part:?} is not in:\n{words}");
    }
    let capitals = describe(&with(&vault(), "/key", json!("vaulT")));
    assert!(capitals.contains("serves spec.provider.vaulT"), "{capitals}");
    let aws = describe(&aws());
    assert!(aws.contains("account slot account is proven by who-am-i"), "{aws}");
    for part in [
        "a session policy made from the grant's keys",
        "secretsmanager: secretsmanager:ListSecrets on *",
        "the ARN at /AssumeRoleResponse/AssumeRoleResult/AssumedRoleUser/Arn must be of account slot account",
        "behind the store's /prefix",
        "behind `:`",
        "the next page is asked for by /NextToken",
        "proven by who-am-i at /GetCallerIdentityResponse",
    ] {
        assert!(aws.contains(part), "{part:?} is not in:\n{aws}");
    }
}

/// Whatever changes the surface can be seen by the person who grants it.
#[test]
fn g3_denied_a_surface_in_words_that_hides_a_change() {
    let base = vault();
    for (pointer, value) in [
        ("/ca/bundle", json!("/server")),
        ("/auth/kubernetes/slots/role/default", json!("admin")),
        ("/auth/kubernetes/when", json!("/auth")),
        ("/account/mount/class", json!("wide")),
        ("/operations/get/slots/version/class", json!("name")),
        ("/operations/get/slots/key/strip", json!(["x/"])),
        ("/operations/get/slots/key/before", json!(":")),
        ("/operations/get/slots/key/prepend", json!("/stage")),
        ("/operations/get/slots/key/leading-slash", json!(true)),
        ("/operations/get/reply/absent-when", json!(["/data/data"])),
        ("/operations/get/reply/outcomes", json!([{"status": 404, "outcome": "absent"}])),
        ("/operations/get/reply/tags", json!({"at": "/data/tags"})),
        ("/operations/browse/reply/list/items", json!("/data/*")),
        ("/operations/browse/reply/list/relative", json!(false)),
        ("/operations/login/mint/take/token", json!("/auth/accessor")),
    ] {
        let other = with(&base, pointer, value);
        assert_ne!(hash(&other), hash(&base), "{pointer}");
        assert_ne!(describe(&other), describe(&base), "{pointer}");
    }
}
