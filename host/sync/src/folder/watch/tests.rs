use std::path::PathBuf;

use bailiwick_core::program::ObjectStamp;

use super::*;
use crate::folder::source::Root;

const GRANT: &str = "apiVersion: bailiwick.dev/v1alpha1\nkind: CapabilityGrant\nmetadata: {name: g}\nspec: {provider: {name: fake}, subjects: [{namespaces: [team-a]}], operations: [read]}\n";
const PROVIDER: &str = "apiVersion: bailiwick.dev/v1alpha1\nkind: Provider\nmetadata: {name: fake}\nspec: {module: {file: fake.wasm}}\n";
const STORE: &str = "apiVersion: external-secrets.io/v1\nkind: SecretStore\nmetadata: {name: main, namespace: team-a}\nspec: {provider: {fake: {data: []}}}\n";
const OTHER: &str = "apiVersion: v1\nkind: Secret\nmetadata: {name: other, namespace: team-b}\n";

struct Lab {
    folder: tempfile::TempDir,
    sources: Sources,
    watch: Arc<Watch>,
    stamp: Stamp,
}

impl Lab {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let manifests = vec![Root { namespace: None, path: at("manifests") }];
        let sources = Sources { policy: vec![at("policy")], manifests };
        for (name, text) in [
            ("policy/g.yaml", GRANT),
            ("policy/p.yaml", PROVIDER),
            ("manifests/s.yaml", STORE),
            ("manifests/o.yaml", OTHER),
        ] {
            write(&at(name), text);
        }
        let read = sources.read().unwrap();
        let inventory = Inventory::new(&read).unwrap();
        assert_eq!(inventory.errors, Vec::<String>::new());
        let watch = Watch::new(sources.clone(), &read, &inventory);
        Self { stamp: stamp(&inventory), folder, sources, watch }
    }

    fn write(&self, name: &str, text: &str) {
        write(&self.folder.path().join(name), text);
    }

    /// After a look: whether the run may go on, and whether every file is what it was.
    fn look(&self) -> (bool, bool) {
        self.watch.look();
        (self.watch.still(&self.stamp), self.watch.unchanged())
    }
}

fn write(path: &PathBuf, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn stamp(inventory: &Inventory) -> Stamp {
    let of = |name: &str, meta: &bailiwick_api::meta::ObjectMeta| ObjectStamp {
        name: name.to_owned(),
        uid: meta.uid.clone().unwrap(),
        generation: meta.generation.unwrap(),
    };
    let store = (Some("team-a".to_owned()), "main".to_owned());
    Stamp {
        grant: of("g", &inventory.grants["g"].metadata),
        store: of("team-a/main", &inventory.stores[&store].metadata),
        provider: of("fake", &inventory.providers["fake"].metadata),
        digest: String::new(),
        manifest: None,
        policies: Vec::new(),
        namespace: "team-a".into(),
        namespace_uid: super::super::stamps::namespace("team-a").uid.unwrap(),
        namespace_labels: Default::default(),
        object: String::new(),
    }
}

#[test]
fn g11_allowed_a_run_goes_on_whatever_else_is_touched() {
    let lab = Lab::new();
    assert_eq!(lab.look(), (true, true));
    lab.write("manifests/new.yaml", "kind: [broken");
    assert_eq!(lab.look(), (true, false));
    lab.write("manifests/o.yaml", &OTHER.replace("other", "another"));
    assert_eq!(lab.look(), (true, false));
    // Only what the spec says is a change of an object.
    lab.write("manifests/s.yaml", &format!("# a comment\n{STORE}"));
    assert_eq!(lab.look(), (true, false));
}

#[test]
fn g11_denied_a_run_ends_where_what_it_was_compiled_from_differs() {
    for (name, text) in [
        ("policy/g.yaml", GRANT.replace("[read]", "[read, list]")),
        ("policy/g.yaml", String::new()),
        ("policy/p.yaml", PROVIDER.replace("fake.wasm", "other.wasm")),
        ("manifests/s.yaml", STORE.replace("data: []", "data: [{key: a, value: b}]")),
        ("manifests/s.yaml", String::new()),
        ("manifests/twin.yaml", STORE.to_owned()),
        (
            "policy/n.yaml",
            "apiVersion: v1\nkind: Namespace\nmetadata: {name: team-a, labels: {a: b}}\n".into(),
        ),
        ("policy/ca.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ca}\ndata: {a: b}\n".into()),
        // Nothing is known any more.
        ("manifests/p.yaml", PROVIDER.to_owned()),
        ("policy/bad.yaml", "\u{0}".repeat((1 << 20) + 1)),
    ] {
        let lab = Lab::new();
        lab.write(name, &text);
        assert_eq!(lab.look(), (false, false), "{name}: {text:.80}");
    }
    let lab = Lab::new();
    std::fs::remove_dir_all(&lab.sources.policy[0]).unwrap();
    assert_eq!(lab.look(), (false, false));
}
