//! Settings and entries in, requests and answers out; each case with its error twin.

use bailiwick_sdk::{
    CallError, Entry, Failure, Outcome,
    testing::{Run, Script, extract, find, secret, secret_at},
};
use serde_json::{Value, json};

use super::OpenBao;

const CATALOGUE: &str = include_str!("../provider.toml");
const READ: &str = "kv2-read version=entry0.version key=entry0.key by token";
const LIST: &str = "kv2-list path=entry0.path by token";

fn script() -> Script {
    Script::new(CATALOGUE).credential("token")
}

fn settings(version: &str) -> Value {
    let auth = json!({"tokenSecretRef": {"name": "token", "key": "token"}});
    json!({"server": "https://bao.corp.example", "version": version, "auth": auth})
}

fn run(script: Script, version: &str, entries: impl Into<Vec<Entry>>) -> Run {
    script.fetch::<OpenBao>(settings(version), entries)
}

fn ran(answers: &[&str]) -> Run {
    Run { ended: Ok(()), answers: answers.iter().map(|answer| (*answer).to_owned()).collect() }
}

fn kv2() -> Value {
    json!({"data": {"data": {"user": "u"}}})
}

fn keys(names: &[&str]) -> Value {
    json!({"data": {"keys": names}})
}

#[test]
fn reads_secrets_of_version_two() {
    let script = script()
        .reply(READ, kv2())
        .outcome("kv2-read version=entry1.version key=entry1.key by token", Outcome::Absent);
    assert_eq!(
        run(script, "v2", [secret_at("a", "2"), extract("b")]),
        ran(&["deliver 0 #1/data/data", "absent 1"])
    );
}

#[test]
fn reads_secrets_of_version_one_which_has_no_versions() {
    let script = script().reply("kv1-read key=entry0.key by token", json!({"data": {"user": "u"}}));
    let run = run(script, "v1", [secret("a"), secret_at("a", "1")]);
    assert_eq!(run, ran(&["failed 1 Misconfigured", "deliver 0 #1/data"]));
}

#[test]
fn every_request_can_fail() {
    let listed = "kv2-read-listed name=echo(#1/data/keys/0) by token";
    for (before, failing, entry) in
        [(None, READ, secret("a")), (None, LIST, find(None)), (Some("x"), listed, find(None))]
    {
        let script = || before.iter().fold(script(), |script, name| script.reply(LIST, keys(&[name])));
        let refused = run(script().outcome(failing, Outcome::Refused), "v2", [entry.clone()]);
        assert_eq!(refused, ran(&["failed 0 Refused"]), "{failing}");
        let denied = run(script().error(failing, CallError::Denied), "v2", [entry]);
        assert_eq!(denied, ran(&["failed 0 Denied"]), "{failing}");
    }
}

#[test]
fn finds_what_is_wanted_at_the_top_and_looks_into_no_folder() {
    let script = script()
        .unwanted("api")
        .reply(LIST, keys(&["api", "db", "db/"]))
        .reply("kv2-read-listed name=echo(#1/data/keys/1) by token", kv2());
    assert_eq!(run(script, "v2", [find(None)]), ran(&["named 0 #1/data/keys/1 = #2/data/data"]));
}

#[test]
fn finds_in_version_one_and_nothing_where_nothing_is() {
    let list = "kv1-list path=entry0.path by token";
    let script = || script().reply(list, keys(&["db"]));
    let read = "kv1-read-listed name=echo(#1/data/keys/0) by token";
    let found = run(script().reply(read, json!({"data": {"k": "v"}})), "v1", [find(None)]);
    assert_eq!(found, ran(&["named 0 #1/data/keys/0 = #2/data"]));
    assert_eq!(run(script().outcome(read, Outcome::Absent), "v1", [find(None)]), ran(&["absent 0"]));
    let empty = super::tests::script().outcome(LIST, Outcome::Absent);
    assert_eq!(run(empty, "v2", [find(None)]), ran(&["absent 0"]));
}

#[test]
fn logs_in_by_each_method() {
    let secret_ref = json!({"name": "creds", "key": "k"});
    for (name, login, auth) in [
        (
            "app-role",
            "login-app-role by app-role",
            json!({"appRole": {"roleId": "r", "secretRef": secret_ref}}),
        ),
        (
            "app-role-ref",
            "login-app-role-ref by app-role-ref",
            json!({"appRole": {"roleRef": secret_ref, "secretRef": secret_ref}}),
        ),
        (
            "user-pass",
            "login-user-pass by user-pass",
            json!({"userPass": {"username": "u", "secretRef": secret_ref}}),
        ),
    ] {
        let settings = json!({"server": "https://bao.corp.example", "auth": auth});
        let script = |outcome| Script::new(CATALOGUE).credential(name).outcome(login, outcome);
        assert_eq!(script(Outcome::Ok).validate::<OpenBao>(settings.clone()), Ok(()), "{name}");
        assert_eq!(script(Outcome::Refused).validate::<OpenBao>(settings), Err(Failure::Denied), "{name}");
    }
    let none = Script::new(CATALOGUE);
    assert_eq!(none.validate::<OpenBao>(settings("v2")), Err(Failure::Misconfigured));
}
