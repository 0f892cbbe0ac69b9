//! That the registry is one: what was stored comes back, troubles are met and pass, logins are asked for.

use super::*;
use crate::http::send;

fn get(registry: &OciRegistry, target: &str) -> crate::http::Reply {
    send("GET", &format!("http://{}{target}", registry.name()), &[], b"").unwrap()
}

#[test]
fn what_was_stored_comes_back() {
    let registry = OciRegistry::start().unwrap();
    let artifact = registry.component("acme/vault", "1.0.0", b"\0asm");
    registry.bundle("acme/vault", &artifact.digest, b"bundle");
    let manifest = get(&registry, "/v2/acme/vault/manifests/1.0.0");
    assert_eq!(digest(&manifest.body), artifact.digest);
    let list = get(&registry, &format!("/v2/acme/vault/referrers/{}", artifact.digest)).json();
    assert_eq!(list["manifests"].as_array().unwrap().len(), 1);
    assert_eq!(get(&registry, "/v2/acme/vault/manifests/2.0.0").status, 404);
    assert_eq!(registry.asked().len(), 3);
}

#[test]
fn troubles_are_met_as_often_as_was_said() {
    let registry = OciRegistry::start().unwrap();
    registry.trouble_times("/manifests/", Trouble::throttled(7), 1);
    let met = get(&registry, "/v2/a/manifests/x");
    assert_eq!((met.status, met.header("retry-after")), (429, Some("7")));
    assert_eq!(get(&registry, "/v2/a/manifests/x").status, 404);
}

#[test]
fn what_is_held_is_answered_once_it_is_healed() {
    let registry = OciRegistry::start().unwrap();
    registry.component("acme/vault", "1.0.0", b"\0asm");
    registry.trouble("/manifests/", Trouble::Held);
    std::thread::scope(|scope| {
        let held = scope.spawn(|| get(&registry, "/v2/acme/vault/manifests/1.0.0").status);
        while registry.count("/manifests/") == 0 {
            std::thread::yield_now();
        }
        // Others are answered meanwhile.
        assert_eq!(get(&registry, "/v2/acme/vault/blobs/none").status, 404);
        assert!(!held.is_finished());
        registry.heal();
        assert_eq!(held.join().unwrap(), 200);
    });
}

#[test]
fn denied_without_a_login() {
    let login = Login::Basic("alice".into(), "secret".into());
    let registry = OciRegistry::start_with(OciOptions { login, ..OciOptions::default() }).unwrap();
    assert_eq!(get(&registry, "/v2/").status, 401);
    let url = format!("http://{}/v2/", registry.name());
    assert_eq!(send("GET", &url, &[("authorization", "Basic YWxpY2U6c2VjcmV0")], b"").unwrap().status, 200);
}
