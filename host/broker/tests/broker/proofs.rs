//! The account of a credential is proven before its first use, where requests do not carry it (G7).

use bailiwick_boundary::CallError;

use crate::{
    backend::{Backend, ok, reply},
    harness::{CATALOGUE, House, MINTED, data, program_of, read},
};

const PROOF: &str = "[proof]\noperation = \"who\"\nat = \"/Account\"\naccount = \"account\"\n\n[config]";
const VALUE: &str = r#"{"data":{"data":{"v":"x"}}}"#;

fn catalogue() -> String {
    let account = "[account]\naccount = { class = \"digits\" }\n";
    CATALOGUE
        .replacen("[config]", PROOF, 1)
        .replacen("[account]\n", account, 1)
        .replace("\"tags\"]", "\"tags\", \"who\"]")
}

fn identity(answer: String) -> Backend {
    Backend::start(move |request| if request.starts_with("GET /v1/who") { answer.clone() } else { ok(VALUE) })
}

fn account(id: &str) -> String {
    ok(&format!(r#"{{"Account":"{id}"}}"#))
}

#[tokio::test]
async fn g7_allowed_the_granted_account_asked_once() {
    let (backend, house) = (identity(account("111111111111")), House::new());
    let entries = ["team-a/a", "team-a/b"].map(data).into();
    let mut guest = house.open(program_of(&catalogue(), backend.address, "token"), entries);
    let by = guest.named("token").await;
    guest.body(read(0, Some(by))).await;
    guest.body(read(1, Some(by))).await;
    assert_eq!(backend.lines(), ["GET /v1/who", "GET /v1/kv/data/team-a/a", "GET /v1/kv/data/team-a/b"]);
}

#[tokio::test]
async fn g7_denied_an_attackers_account_and_what_proves_nothing() {
    for answer in [
        account("666666666666"),
        account("1111111111110"),
        reply(403, r#"{"Account":"111111111111"}"#),
        ok("{}"),
        ok("<x/>"),
        ok(r#"{"Account":"111111111111","Account":"111111111111"}"#),
    ] {
        let (backend, house) = (identity(answer), House::new());
        let mut guest =
            house.open(program_of(&catalogue(), backend.address, "token"), vec![data("team-a/a")]);
        let by = guest.named("token").await;
        assert_eq!(guest.call(read(0, Some(by))).await, Err(CallError::Denied));
        assert_eq!(guest.call(read(0, Some(by))).await, Err(CallError::Denied), "and again");
        assert_eq!(backend.lines(), ["GET /v1/who"], "the credential was never used");
        assert_eq!(
            house.audit.lines(),
            [house.audit.lines()[0].as_str(), "get AccountNotGranted", "get AccountNotGranted"]
        );
    }
}

#[tokio::test]
async fn g7_a_proof_that_could_not_be_asked_is_asked_again() {
    for answer in [reply(503, "{}"), reply(429, "{}"), reply(400, r#"{"__type":"Throttling"}"#)] {
        let (backend, house) = (identity(answer), House::new());
        let mut guest =
            house.open(program_of(&catalogue(), backend.address, "token"), vec![data("team-a/a")]);
        let by = guest.named("token").await;
        for _ in 0..2 {
            assert_eq!(guest.call(read(0, Some(by))).await, Err(CallError::Unreachable));
        }
        assert_eq!(backend.lines(), ["GET /v1/who", "GET /v1/who"]);
    }
}

/// A login that answers with an ARN, and the check of its account.
fn assumed(arn: &str) -> (String, Backend) {
    let checked = catalogue().replace(
        "revoke = \"revoke-self\"",
        "revoke = \"revoke-self\"\naccount = { arn-at = \"/arn\", account = \"account\" }",
    );
    let answer =
        ok(&format!(r#"{{"arn":"{arn}","auth":{{"client_token":"{MINTED}","lease_duration":900}}}}"#));
    (
        checked,
        Backend::start(move |request| if request.starts_with("POST") { answer.clone() } else { ok(VALUE) }),
    )
}

#[tokio::test]
async fn g7_allowed_a_role_of_the_granted_account_needs_no_further_proof() {
    let (catalogue, backend) = assumed("arn:aws:sts::111111111111:assumed-role/reader/x");
    let house = House::new();
    let mut guest = house.open(program_of(&catalogue, backend.address, "login"), vec![data("team-a/a")]);
    let token = guest.login().await.unwrap();
    guest.body(read(0, Some(token))).await;
    assert_eq!(backend.lines(), ["POST /v1/auth/userpass/login/me", "GET /v1/kv/data/team-a/a"]);
}

#[tokio::test]
async fn g7_denied_a_role_of_another_account() {
    for arn in ["arn:aws:sts::666666666666:assumed-role/reader/x", "111111111111", ""] {
        let (catalogue, backend) = assumed(arn);
        let house = House::new();
        let mut guest = house.open(program_of(&catalogue, backend.address, "login"), vec![data("team-a/a")]);
        assert!(guest.login().await.is_err(), "{arn}");
    }
}
