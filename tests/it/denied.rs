//! The denied twins of the quick start, and of its folders: what is refused is refused before anything leaves.

use crate::scene::Scene;

fn attempt(file: &str, name: &str, reason: &str) {
    let scene = Scene::new();
    std::fs::remove_file(scene.folder.join("manifests/external-secret.yaml")).unwrap();
    let said = scene.sync(&[&format!("denied/{file}.yaml")]);
    assert_eq!((said.code, said.reason(name).as_str()), (1, reason), "{}{}", said.out, said.err);
    assert_eq!(scene.kv.requests().len(), 0, "I2: a denial sends nothing");
    assert!(scene.secret(name).is_none());
}

fn changed(from: &str, to: &str, reason: &str) {
    let scene = Scene::new();
    scene.edit("policy/grant.yaml", from, to);
    let said = scene.sync(&[]);
    assert_eq!((said.code, said.reason("shop").as_str()), (1, reason), "{}{}", said.out, said.err);
    assert_eq!(scene.kv.requests().len(), 0, "I2: a denial sends nothing");
}

#[test]
fn g6_denied_another_host() {
    attempt("host", "other-host", "HostNotGranted");
}

#[test]
fn g7_denied_another_account() {
    attempt("account", "other-account", "AccountNotGranted");
}

#[test]
fn g9_denied_another_key() {
    attempt("key", "other-key", "KeyNotGranted");
}

#[test]
fn g1_denied_without_a_grant() {
    let scene = Scene::new();
    std::fs::remove_file(scene.folder.join("policy/grant.yaml")).unwrap();
    let said = scene.sync(&[]);
    assert_eq!((said.code, said.reason("shop").as_str()), (1, "NotGranted"), "{}", said.out);
    assert_eq!(scene.kv.requests().len(), 0);
}

#[test]
fn g3_denied_another_surface() {
    changed("  surface: sha256:", "  surface: sha256:00", "SurfaceNotGranted");
}

#[test]
fn g4_denied_another_module() {
    changed("    module: sha256:", "    module: sha256:00", "SignerNotGranted");
}

#[test]
fn g5_denied_another_namespace() {
    changed("namespaces: [team-a]", "namespaces: [team-b]", "SubjectNotGranted");
}

#[test]
fn g10_denied_another_operation() {
    changed("operations: [read, list]", "operations: [list]", "OperationNotGranted");
}

#[test]
fn a_policy_object_among_the_tenants_manifests_stops_everything() {
    let scene = Scene::new();
    let grant = scene.folder.read("policy/grant.yaml").unwrap();
    scene.write("manifests/grant.yaml", &grant);
    let said = scene.sync(&[]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("manifests/grant.yaml") && said.err.contains("--policy"), "{}", said.err);
    assert_eq!(scene.kv.requests().len(), 0);
}

#[test]
fn an_unsigned_module_is_refused_without_the_flag() {
    let scene = Scene::new();
    let said = scene.run(&["sync", "--policy", "policy", "--manifests", "manifests", "--out", "out"]);
    assert_eq!(said.code, 2, "{}{}", said.out, said.err);
    assert!(said.err.contains("--allow-unsigned"), "{}", said.err);
}

/// One closed set: what the status says is what the state keeps and what `grant explain` says.
#[test]
fn g13_the_reason_is_the_same_in_status_state_and_explain() {
    let scene = Scene::new();
    let said = scene.sync(&["denied/key.yaml", "--state", "state"]);
    assert_eq!(said.reason("other-key"), "KeyNotGranted");
    let state = scene.folder.read("state/team-a.other-key.json").unwrap();
    assert!(state.contains("\"reason\": \"KeyNotGranted\""), "{state}");
    let args =
        ["grant", "explain", "team-a/other-key", "--allow-unsigned", "--policy", "policy", "-o", "json"];
    let explained = scene.run(&[&args[..], &["--manifests", "manifests", "denied/key.yaml"]].concat());
    assert_eq!(explained.code, 1, "{}{}", explained.out, explained.err);
    let entries: serde_json::Value = serde_json::from_str(&explained.out).unwrap();
    assert_eq!(entries[0]["grants"][0]["denied"]["reason"], "KeyNotGranted", "{}", explained.out);
    assert_eq!(scene.kv.requests().len(), scene_requests_of_shop(&scene), "I2: a denial sends nothing");
}

/// What `shop` alone asks for.
fn scene_requests_of_shop(scene: &Scene) -> usize {
    scene.kv.requests().iter().filter(|seen| seen.path.contains("apps/shop")).count()
}
