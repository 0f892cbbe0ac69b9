use serde_json::json;

use super::*;
use crate::http;

fn ready() -> Kv {
    let kv = Kv::start().unwrap();
    kv.mount("", "kv", 2).unwrap();
    kv.put("", "kv", "app", json!({"password": "x"})).unwrap();
    kv
}

fn get(kv: &Kv, path: &str) -> anyhow::Result<http::Reply> {
    http::send("GET", &format!("{}{path}", kv.url()), &[("X-Vault-Token", "root")], b"")
}

#[test]
fn records_requests_with_credentials_hashed() {
    let kv = ready();
    assert_eq!(kv.requests(), []);
    get(&kv, "/v1/kv/data/app?version=1").unwrap();
    get(&kv, "/v1/kv/data/none").unwrap();
    let seen = kv.requests();
    let lines: Vec<_> = seen.iter().map(|seen| (seen.line(), seen.status, seen.connection)).collect();
    assert_eq!(
        lines,
        [("GET /v1/kv/data/app?version=1".into(), 200, 0), ("GET /v1/kv/data/none".into(), 404, 1)]
    );
    assert_eq!(seen[0].headers["x-vault-token"], fingerprint("root"));
    assert!(!format!("{seen:?}").contains("\"root\""));
}

#[test]
fn faults_meet_their_paths_and_heal() {
    let kv = ready();
    let at = "/v1/kv/data/app";
    let met = |fault: Fault| {
        kv.fault(at, fault);
        get(&kv, at)
    };
    assert_eq!(met(Fault::Status(500)).unwrap().status, 500);
    assert_eq!(
        met(Fault::Redirect("http://evil.example/".into())).unwrap().header("location"),
        Some("http://evil.example/")
    );
    assert_eq!(met(Fault::Gzip).unwrap().header("content-encoding"), Some("gzip"));
    assert_eq!(met(Fault::Large(3_000_000)).unwrap().body.len(), 3_000_000);
    assert_eq!(met(Fault::InvalidJson).unwrap().json(), Value::Null);
    assert_eq!(met(Fault::DuplicateKeys).unwrap().json()["data"]["data"]["password"], "second");
    assert_eq!(
        met(Fault::BigSecret(5 << 20)).unwrap().json()["data"]["data"]["password"].as_str().unwrap().len(),
        5 << 20
    );
    assert_eq!(
        met(Fault::Drip(Duration::from_micros(1))).unwrap().json()["data"]["data"]["password"],
        "fine"
    );
    assert!(met(Fault::Headers(80)).unwrap().headers.len() > 80);
    assert!(met(Fault::Reset).is_err());
    assert_eq!(get(&kv, "/v1/kv/data/other").unwrap().status, 404);
    kv.heal();
    assert_eq!(get(&kv, at).unwrap().json()["data"]["data"]["password"], "x");
    kv.fault_times(at, Fault::Status(503), 1);
    assert_eq!((get(&kv, at).unwrap().status, get(&kv, at).unwrap().status), (503, 200));
}

#[test]
fn a_hang_ends_with_the_server() {
    let kv = ready();
    kv.fault("/v1/kv", Fault::Hang);
    let url = format!("{}/v1/kv/data/app", kv.url());
    let client = std::thread::spawn(move || http::send("GET", &url, &[], b""));
    while kv.requests().is_empty() {
        std::thread::sleep(Duration::from_millis(1));
    }
    drop(kv);
    assert!(client.join().unwrap().is_err());
}

#[test]
fn what_is_held_is_answered_once_it_is_healed() {
    let kv = ready();
    let at = "/v1/kv/data/app";
    let before = kv.requests().len();
    kv.fault(at, Fault::Hold);
    std::thread::scope(|scope| {
        let held = scope.spawn(|| get(&kv, at).unwrap().json()["data"]["data"]["password"].clone());
        while kv.requests().len() == before {
            std::thread::sleep(Duration::from_millis(1));
        }
        assert!(!held.is_finished());
        kv.heal();
        assert_eq!(held.join().unwrap(), "x");
    });
}

#[test]
fn tokens_expire_by_its_clock_and_minted_ones_are_counted() {
    let kv = ready();
    kv.set_up("POST", "", "sys/auth/userpass", json!({"type": "userpass"})).unwrap();
    let user = json!({"password": "p", "token_policies": "none", "token_ttl": "10m"});
    kv.set_up("POST", "", "auth/userpass/users/u", user).unwrap();
    let url = format!("{}/v1/auth/userpass/login/u", kv.url());
    let login = http::send("POST", &url, &[], br#"{"password":"p"}"#).unwrap();
    let token = login.json()["auth"]["client_token"].as_str().unwrap().to_owned();
    assert_eq!(kv.minted_tokens(), 1);
    assert!(!format!("{:?}", kv.requests()).contains(&token));
    assert_eq!(kv.requests()[0].members, ["password"]);
    let look_up = |status| {
        let url = format!("{}/v1/auth/token/lookup-self", kv.url());
        assert_eq!(http::send("GET", &url, &[("x-vault-token", &token)], b"").unwrap().status, status);
    };
    look_up(200);
    kv.advance(Duration::from_secs(601));
    look_up(403);
    assert_eq!(kv.minted_tokens(), 0);
}

#[test]
fn the_cases_hold_for_the_embedded_backend() {
    let kv = Kv::start().unwrap();
    assert_eq!(check_cases(&kv), Vec::<String>::new(), "no case may be left out");
}

#[test]
fn the_cases_hold_for_a_real_server() {
    match real::Real::start().unwrap() {
        Some(server) => crate::say(&format!("left out on the real server: {:?}", check_cases(&server))),
        None => {
            crate::say("skipped: the recorded cases on a real server (no BAILIWICK_VAULT_BIN, bao or vault)")
        }
    }
}

// The names of the cases that the server has not what they need for.
fn check_cases(server: &dyn Vault) -> Vec<String> {
    let folder = crate::repository().join("tests/recorded/vault");
    let fixture = cases::Fixture::new().unwrap();
    let mut variables = fixture.variables(server.root_token()).unwrap();
    cases::set_up(server, &folder, &mut variables).unwrap();
    let all = cases::load(&folder).unwrap();
    assert!(all.len() >= 30, "only {} cases", all.len());
    let mut left_out = Vec::new();
    for case in &all {
        if !cases::run(server, case, &variables).unwrap_or_else(|error| panic!("{error:#}")) {
            left_out.push(case.name.clone());
        }
    }
    left_out
}
