//! Secrets of objects that moved or went: what `--state` remembers goes when its successor is there, or with `--prune`;
//! nothing else in the output folder is touched.

use bailiwick_testkit::kv::Fault;

use crate::scene::{Scene, secret};

const STATE: [&str; 2] = ["--state", "state"];
const PRUNE: [&str; 3] = ["--state", "state", "--prune"];

/// Synced once, and beside it a Secret that somebody else keeps there.
fn synced(more: &[&str]) -> Scene {
    let scene = Scene::new();
    scene.write("out/team-a.foreign.yaml", &secret("foreign", "a", "b"));
    let said = scene.sync(more);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    scene
}

fn moved(scene: &Scene) {
    scene.edit("manifests/external-secret.yaml", "    name: shop\n  data:", "    name: shop-2\n  data:");
}

fn gone(scene: &Scene) {
    std::fs::remove_file(scene.folder.join("manifests/external-secret.yaml")).unwrap();
}

#[test]
fn allowed_the_old_secret_of_a_move_goes() {
    let scene = synced(&STATE);
    moved(&scene);
    let dry = scene.sync(&[&STATE[..], &["--dry-run"]].concat());
    assert!(
        dry.err.contains("would delete Secret team-a/shop:") && scene.secret("shop").is_some(),
        "{}",
        dry.err
    );
    let said = scene.sync(&STATE);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert!(scene.secret("shop").is_none() && scene.secret("shop-2").is_some());
    assert!(scene.secret("foreign").is_some());
}

#[test]
fn denied_the_old_secret_of_a_move_stays_while_the_backend_is_down() {
    let scene = synced(&STATE);
    moved(&scene);
    scene.kv.fault("/v1/kv/data/apps/shop/db", Fault::Status(500));
    let said = scene.sync(&STATE);
    assert_eq!(said.code, 1, "{}{}", said.out, said.err);
    assert!(said.err.contains("kept Secret team-a/shop:"), "{}", said.err);
    assert!(scene.secret("shop").is_some() && scene.secret("shop-2").is_none());
}

/// An empty mount, a part of the manifests, another team's run into the same folder: no wish to delete.
#[test]
fn denied_what_is_gone_from_the_manifests_stays_unasked() {
    let scene = synced(&STATE);
    gone(&scene);
    for more in [&STATE[..], &[]] {
        let said = scene.sync(more);
        assert_eq!(said.code, 0, "{}{}", said.out, said.err);
        assert!(scene.secret("shop").is_some() && scene.secret("foreign").is_some());
    }
    assert!(scene.sync(&STATE).err.contains("kept Secret team-a/shop: its ExternalSecret is gone; --prune"));
}

#[test]
fn allowed_what_is_gone_goes_with_prune() {
    let scene = synced(&STATE);
    gone(&scene);
    let dry = scene.sync(&[&PRUNE[..], &["--dry-run"]].concat());
    assert!(
        dry.err.contains("would delete Secret team-a/shop:") && scene.secret("shop").is_some(),
        "{}",
        dry.err
    );
    assert_eq!(scene.sync(&PRUNE).code, 0);
    assert!(scene.secret("shop").is_none() && scene.secret("foreign").is_some());
}

#[test]
fn denied_prune_of_what_nobody_remembers_or_with_a_manifest_that_cannot_be_read() {
    let scene = synced(&[]);
    gone(&scene);
    assert_eq!(scene.sync(&PRUNE).code, 0);
    assert!(scene.secret("shop").is_some(), "the state does not say that it is ours");
    assert_eq!(scene.sync(&["--prune"]).code, 2, "--prune needs --state");
    let scene = synced(&STATE);
    gone(&scene);
    scene.write("manifests/broken.yaml", "kind: [");
    assert_eq!(scene.sync(&PRUNE).code, 2);
    assert!(scene.secret("shop").is_some());
}

/// A file of another name or kind is nobody's business here.
#[test]
fn files_of_others_are_no_error() {
    let scene = synced(&STATE);
    scene.write("out/my.values.yaml", "a: [broken");
    std::fs::create_dir(scene.folder.join("out/a.folder.yaml")).unwrap();
    std::os::unix::fs::symlink("nowhere", scene.folder.join("out/a.link.yaml")).unwrap();
    let said = scene.sync(&PRUNE);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
}
