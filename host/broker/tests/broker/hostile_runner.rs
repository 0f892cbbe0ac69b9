//! B7: the runner is hostile. Every message in every order, with handles of this run, of another, and of none:
//! the broker never panics, nothing leaves that is not granted, and no entry gets another's value.

use bailiwick_boundary::{
    Answer, Arg, Ask, Codec, Ended, Failure, Handle, Outcome, Part, Request, Step, ValueRef,
};
use bailiwick_core::fetched::EntryResult;
use proptest::{collection::vec, prelude::*, test_runner::TestRunner};

use crate::{
    backend::{Backend, ok},
    harness::{Guest, House, MINTED, data, find, program},
};

/// A message with handles by number: what number n is depends on what came before.
#[derive(Clone, Debug)]
enum Move {
    Ask(Ask),
    Many(Vec<Request>),
}

fn handle() -> impl Strategy<Value = Handle> {
    // The first byte picks one of the known handles; 255 is one that nobody made.
    any::<u8>().prop_map(|pick| Handle([pick; 16]))
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(vec![
            "get", "get-listed", "tags", "names", "names-below", "login", "revoke-self", "who", "token", "key",
            "version", "name", "path", "folder", "/data", "/data/keys", "/data/keys/0", "/data/keys/1",
            "/data/data", "/data/0/value", "/data/0/key", "", "team-a/db", "team-b/db", "..",
        ]).prop_map(str::to_owned),
        1 => "\\PC{0,12}",
        1 => (0usize..20_000).prop_map(|length| "x".repeat(length)),
    ]
}

fn value() -> impl Strategy<Value = ValueRef> {
    let step = prop_oneof![
        3 => word().prop_map(Step::At),
        1 => (word(), word()).prop_map(|(member, equals)| Step::Find { member, equals }),
        1 => prop::sample::select(vec![Codec::Base64, Codec::Json, Codec::Pem]).prop_map(Step::Decode),
    ];
    (handle(), vec(step, 0..4)).prop_map(|(root, steps)| ValueRef { root, steps })
}

fn request() -> impl Strategy<Value = Request> {
    let part = prop::sample::select(vec![Part::Key, Part::Property, Part::Version, Part::Path]);
    let arg = prop_oneof![
        4 => (0u32..5, part).prop_map(|(entry, part)| Arg::Entry(entry, part)),
        2 => value().prop_map(Arg::Echo),
        1 => word().prop_map(Arg::Settings),
        1 => word().prop_map(Arg::Text),
        1 => value().prop_map(Arg::Secret),
    ];
    (word(), vec((word(), arg), 0..4), prop::option::of(handle())).prop_map(|(operation, args, by)| Request {
        operation,
        args,
        by,
    })
}

/// Requests that a well-behaved provider sends, so that deep states are reached.
fn sound() -> impl Strategy<Value = Request> {
    let echo = |operation: &str, slot: &str, root: Handle, index: u8| Request {
        operation: operation.into(),
        args: vec![(
            slot.into(),
            Arg::Echo(ValueRef { root, steps: vec![Step::At(format!("/data/keys/{index}"))] }),
        )],
        by: None,
    };
    prop_oneof![
        (0u32..2).prop_map(|entry| Request {
            operation: "get".into(),
            args: vec![("key".into(), Arg::Entry(entry, Part::Key))],
            by: None,
        }),
        Just(Request {
            operation: "names".into(),
            args: vec![("path".into(), Arg::Entry(2, Part::Path))],
            by: None,
        }),
        (handle(), 0u8..3).prop_map(move |(root, index)| echo("get-listed", "name", root, index)),
        (handle(), 0u8..3).prop_map(move |(root, index)| echo("names-below", "folder", root, index)),
    ]
}

fn moves() -> impl Strategy<Value = Move> {
    let why = prop::sample::select(vec![Failure::NotFound, Failure::Denied]);
    let ask = prop_oneof![
        word().prop_map(Ask::Named),
        handle().prop_map(Ask::ExpiresIn),
        request().prop_map(Ask::Exchange),
        value().prop_map(Ask::Shape),
        value().prop_map(Ask::Names),
        value().prop_map(Ask::Text),
        word().prop_map(Ask::Config),
        (0u32..5, word()).prop_map(|(entry, name)| Ask::Wanted { entry, name }),
        (0u32..5, value()).prop_map(|(entry, value)| Ask::Deliver { entry, value }),
        (0u32..5, value(), value()).prop_map(|(entry, name, value)| Ask::DeliverNamed { entry, name, value }),
        (0u32..5).prop_map(Ask::Absent),
        (0u32..5, why).prop_map(|(entry, why)| Ask::Failed { entry, why }),
    ];
    prop_oneof![
        3 => ask.prop_map(Move::Ask),
        2 => vec(request(), 0..3).prop_map(Move::Many),
        4 => vec(sound(), 1..3).prop_map(Move::Many),
    ]
}

/// Puts real handles in the place of numbers.
fn bind(ask: &mut Ask, known: &[Handle]) {
    let real = |handle: &mut Handle| {
        let pick = usize::from(handle.0[0]);
        if pick < 255 && !known.is_empty() {
            *handle = known[pick % known.len()];
        }
    };
    let request = |request: &mut Request| {
        request.by.iter_mut().for_each(real);
        for (_, arg) in &mut request.args {
            if let Arg::Echo(value) | Arg::Secret(value) = arg {
                real(&mut value.root);
            }
        }
    };
    match ask {
        Ask::ExpiresIn(handle) => real(handle),
        Ask::Exchange(one) => request(one),
        Ask::Call(requests) => requests.iter_mut().for_each(request),
        Ask::Shape(value) | Ask::Names(value) | Ask::Text(value) | Ask::Deliver { value, .. } => {
            real(&mut value.root);
        }
        Ask::DeliverNamed { name, value, .. } => {
            real(&mut name.root);
            real(&mut value.root);
        }
        Ask::Named(_) | Ask::Config(_) | Ask::Wanted { .. } | Ask::Absent(_) | Ask::Failed { .. } => {}
    }
}

fn learn(answer: &Answer, known: &mut Vec<Handle>) {
    match answer {
        Answer::Named(Some(handle)) | Answer::Config(Some(handle)) | Answer::Exchange(Ok(handle)) => {
            known.push(*handle);
        }
        Answer::Call(results) => known.extend(results.iter().flatten().map(|reply| reply.body)),
        _ => {}
    }
}

/// The answer is of the ask's variant, or the end.
fn belongs(ask: &Ask, answer: &Answer) -> bool {
    matches!(
        (ask, answer),
        (_, Answer::Over)
            | (Ask::Named(_), Answer::Named(_))
            | (Ask::ExpiresIn(_), Answer::ExpiresIn(_))
            | (Ask::Exchange(_), Answer::Exchange(_))
            | (Ask::Shape(_), Answer::Shape(_))
            | (Ask::Names(_), Answer::Names(_))
            | (Ask::Text(_), Answer::Text(_))
            | (Ask::Config(_), Answer::Config(_))
            | (Ask::Wanted { .. }, Answer::Wanted(_))
            | (
                Ask::Deliver { .. } | Ask::DeliverNamed { .. } | Ask::Absent(_) | Ask::Failed { .. },
                Answer::Done
            )
    ) || matches!((ask, answer), (Ask::Call(requests), Answer::Call(results)) if requests.len() == results.len())
}

async fn play(mut guest: Guest, moves: Vec<Move>, foreign: Handle) -> (Vec<EntryResult>, usize) {
    let (mut known, mut oks) = (vec![foreign], 0);
    for one in moves {
        let mut ask = match one {
            Move::Ask(ask) => ask,
            Move::Many(requests) => Ask::Call(requests),
        };
        bind(&mut ask, &known);
        let answer = guest.ask(ask.clone()).await;
        assert!(belongs(&ask, &answer), "{ask:?}: {answer:?}");
        if let Answer::Call(results) = &answer {
            oks += results.iter().flatten().filter(|reply| reply.outcome == Outcome::Ok).count();
        }
        learn(&answer, &mut known);
        if answer == Answer::Over {
            // It stays over, whatever is asked.
            assert_eq!(guest.ask(Ask::Config("/data/0/value".into())).await, Answer::Over);
            break;
        }
    }
    (guest.run.finish(Ok(Ended::Ok)).await.entries, oks)
}

#[expect(clippy::disallowed_methods, reason = "the test plays the Secret body")]
fn check(entries: &[EntryResult]) {
    let holds = |value: &bailiwick_core::secret::Value, part: &str| {
        let text = String::from_utf8_lossy(value.expose()).into_owned();
        // A selector may lead to a part without the key; then it must be of a reply at all.
        !text.contains("key=") || text.contains(part)
    };
    for (entry, key) in [(0, "key=team-a/db;"), (1, "key=team-a/api;")] {
        match &entries[entry] {
            EntryResult::Value(value) => assert!(holds(value, key)),
            EntryResult::Named(_) => panic!("a data entry has one value"),
            _ => {}
        }
    }
    match &entries[2] {
        EntryResult::Named(values) => {
            for (name, value) in values {
                assert!(name.starts_with("team-a/") && holds(value, &format!("key={name};")));
            }
        }
        EntryResult::Value(_) => panic!("a find entry has names"),
        _ => {}
    }
}

#[test]
fn b7_any_message_in_any_order_leaves_the_broker_sane() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let backend = Backend::start(|request| {
        let path = request.split(' ').nth(1).unwrap();
        if path.starts_with("/v1/auth/userpass") {
            return ok(&format!(r#"{{"auth":{{"client_token":"{MINTED}","lease_duration":600}}}}"#));
        }
        if path.ends_with("?list=true") {
            return ok(r#"{"data":{"keys":["db","api","sub/"]}}"#);
        }
        let key = path.trim_start_matches("/v1/kv/data/").split('?').next().unwrap();
        ok(&format!(r#"{{"data":{{"data":{{"v":"key={key};"}}}}}}"#))
    });
    let house = House::new();
    let reached = std::cell::Cell::new(0);
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 300, failure_persistence: None, ..Default::default() });
    runner
        .run(&vec(moves(), 1..25), |moves| {
            let entries = runtime.block_on(async {
                let mut other = house.run(backend.address, &["team-a/db"]);
                let foreign = other.named("login").await;
                let entries = vec![data("team-a/db"), data("team-a/api"), find(Some("team-a"), None, &[])];
                let (entries, oks) =
                    play(house.open(program(backend.address), entries), moves, foreign).await;
                reached.set(reached.get() + oks);
                entries
            });
            check(&entries);
            Ok(())
        })
        .unwrap();
    assert!(reached.get() > 100, "the generator must reach replies, not only denials: {}", reached.get());
    let paths = backend.lines();
    let outside = |line: &&String| line.contains("team-b") || line.contains("..");
    assert_eq!(paths.iter().find(outside), None, "left");
}
