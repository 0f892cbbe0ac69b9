//! `vault` against the embedded backend: what is synced, what stays secret, and what a login leaves behind.

use std::os::unix::fs::PermissionsExt;

use serde_json::json;

use crate::scene::{PASSWORD, Scene, TOKEN, secret};
use bailiwick_testkit::kv::Vault;

/// Base64 of [`PASSWORD`], without its padding.
const ENCODED: &str = "Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5LXN0YXBsZQ";

#[test]
fn a_sync_writes_the_secret_and_a_second_one_changes_nothing() {
    let scene = Scene::new();
    let first = scene.sync(&["--state", "state"]);
    assert_eq!(
        (first.code, first.reason("shop").as_str()),
        (0, "SecretSynced"),
        "{}{}",
        first.out,
        first.err
    );
    assert_eq!(first.object("shop")["keys"]["password"], "added");
    let written = scene.secret("shop").unwrap();
    assert!(written.contains(&format!("\"password\": \"{ENCODED}==\"")));
    let mode = std::fs::metadata(scene.folder.join("out/team-a.shop.yaml")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let before = scene.kv.requests().len();
    let second = scene.sync(&["--state", "state"]);
    assert_eq!((second.code, second.object("shop")["action"].as_str()), (0, Some("kept")));
    assert_eq!(scene.kv.requests().len(), before, "within the interval nothing is asked");
    assert_eq!(scene.secret("shop").unwrap(), written);
}

/// A label that the object drops goes from its Secret, by what the state remembers; one that somebody else put there
/// stays, and so does one that the object never had.
#[test]
fn a_label_that_is_dropped_goes_and_others_labels_stay() {
    let scene = Scene::new();
    let (manifest, secret) = ("manifests/external-secret.yaml", "out/team-a.shop.yaml");
    let name = "  name: shop\n  namespace: team-a\n";
    let labelled = format!("{name}  labels:\n    app: web\n    tier: one\n  annotations:\n    note: kept\n");
    scene.edit(manifest, name, &labelled);
    let said = scene.sync(&["--state", "state"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let written = scene.folder.read(secret).unwrap();
    assert!(
        ["\"app\": \"web\"", "\"tier\"", "\"note\""].iter().all(|text| written.contains(text)),
        "{written}"
    );
    scene.edit(secret, "  labels:\n", "  labels:\n    \"audit\": \"x\"\n");
    scene.edit(manifest, &labelled, &format!("{name}  labels:\n    app: web\n"));
    let said = scene.sync(&["--state", "state"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let written = scene.folder.read(secret).unwrap();
    assert!(["\"app\": \"web\"", "\"audit\": \"x\""].iter().all(|text| written.contains(text)), "{written}");
    assert!(!written.contains("tier") && !written.contains("note"), "{written}");
}

#[test]
fn a_dry_run_says_what_would_change_and_writes_nothing() {
    let scene = Scene::new();
    let said = scene.sync(&["--dry-run", "--state", "state"]);
    assert_eq!((said.code, said.object("shop")["action"].as_str()), (0, Some("written")));
    assert!(!scene.folder.join("out").exists() && !scene.folder.join("state").exists());
    assert!(!said.out.contains(PASSWORD));
}

/// The value stands in the Secret and nowhere else; the credential nowhere at all.
#[test]
fn i4_neither_value_nor_credential_is_in_output_logs_audit_or_state() {
    let scene = Scene::new();
    let said = scene.sync(&["--state", "state"]);
    assert!(said.err.contains("bailiwick"), "the log is there to be searched");
    let audit = scene.folder.read("audit.jsonl").unwrap();
    assert!(audit.lines().count() >= 3 && audit.contains("kv2-read"), "{audit}");
    let state = scene.folder.read("state/team-a.shop.json").unwrap();
    for (place, text) in [("stdout", &said.out), ("log", &said.err), ("audit", &audit), ("state", &state)] {
        for planted in [PASSWORD, TOKEN, ENCODED, "example-only"] {
            assert!(!text.contains(planted), "{place} holds {planted}");
        }
    }
    assert!(scene.secret("shop").unwrap().contains(ENCODED), "what is searched for can be found");
}

/// Minted tokens are revoked after the run; the tenant's own never is.
#[test]
fn g8_a_login_must_be_granted_and_its_token_is_gone_after_the_run() {
    let scene = Scene::new();
    scene.as_root("sys/auth/approle", &json!({"type": "approle"}));
    scene.as_root("auth/approle/role/shop", &json!({"token_policies": ["reader"], "token_ttl": "20m"}));
    scene.as_root("auth/approle/role/shop/role-id", &json!({"role_id": "shop-role"}));
    scene.as_root("auth/approle/role/shop/custom-secret-id", &json!({"secret_id": "shop-secret-id"}));
    scene.write("manifests/approle.yaml", &secret("approle", "id", "shop-secret-id"));
    let block = "        appRole:\n          path: approle\n          roleId: shop-role\n          secretRef:\n            name: approle\n            key: id\n";
    let token = "        tokenSecretRef:\n          name: vault-token\n          key: token\n";
    scene.edit("manifests/secret-store.yaml", token, block);
    let denied = scene.sync(&[]);
    assert_eq!(denied.reason("shop"), "AuthMethodNotGranted", "{}", denied.out);
    let granted = "  - method: app-role\n    slots:\n      mount: approle\n      role-id: shop-role\n    secrets: [./approle]\n";
    scene.edit("policy/grant.yaml", "  - method: token\n    secrets: [./vault-token]\n", granted);
    scene.kv.forget();
    let said = scene.sync(&[]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let asked: Vec<String> = scene.kv.requests().iter().map(|seen| seen.path.clone()).collect();
    assert!(asked.first().is_some_and(|path| path.ends_with("auth/approle/login")), "{asked:?}");
    assert!(asked.last().is_some_and(|path| path.ends_with("auth/token/revoke-self")), "{asked:?}");
    assert_eq!(scene.kv.minted_tokens(), 0);
    assert!(!said.err.contains("shop-secret-id"));
}

#[test]
fn explain_names_the_request_and_the_line_that_admits_it() {
    let scene = Scene::new();
    let args = ["grant", "explain", "team-a/shop", "--allow-unsigned", "--policy", "policy"];
    let said = scene.run(&[&args[..], &["--manifests", "manifests"]].concat());
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let url = format!("{}/v1/kv/data/apps/shop/db", scene.kv.url());
    assert!(said.out.contains(&url) && said.out.contains("spec.targets[0].keys[0]"), "{}", said.out);
    assert_eq!(scene.kv.requests().len(), 0, "nothing is sent");
}

/// The name that DNS is asked is not the one in the URL, so it is said; another class does not even compile.
#[test]
fn g6a_explain_shows_where_a_service_of_the_cluster_is_looked_up() {
    let scene = Scene::new();
    let (here, service) = (scene.kv.url(), "https://vault.vault.svc:8200");
    scene.edit("policy/grant.yaml", &here, service);
    scene.edit("manifests/secret-store.yaml", &here, service);
    let args = ["grant", "explain", "team-a/shop", "--allow-unsigned", "--policy", "policy"];
    let explain = || scene.run(&[&args[..], &["--manifests", "manifests"]].concat());
    let denied = explain();
    assert!(denied.code == 1 && denied.out.contains("HostNotGranted"), "{}{}", denied.out, denied.err);
    assert!(denied.out.contains("class cluster"), "{}", denied.out);
    scene.edit("policy/grant.yaml", "class: loopback", "class: cluster");
    scene.edit("policy/grant.yaml", "127.0.0.1/32", "10.96.0.0/12");
    let said = explain();
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    for words in ["GET https://vault.vault.svc:8200/v1/", "looked up as vault.vault.svc.cluster.local\n"] {
        assert!(said.out.contains(words), "{}", said.out);
    }
    assert_eq!(scene.kv.requests().len(), 0, "nothing is sent");
}
