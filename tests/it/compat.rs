//! What a user of ESO notices first: which key of `spec.provider` is served, what becomes of a Secret where there is
//! nothing to read, and how a whole secret is written.

use serde_json::json;

use crate::scene::Scene;

const SHOP: &str = "manifests/external-secret.yaml";
const STORE: &str = "manifests/secret-store.yaml";

/// An ExternalSecret of one entry, instead of the quick start's.
fn one(scene: &Scene, target: &str, remote: &str) {
    let text = format!(
        "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {{name: shop, namespace: team-a}}\n\
         spec:\n  secretStoreRef: {{name: vault}}\n  target: {{name: shop{target}}}\n  \
         data: [{{secretKey: a, remoteRef: {{{remote}}}}}]\n"
    );
    scene.write(SHOP, &text);
}

/// The quick start's store as `spec.provider.openBao`, its Provider and grant as `openbao`.
fn openbao() -> Scene {
    let scene = Scene::new();
    scene.edit("policy/provider.yaml", "name: vault\n", "name: openbao\n");
    scene.edit("policy/provider.yaml", "vault.wasm", "openbao.wasm");
    scene.write("policy/grant.yaml", include_str!("../../examples/quickstart/policy/grant.yaml"));
    scene.edit("policy/grant.yaml", "name: vault\n", "name: openbao\n");
    scene.edit(STORE, "    vault:\n", "    openBao:\n");
    scene.accept();
    one(&scene, "", "key: apps/shop/db, property: username");
    scene
}

#[test]
fn openbao_is_served_by_the_provider_of_that_name_without_capitals() {
    let scene = openbao();
    let said = scene.sync(&[]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert!(scene.secret("shop").unwrap().contains("\"a\": \"c2hvcA==\""), "shop");
}

#[test]
fn denied_a_key_of_other_capitals_than_esos() {
    let scene = openbao();
    scene.edit(STORE, "    openBao:\n", "    openbao:\n");
    let message = "spec.provider.openbao: Provider openbao serves spec.provider.openBao";
    assert_eq!(scene.sync(&[]).message("shop"), message);
    let scene = Scene::new();
    scene.edit(STORE, "    vault:\n", "    Vault:\n");
    let message = "spec.provider.Vault: Provider vault serves spec.provider.vault";
    assert_eq!(scene.sync(&[]).message("shop"), message);
}

/// A secret without custom metadata has metadata, and one that is gone has none to delete a Secret for.
#[test]
fn metadata_never_deletes_a_secret() {
    let scene = Scene::new();
    one(
        &scene,
        ", deletionPolicy: Delete",
        "key: apps/shop/db, metadataPolicy: Fetch, property: current_version",
    );
    let said = scene.sync(&["--state", "state"]);
    assert_eq!(said.reason("shop"), "SecretSynced", "{}{}", said.out, said.err);
    let written = scene.secret("shop").unwrap();
    assert!(written.contains("\"a\": \"MQ==\""), "version 1");
    one(&scene, ", deletionPolicy: Delete", "key: apps/shop/none, metadataPolicy: Fetch");
    let said = scene.sync(&["--state", "state"]);
    assert_eq!(said.reason("shop"), "SecretSyncedError", "{}", said.out);
    assert_eq!(scene.secret("shop").unwrap(), written);
    one(&scene, ", deletionPolicy: Delete", "key: apps/shop/none");
    assert_eq!(scene.sync(&["--state", "state"]).reason("shop"), "SecretDeleted");
}

/// ESO's Vault provider decodes and encodes: sorted, compact, escaped as Go does.
#[test]
fn a_whole_secret_is_written_as_eso_writes_it() {
    let scene = Scene::new();
    scene.as_root("kv/data/apps/shop/odd", &json!({"data": {"z": "<&>", "a": 1.5}}));
    one(&scene, "", "key: apps/shop/odd");
    let said = scene.sync(&[]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    // {"a":1.5,"z":"\u003c\u0026\u003e"}
    let expected = "eyJhIjoxLjUsInoiOiJcdTAwM2NcdTAwMjZcdTAwM2UifQ==";
    assert!(scene.secret("shop").unwrap().contains(expected));
}

/// Without a path the key names the mount; one that names none must not be read below the granted one.
#[test]
fn g7_denied_a_key_without_its_mount_in_a_store_without_a_path() {
    let scene = Scene::new();
    scene.edit(STORE, "      path: kv\n", "");
    one(&scene, "", "key: apps/shop/db, property: username");
    let said = scene.sync(&[]);
    assert_eq!(said.reason("shop"), "AccountNotGranted", "{}", said.out);
    assert!(said.message("shop").starts_with("spec.provider.vault.path: "), "{}", said.out);
    one(&scene, "", "key: kv/apps/shop/db, property: username");
    assert_eq!(scene.sync(&[]).reason("shop"), "SecretSynced");
}
