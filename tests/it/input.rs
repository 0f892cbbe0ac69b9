//! Bad input: one clear error each, and the other objects still sync.

use crate::scene::{Scene, secret};

fn others_sync(scene: &Scene, complaint: &[&str]) {
    let said = scene.sync(&[]);
    assert_eq!(said.code, 2, "{}{}", said.out, said.err);
    let errors: Vec<&str> = said.err.lines().filter(|line| line.starts_with("error: ")).collect();
    for part in complaint {
        assert!(errors.iter().any(|line| line.contains(part)), "{part} is in none of {errors:?}");
    }
    assert_eq!(said.reason("shop"), "SecretSynced");
    assert!(!said.err.contains("hunter2"), "a value is quoted");
}

#[test]
fn malformed_yaml() {
    let scene = Scene::new();
    scene.write("manifests/broken.yaml", "kind: ExternalSecret\n  metadata: [hunter2\n");
    others_sync(&scene, &["manifests/broken.yaml"]);
}

#[test]
fn an_unknown_field_is_named_with_a_suggestion_and_no_value_is_quoted() {
    let scene = Scene::new();
    let head =
        "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: x, namespace: team-a}\n";
    scene.write("manifests/unknown.yaml", &format!("{head}spec:\n  refreshIntervall: hunter2\n"));
    others_sync(&scene, &["spec.refreshIntervall", "refreshInterval"]);
}

#[test]
fn a_field_that_is_not_served_is_refused_by_name() {
    let scene = Scene::new();
    let template = "    name: shop\n    template:\n      data: {a: b}\n  data:";
    scene.edit("manifests/external-secret.yaml", "    name: shop\n  data:", template);
    let said = scene.sync(&[]);
    assert_eq!(said.code, 1, "{}{}", said.out, said.err);
    assert!(said.message("shop").contains("spec.target.template"), "{}", said.out);
}

#[test]
fn two_objects_with_one_target_are_refused_before_any_fetch() {
    let scene = Scene::new();
    let text = scene.folder.read("manifests/external-secret.yaml").unwrap();
    scene.write("manifests/twin.yaml", &text.replacen("name: shop", "name: twin", 1));
    let said = scene.sync(&[]);
    assert_eq!((said.code, scene.kv.requests().len()), (1, 0), "{}", said.out);
    assert!(said.message("twin").contains("spec.target.name"), "{}", said.out);
}

#[test]
fn a_module_that_is_no_component() {
    let scene = Scene::new();
    let module = scene.folder.write("not-a-module", "neither").unwrap();
    let head = "apiVersion: bailiwick.dev/v1alpha1\nkind: Provider\nmetadata: {name: other}\n";
    scene.write("policy/other.yaml", &format!("{head}spec:\n  module: {{file: {}}}\n", module.display()));
    others_sync(&scene, &["Provider other", "not-a-module"]);
}

#[test]
fn a_secret_that_nobody_owns_any_more_is_deleted_and_a_foreign_one_is_kept() {
    let scene = Scene::new();
    assert_eq!(scene.sync(&[]).code, 0);
    scene.write("out/team-a.foreign.yaml", &secret("foreign", "a", "b"));
    scene.edit("manifests/external-secret.yaml", "    name: shop\n  data:", "    name: shop-2\n  data:");
    let said = scene.sync(&[]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert!(scene.secret("shop").is_none() && scene.secret("shop-2").is_some());
    assert!(scene.secret("foreign").is_some());
}

#[test]
fn a_link_in_place_of_a_secret_is_not_followed() {
    let scene = Scene::new();
    let outside = scene.folder.write("outside", "untouched").unwrap();
    std::fs::create_dir(scene.folder.join("out")).unwrap();
    std::os::unix::fs::symlink(&outside, scene.folder.join("out/team-a.shop.yaml")).unwrap();
    let said = scene.sync(&[]);
    assert_ne!(said.code, 0, "{}{}", said.out, said.err);
    assert_eq!(scene.folder.read("outside").unwrap(), "untouched");
}

#[test]
fn what_a_crash_left_half_written_is_swept() {
    let scene = Scene::new();
    scene.write("out/.team-a.shop.yaml.partial", "apiVersion: v1\nki");
    assert_eq!(scene.sync(&[]).code, 0);
    let files = scene.folder.files().unwrap();
    assert!(!files.iter().any(|file| file.ends_with(".partial")), "{files:?}");
}
