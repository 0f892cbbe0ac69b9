use std::{collections::BTreeMap, path::Path, sync::Arc};

use bailiwick_core::reconcile::DesiredSecret;

use super::*;
use crate::{
    folder::{
        self, Watch,
        inventory::Inventory,
        output::{SecretFile, render},
        source::{Root, Sources},
    },
    pass::Outcome,
};

const ALL: Sweep = Sweep { complete: true, prune: true };

/// An output folder in which team-a/shop wrote `old`, and manifests in which it stands.
struct Lab {
    folder: tempfile::TempDir,
    sources: Sources,
}

impl Lab {
    fn new(target: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["policy", "manifests", "out", "state"] {
            std::fs::create_dir(at(name)).unwrap();
        }
        let manifests = vec![Root { namespace: None, path: at("manifests") }];
        let lab = Self { sources: Sources { policy: vec![at("policy")], manifests }, folder };
        if !target.is_empty() {
            lab.object(target);
        }
        lab.secret("old", "shop");
        lab.write("state/team-a.shop.json", r#"{"owned": ["old"]}"#);
        lab
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    fn object(&self, target: &str) {
        let head = "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: shop, namespace: team-a}\n";
        let spec = format!(
            "spec: {{secretStoreRef: {{name: s}}, target: {{name: {target}}}, dataFrom: [{{extract: {{key: k}}}}]}}\n"
        );
        self.write("manifests/shop.yaml", &format!("{head}{spec}"));
    }

    /// A Secret with the label of an object of team-a.
    fn secret(&self, name: &str, owner: &str) {
        let key = bailiwick_api::names::LABEL_CREATED_BY.to_owned();
        let label = bailiwick_core::reconcile::observed::label("team-a", owner);
        let secret = DesiredSecret {
            kind: "Opaque".into(),
            immutable: false,
            owned: true,
            labels: BTreeMap::from([(key, label)]),
            annotations: BTreeMap::new(),
            data: BTreeMap::new(),
            managed: Default::default(),
            changes: BTreeMap::new(),
        };
        let text = render(&SecretFile { namespace: "team-a", name, secret: &secret });
        std::fs::write(self.folder.path().join(format!("out/team-a.{name}.yaml")), &*text).unwrap();
    }

    fn world(&self) -> FolderWorld {
        let read = self.sources.read().unwrap();
        let inventory = Inventory::new(&read).unwrap();
        let watch = Watch::new(self.sources.clone(), &read, &inventory);
        let at = |name: &str| self.folder.path().join(name);
        let folders = folder::open(&at("out"), Some(&at("state")), false).unwrap();
        FolderWorld::new(inventory, BTreeMap::new(), folders, Arc::clone(&watch))
    }

    fn there(&self, name: &str) -> bool {
        Path::new(&self.folder.path().join(format!("out/team-a.{name}.yaml"))).exists()
    }
}

fn outcome(ready: bool, target: &str) -> Outcome {
    Outcome {
        namespace: "team-a".into(),
        name: "shop".into(),
        target: target.into(),
        ready,
        reason: "SecretSynced".into(),
        message: String::new(),
        action: Did::Kept,
        keys: BTreeMap::new(),
        missing: Vec::new(),
    }
}

#[test]
fn allowed_the_old_secret_of_a_move_goes_when_the_new_one_is_there() {
    let lab = Lab::new("new");
    lab.secret("new", "shop");
    let orphans = lab.world().sweep(&[outcome(true, "new")], ALL, false);
    assert_eq!((orphans.deleted, orphans.kept, orphans.errors), (vec!["team-a/old".into()], vec![], vec![]));
    assert!(!lab.there("old") && lab.there("new"));
    let again = lab.world().sweep(&[outcome(true, "new")], ALL, false);
    assert_eq!(again.deleted, Vec::<String>::new(), "it is forgotten");
}

#[test]
fn denied_the_old_secret_of_a_move_stays_after_a_failure() {
    let lab = Lab::new("new");
    for (ready, new) in [(false, false), (false, true), (true, false)] {
        if new {
            lab.secret("new", "shop");
        }
        let orphans = lab.world().sweep(&[outcome(ready, "new")], ALL, false);
        assert_eq!((orphans.deleted.len(), orphans.kept.len()), (0, 1), "{ready} {new}");
        assert!(lab.there("old"));
        let _ = std::fs::remove_file(lab.folder.path().join("out/team-a.new.yaml"));
    }
}

#[test]
fn allowed_what_is_gone_goes_with_prune_and_is_forgotten() {
    let lab = Lab::new("");
    let dry = lab.world().sweep(&[], ALL, true);
    assert!(dry.deleted == ["team-a/old"] && lab.there("old"), "a dry run says it");
    assert_eq!(lab.world().sweep(&[], ALL, false).deleted, ["team-a/old"]);
    assert!(!lab.there("old") && !lab.folder.path().join("state/team-a.shop.json").exists());
}

#[test]
fn denied_what_is_gone_stays_without_prune_or_with_a_manifest_that_cannot_be_read() {
    let lab = Lab::new("");
    for (complete, prune) in [(true, false), (false, true)] {
        let orphans = lab.world().sweep(&[], Sweep { complete, prune }, false);
        assert_eq!((orphans.deleted.len(), orphans.kept.len()), (0, 1), "{complete} {prune}");
    }
    assert!(lab.there("old"));
}

/// As in the middle of a `git checkout`: what was read lacks an object that is there by now.
#[test]
fn denied_nothing_goes_where_the_folders_changed_since_they_were_read() {
    let lab = Lab::new("");
    let world = lab.world();
    lab.object("old");
    let orphans = world.sweep(&[], ALL, false);
    assert_eq!((orphans.deleted.len(), orphans.kept.len()), (0, 1));
    assert!(lab.there("old"));
}

/// Only what is remembered is looked at, and of that only what carries the object's label.
#[test]
fn denied_files_of_others_are_neither_deleted_nor_an_error() {
    let lab = Lab::new("");
    lab.secret("theirs", "theirs");
    lab.secret("old", "theirs");
    lab.write("out/my.values.yaml", "a: [broken");
    lab.write("state/notes.json", "no JSON");
    std::fs::create_dir(lab.folder.path().join("out/a.b.yaml")).unwrap();
    let orphans = lab.world().sweep(&[], ALL, false);
    assert_eq!((orphans.deleted, orphans.errors), (vec![], vec![]));
    assert!(lab.there("theirs") && lab.there("old"));
}

#[test]
fn one_file_that_cannot_be_read_stops_no_other() {
    let lab = Lab::new("");
    lab.write("state/team-a.broken.json", "no JSON");
    lab.write("state/team-a.first.json", r#"{"owned": ["first"]}"#);
    lab.write("out/team-a.first.yaml", "a: [broken");
    let orphans = lab.world().sweep(&[], ALL, false);
    assert_eq!(orphans.deleted, ["team-a/old"]);
    assert_eq!(orphans.errors.len(), 2, "{:?}", orphans.errors);
}
