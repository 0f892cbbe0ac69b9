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
fn a_link_in_place_of_a_secret_is_not_followed() {
    let scene = Scene::new();
    // A Secret of that very name: what refuses it is that it is a link, and nothing else.
    let text = secret("shop", "a", "b");
    let outside = scene.folder.write("outside", &text).unwrap();
    std::fs::create_dir(scene.folder.join("out")).unwrap();
    std::os::unix::fs::symlink(&outside, scene.folder.join("out/team-a.shop.yaml")).unwrap();
    let said = scene.sync(&[]);
    assert_eq!(said.code, 1, "{}{}", said.out, said.err);
    assert!(said.message("shop").contains("symbolic links"), "{}", said.out);
    assert_eq!(scene.folder.read("outside").unwrap(), text);
    let link = std::fs::symlink_metadata(scene.folder.join("out/team-a.shop.yaml")).unwrap();
    assert!(link.is_symlink());
}

#[test]
fn what_a_crash_left_half_written_is_swept() {
    let scene = Scene::new();
    scene.write("out/.team-a.shop.yaml.partial", "apiVersion: v1\nki");
    assert_eq!(scene.sync(&[]).code, 0);
    let files = scene.folder.files().unwrap();
    assert!(!files.iter().any(|file| file.ends_with(".partial")), "{files:?}");
}

#[test]
fn a_pipe_a_broken_link_and_bytes_that_are_no_text_stop_only_themselves() {
    let scene = Scene::new();
    let fifo = std::process::Command::new("mkfifo").arg(scene.folder.join("manifests/a-pipe.yaml")).status();
    assert!(fifo.unwrap().success());
    std::os::unix::fs::symlink("nowhere", scene.folder.join("manifests/b-link.yaml")).unwrap();
    scene.folder.write("manifests/c-bytes.yaml", b"hunter2: \xff").unwrap();
    others_sync(
        &scene,
        &["a-pipe.yaml: it is neither", "b-link.yaml: No such file", "c-bytes.yaml: it is not UTF-8"],
    );
    std::fs::rename(scene.folder.join("manifests/a-pipe.yaml"), scene.folder.join("policy/a-pipe.yaml"))
        .unwrap();
    let said = scene.sync(&[]);
    assert!(said.code == 2 && said.out.is_empty() && said.err.contains("a-pipe.yaml"), "{}", said.err);
}

#[test]
fn denied_an_output_in_the_manifests() {
    let scene = Scene::new();
    let fixed = ["sync", "--allow-unsigned", "--policy", "policy", "--manifests", "manifests"];
    for more in [&["--out", "manifests/out"][..], &["--out", "out", "--state", "policy"]] {
        let said = scene.run(&[&fixed[..], more].concat());
        assert_eq!(said.code, 2);
        assert!(said.err.contains("choose a folder of its own"), "{}", said.err);
    }
    assert_eq!(scene.kv.requests().len(), 0);
}

/// What the API server would refuse is refused for the one object, and what was written can be read again.
#[test]
fn labels_that_kubernetes_would_refuse_and_a_name_that_is_too_long_harm_their_object_only() {
    let scene = Scene::new();
    let object = scene.folder.read("manifests/external-secret.yaml").unwrap();
    let twin = |name: &str| {
        object.replacen("name: shop", &format!("name: {name}"), 1).replace("    name: shop\n", "")
    };
    let label = twin("label").replacen("  namespace", "  labels: {a: not a label}\n  namespace", 1);
    scene.write("manifests/label.yaml", &label);
    let note = twin("note").replacen("  namespace", "  annotations: {a: \"\\x7f \\uFFFE\"}\n  namespace", 1);
    scene.write("manifests/note.yaml", &note);
    let long = "l".repeat(250);
    scene.write("manifests/long.yaml", &twin(&long));
    for _ in 0..2 {
        let said = scene.sync(&[]);
        assert_eq!(said.code, 1, "{}{}", said.out, said.err);
        assert_eq!(
            (said.reason("shop").as_str(), said.reason("note").as_str()),
            ("SecretSynced", "SecretSynced")
        );
        assert!(said.message("label").starts_with("metadata.labels: a value"), "{}", said.out);
        assert!(said.message(&long).contains("shorten one"), "{}", said.out);
    }
}
