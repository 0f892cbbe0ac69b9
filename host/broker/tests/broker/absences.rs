//! A provider's word that something is not there may delete a Secret: it counts only where the broker saw it (B7).

use bailiwick_boundary::{Answer, Arg, Ask, Entry, Failure, Outcome, Part, Request};
use bailiwick_broker::OpenEntry;
use bailiwick_core::program::Program;

use crate::{
    backend::{Backend, ok, reply},
    boundary::read_back::text,
    harness::{CATALOGUE, Guest, House, at, compile, data, find, program, read, reference, request},
};

/// Everything is gone but what `kept` names; lists name `db`.
fn vault(kept: &'static str) -> Backend {
    Backend::start(move |request| {
        if request.contains("list=true") {
            ok(r#"{"data":{"keys":["db"]}}"#)
        } else if !kept.is_empty() && request.contains(kept) {
            ok(r#"{"data":{"data":{"v":"x"}}}"#)
        } else {
            reply(404, r#"{"errors":[]}"#)
        }
    })
}

/// Both ways to say that nothing is there.
fn ways(entry: u32) -> [Ask; 2] {
    [Ask::Absent(entry), Ask::Failed { entry, why: Failure::NotFound }]
}

/// What comes of saying it after `requests`.
async fn said(
    program: impl Fn() -> Program,
    entries: fn() -> Vec<OpenEntry>,
    requests: &[Request],
) -> String {
    let house = House::new();
    let mut came = Vec::new();
    for ask in ways(0) {
        let mut guest = house.open(program(), entries());
        for request in requests {
            guest.call(request.clone()).await.unwrap();
        }
        assert_eq!(guest.ask(ask).await, Answer::Done, "the guest learns nothing");
        came.push(text(&guest.done().await.entries[0]));
    }
    came.join(" ")
}

const BELIEVED: &str = "absent Provider(NotFound)";
const NOT: &str = "Unproven Unproven";

fn one() -> Vec<OpenEntry> {
    vec![data("team-a/db")]
}

#[tokio::test]
async fn b7_allowed_an_absence_that_a_read_of_the_entry_came_back_with() {
    let backend = vault("");
    assert_eq!(said(|| program(backend.address), one, &[read(0, None)]).await, BELIEVED);
    let twice = || vec![data("team-a/db"), data("team-a/db")];
    assert_eq!(
        said(|| program(backend.address), twice, &[read(1, None)]).await,
        BELIEVED,
        "the same reference"
    );
}

#[tokio::test]
async fn b7_denied_an_absence_that_nothing_says() {
    let (gone, there) = (vault(""), vault("team-a/db"));
    assert_eq!(said(|| program(gone.address), one, &[]).await, NOT, "nothing was asked");
    assert_eq!(said(|| program(there.address), one, &[read(0, None)]).await, NOT, "it is there");
    let other = || vec![data("team-a/db"), data("team-a/other")];
    assert_eq!(said(|| program(gone.address), other, &[read(1, None)]).await, NOT, "another's");
    let versions = || {
        let versioned = |version| OpenEntry::new(Entry::Secret(reference("team-a/db", version)));
        vec![versioned(Some("3")), versioned(None)]
    };
    let newest = request("get", &[("key", Arg::Entry(0, Part::Key))], None);
    assert_eq!(
        said(|| program(gone.address), versions, &[newest, read(1, None)]).await,
        NOT,
        "another version"
    );
}

fn list(entry: u32) -> Request {
    request("names", &[("path", Arg::Entry(entry, Part::Path))], None)
}

fn all() -> Vec<OpenEntry> {
    vec![find(Some("team-a"), None, &[]), find(Some("team-a"), None, &[])]
}

#[tokio::test]
async fn b7_allowed_a_find_that_found_nothing() {
    let backend = vault("");
    let none = || vec![find(Some("team-a"), Some("^nothing$"), &[])];
    assert_eq!(said(|| program(backend.address), none, &[list(0)]).await, BELIEVED, "nothing is selected");
}

#[tokio::test]
async fn b7_denied_a_find_that_did_not_look_or_that_has_something() {
    let backend = vault("team-a/db");
    assert_eq!(said(|| program(backend.address), all, &[]).await, NOT, "nothing was listed");
    assert_eq!(said(|| program(backend.address), all, &[list(1)]).await, NOT, "another's listing");
    assert_eq!(said(|| program(backend.address), all, &[list(0)]).await, NOT, "a name was left");
}

/// `db` was deleted between the listing and the read.
async fn read_listed(guest: &mut Guest) {
    let body = guest.body(list(0)).await;
    let name = Arg::Echo(at(body, &["/data/keys/0"]));
    let reply = guest.call(request("get-listed", &[("name", name)], None)).await.unwrap();
    assert!(matches!(reply.outcome, Outcome::Absent | Outcome::Ok));
}

#[tokio::test]
async fn b7_a_listed_name_is_absent_only_where_reading_it_was_in_vain() {
    let listed = CATALOGUE.replace(
        "slots.name = { source = \"echo\", class = \"wide\", multi = true }\n\n[operations.tags]",
        "slots.name = { source = \"echo\", class = \"wide\", multi = true }\n\
         reply.outcomes = [{ status = 404, outcome = \"absent\" }]\n\n[operations.tags]",
    );
    assert_ne!(listed, CATALOGUE);
    for (kept, expected) in [("", "absent"), ("/data/team-a/db", "Unproven")] {
        let (backend, house) = (vault(kept), House::new());
        let program = crate::harness::program_of(&listed, backend.address, "login");
        let mut guest = house.open(program, all());
        read_listed(&mut guest).await;
        assert_eq!(guest.ask(Ask::Absent(0)).await, Answer::Done);
        assert_eq!(text(&guest.done().await.entries[0]), expected);
    }
}

/// A catalogue of static data alone.
const STATIC: &str = r#"
name = "fake"
version = "0.1.0"
world = "blind"
[settings.fields.data]
type = "array"
items.type = "object"
items.fields.key = { type = "string", required = true }
items.fields.value = { type = "string", required = true, secret = true }
items.fields.version = { type = "string" }
[settings]
type = "object"
[config]
items = "/data/*"
key = "/key"
value = "/value"
version = "/version"
"#;

fn fake() -> Program {
    let settings = serde_json::json!({"data": [{"key": "db", "value": "x", "version": "v1"}]});
    compile(STATIC, "http://127.0.0.1:9", Vec::new(), serde_json::Value::Null, &settings)
}

#[tokio::test]
async fn b7_allowed_static_data_that_has_no_such_item() {
    assert_eq!(said(fake, || vec![data("nothing")], &[]).await, BELIEVED);
    assert_eq!(said(fake, || vec![data("db")], &[]).await, BELIEVED, "no such version");
    assert_eq!(said(fake, || vec![find(None, Some("^x"), &[])], &[]).await, BELIEVED);
    assert_eq!(said(fake, || vec![find(None, None, &[("a", "b")])], &[]).await, BELIEVED, "it has no tags");
}

#[tokio::test]
async fn b7_denied_static_data_that_has_it() {
    let versioned = || vec![OpenEntry::new(Entry::Secret(reference("db", Some("v1"))))];
    assert_eq!(said(fake, versioned, &[]).await, NOT);
    assert_eq!(said(fake, || vec![find(None, Some("^d"), &[])], &[]).await, NOT);
}
