//! A full disk: no half file, the old Secret as it was, words that name file and remedy, other objects go on. Writes
//! are made to fail in two ways: by a limit on file sizes (EFBIG), which needs no rights, and by a file system of a few
//! pages in a mount namespace of its own (ENOSPC), where the machine allows one.

use std::{io::Write, process::Command};

use serde_json::json;

use crate::scene::{SYNC, Said, Scene};

/// Files of at most 64 KiB, by blocks of 512 bytes.
const LIMIT: &str = r#"trap "" XFSZ; ulimit -f 128; exec "$@""#;
/// `FOLDER` has no more than 64 KiB; it starts out as it was, and what it was is there again when the process ends,
/// beside what it became.
const SMALL: &str = r#"cp -a FOLDER before; mount -t tmpfs -o size=64k,mode=700 none FOLDER || exit 99
cp -a before/. FOLDER; "$@"; code=$?; cp -a FOLDER after; exit $code"#;

/// Two objects, synced once; meanwhile the value of one became large and that of the other one has changed.
fn grown() -> Scene {
    let scene = Scene::new();
    std::fs::remove_file(scene.folder.join("manifests/external-secret.yaml")).unwrap();
    for name in ["big", "small"] {
        let data =
            format!("  data: [{{secretKey: value, remoteRef: {{key: apps/{name}, property: value}}}}]");
        scene.wants(name, &data);
        scene.as_root(&format!("kv/data/apps/{name}"), &json!({"data": {"value": "old"}}));
    }
    assert_eq!(scene.sync(&["--state", "state"]).code, 0);
    scene.as_root("kv/data/apps/big", &json!({"data": {"value": "x".repeat(200_000)}}));
    scene.as_root("kv/data/apps/small", &json!({"data": {"value": "new"}}));
    scene
}

fn value(text: &str) -> &str {
    text.split("\"value\": \"").nth(1).unwrap().trim_end_matches("\"\n")
}

/// What is the same whichever way the disk is full. `after` is the folder as the process left it.
fn harms_its_own_object_only(scene: &Scene, said: &Said, after: &str) {
    assert_eq!(
        (said.code, said.reason("big").as_str()),
        (1, "SecretSyncedError"),
        "{}{}",
        said.out,
        said.err
    );
    let message = said.message("big");
    assert!(message.starts_with("cannot write out/team-a.big.yaml (make room for it): "), "{message}");
    assert_eq!(
        (said.object("big")["action"].as_str(), said.reason("small").as_str()),
        (Some("nothing"), "SecretSynced")
    );
    let files: Vec<String> = scene.folder.files().unwrap();
    let left: Vec<&String> = files.iter().filter(|file| file.starts_with(&format!("{after}/"))).collect();
    assert_eq!(left, [&format!("{after}/team-a.big.yaml"), &format!("{after}/team-a.small.yaml")]);
    let text = |name| scene.folder.read(&format!("{after}/team-a.{name}.yaml")).unwrap();
    assert_eq!(
        (value(&text("big")), value(&text("small"))),
        ("b2xk", "bmV3"),
        "the old one stands, the other is new"
    );
}

#[test]
fn i8_a_secret_that_finds_no_room_leaves_the_old_one() {
    let scene = grown();
    let said = scene.through(LIMIT, &SYNC);
    harms_its_own_object_only(&scene, &said, "out");
    assert_eq!(scene.sync(&[]).code, 0, "with room, the next run succeeds");
    assert!(scene.secret("big").unwrap().len() > 200_000);
}

#[test]
fn i8_a_secret_that_finds_no_space_on_the_device_leaves_the_old_one() {
    let scene = grown();
    let Some(said) = in_small(&scene, "out", &SYNC) else { return };
    harms_its_own_object_only(&scene, &said, "after");
    assert!(said.message("big").contains("No space left on device"), "{}", said.message("big"));
}

#[test]
fn i8_a_first_secret_that_finds_no_room_leaves_no_file() {
    let scene = grown();
    std::fs::remove_file(scene.folder.join("out/team-a.big.yaml")).unwrap();
    assert_eq!(scene.through(LIMIT, &SYNC).code, 1);
    assert!(scene.secret("big").is_none() && scene.secret("small").is_some());
}

/// The Secret is written; only the memory of it is lost, and both are said.
#[test]
fn a_state_that_finds_no_room_is_said_and_the_secret_is_written() {
    let scene = grown();
    scene.folder.write("state/filler", "x".repeat(56 << 10)).unwrap();
    // Due again, with states that are there no longer.
    for name in ["big", "small"] {
        std::fs::remove_file(scene.folder.join(&format!("state/team-a.{name}.json"))).unwrap();
    }
    let Some(said) = in_small(&scene, "state", &[&SYNC[..], &["--state", "state"]].concat()) else { return };
    assert_eq!(said.code, 1, "{}", said.told());
    let (ready, failed) =
        if said.reason("small") == "SecretSynced" { ("small", "big") } else { ("big", "small") };
    assert_eq!(
        (said.reason(ready).as_str(), said.reason(failed).as_str()),
        ("SecretSynced", "SecretSyncedError")
    );
    let message = said.message(failed);
    let file = format!("cannot write state/team-a.{failed}.json (make room for it): ");
    assert!(message.starts_with(&file) && message.ends_with("; the Secret is as it should be"), "{message}");
    assert_eq!(said.object(failed)["action"], "written");
    assert!(scene.secret("big").unwrap().len() > 200_000 && value(&scene.secret("small").unwrap()) == "bmV3");
    let next = scene.sync(&["--state", "state"]);
    assert_eq!(
        (next.code, next.object(failed)["action"].as_str()),
        (0, Some("kept")),
        "the next run finds it so"
    );
}

/// What was wrong with the object is not hidden behind the state that could not be written.
#[test]
fn g13_a_denial_stays_the_reason_where_the_state_finds_no_room() {
    let scene = Scene::new();
    let args = [&SYNC[..8], &["--manifests", "manifests", "denied/key.yaml", "--state", "state"]].concat();
    let said = scene.through(r#"trap "" XFSZ; ulimit -f 0; exec "$@""#, &args);
    assert_eq!(
        (said.code, said.reason("other-key").as_str()),
        (1, "KeyNotGranted"),
        "{}{}",
        said.out,
        said.err
    );
    let message = said.message("other-key");
    assert!(
        message.starts_with("targets[0].keys: ") && message.contains("; cannot write state/"),
        "{message}"
    );
    assert_eq!(scene.folder.files().unwrap().iter().filter(|file| file.starts_with("state/")).count(), 0);
}

/// Fail closed: what left before is recorded, or nothing more leaves.
#[test]
fn an_audit_that_finds_no_room_is_said_and_nothing_more_leaves() {
    let scene = Scene::new();
    let args = [&SYNC[..8], &["--manifests", "manifests", "--audit", "/dev/full"]].concat();
    let said = scene.run(&args);
    assert_eq!((said.code, said.reason("shop").as_str()), (1, "AuditFailed"), "{}", said.told());
    assert_eq!(
        said.message("shop"),
        "audit: records of what left before cannot be written, so nothing more leaves: make room for them"
    );
    assert_eq!(scene.kv.requests().len(), 1, "what was on its way when the first record failed");
    assert!(scene.secret("shop").is_none());
    let line = said.err.lines().find(|line| line.starts_with("error: ")).unwrap();
    assert!(
        line.contains("--audit /dev/full: 2 audit records could not be written: No space left"),
        "{line}"
    );
    assert!(line.ends_with("make room there; nothing more was sent meanwhile"), "{line}");
}

/// A report that nobody can read is no success; the Secrets are written all the same.
#[test]
fn a_report_that_finds_no_room_is_said() {
    let scene = Scene::new();
    let said = scene.through(r#"exec "$@" > /dev/full"#, &SYNC);
    assert_eq!((said.code, said.out.as_str()), (1, ""), "{}", said.told());
    assert!(said.err.contains("error: standard output cannot be written (make room for it): No space left"));
    assert!(scene.secret("shop").is_some());
}

/// A sync with a folder of 64 KiB; none, and said so, where this machine allows no mount.
fn in_small(scene: &Scene, folder: &str, args: &[&str]) -> Option<Said> {
    let own = ["unshare -m", "unshare -rm"].into_iter().find(|own| {
        let probe = format!("{own} sh -c 'mount -t tmpfs none /mnt' 2>/dev/null");
        Command::new("sh").args(["-c", &probe]).status().is_ok_and(|status| status.success())
    });
    let Some(own) = own else {
        let _ =
            writeln!(std::io::stderr(), "left out: a device without space (no mount namespace to be had)");
        return None;
    };
    let script = format!("exec {own} sh -c '{}' sh \"$@\"", SMALL.replace("FOLDER", folder));
    Some(scene.through(&script, args))
}
