//! The rules of the boundary, B3 and B4, and G9 for lists.

use bailiwick_boundary::{
    Answer, Arg, Ask, CallError, Ended, Entry, Failure, Outcome, Part, Reference, Step, Unreadable, ValueRef,
};
use bailiwick_broker::OpenEntry;
use bailiwick_core::{
    fetched::{EntryFailure, EntryResult, Fetched, RunFailure, Trouble},
    reason::Reason,
};
use read_back::text;

use crate::{
    backend::{Backend, ok, reply},
    harness::{House, at, data, find, program, read, reference, request},
};

/// What came of an entry, as text. The one place where tests read a value.
pub(crate) mod read_back {
    use bailiwick_core::fetched::EntryResult;

    #[expect(clippy::disallowed_methods, reason = "the test plays the Secret body")]
    pub(crate) fn text(result: &EntryResult) -> String {
        let value =
            |value: &bailiwick_core::secret::Value| String::from_utf8_lossy(value.expose()).into_owned();
        match result {
            EntryResult::Value(own) => value(own),
            EntryResult::Named(all) => {
                all.iter().map(|(name, own)| format!("{name}={} ", value(own))).collect()
            }
            EntryResult::Absent => "absent".into(),
            EntryResult::Failed(why) => format!("{why:?}"),
            EntryResult::Unanswered => "unanswered".into(),
        }
    }
}

pub(crate) fn kv() -> Backend {
    Backend::start(|request| {
        let path = &request.split(' ').nth(1).unwrap().replace("/?", "?");
        let body = match path.as_str() {
            "/v1/kv/metadata/team-a?list=true" => {
                r#"{"data":{"keys":["db","api","sub/",".."]},"auth":"hidden"}"#.to_owned()
            }
            "/v1/kv/all" => r#"{"names":["team-b/db","team-a/db","root"],"next":"2"}"#.to_owned(),
            "/v1/kv/metadata/team-a/sub?list=true" => r#"{"data":{"keys":["deep"]}}"#.to_owned(),
            "/v1/kv/metadata/team-a/db" => r#"{"custom_metadata":{"env":"prod"}}"#.to_owned(),
            "/v1/kv/metadata/team-a/api" => r#"{"custom_metadata":{"env":"test"}}"#.to_owned(),
            "/v1/kv/data/team-a/gone" => return reply(404, r#"{"errors":[]}"#),
            path => format!(r#"{{"data":{{"data":{{"v":"{path}"}}}}}}"#),
        };
        ok(&body)
    })
}

pub(crate) fn part(entry: u32, part: Part) -> Arg {
    Arg::Entry(entry, part)
}

pub(crate) fn broke(fetched: &Fetched, rule: &'static str) -> bool {
    fetched.run == Err(RunFailure::BrokeRule(rule))
}

#[tokio::test]
async fn b3_allowed_each_entry_gets_what_its_reference_read() {
    let (backend, house) = (kv(), House::new());
    let mut guest = house.run(backend.address, &["team-a/one", "team-a/two"]);
    for entry in [1, 0] {
        let body = guest.body(read(entry, None)).await;
        assert_eq!(guest.deliver(entry, at(body, &["/data/data", "/v"])).await, Answer::Done);
    }
    let fetched = guest.done().await;
    let texts: Vec<String> = fetched.entries.iter().map(text).collect();
    assert_eq!(texts, ["/v1/kv/data/team-a/one", "/v1/kv/data/team-a/two"]);
    assert_eq!(fetched.run, Ok(()));
}

#[tokio::test]
async fn b3_allowed_one_read_for_two_entries_of_one_reference() {
    let (backend, house) = (kv(), House::new());
    let mut guest = house.run(backend.address, &["team-a/one", "team-a/one"]);
    let body = guest.body(read(0, None)).await;
    for entry in [0, 1] {
        assert_eq!(guest.deliver(entry, at(body, &["/data/data/v"])).await, Answer::Done);
    }
}

#[tokio::test]
async fn b3_denied_a_value_that_another_reference_read() {
    let (backend, house) = (kv(), House::new());
    let mut guest = house.run(backend.address, &["team-a/one", "team-a/two"]);
    let body = guest.body(read(0, None)).await;
    assert_eq!(guest.deliver(1, at(body, &["/data/data/v"])).await, Answer::Over);
    let fetched = guest.done().await;
    assert!(broke(&fetched, "B3"));
    assert!(fetched.entries.iter().all(|entry| matches!(entry, EntryResult::Unanswered)));
}

#[tokio::test]
async fn b3_denied_another_version_of_the_same_key() {
    let (backend, house) = (kv(), House::new());
    let entries =
        || ["3", "4"].map(|v| OpenEntry::new(Entry::Secret(reference("team-a/one", Some(v))))).into();
    let mut guest = house.open(program(backend.address), entries());
    let body = guest.body(read(0, None)).await;
    assert_eq!(backend.lines(), ["GET /v1/kv/data/team-a/one?version=3"]);
    assert_eq!(guest.deliver(1, at(body, &[])).await, Answer::Over, "another version");
    let mut guest = house.open(program(backend.address), entries());
    let newest = guest.body(request("get", &[("key", part(0, Part::Key))], None)).await;
    assert_eq!(guest.deliver(0, at(newest, &[])).await, Answer::Over, "the version was not asked for");
    let mut guest = house.open(program(backend.address), entries());
    let mixed = [("key", part(0, Part::Key)), ("version", part(1, Part::Version))];
    assert_eq!(
        guest.call(request("get", &mixed, None)).await,
        Err(CallError::Denied),
        "another entry's version"
    );
}

#[tokio::test]
async fn b3_denied_repeats_and_answers_to_nothing() {
    let (backend, house) = (kv(), House::new());
    let asks: [fn(ValueRef) -> Ask; 5] = [
        |value| Ask::Deliver { entry: 0, value },
        |_| Ask::Absent(0),
        |_| Ask::Failed { entry: 0, why: Failure::NotFound },
        |value| Ask::Deliver { entry: 7, value },
        |value| Ask::DeliverNamed { entry: 0, name: value.clone(), value },
    ];
    for second in asks {
        let mut guest = house.run(backend.address, &["team-a/one"]);
        let body = guest.body(read(0, None)).await;
        assert_eq!(guest.deliver(0, at(body, &[])).await, Answer::Done);
        assert_eq!(guest.ask(second(at(body, &[]))).await, Answer::Over);
        assert!(broke(&guest.done().await, "B3"));
    }
    // Outside fetch there is nothing to answer.
    let mut guest = house.open(program(backend.address), Vec::new());
    assert_eq!(guest.ask(Ask::Absent(0)).await, Answer::Over);
}

#[tokio::test]
async fn b3_denied_a_body_whose_outcome_was_not_ok_and_a_list() {
    let (backend, house) = (kv(), House::new());
    let mut guest = house.run(backend.address, &["team-a/gone"]);
    let reply = guest.call(read(0, None)).await.unwrap();
    assert_eq!(reply.outcome, Outcome::Absent);
    assert_eq!(guest.deliver(0, at(reply.body, &[])).await, Answer::Over);
    let entries = vec![find(Some("team-a"), None, &[]), data("team-a/db")];
    let mut guest = house.open(program(backend.address), entries);
    let list = request("names", &[("path", part(0, Part::Path))], None);
    let body = guest.body(list).await;
    assert_eq!(guest.deliver(1, at(body, &["/data/keys/0"])).await, Answer::Over);
}

#[tokio::test]
async fn what_selectors_lead_to_shows_at_the_end_only() {
    let (backend, house) = (kv(), House::new());
    let keys = ["team-a/a", "team-a/b", "team-a/c", "team-a/d"];
    let mut guest = house.run(backend.address, &keys);
    let decode = Step::Decode(bailiwick_boundary::Codec::Base64);
    for (entry, steps) in [
        (0, vec![Step::At("/nothing".into())]),
        (1, vec![Step::At("/data/data/v".into()), decode]),
        (2, vec![Step::At("/data".into()), Step::Find { member: "v".into(), equals: "x".into() }]),
        (3, vec![Step::At("/data/data".into())]),
    ] {
        let root = guest.body(read(entry, None)).await;
        assert_eq!(guest.deliver(entry, ValueRef { root, steps }).await, Answer::Done);
    }
    let texts: Vec<String> = guest.done().await.entries.iter().map(text).collect();
    assert_eq!(texts, ["absent", "WrongShape", "WrongShape", r#"{"v":"/v1/kv/data/team-a/d"}"#]);
}

#[tokio::test]
async fn b4_denied_everything_about_a_value() {
    let (backend, house) = (kv(), House::new());
    let mut guest = house.run(backend.address, &["team-a/one"]);
    let body = guest.body(read(0, None)).await;
    for pointer in ["", "/data", "/data/data/v", "/nothing"] {
        let value = at(body, &[pointer]);
        assert_eq!(guest.ask(Ask::Shape(value.clone())).await, Answer::Shape(Err(Unreadable::NotPublic)));
        assert_eq!(guest.ask(Ask::Names(value.clone())).await, Answer::Names(Err(Unreadable::NotPublic)));
        assert_eq!(guest.ask(Ask::Text(value.clone())).await, Answer::Text(Err(Unreadable::NotPublic)));
        let echo = request("get-listed", &[("name", Arg::Echo(value))], None);
        assert_eq!(guest.call(echo).await, Err(CallError::Denied));
    }
    assert_eq!(backend.lines().len(), 1);
}

#[tokio::test]
async fn b2_allowed_a_value_is_delivered_and_goes_nowhere_else() {
    let (backend, house) = (kv(), House::new());
    let mut guest = house.run(backend.address, &["team-a/one"]);
    let body = guest.body(read(0, None)).await;
    assert_eq!(guest.deliver(0, at(body, &["/data/data/v"])).await, Answer::Done);
    assert_eq!(text(&guest.done().await.entries[0]), "/v1/kv/data/team-a/one");
    assert_eq!(backend.lines(), ["GET /v1/kv/data/team-a/one"]);
}

#[tokio::test]
async fn b2_denied_a_value_as_an_argument() {
    let (backend, house) = (kv(), House::new());
    let mut guest = house.run(backend.address, &["team-a/one"]);
    let body = guest.body(read(0, None)).await;
    let secret = request("get", &[("key", Arg::Secret(at(body, &["/data/data/v"])))], None);
    assert_eq!(guest.call(secret).await, Err(CallError::Denied));
}

#[tokio::test]
async fn b3_allowed_static_data_by_its_key_and_version() {
    let (backend, house) = (kv(), House::new());
    let versioned = |key: &str, version: &str| OpenEntry::new(Entry::Secret(reference(key, Some(version))));
    let entries = vec![data("static"), versioned("other", "v2"), find(None, Some("^st"), &[])];
    let mut guest = house.open(program(backend.address), entries);
    let mut config = async |pointer: &str| match guest.ask(Ask::Config(pointer.into())).await {
        Answer::Config(Some(handle)) => at(handle, &[]),
        other => panic!("{other:?}"),
    };
    let (first, second) = (config("/data/0/value").await, config("/data/1/value").await);
    let (key, other) = (config("/data/0/key").await, config("/data/1/key").await);
    assert_eq!(guest.deliver(0, first.clone()).await, Answer::Done);
    assert_eq!(guest.deliver(1, second.clone()).await, Answer::Done);
    let named = |name, value| Ask::DeliverNamed { entry: 2, name, value };
    assert_eq!(guest.ask(named(key, first)).await, Answer::Done);
    assert_eq!(guest.ask(named(other, second)).await, Answer::Done);
    let texts: Vec<String> = guest.done().await.entries.iter().map(text).collect();
    assert_eq!(texts, ["static value", "other value", "static=static value "]);
}

#[tokio::test]
async fn b3_denied_static_data_of_another_key_or_version_or_pointer() {
    let (backend, house) = (kv(), House::new());
    for (entry, pointer) in [
        (data("other"), "/data/0/value"),
        (OpenEntry::new(Entry::Secret(reference("other", Some("v1")))), "/data/1/value"),
        (data("static"), "/data/0/key"),
    ] {
        let mut guest = house.open(program(backend.address), vec![entry]);
        let Answer::Config(Some(handle)) = guest.ask(Ask::Config(pointer.into())).await else { panic!() };
        assert_eq!(guest.deliver(0, at(handle, &[])).await, Answer::Over);
    }
    let mut guest = house.run(backend.address, &["static"]);
    for pointer in
        ["", "/data/0", "/data/2/value", "/data/0/value/", "/auth", "/data/-1/value", "/data//value"]
    {
        assert_eq!(guest.ask(Ask::Config(pointer.into())).await, Answer::Config(None), "{pointer}");
    }
}

#[tokio::test]
async fn a_denial_takes_the_place_of_what_the_guest_says() {
    let (backend, house) = (kv(), House::new());
    for ask in [Ask::Absent(0), Ask::Failed { entry: 0, why: Failure::NotFound }] {
        let mut guest = house.run(backend.address, &["team-b/one"]);
        assert_eq!(guest.call(read(0, None)).await, Err(CallError::Denied));
        assert_eq!(guest.ask(ask).await, Answer::Done);
        let fetched = guest.done().await;
        let EntryResult::Failed(EntryFailure::Denied(denial)) = &fetched.entries[0] else { panic!() };
        assert_eq!(denial.reason, Reason::KeyNotGranted);
    }
}

/// For people only: the guest was told an outcome and nothing else (B4).
#[tokio::test]
async fn what_was_seen_of_the_backend_says_more_than_the_guests_code() {
    let (backend, house) = (Backend::start(|_| reply(503, "{}")), House::new());
    for (said, kept) in [
        (Failure::Unavailable, EntryFailure::Backend(Trouble::Status(503))),
        (Failure::UnexpectedResponse, EntryFailure::Backend(Trouble::Status(503))),
        (Failure::Misconfigured, EntryFailure::Provider(Failure::Misconfigured)),
    ] {
        let mut guest = house.run(backend.address, &["team-a/one", "team-a/two"]);
        assert_eq!(guest.call(read(0, None)).await.unwrap().outcome, Outcome::Failed);
        for entry in [0, 1] {
            guest.ask(Ask::Failed { entry, why: said }).await;
        }
        let fetched = guest.done().await;
        let EntryResult::Failed(first) = &fetched.entries[0] else { panic!() };
        assert_eq!(*first, kept);
        let EntryResult::Failed(second) = &fetched.entries[1] else { panic!() };
        assert_eq!(*second, EntryFailure::Provider(said), "nothing was seen of this one");
    }
}

#[tokio::test]
async fn a_run_that_failed_or_was_stopped_brings_no_values() {
    let (backend, house) = (kv(), House::new());
    for (end, failure) in [
        (Ok(Ended::Failed(Failure::Unavailable)), RunFailure::Provider(Failure::Unavailable)),
        (Err("out of time"), RunFailure::Stopped("out of time")),
    ] {
        let mut guest = house.run(backend.address, &["team-a/one"]);
        let body = guest.body(read(0, None)).await;
        guest.deliver(0, at(body, &[])).await;
        let fetched = guest.run.finish(end).await;
        assert_eq!(fetched.run, Err(failure));
        assert_eq!(text(&fetched.entries[0]), "unanswered");
    }
}

#[tokio::test]
async fn call_all_answers_in_order_and_one_denial_stops_no_other() {
    let (backend, house) = (kv(), House::new());
    let keys: Vec<String> = (0..20).map(|n| format!("team-{}/{n}", if n == 7 { "b" } else { "a" })).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let mut guest = house.run(backend.address, &keys);
    let Answer::Call(results) = guest.ask(Ask::Call((0..20).map(|n| read(n, None)).collect())).await else {
        panic!()
    };
    for (entry, result) in (0u32..).zip(results) {
        match result {
            Ok(reply) => {
                assert_eq!(guest.deliver(entry, at(reply.body, &["/data/data/v"])).await, Answer::Done)
            }
            Err(error) => assert_eq!((entry, error), (7, CallError::Denied)),
        }
    }
    let fetched = guest.done().await;
    assert_eq!(text(&fetched.entries[19]), "/v1/kv/data/team-a/19");
    assert!(matches!(fetched.entries[7], EntryResult::Failed(EntryFailure::Denied(_))));
}

#[tokio::test]
async fn metadata_is_not_delivered_for_data() {
    let (backend, house) = (kv(), House::new());
    let catalogue = crate::harness::CATALOGUE.to_owned()
        + "\n[operations.metadata]\nclass = \"read\"\nmethod = \"GET\"\npath = \"/v1/{account.mount}/metadata/{key}\"\n\
           key = [\"key\"]\nslots.key = { source = \"key\", class = \"wide\", multi = true }\n\
           reply.tags.at = \"/custom_metadata\"\nreply.tags-are-value = true\n";
    let run = |metadata| {
        let reference = Reference { metadata, ..reference("team-a/db", None) };
        let program = crate::harness::program_of(&catalogue, backend.address, "login");
        house.open(program, vec![OpenEntry::new(Entry::Secret(reference))])
    };
    let metadata = || request("metadata", &[("key", part(0, Part::Key))], None);
    let mut guest = run(true);
    let body = guest.body(metadata()).await;
    assert_eq!(guest.deliver(0, at(body, &[])).await, Answer::Done);
    assert_eq!(text(&guest.done().await.entries[0]), r#"{"env":"prod"}"#);
    let mut guest = run(false);
    let body = guest.body(metadata()).await;
    assert_eq!(guest.deliver(0, at(body, &[])).await, Answer::Over);
}
