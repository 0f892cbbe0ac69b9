//! G11: what a program was made from is compared with now before each request and each reuse of a connection.

use std::sync::atomic::Ordering;

use bailiwick_boundary::{Answer, Ask};
use bailiwick_core::{fetched::RunFailure, reason::Reason};

use crate::{
    backend::{Backend, ok},
    harness::{Guest, House, at, read},
};

const VALUE: &str = r#"{"data":{"data":{"v":"x"}}}"#;

async fn over(mut guest: Guest, ask: Ask) {
    assert_eq!(guest.ask(ask).await, Answer::Over);
    let Err(RunFailure::Denied(denial)) = guest.done().await.run else { panic!("the run went on") };
    assert_eq!(denial.reason, Reason::GrantChanged);
}

#[tokio::test]
async fn g11_allowed_while_everything_stands() {
    let (backend, house) = (Backend::start(|_| ok(VALUE)), House::new());
    let mut guest = house.run(backend.address, &["team-a/db"]);
    let body = guest.body(read(0, None)).await;
    guest.deliver(0, at(body, &[])).await;
    assert_eq!(guest.done().await.run, Ok(()));
}

#[tokio::test]
async fn g11_denied_a_call_a_login_and_a_credential_after_a_change() {
    let (backend, house) = (Backend::start(|_| ok(VALUE)), House::new());
    let mut guest = house.run(backend.address, &["team-a/db"]);
    guest.body(read(0, None)).await;
    let mut other = house.run(backend.address, &["team-a/db"]);
    let by = other.named("login").await;
    let third = house.run(backend.address, &["team-a/db"]);
    house.shell.current.store(false, Ordering::SeqCst);
    over(guest, Ask::Call(vec![read(0, None)])).await;
    over(other, Ask::Exchange(crate::harness::request("login", &[], Some(by)))).await;
    over(third, Ask::Named("login".into())).await;
    assert_eq!(backend.lines().len(), 1);
    // What was open for that stamp is closed: things stand again, and a new connection is made.
    house.shell.current.store(true, Ordering::SeqCst);
    house.run(backend.address, &["team-a/db"]).body(read(0, None)).await;
    assert_eq!(backend.connections(), 2);
}
