//! ctrl-c and SIGTERM while a backend hangs, and between two passes: the run ends, what a login minted is revoked,
//! nothing is half written, the exit code says what happened. A second signal does not wait for any of it.

use bailiwick_testkit::kv::Fault;

use crate::{recorded::Recorded, scene::Scene};

const SLOW: &str = "/v1/kv/data/app/api";
const REVOKE: &str = "/v1/auth/token/revoke-self";

/// Two objects with a login each; `slow` was synced once, and will hang from now on.
fn hanging() -> Recorded {
    let recorded = Recorded::new();
    let scene = &recorded.scene;
    recorded.admit("method: app-role, slots: {mount: approle, role-id: app-role-id}, secrets: [./login]");
    recorded.login("{id: app-secret-id}");
    let role = "{appRole: {path: approle, roleId: app-role-id, secretRef: {name: login, key: id}}}";
    recorded.store("path: kv", role);
    scene.wants("fast", "  data: [{secretKey: user, remoteRef: {key: app/db, property: username}}]");
    scene.wants("slow", "  data: [{secretKey: key, remoteRef: {key: app/api, property: key}}]");
    assert_eq!(scene.sync(&[]).code, 0);
    scene.kv.forget();
    scene.kv.fault(SLOW, Fault::Hang);
    recorded
}

fn asked(scene: &Scene, path: &str) -> usize {
    scene.kv.requests().iter().filter(|seen| seen.path == path).count()
}

fn whole(scene: &Scene) {
    let files = scene.folder.files().unwrap();
    assert!(!files.iter().any(|file| file.ends_with(".partial")), "{files:?}");
    for (name, value) in [("fast", "YXBw"), ("slow", "aw==")] {
        assert!(scene.secret(name).unwrap().ends_with(&format!(": \"{value}\"\n")), "the old Secret stands");
    }
}

fn ends_in_order(signal: &str, code: i32, more: &[&str]) {
    let recorded = hanging();
    let scene = &recorded.scene;
    let mut running = scene.start(&[&["--state", "state"], more].concat());
    // The fast one is through, so that the only token left is the hanging run's.
    running.until("it hangs", |scene| asked(scene, SLOW) == 1 && asked(scene, REVOKE) == 1);
    running.signal(signal);
    let said = running.end();
    assert_eq!(said.code, code, "{}", said.told());
    assert_eq!(said.reason("fast"), "SecretSynced");
    assert!(said.message("slow").contains("asked to end; sync again"), "{}", said.told());
    assert!(said.err.contains("a second signal ends at once"));
    assert_eq!((asked(scene, REVOKE), scene.kv.minted_tokens()), (2, 0), "both tokens are revoked");
    whole(scene);
    let audit = scene.folder.read("audit.jsonl").unwrap();
    assert!(audit.lines().any(|line| line.contains("Cancelled") && line.contains("app/api")), "{audit}");
    let state = scene.folder.read("state/team-a.slow.json").unwrap();
    assert!(state.contains("asked to end"), "{state}");
}

#[test]
fn i8_ctrl_c_while_a_backend_hangs() {
    ends_in_order("INT", 130, &[]);
}

#[test]
fn i8_sigterm_while_a_backend_hangs() {
    ends_in_order("TERM", 143, &["--interval", "1h"]);
}

#[test]
fn i8_a_second_ctrl_c_ends_at_once() {
    let recorded = hanging();
    recorded.kv().fault(REVOKE, Fault::Hang);
    let mut running = recorded.scene.start(&[]);
    running.until("it hangs", |scene| asked(scene, SLOW) == 1);
    running.signal("INT");
    running.until("it revokes", |scene| asked(scene, REVOKE) == 2);
    running.signal("INT");
    let said = running.end();
    assert_eq!((said.code, said.out.as_str()), (130, ""), "it did not come as far as its report");
    whole(&recorded.scene);
}

/// Tokens that are kept between passes go with the process.
#[test]
fn g12_a_signal_between_two_passes_revokes_what_was_kept() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let recorded = hanging();
        recorded.kv().heal();
        let mut running = recorded.scene.start(&["--interval", "1h", "--token-cache"]);
        running.until("its report", |scene| scene.folder.read("stdout").unwrap().ends_with("}\n"));
        assert!(recorded.kv().minted_tokens() > 0, "it is kept");
        running.signal(signal);
        let said = running.end();
        assert_eq!((said.code, recorded.kv().minted_tokens()), (code, 0), "{}", said.told());
    }
}

/// The denied twin: a token of the tenant's own is no run's to revoke.
#[test]
fn g8_denied_a_signal_revokes_nothing_of_the_tenants() {
    let scene = Scene::new();
    scene.kv.fault("/v1/kv/data/apps/shop/db", Fault::Hang);
    let mut running = scene.start(&[]);
    running.until("it hangs", |scene| asked(scene, "/v1/kv/data/apps/shop/db") > 0);
    running.signal("INT");
    assert_eq!(running.end().code, 130);
    assert_eq!(asked(&scene, REVOKE), 0);
    scene.kv.heal();
    assert_eq!(scene.sync(&[]).code, 0, "it is still good");
}
