//! While modules are loaded: from a registry that keeps the process waiting, or while an older one is in use. Who asks the
//! process to end, or withdraws the policy meanwhile, is obeyed; what is under way on the old module is brought to its
//! end. The registry is testkit's, whose answers can be held.

use bailiwick_testkit::{
    kv::Fault,
    oci::{OciRegistry, Trouble, digest},
};

use crate::{
    running::Running,
    scene::Scene,
    trusted::{ALONE, STATE, Trusted},
};

/// A signed module that nothing is held of yet: `fake`, or the quick start's.
fn scene(make: fn(&str) -> Trusted) -> (OciRegistry, Trusted) {
    let registry = OciRegistry::start().unwrap();
    let trusted = make(&registry.name());
    trusted.borrow_compiled();
    trusted.publish("0.1.0", "stable");
    trusted.wants(":stable", "  interval: 1ms");
    (registry, trusted)
}

fn begin<'s>(trusted: &'s Trusted, more: &[&str]) -> Running<'s> {
    let base = ["sync", "--policy", "policy", "--manifests", "manifests", "--out", "out", "-o", "json"];
    trusted.scene.begin(&[&base[..], more].concat())
}

/// How often something was asked for, pushes aside.
fn asked(registry: &OciRegistry, part: &str) -> usize {
    registry.asked().iter().filter(|asked| asked.method == "GET" && asked.target.contains(part)).count()
}

fn status(scene: &Scene, provider: &str) -> String {
    scene.folder.read(&format!("state/trust/provider.{provider}.json")).unwrap_or_default()
}

#[test]
fn i8_sigterm_while_a_registry_keeps_silent() {
    let (registry, trusted) = scene(Trusted::at);
    let component = digest(&std::fs::read(trusted.scene.folder.join("fake.wasm")).unwrap());
    for (part, trouble, interval) in [
        ("/manifests/stable", Trouble::Silent, &[][..]),
        (&format!("/blobs/{component}"), Trouble::Trickle, &["--interval", "1h"]),
    ] {
        registry.trouble(part, trouble);
        let before = asked(&registry, part);
        let mut running = begin(&trusted, &[&ALONE[..], interval].concat());
        running.until("it waits", |_| asked(&registry, part) > before);
        running.signal("TERM");
        let said = running.end();
        assert_eq!(said.code, 143, "{}", said.told());
        let ended = "the process was asked to end while modules were loaded";
        assert!(said.err.contains(ended) && said.out.is_empty(), "{}", said.told());
        assert_eq!(asked(&registry, part), before + 1, "it asks for nothing more");
        nothing_is_left(&trusted.scene);
        registry.heal();
    }
    // What was broken off is begun anew.
    trusted.synced_with(&ALONE);
}

/// Neither a Secret nor a verdict, nor a piece of a file.
fn nothing_is_left(scene: &Scene) {
    let files = scene.folder.files().unwrap();
    let left: Vec<_> = files
        .iter()
        .filter(|file| file.starts_with("out/") || file.starts_with("cache/artifacts/") || is_state(file))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

/// But for the empty marks that `--init-state` makes.
fn is_state(file: &str) -> bool {
    file.starts_with("state/") && file != "state/trust/marks.versions.json"
}

#[test]
fn i9_denied_what_comes_from_a_registry_after_its_policy_was_withdrawn() {
    for part in ["/manifests/", "/blobs/", "/referrers/"] {
        let (registry, trusted) = scene(Trusted::at);
        registry.trouble(part, Trouble::Held);
        let before = asked(&registry, part);
        let mut running = begin(&trusted, &ALONE);
        running.until("it waits", |_| asked(&registry, part) > before);
        let (ours, other) = (format!("{}/bailiwick/}}", registry.name()), "registry.example/bailiwick/}");
        trusted.scene.edit("policy/trust-policy.yaml", &ours, other);
        registry.heal();
        let said = running.end();
        assert_ne!(said.code, 0, "{}", said.told());
        assert!(said.message("shop").contains("NoPolicy"), "{part}: {}", said.told());
        assert!(trusted.scene.secret("shop").is_none());
        assert_eq!(trusted.condition("Ready"), ("False".into(), "NoPolicy".into()));
        // Had it stood, what was held would have run.
        trusted.scene.edit("policy/trust-policy.yaml", other, &ours);
        trusted.synced_with(&ALONE);
    }
}

#[test]
fn i9_what_is_held_runs_where_its_policy_stands() {
    let (registry, trusted) = scene(Trusted::at);
    registry.trouble("/blobs/", Trouble::Held);
    let before = asked(&registry, "/blobs/");
    let mut running = begin(&trusted, &ALONE);
    running.until("it waits", |_| asked(&registry, "/blobs/") > before);
    assert!(trusted.scene.secret("shop").is_none());
    registry.heal();
    let said = running.end();
    assert_eq!(said.code, 0, "{}", said.told());
    assert!(trusted.scene.secret("shop").is_some());
}

/// A round is over before the next one loads: what a fetch began on, it ends on.
#[test]
fn a_fetch_in_flight_ends_on_the_module_that_it_began_on() {
    let (_registry, trusted) = scene(Trusted::quickstart_at);
    let scene = &trusted.scene;
    scene.edit("manifests/external-secret.yaml", "refreshInterval: 1h", "refreshInterval: 1s");
    let path = "/v1/kv/data/apps/shop/db";
    scene.kv.fault(path, Fault::Hold);
    let fetched = |scene: &Scene| scene.kv.requests().iter().filter(|seen| seen.path == path).count();
    // What it compiles is for all.
    let mut running = begin(&trusted, &[&STATE[..], &["--interval", "1s"]].concat());
    running.until("a fetch is in flight", |scene| fetched(scene) > 0);
    let first = status(scene, "vault");
    assert!(first.contains("\"0.1.0\""), "{first}");
    trusted.publish("0.2.0", "stable");
    assert_eq!(status(scene, "vault"), first, "nothing is loaded meanwhile");
    scene.kv.heal();
    running.until("it is written", |scene| scene.secret("shop").is_some());
    running.until("the next round", |scene| status(scene, "vault").contains("\"0.2.0\""));
    let before = fetched(scene);
    running.until("a fetch by the new module", |scene| fetched(scene) > before);
    running.signal("TERM");
    let said = running.end();
    assert_eq!(said.code, 143, "{}", said.told());
    let report = said.out.split_inclusive("\n}\n").next().unwrap();
    let report: serde_json::Value = serde_json::from_str(report).unwrap_or_else(|_| panic!("{}", said.out));
    assert_eq!(report["objects"][0]["reason"], "SecretSynced", "{report}");
    assert_eq!(report["objects"][0]["action"], "written", "{report}");
}
