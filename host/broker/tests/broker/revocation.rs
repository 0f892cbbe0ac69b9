//! What a run mints is revoked after it, whatever its end; nothing else is.

use std::{
    sync::Arc,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use bailiwick_boundary::{Answer, Ask, Broker as _, Ended, Failure};
use bailiwick_broker::RunEnd;

use crate::{
    backend::{Backend, ok, reply},
    harness::{Guest, House, MINTED, read, request, until},
};

const REVOKE: &str = "POST /v1/auth/token/revoke-self";

fn vault() -> Backend {
    slow_vault(Duration::ZERO)
}

fn slow_vault(pause: Duration) -> Backend {
    Backend::start(move |request| {
        if request.starts_with("POST /v1/auth/userpass") {
            std::thread::sleep(pause);
            ok(&format!(r#"{{"auth":{{"client_token":"{MINTED}","lease_duration":600}}}}"#))
        } else if request.starts_with(REVOKE) {
            reply(204, "")
        } else {
            ok(r#"{"data":{"data":{"v":"x"}}}"#)
        }
    })
}

async fn logged_in(house: &House, backend: &Backend) -> Guest {
    let mut guest = house.run(backend.address, &["team-a/db"]);
    let token = guest.login().await.unwrap();
    guest.body(read(0, Some(token))).await;
    guest
}

fn assert_revoked(backend: &Backend, house: &House) {
    let requests = backend.requests();
    let revoked: Vec<_> = requests.iter().filter(|request| request.starts_with(REVOKE)).collect();
    assert_eq!(revoked.len(), 1);
    assert!(revoked[0].contains(&format!("\r\nx-vault-token: {MINTED}\r\n")));
    assert_eq!(house.audit.lines().last().unwrap(), "revoke-self 204");
}

#[tokio::test]
async fn revoked_after_every_end_that_the_runner_reports() {
    let ends: [RunEnd; 4] = [
        Ok(Ended::Ok),
        Ok(Ended::Failed(Failure::Unavailable)),
        Err("the guest trapped"),
        Err("the deadline passed"),
    ];
    for end in ends {
        let (backend, house) = (vault(), House::new());
        let guest = logged_in(&house, &backend).await;
        drop(guest.port);
        guest.run.finish(end).await;
        assert_revoked(&backend, &house);
    }
}

#[tokio::test]
async fn revoked_where_the_port_is_still_open_and_then_nothing_more_is_answered() {
    let (backend, house) = (vault(), House::new());
    let Guest { mut port, run } = logged_in(&house, &backend).await;
    run.finish(Err("stopped")).await;
    assert_revoked(&backend, &house);
    assert_eq!(port.ask(Ask::Named("login".into())).await, Answer::Over);
    assert_eq!(port.ask(Ask::Call(vec![read(0, None)])).await, Answer::Over);
}

#[tokio::test]
async fn revoked_where_the_run_broke_a_rule() {
    let (backend, house) = (vault(), House::new());
    let mut guest = logged_in(&house, &backend).await;
    assert_eq!(guest.ask(Ask::Absent(9)).await, Answer::Over);
    guest.done().await;
    assert_revoked(&backend, &house);
}

#[tokio::test]
async fn revoked_where_the_caller_was_cancelled() {
    let (backend, house) = (vault(), House::new());
    let guest = logged_in(&house, &backend).await;
    drop(guest);
    until(|| backend.lines().iter().any(|line| line == REVOKE)).await;
    until(|| house.audit.lines().last().is_some_and(|line| line == "revoke-self 204")).await;
    assert_revoked(&backend, &house);
}

#[tokio::test]
async fn g11_revoked_where_the_grant_has_changed_and_nothing_else_leaves() {
    let (backend, house) = (vault(), House::new());
    let mut guest = logged_in(&house, &backend).await;
    house.shell.current.store(false, Ordering::SeqCst);
    assert_eq!(guest.ask(Ask::Call(vec![read(0, None)])).await, Answer::Over);
    guest.done().await;
    assert_revoked(&backend, &house);
    assert_eq!(backend.lines().len(), 3, "login, read, revocation");
}

#[tokio::test]
async fn revoked_where_the_run_was_cut_short_in_the_middle_of_the_login() {
    let (backend, house) = (slow_vault(Duration::from_millis(200)), House::new());
    let mut guest = house.run(backend.address, &["team-a/db"]);
    let by = guest.named("login").await;
    let exchange = guest.port.ask(Ask::Exchange(request("login", &[], Some(by))));
    tokio::select! {
        answer = exchange => panic!("the login should be under way: {answer:?}"),
        () = until(|| backend.lines().len() == 1) => {}
    }
    guest.done().await;
    assert_revoked(&backend, &house);
}

#[tokio::test]
async fn a_revocation_that_hangs_holds_up_nobody_and_is_recorded() {
    let hang = Arc::new(AtomicBool::new(true));
    let flag = Arc::clone(&hang);
    let backend = Backend::start(move |request| {
        if request.starts_with(REVOKE) && flag.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(600));
        }
        ok(&format!(r#"{{"auth":{{"client_token":"{MINTED}","lease_duration":600}}}}"#))
    });
    let house = House::with(|options| options.timeouts.revoke = Duration::from_millis(100));
    let mut guest = house.run(backend.address, &["team-a/db"]);
    guest.login().await.unwrap();
    guest.done().await;
    until(|| house.audit.lines().last().is_some_and(|line| line == "revoke-self TimedOut")).await;
}

#[tokio::test]
async fn a_broker_that_is_closed_waits_for_revocations_behind_the_end_of_their_runs() {
    let backend = Backend::start(move |request| {
        if request.starts_with(REVOKE) {
            std::thread::sleep(Duration::from_millis(300));
            return reply(204, "");
        }
        ok(&format!(r#"{{"auth":{{"client_token":"{MINTED}","lease_duration":600}}}}"#))
    });
    let house = House::new();
    let mut guest = house.run(backend.address, &["team-a/db"]);
    guest.login().await.unwrap();
    // Cancelled: nobody waits for its end but the broker.
    drop(guest);
    house.broker.close().await;
    assert_eq!(house.audit.lines().last().unwrap(), "revoke-self 204");
}

#[tokio::test]
async fn every_one_of_many_cached_credentials_is_revoked_when_the_broker_is_closed() {
    let (backend, house) = (vault(), House::with(|options| options.token_cache = true));
    for generation in 0..40 {
        let mut program = crate::harness::program(backend.address);
        program.stamp.grant.generation = generation;
        let mut guest = house.open(program, Vec::new());
        guest.login().await.unwrap();
        guest.done().await;
    }
    house.broker.close().await;
    let revoked = backend.lines().iter().filter(|line| *line == REVOKE).count();
    assert_eq!(revoked, 40, "more than at a time");
}

/// The backend minted it, though the reply is not what the catalogue says.
#[tokio::test]
async fn revoked_where_the_login_gave_a_credential_that_is_not_used() {
    let backend = Backend::start(|request| match request.starts_with(REVOKE) {
        true => reply(204, ""),
        false => ok(&format!(r#"{{"auth":{{"client_token":"{MINTED}","lease_duration":"soon"}}}}"#)),
    });
    let house = House::new();
    let mut guest = house.run(backend.address, &["team-a/db"]);
    assert!(guest.login().await.is_err());
    guest.done().await;
    assert_revoked(&backend, &house);
}
