//! Faults of a backend: each harms its own object only, says so in words of ours, and leaves no half a file.

use std::time::Duration;

use bailiwick_testkit::kv::Fault;

use crate::scene::Scene;

/// One key of two is faulty; the object that reads the other one syncs.
fn harms_its_own_object_only(fault: Fault, words: &str) {
    let scene = Scene::new();
    scene.wants("mail", "  data: [{secretKey: host, remoteRef: {key: apps/shop/smtp, property: host}}]");
    scene.edit("policy/grant.yaml", "    calls: 32", "    calls: 32\n    deadline: 4s");
    scene.kv.fault("/v1/kv/data/apps/shop/db", fault);
    let said = scene.sync(&[]);
    assert_eq!((said.code, said.reason("mail").as_str()), (1, "SecretSynced"), "{}", said.told());
    let message = said.message("shop");
    assert!(message.contains(words) && message.starts_with("spec.data"), "{message}");
    assert!(!words.is_empty() && !message.contains("scripted"), "nobody's text: {message}");
    assert!(scene.secret("shop").is_none() && scene.secret("mail").is_some());
}

macro_rules! faults {
    ($($name:ident: $fault:expr, $words:expr;)*) => {
        $(#[test] fn $name() { harms_its_own_object_only($fault, $words); })*
    };
}

faults! {
    i8_a_backend_that_hangs: Fault::Hang, "did not answer in time; check its health, or raise limits.deadline";
    i8_a_backend_that_drips: Fault::Drip(Duration::from_millis(200)), "did not answer in time";
    i8_a_backend_that_redirects: Fault::Redirect("http://127.0.0.1:1/".to_owned()), "redirects (307), which is not followed";
    i8_a_backend_that_answers_400: Fault::Status(400), "no such place (400); check the store's path";
    i8_a_backend_that_answers_403: Fault::Status(403), "refused it; check the credential's rights";
    i8_a_backend_that_answers_404: Fault::Status(404), "no such secret; check key and version";
    i8_a_backend_that_answers_429: Fault::Status(429), "slow down; sync less often";
    i8_a_backend_that_answers_500: Fault::Status(500), "cannot serve just now (500); check its health";
    i8_a_backend_that_sends_2_gib: Fault::Large(2 << 30), "too large; ask for less, or raise limits.responseBytes";
    i8_a_backend_that_sends_5_mib: Fault::BigSecret(5 << 20), "too large; ask for less";
    i8_a_backend_that_sends_200_headers: Fault::Headers(200), "too large";
    i8_a_backend_that_sends_gzip: Fault::Gzip, "cannot be read (cut off, compressed,";
    i8_a_backend_that_sends_html: Fault::Html, "or a proxy's page); check what stands in front";
    i8_a_backend_that_sends_invalid_json: Fault::InvalidJson, "cannot be read (cut off,";
    i8_a_backend_that_sends_a_key_twice: Fault::DuplicateKeys, "a key twice";
    i8_a_backend_that_resets: Fault::Reset, "ended the connection before its answer; check it";
}
