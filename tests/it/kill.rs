//! kill -9 in the middle of writing, again and again: each file is the old one or the new one, whole and ours alone,
//! and the next run finds its way. Moments are chosen by what is in the folder, not by a clock.

use std::{
    fs::{self, Metadata},
    os::unix::fs::{MetadataExt, PermissionsExt},
};

use bailiwick_api::manifest::{AnyObject, load};
use bailiwick_testkit::kv::Vault;
use serde_json::{Value, json};

use crate::scene::{Said, Scene};

const OBJECTS: usize = 12;
/// Bytes of one value: long enough to be met while it is written.
const SIZE: usize = 300_000;
/// Kills that must have left a file half written, so that something is shown; and the most that are tried for it.
const HITS: usize = 6;
const TRIES: usize = 120;

fn many() -> Scene {
    let scene = Scene::new();
    fs::remove_file(scene.folder.join("manifests/external-secret.yaml")).unwrap();
    scene.edit("policy/grant.yaml", "rate: 50/s", "rate: 1000/s");
    for n in 0..OBJECTS {
        scene.wants(
            &name(n),
            &format!("  data: [{{secretKey: value, remoteRef: {{key: apps/{n}, property: value}}}}]"),
        );
    }
    scene
}

fn name(n: usize) -> String {
    format!("o{n}")
}

/// The letter of a round: all values of it consist of it.
fn letter(round: usize) -> u8 {
    b'a' + u8::try_from(round % 26).unwrap()
}

fn change(scene: &Scene, round: usize) {
    let value = char::from(letter(round)).to_string().repeat(SIZE);
    for n in 0..OBJECTS {
        scene.kv.put("team-a", "kv", &format!("apps/{n}"), json!({"value": value})).unwrap();
    }
    // What is recorded is not looked at, and would be large after a while.
    scene.kv.forget();
}

fn files(scene: &Scene, folder: &str) -> Vec<(String, Metadata)> {
    let entries = fs::read_dir(scene.folder.join(folder)).into_iter().flatten();
    let file = |entry: fs::DirEntry| Some((entry.file_name().into_string().unwrap(), entry.metadata().ok()?));
    entries.filter_map(|entry| file(entry.unwrap())).collect()
}

fn is_partial(name: &str) -> bool {
    name.starts_with('.') && name.ends_with(".partial")
}

/// Starts a sync, and kills it while it writes the file that comes after `written` others.
fn kill_after(scene: &Scene, written: usize) {
    let before: Vec<u64> = files(scene, "out").iter().map(|(_, meta)| meta.ino()).collect();
    let mut running = scene.start(&["--state", "state"]);
    let replaced = |scene: &Scene| {
        let now = files(scene, "out");
        let new =
            now.iter().filter(|(name, meta)| !is_partial(name) && !before.contains(&meta.ino())).count();
        new >= written.min(OBJECTS - 1) && now.iter().any(|(name, _)| is_partial(name)) || new == OBJECTS
    };
    running.meet(replaced);
    running.kill();
    // Where it was quicker than the kill, it has ended well.
    assert!([-9, 0].contains(&running.end().code));
}

/// Each Secret is whole, 0600, and of some round; each status and audit record can be read. How many were cut off.
fn check(scene: &Scene, rounds: usize) -> usize {
    let mut cut = 0;
    for (name, meta) in files(scene, "out") {
        assert_eq!(meta.permissions().mode() & 0o777, 0o600, "{name}");
        if is_partial(&name) {
            cut += 1;
        } else {
            let letter = whole(&scene.folder.read(&format!("out/{name}")).unwrap(), &name);
            assert!((0..=rounds).any(|round| letter == self::letter(round)), "{name}");
        }
    }
    for (name, _) in files(scene, "state").iter().filter(|(name, meta)| meta.is_file() && !is_partial(name)) {
        serde_json::from_str::<Value>(&scene.folder.read(&format!("state/{name}")).unwrap()).expect(name);
    }
    let audit = scene.folder.read("audit.jsonl").unwrap();
    audit.lines().for_each(|line| drop(serde_json::from_str::<Value>(line).expect(line)));
    cut
}

/// The letter that the one value of a Secret consists of.
fn whole(text: &str, name: &str) -> u8 {
    let (manifests, errors) = load(text, name);
    assert!(errors.is_empty() && manifests.len() == 1, "{name}: {errors:?}");
    let AnyObject::Secret(secret) = &manifests[0].object else { panic!("{name}") };
    let value = secret.data["value"].expose();
    assert!(value.len() == SIZE && value.iter().all(|byte| *byte == value[0]), "{name}");
    value[0]
}

fn all_new(scene: &Scene, said: &Said, round: usize) {
    assert_eq!(said.code, 0, "{}", said.told());
    let left = files(scene, "out");
    assert_eq!(left.len(), OBJECTS, "what was left half written is gone: {left:?}");
    for (name, _) in left {
        assert_eq!(
            whole(&scene.folder.read(&format!("out/{name}")).unwrap(), &name),
            letter(round),
            "{name}"
        );
    }
    assert!(files(scene, "state").iter().all(|(name, _)| !is_partial(name)));
}

#[test]
fn i8_a_kill_in_mid_write_leaves_the_old_file_or_the_new_one() {
    let scene = many();
    // Each round is due: without this, a Secret that was written would not be fetched again within the hour.
    for n in 0..OBJECTS {
        let file = format!("manifests/{}.yaml", name(n));
        scene.edit(&file, "spec:\n", "spec:\n  refreshInterval: 1s\n");
    }
    change(&scene, 0);
    all_new(&scene, &scene.sync(&["--state", "state"]), 0);
    let (mut round, mut hits) = (0, 0);
    while hits < HITS {
        round += 1;
        assert!(round <= TRIES, "only {hits} of {round} kills met a write");
        change(&scene, round);
        kill_after(&scene, round % OBJECTS);
        hits += usize::from(check(&scene, round) > 0);
        if round % 3 == 0 {
            all_new(&scene, &scene.sync(&[]), round);
        }
    }
    all_new(&scene, &scene.sync(&[]), round);
}
