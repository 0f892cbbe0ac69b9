//! The catalogue of the `vault` provider against the embedded backend: login, read, list, tags, revocation. The
//! messages are those that the provider sends; the provider itself runs in the end-to-end tests.

use bailiwick_boundary::{
    Answer, Arg, Ask, CallError, Entry, Handle, Outcome, Part, Reference, Request, Step, ValueRef,
};
use bailiwick_broker::OpenEntry;
use bailiwick_core::program::Program;
use bailiwick_testkit::kv::{Kv, Vault};
use serde_json::{Value as Json, json};

use crate::{
    boundary::read_back::text,
    harness::{Guest, House, PLANTED, at, compile, data, find, reference, request},
};

const CATALOGUE: &str = include_str!("../../../../providers-wasm/vault/provider.toml");

fn backend() -> Kv {
    let kv = Kv::start().unwrap();
    kv.mount("", "kv", 2).unwrap();
    kv.set_up("POST", "", "sys/auth/userpass", json!({"type": "userpass"})).unwrap();
    let user = json!({"password": PLANTED, "token_policies": "reader", "token_ttl": "10m"});
    kv.set_up("POST", "", "auth/userpass/users/me", user).unwrap();
    let read: &[&str] = &["read"];
    kv.policy("", "reader", &[("kv/data/*", read), ("kv/metadata/*", &["read", "list"])]).unwrap();
    kv.put("", "kv", "team-a/db", json!({"user": "a", "cert": "eHk="})).unwrap();
    kv.put("", "kv", "team-a/sub/deep", json!({"v": 1})).unwrap();
    kv.put("", "kv", "team-b/db", json!({"v": "another team's"})).unwrap();
    let tags = json!({"custom_metadata": {"env": "prod"}});
    kv.set_up("POST", "", "kv/metadata/team-a/db", tags).unwrap();
    kv.forget();
    kv
}

fn program(kv: &Kv) -> Program {
    let target = json!({"account": {"mount": "kv"}, "keys": ["team-a/**"]});
    let auth = json!({"method": "user-pass", "slots": {"username": "me"}, "secrets": ["./creds"]});
    let settings = json!({
        "server": kv.url(),
        "path": "kv",
        "auth": {"userPass": {"username": "me", "secretRef": {"name": "creds", "key": "password"}}},
    });
    compile(CATALOGUE, &kv.url(), vec![target], auth, &settings)
}

async fn login(guest: &mut Guest) -> Handle {
    let by = guest.named("user-pass").await;
    match guest.ask(Ask::Exchange(request("login-user-pass", &[], Some(by)))).await {
        Answer::Exchange(Ok(token)) => token,
        other => panic!("no login: {other:?}"),
    }
}

fn metadata(key: &str) -> OpenEntry {
    OpenEntry::new(Entry::Secret(Reference { metadata: true, ..reference(key, None) }))
}

fn read(entry: u32, token: Handle) -> Request {
    let part = |part| Arg::Entry(entry, part);
    request("kv2-read", &[("key", part(Part::Key)), ("version", part(Part::Version))], Some(token))
}

#[tokio::test]
async fn a_secret_is_read_with_a_token_that_is_revoked() {
    let (kv, house) = (backend(), House::new());
    let mut guest = house.open(program(&kv), ["team-a/db", "team-a/none"].map(data).into());
    let token = login(&mut guest).await;
    let body = guest.body(read(0, token)).await;
    let steps = vec![Step::At("/data/data".into()), Step::At("/cert".into())];
    assert_eq!(guest.deliver(0, ValueRef { root: body, steps }).await, Answer::Done);
    assert_eq!(guest.call(read(1, token)).await.unwrap().outcome, Outcome::Absent);
    guest.ask(Ask::Absent(1)).await;
    assert_eq!(kv.minted_tokens(), 1);
    let fetched = guest.done().await;
    assert_eq!(kv.minted_tokens(), 0);
    assert_eq!(fetched.entries.iter().map(text).collect::<Vec<_>>(), ["eHk=", "absent"]);
    let lines = house.audit.lines();
    assert_eq!(lines, ["login-user-pass 200", "kv2-read 200", "kv2-read 404", "revoke-self 204"]);
}

#[tokio::test]
async fn a_find_walks_folders_and_selects_by_tags() {
    let (kv, house) = (backend(), House::new());
    let entries = vec![find(Some("team-a"), None, &[]), find(Some("team-a"), None, &[("env", "prod")])];
    let mut guest = house.open(program(&kv), entries);
    let token = login(&mut guest).await;
    let list = request("kv2-list", &[("path", Arg::Entry(0, Part::Path))], Some(token));
    let top = guest.body(list).await;
    let name = at(top, &["/data/keys", "/0"]);
    let folder = Arg::Echo(at(top, &["/data/keys", "/1"]));
    let below = guest.body(request("kv2-list-folder", &[("folder", folder)], Some(token))).await;
    let deep = at(below, &["/data/keys", "/0"]);
    let tags = guest.call(request("kv2-tags", &[("name", Arg::Echo(name.clone()))], Some(token))).await;
    assert_eq!(tags.unwrap().outcome, Outcome::Ok);
    for name in [name, deep] {
        let read = request("kv2-read-listed", &[("name", Arg::Echo(name.clone()))], Some(token));
        let value = at(guest.body(read).await, &["/data/data"]);
        for entry in [0, 1] {
            let named = Ask::DeliverNamed { entry, name: name.clone(), value: value.clone() };
            assert_eq!(guest.ask(named).await, Answer::Done);
        }
    }
    let fetched = guest.done().await;
    let all = r#"team-a/db={"cert":"eHk=","user":"a"} team-a/sub/deep={"v":1} "#;
    assert_eq!(text(&fetched.entries[0]), all);
    assert_eq!(text(&fetched.entries[1]), r#"team-a/db={"cert":"eHk=","user":"a"} "#);
}

/// ESO's names: the path as it is written, one `/`, and what is below.
#[tokio::test]
async fn a_find_names_what_it_brings_behind_the_path_as_it_is_written() {
    for path in ["team-a", "team-a/", "kv/team-a", "kv/data//team-a", "/team-a"] {
        let (kv, house) = (backend(), House::new());
        let mut guest = house.open(program(&kv), vec![find(Some(path), Some("sub"), &[])]);
        let token = login(&mut guest).await;
        let list = request("kv2-list", &[("path", Arg::Entry(0, Part::Path))], Some(token));
        let top = guest.body(list).await;
        let folder = Arg::Echo(at(top, &["/data/keys", "/1"]));
        let below = guest.body(request("kv2-list-folder", &[("folder", folder)], Some(token))).await;
        let name = at(below, &["/data/keys", "/0"]);
        let read = request("kv2-read-listed", &[("name", Arg::Echo(name.clone()))], Some(token));
        let value = at(guest.body(read).await, &["/data/data"]);
        assert_eq!(guest.ask(Ask::DeliverNamed { entry: 0, name, value }).await, Answer::Done);
        assert_eq!(text(&guest.done().await.entries[0]), format!("{path}/sub/deep={{\"v\":1}} "), "{path}");
    }
}

/// One odd name must not stop every find in its folder.
#[tokio::test]
async fn a_name_that_cannot_be_asked_for_is_left_out_of_a_listing() {
    let (kv, house) = (backend(), House::new());
    for key in ["team-a/gr%C3%BCn", "team-a/a%25b", "team-a/odd%3F/below"] {
        kv.put("", "kv", key, json!({"v": 1})).unwrap();
    }
    let mut guest = house.open(program(&kv), vec![find(Some("team-a"), None, &[])]);
    let token = login(&mut guest).await;
    let top = guest.body(request("kv2-list", &[("path", Arg::Entry(0, Part::Path))], Some(token))).await;
    let mut names = Vec::new();
    for index in ["/0", "/1", "/2"] {
        let Answer::Text(name) = guest.ask(Ask::Text(at(top, &["/data/keys", index]))).await else {
            panic!()
        };
        names.extend(name.ok());
    }
    assert_eq!(names, ["db", "sub/"]);
    guest.ask(Ask::Absent(0)).await;
    guest.done().await;
}

/// ESO's metadata: three members of the server's own, and custom ones before them. None is no absent secret.
#[tokio::test]
async fn metadata_is_more_than_what_people_wrote() {
    let (kv, house) = (backend(), House::new());
    let mut entries = vec![metadata("team-a/db"), metadata("team-a/sub/deep"), metadata("team-a/none")];
    entries.push(find(Some("team-a"), None, &[("current_version", "1")]));
    let mut guest = house.open(program(&kv), entries);
    let token = login(&mut guest).await;
    let ask = |entry| request("kv2-metadata", &[("key", Arg::Entry(entry, Part::Key))], Some(token));
    for entry in [0, 1] {
        let root = guest.body(ask(entry)).await;
        assert_eq!(guest.deliver(entry, ValueRef { root, steps: vec![] }).await, Answer::Done);
    }
    assert_eq!(guest.call(ask(2)).await.unwrap().outcome, Outcome::Absent);
    guest.ask(Ask::Absent(2)).await;
    let top = guest.body(request("kv2-list", &[("path", Arg::Entry(3, Part::Path))], Some(token))).await;
    let name = at(top, &["/data/keys", "/0"]);
    guest.body(request("kv2-tags", &[("name", Arg::Echo(name.clone()))], Some(token))).await;
    let read = request("kv2-read-listed", &[("name", Arg::Echo(name.clone()))], Some(token));
    let value = at(guest.body(read).await, &["/data/data", "/user"]);
    assert_eq!(guest.ask(Ask::DeliverNamed { entry: 3, name, value }).await, Answer::Done);
    let fetched = guest.done().await;
    let read = |index: usize| -> Json { serde_json::from_str(&text(&fetched.entries[index])).unwrap() };
    for (index, env) in [(0, Some("prod")), (1, None)] {
        let own = read(index);
        assert_eq!(own.get("env").and_then(Json::as_str), env);
        assert_eq!((&own["current_version"], &own["delete_version_after"]), (&json!("1"), &json!("0s")));
        assert!(own["created_time"].is_string());
    }
    assert_eq!(text(&fetched.entries[3]), "team-a/db=a ");
}

#[tokio::test]
async fn g9_denied_another_teams_key_and_the_whole_mount() {
    let (kv, house) = (backend(), House::new());
    let entries = vec![data("team-b/db"), data("../team-b/db"), find(None, None, &[])];
    let mut guest = house.open(program(&kv), entries);
    let token = login(&mut guest).await;
    for entry in [0, 1] {
        assert_eq!(guest.call(read(entry, token)).await, Err(CallError::Denied));
    }
    let list = request("kv2-list", &[("path", Arg::Entry(2, Part::Path))], Some(token));
    assert_eq!(guest.call(list).await, Err(CallError::Denied));
    guest.done().await;
    assert_eq!(kv.requests().len(), 2, "login and revocation");
}
