//! The token cache: off by default; where it is on, under the key of G12.

use std::sync::atomic::Ordering;

use bailiwick_boundary::Outcome;

use crate::{
    backend::{Backend, ok, reply},
    harness::{House, data, program, read},
};

const LOGIN: &str = "POST /v1/auth/userpass/login/me";
const REVOKE: &str = "POST /v1/auth/token/revoke-self";

/// Mints token-1, token-2, ...; refuses reads with a token that `refused` names.
fn vault(refused: &'static str) -> Backend {
    let minted = std::sync::atomic::AtomicUsize::new(0);
    Backend::start(move |request| {
        if request.starts_with(LOGIN) {
            let number = minted.fetch_add(1, Ordering::SeqCst) + 1;
            ok(&format!(r#"{{"auth":{{"client_token":"token-{number}","lease_duration":600}}}}"#))
        } else if request.contains(refused) {
            reply(403, "{}")
        } else {
            ok(r#"{"data":{"data":{"v":"x"}}}"#)
        }
    })
}

fn caching() -> House {
    House::with(|options| options.token_cache = true)
}

async fn sync(
    house: &House,
    backend: &Backend,
    change: impl FnOnce(&mut bailiwick_core::program::Stamp),
) -> Outcome {
    let mut program = program(backend.address);
    change(&mut program.stamp);
    let mut guest = house.open(program, vec![data("team-a/db")]);
    let token = guest.login().await.unwrap();
    let outcome = guest.call(read(0, Some(token))).await.unwrap().outcome;
    guest.done().await;
    outcome
}

fn count(backend: &Backend, line: &str) -> usize {
    backend.lines().iter().filter(|own| *own == line).count()
}

#[tokio::test]
async fn off_by_default_each_run_logs_in_and_revokes() {
    let (backend, house) = (vault("-"), House::new());
    for _ in 0..2 {
        let mut guest = house.run(backend.address, &["team-a/db"]);
        guest.login().await.unwrap();
        guest.done().await;
    }
    assert_eq!((count(&backend, LOGIN), count(&backend, REVOKE)), (2, 2));
}

#[tokio::test]
async fn g12_allowed_one_token_for_runs_of_one_key_revoked_at_the_end() {
    let (backend, house) = (vault("token-9"), caching());
    for _ in 0..3 {
        sync(&house, &backend, |_| {}).await;
    }
    assert_eq!((count(&backend, LOGIN), count(&backend, REVOKE)), (1, 0));
    house.broker.close().await;
    assert_eq!(count(&backend, REVOKE), 1);
}

#[tokio::test]
async fn g12_denied_a_token_of_another_key_or_another_version_of_the_credential() {
    let (backend, house) = (vault("token-9"), caching());
    sync(&house, &backend, |_| {}).await;
    sync(&house, &backend, |stamp| stamp.grant.generation = 2).await;
    sync(&house, &backend, |stamp| stamp.namespace_uid = "other".into()).await;
    sync(&house, &backend, |stamp| stamp.store.uid = "other".into()).await;
    sync(&house, &backend, |stamp| stamp.digest = "sha256:4567".into()).await;
    house.shell.version.store(2, Ordering::SeqCst);
    sync(&house, &backend, |_| {}).await;
    assert_eq!(count(&backend, LOGIN), 6);
}

#[tokio::test]
async fn a_token_is_not_used_in_its_last_minute() {
    let (backend, house) = (vault("token-9"), caching());
    sync(&house, &backend, |_| {}).await;
    house.clock.advance(541);
    sync(&house, &backend, |_| {}).await;
    assert_eq!(count(&backend, LOGIN), 2);
}

#[tokio::test]
async fn a_token_that_is_refused_is_forgotten() {
    let (backend, house) = (vault("token-1"), caching());
    assert_eq!(sync(&house, &backend, |_| {}).await, Outcome::Refused);
    assert_eq!(sync(&house, &backend, |_| {}).await, Outcome::Ok);
    assert_eq!(count(&backend, LOGIN), 2);
}

/// One entry that its policy does not cover says nothing of what others do with a token.
#[tokio::test]
async fn i8_denied_to_revoke_a_token_under_a_run_that_uses_it() {
    let (backend, house) = (vault("team-a/secret"), caching());
    let mut other = house.run(backend.address, &["team-a/db"]);
    let shared = other.login().await.unwrap();
    let mut guest = house.run(backend.address, &["team-a/secret"]);
    let token = guest.login().await.unwrap();
    assert_eq!(guest.call(read(0, Some(token))).await.unwrap().outcome, Outcome::Refused);
    guest.done().await;
    house.broker.sweep().await;
    assert_eq!((count(&backend, LOGIN), count(&backend, REVOKE)), (1, 0), "it is in use");
    other.body(read(0, Some(shared))).await;
    other.done().await;
    house.broker.sweep().await;
    assert_eq!(count(&backend, REVOKE), 1, "nobody uses it any more");
    assert_eq!(sync(&house, &backend, |_| {}).await, Outcome::Ok);
    assert_eq!(count(&backend, LOGIN), 2, "and no further run got it");
}

#[tokio::test]
async fn g11_allowed_and_denied_a_sweep_revokes_what_is_stale_and_nothing_else() {
    let (backend, house) = (vault("token-9"), caching());
    sync(&house, &backend, |_| {}).await;
    house.broker.sweep().await;
    assert_eq!(count(&backend, REVOKE), 0, "it is good");
    house.clock.advance(541);
    house.broker.sweep().await;
    assert_eq!(count(&backend, REVOKE), 1, "in its last minute");
    sync(&house, &backend, |_| {}).await;
    house.shell.current.store(false, Ordering::SeqCst);
    house.broker.sweep().await;
    assert_eq!(count(&backend, REVOKE), 2, "the grant is another one");
}
