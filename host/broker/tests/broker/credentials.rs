//! Credentials: read once, attached where the catalogue says, sealed exchanges, and no trace of them anywhere (I4).

use std::sync::atomic::Ordering;

use bailiwick_boundary::{Answer, Arg, Ask, CallError, Ended, Failure, Part};
use bailiwick_core::fetched::{RunFailure, Trouble};

use crate::{
    backend::{Backend, ok, reply},
    harness::{CATALOGUE, House, MINTED, PLANTED, data, program, program_of, read, request},
};

const VALUE: &str = r#"{"data":{"data":{"v":"x"}}}"#;

fn vault(login: impl Fn() -> String + Send + Sync + 'static) -> Backend {
    Backend::start(
        move |request| if request.starts_with("POST /v1/auth/userpass") { login() } else { ok(VALUE) },
    )
}

fn minted() -> String {
    ok(&format!(r#"{{"auth":{{"client_token":"{MINTED}","lease_duration":119}}}}"#))
}

#[tokio::test]
async fn a_static_credential_is_read_once_and_attached() {
    let (backend, house) = (vault(minted), House::new());
    let mut guest = house.open(program_of(CATALOGUE, backend.address, "token"), vec![data("team-a/db")]);
    assert_eq!(guest.ask(Ask::Named("login".into())).await, Answer::Named(None), "another method's");
    let by = guest.named("token").await;
    assert_eq!(guest.named("token").await, by);
    guest.body(read(0, Some(by))).await;
    assert_eq!(guest.ask(Ask::ExpiresIn(by)).await, Answer::ExpiresIn(None));
    assert_eq!(*house.shell.asked.lock().unwrap(), ["team-a/creds/token"]);
    assert!(backend.requests()[0].contains(&format!("\r\nx-vault-token: {PLANTED}\r\n")));
    guest.done().await;
    assert_eq!(backend.lines().len(), 1, "a tenant's own token is never revoked");
}

#[tokio::test]
async fn a_secret_that_is_missing_ends_the_run_and_names_it() {
    let (backend, house) = (vault(minted), House::new());
    house.shell.missing.store(true, Ordering::SeqCst);
    let mut guest = house.run(backend.address, &["team-a/db"]);
    assert_eq!(guest.ask(Ask::Named("login".into())).await, Answer::Over);
    let Err(failure @ RunFailure::Material { missing: true, .. }) = guest.done().await.run else { panic!() };
    assert!(failure.to_string().contains("Secret team-a/creds, key token"), "{failure}");
}

#[tokio::test]
async fn b5_allowed_a_login_gives_a_credential_for_its_operations() {
    let (backend, house) = (vault(minted), House::new());
    let mut guest = house.run(backend.address, &["team-a/db"]);
    let token = guest.login().await.unwrap();
    assert_eq!(guest.ask(Ask::ExpiresIn(token)).await, Answer::ExpiresIn(Some(60)), "rounded to minutes");
    guest.body(read(0, Some(token))).await;
    let requests = backend.requests();
    assert!(requests[0].ends_with(&format!(r#"{{"password":"{PLANTED}","role":"reader"}}"#)));
    assert!(requests[0].contains("\r\ncontent-type: application/json\r\n"));
    assert!(requests[1].contains(&format!("\r\nx-vault-token: {MINTED}\r\n")));
    assert!(!requests[1].contains(PLANTED));
}

#[tokio::test]
async fn b5_denied_whatever_is_not_a_login_that_succeeded() {
    for (answer, error) in [
        (reply(400, &format!(r#"{{"auth":{{"client_token":"{MINTED}"}}}}"#)), CallError::Denied),
        (reply(403, "{}"), CallError::Denied),
        (reply(302, "{}"), CallError::Unreachable),
        (reply(503, "{}"), CallError::Unreachable),
        (ok("{}"), CallError::Malformed),
        (ok(r#"{"auth":{"client_token":7,"lease_duration":60}}"#), CallError::Malformed),
        (ok(r#"{"auth":{"client_token":"","lease_duration":60}}"#), CallError::Malformed),
        (ok(r#"{"auth":{"client_token":"x","lease_duration":"soon"}}"#), CallError::Malformed),
        (ok(r#"{"auth":{"client_token":"x","client_token":"y","lease_duration":1}}"#), CallError::Malformed),
        (ok("not json"), CallError::Malformed),
    ] {
        let told = answer.clone();
        let (backend, house) = (vault(move || told.clone()), House::new());
        let mut guest = house.run(backend.address, &["team-a/db"]);
        assert_eq!(guest.login().await, Err(error), "{answer}");
        guest.done().await;
        // What was minted and is of no use is revoked; of the rest there is nothing to revoke.
        let lines = backend.lines();
        assert_eq!(lines.len(), 1 + usize::from(answer.contains("soon")), "{answer}: {lines:?}");
    }
}

#[tokio::test]
async fn a_refused_login_shows_as_refused() {
    let (backend, house) = (vault(|| reply(400, "{}")), House::new());
    let mut guest = house.run(backend.address, &["team-a/db"]);
    guest.login().await.unwrap_err();
    let fetched = guest.run.finish(Ok(Ended::Failed(Failure::Denied))).await;
    assert_eq!(fetched.run, Err(RunFailure::Backend(Trouble::LoginRefused)));
}

#[tokio::test]
async fn b5_denied_exchanges_by_call_and_calls_by_exchange() {
    let (backend, house) = (vault(minted), House::new());
    let mut guest = house.run(backend.address, &["team-a/db"]);
    let by = guest.named("login").await;
    for operation in ["login", "revoke-self", "who"] {
        assert_eq!(guest.call(request(operation, &[], Some(by))).await, Err(CallError::Denied));
    }
    for operation in ["get", "revoke-self", "who", "nothing"] {
        let exchanged = guest.ask(Ask::Exchange(request(operation, &[], Some(by)))).await;
        assert_eq!(exchanged, Answer::Exchange(Err(CallError::Denied)), "{operation}");
    }
    assert_eq!(backend.lines().len(), 0);
    assert_eq!(house.audit.lines()[6], "? OperationNotGranted", "the guest's own text is not recorded");
}

#[tokio::test]
async fn b6_denied_a_credential_for_other_operations_or_after_its_time() {
    let (backend, house) = (vault(minted), House::new());
    let mut guest = house.run(backend.address, &["team-a/db"]);
    let by = guest.named("login").await;
    assert_eq!(guest.call(read(0, Some(by))).await, Err(CallError::Denied), "bound to the login");
    let token = guest.login().await.unwrap();
    let again = guest.ask(Ask::Exchange(request("login", &[], Some(token)))).await;
    assert_eq!(again, Answer::Exchange(Err(CallError::Denied)));
    house.clock.advance(118);
    guest.body(read(0, Some(token))).await;
    house.clock.advance(1);
    assert_eq!(guest.call(read(0, Some(token))).await, Err(CallError::Denied), "expired");
    assert_eq!(guest.ask(Ask::ExpiresIn(token)).await, Answer::ExpiresIn(Some(0)));
}

#[tokio::test]
async fn g2_denied_a_handle_of_another_run() {
    let (backend, house) = (vault(minted), House::new());
    let mut first = house.run(backend.address, &["team-a/db"]);
    let token = first.login().await.unwrap();
    let body = first.body(read(0, Some(token))).await;
    let mut second = house.run(backend.address, &["team-a/db"]);
    assert_eq!(second.call(read(0, Some(token))).await, Err(CallError::Denied));
    assert_eq!(second.deliver(0, crate::harness::at(body, &[])).await, Answer::Over);
    assert_eq!(second.done().await.run, Err(RunFailure::BrokeRule("B7")));
}

#[tokio::test]
async fn i4_denied_a_reply_that_reflects_a_credential() {
    for reflected in [MINTED.to_owned(), "aHZzLk1JTlRFRC10b2tlbi0wODE1".to_owned()] {
        let backend = Backend::start(move |request| {
            if request.starts_with("POST /v1/auth/userpass") {
                minted()
            } else {
                ok(&format!(r#"{{"data":{{"keys":["a","{reflected}"]}}}}"#))
            }
        });
        let house = House::new();
        let entry = crate::harness::find(Some("team-a"), None, &[]);
        let mut guest = house.open(program(backend.address), vec![entry]);
        let token = guest.login().await.unwrap();
        let list = request("names", &[("path", Arg::Entry(0, Part::Path))], Some(token));
        assert_eq!(guest.call(list).await, Err(CallError::Malformed));
    }
}

#[tokio::test]
async fn a_credential_that_is_no_header_is_denied_and_not_quoted() {
    let (backend, house) = (Backend::start(|_| minted_with("a\\nb: c")), House::new());
    let mut guest = house.run(backend.address, &["team-a/db"]);
    let token = guest.login().await.unwrap();
    assert_eq!(guest.call(read(0, Some(token))).await, Err(CallError::Denied));
    assert_eq!(house.audit.lines()[1], "get CredentialNotAllowed");
    assert_eq!(backend.lines().len(), 1);
}

fn minted_with(token: &str) -> String {
    ok(&format!(r#"{{"auth":{{"client_token":"{token}","lease_duration":119}}}}"#))
}
