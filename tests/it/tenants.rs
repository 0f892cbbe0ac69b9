//! Tenants beside each other: what one of them writes decides nothing for another, and draws nothing on the terminal.

use crate::scene::{Scene, secret};

fn scoped(scene: &Scene, manifests: &[&str]) -> crate::scene::Said {
    let fixed =
        ["sync", "--allow-unsigned", "--policy", "policy", "--out", "out", "-o", "json", "--manifests"];
    scene.run(&[&fixed[..], manifests].concat())
}

#[test]
fn allowed_a_folder_of_its_namespace() {
    let scene = Scene::new();
    let said = scoped(&scene, &["team-a=manifests"]);
    assert_eq!((said.code, said.reason("shop").as_str()), (0, "SecretSynced"), "{}{}", said.out, said.err);
}

#[test]
fn denied_an_object_of_another_namespace_in_a_folder_that_belongs_to_one() {
    let scene = Scene::new();
    let theirs = scene.folder.read("manifests/external-secret.yaml").unwrap();
    scene.write("team-b/theirs.yaml", &theirs);
    scene.write("team-b/cluster.yaml", "apiVersion: external-secrets.io/v1\nkind: ClusterSecretStore\nmetadata: {name: c}\nspec: {provider: {vault: {server: \"https://x\"}}}\n");
    let said = scoped(&scene, &["team-a=manifests", "team-b=team-b"]);
    assert_eq!((said.code, said.reason("shop").as_str()), (2, "SecretSynced"), "{}{}", said.out, said.err);
    for what in ["theirs.yaml:1: metadata.namespace:", "cluster.yaml:1: kind:"] {
        assert!(said.err.contains(what), "{what} is not in {}", said.err);
    }
}

#[test]
fn denied_a_provider_block_that_draws_a_row() {
    let scene = Scene::new();
    let forged = "  provider:\n    vault:\n      \"\\nteam-b db True\\e[2K\": 1\n      \"hvs.CAESItoken\": 1";
    scene.edit("manifests/secret-store.yaml", "  provider:\n    vault:", forged);
    let said = scene.run(&[
        "sync",
        "--allow-unsigned",
        "--policy",
        "policy",
        "--out",
        "out",
        "--state",
        "state",
        "--manifests",
        "manifests",
    ]);
    assert_eq!(said.code, 1, "{}{}", said.out, said.err);
    let state = scene.folder.read("state/team-a.shop.json").unwrap();
    assert!(
        said.out.contains("spec.provider.vault.?") && state.contains("spec.provider.vault.?"),
        "{}",
        said.out
    );
    for text in [&said.out, &state] {
        assert!(!text.contains("team-b db") && !text.contains('\u{1b}') && !text.contains("CAESI"), "{text}");
    }
}

#[test]
fn an_object_of_another_controller_class_is_skipped() {
    let scene = Scene::new();
    scene.edit("manifests/secret-store.yaml", "spec:\n", "spec:\n  controller: theirs\n");
    let said = scene.sync(&["--state", "state"]);
    assert_eq!((said.code, said.object("shop")["action"].as_str()), (0, Some("skipped")), "{}", said.out);
    assert!(!scene.folder.join("state/team-a.shop.json").exists() && scene.kv.requests().is_empty());
}

#[test]
fn a_refusal_is_not_repeated_once_its_cause_is_gone() {
    let scene = Scene::new();
    assert_eq!(scene.sync(&["--state", "state"]).code, 0);
    let text = scene.folder.read("manifests/external-secret.yaml").unwrap();
    scene.write("manifests/twin.yaml", &text.replacen("name: shop", "name: twin", 1));
    assert_eq!(scene.sync(&["--state", "state"]).code, 1);
    std::fs::remove_file(scene.folder.join("manifests/twin.yaml")).unwrap();
    let said = scene.sync(&["--state", "state"]);
    assert_eq!((said.code, said.reason("shop").as_str()), (0, "SecretSynced"), "{}", said.out);
}

#[test]
fn what_is_missing_is_named_and_a_binding_names_what_is_there() {
    let scene = Scene::new();
    let more = "    name: shop\n    deletionPolicy: Delete\n  data:\n  - secretKey: gone\n    remoteRef: {key: apps/gone}";
    scene.edit("manifests/external-secret.yaml", "    name: shop\n  data:", more);
    let said = scene.sync(&["--state", "state"]);
    assert_eq!(
        (said.code, said.object("shop")["missing"][0].as_str()),
        (0, Some("spec.data[0]")),
        "{}",
        said.out
    );
    assert!(scene.folder.read("state/team-a.shop.json").unwrap().contains("\"binding\""));
    let only = "  data:\n  - secretKey: gone\n    remoteRef: {key: apps/gone}\n  dataFrom: []\n";
    let head = scene.folder.read("manifests/external-secret.yaml").unwrap();
    let head = head.split("  data:\n").next().unwrap();
    scene.folder.write("manifests/external-secret.yaml", format!("{head}{only}")).unwrap();
    let said = scene.sync(&["--state", "state"]);
    assert_eq!((said.code, said.reason("shop").as_str()), (0, "SecretDeleted"), "{}{}", said.out, said.err);
    assert!(!scene.folder.read("state/team-a.shop.json").unwrap().contains("\"binding\""));
}

#[test]
fn explain_says_which_grant_could_not_be_read() {
    let scene = Scene::new();
    let faulty = "apiVersion: bailiwick.dev/v1alpha1\nkind: CapabilityGrant\nmetadata: {name: g}\nspec: {mistake: 1}\n";
    scene.write("policy/grant.yaml", faulty);
    let args = [
        "grant",
        "explain",
        "team-a/shop",
        "--allow-unsigned",
        "--policy",
        "policy",
        "--manifests",
        "manifests",
    ];
    let said = scene.run(&args);
    assert_eq!(said.code, 2, "{}{}", said.out, said.err);
    assert!(said.err.contains("error: policy/grant.yaml") && said.out.contains("NotGranted"), "{}", said.err);
    scene.write("manifests/external-secret.yaml", "kind: [");
    let said = scene.run(&args);
    assert_eq!(said.code, 2);
    assert!(
        said.err.contains("there is no ExternalSecret")
            && said.err.contains("manifests/external-secret.yaml:1")
    );
}

#[test]
fn what_needs_a_memory_and_has_none_is_said() {
    let scene = Scene::new();
    scene.edit("manifests/external-secret.yaml", "spec:\n", "spec:\n  refreshPolicy: CreatedOnce\n");
    scene.edit("manifests/secret-store.yaml", "spec:\n", "spec:\n  refreshInterval: 60\n");
    scene.write("manifests/unused.yaml", &secret("unused", "a", "b"));
    let said = scene.sync(&[]);
    let warnings: Vec<&str> = said.err.lines().filter(|line| line.starts_with("warning: ")).collect();
    assert!(warnings.len() == 2 && warnings[0].contains("CreatedOnce"), "{warnings:?}");
    assert!(warnings[1].contains("SecretStore team-a/vault: spec.refreshInterval"), "{warnings:?}");
    assert_eq!(scene.sync(&["--state", "state"]).err.matches("warning: ").count(), 1);
}
