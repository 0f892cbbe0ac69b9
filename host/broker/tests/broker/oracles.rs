//! I3 and B4 for answers: whether a message is taken or ends the run must not depend on a value. Each sequence is
//! played against backends that differ only in the secret, and must be answered alike.

use bailiwick_boundary::{Answer, Arg, Ask, Codec, Failure, Handle, Part, Step, ValueRef};
use bailiwick_core::fetched::{EntryFailure, EntryResult, RunFailure};

use crate::{
    backend::{Backend, ok},
    boundary::read_back::text,
    harness::{Guest, House, at, data, find, program, read, request},
};

/// What reading any key gives: there, elsewhere, decodable, and not.
const SECRETS: [&str; 4] = [r#"{"x":"616263"}"#, r#"{"y":[{"user":"root"}]}"#, r#"{"x":7}"#, r#"{"x":null}"#];

fn vault(secret: &str) -> Backend {
    let body = format!(r#"{{"data":{{"data":{secret}}}}}"#);
    Backend::start(move |request| match request.contains("list=true") {
        true => ok(r#"{"data":{"keys":["db","api"]}}"#),
        false => ok(&body),
    })
}

/// A step of the guest's, with the two names' handles and their values.
type Act = fn(&[(ValueRef, Handle); 2]) -> Ask;

fn named((name, root): &(ValueRef, Handle), steps: Vec<Step>) -> Ask {
    Ask::DeliverNamed { entry: 0, name: name.clone(), value: ValueRef { root: *root, steps } }
}

fn x() -> Vec<Step> {
    vec![Step::At("/data/data/x".into())]
}

async fn names(guest: &mut Guest) -> [(ValueRef, Handle); 2] {
    let list = guest.body(request("names", &[("path", Arg::Entry(0, Part::Path))], None)).await;
    let mut all = Vec::new();
    for index in ["/0", "/1"] {
        let name = at(list, &["/data/keys", index]);
        let root = guest.body(request("get-listed", &[("name", Arg::Echo(name.clone()))], None)).await;
        all.push((name, root));
    }
    all.try_into().unwrap()
}

async fn answers(secret: &str, acts: &[Act]) -> Vec<Answer> {
    let (backend, house) = (vault(secret), House::new());
    let mut guest = house.open(program(backend.address), vec![find(Some("team-a"), None, &[])]);
    let names = names(&mut guest).await;
    let mut seen = Vec::new();
    for act in acts {
        seen.push(guest.ask(act(&names)).await);
    }
    seen
}

const GIVE: Act = |names| named(&names[0], x());
const GUESS: Act = |names| {
    let find = Step::Find { member: "user".into(), equals: "root".into() };
    named(&names[0], vec![Step::At("/data/data/y".into()), find, Step::Decode(Codec::Hex)])
};
const OTHER: Act = |names| named(&names[1], x());
const ABSENT: Act = |_| Ask::Absent(0);
const FAILED: Act = |_| Ask::Failed { entry: 0, why: Failure::NotFound };

#[tokio::test]
async fn i3_allowed_answers_in_any_order_that_a_find_has() {
    for secret in SECRETS {
        assert_eq!(answers(secret, &[GIVE, OTHER, FAILED]).await, vec![Answer::Done; 3], "{secret}");
        assert_eq!(answers(secret, &[GUESS, OTHER]).await, vec![Answer::Done; 2], "{secret}");
        assert_eq!(answers(secret, &[ABSENT]).await, [Answer::Done], "{secret}");
    }
}

#[tokio::test]
async fn i3_denied_to_learn_of_a_value_by_what_may_come_next() {
    for acts in [[GIVE, GIVE], [GUESS, GUESS], [GUESS, GIVE], [GIVE, ABSENT], [GUESS, ABSENT], [FAILED, GIVE]]
    {
        for secret in SECRETS {
            assert_eq!(answers(secret, &acts).await, [Answer::Done, Answer::Over], "{secret}");
        }
    }
}

#[tokio::test]
async fn i3_denied_to_learn_of_a_value_by_a_second_answer_to_a_data_entry() {
    for secret in SECRETS {
        let (backend, house) = (vault(secret), House::new());
        for second in [Ask::Absent(0), Ask::Failed { entry: 0, why: Failure::NotFound }] {
            let mut guest = house.run(backend.address, &["team-a/db"]);
            let root = guest.body(read(0, None)).await;
            assert_eq!(guest.deliver(0, ValueRef { root, steps: x() }).await, Answer::Done, "{secret}");
            assert_eq!(guest.ask(second).await, Answer::Over, "{secret}");
        }
    }
}

#[tokio::test]
async fn b4_a_wrong_shape_among_named_values_fails_the_find_when_it_ends() {
    let (backend, house) = (vault(SECRETS[0]), House::new());
    let mut guest = house.open(program(backend.address), vec![find(Some("team-a"), None, &[])]);
    let names = names(&mut guest).await;
    let wrong = vec![Step::At("/data/data".into()), Step::Decode(Codec::Hex)];
    assert_eq!(guest.ask(named(&names[0], wrong)).await, Answer::Done);
    assert_eq!(guest.ask(named(&names[1], x())).await, Answer::Done);
    let fetched = guest.done().await;
    assert!(matches!(fetched.entries[0], EntryResult::Failed(EntryFailure::WrongShape)));
}

/// One MiB, delivered to a hundred entries of one reference, would be held a hundred times.
#[tokio::test]
async fn i8_denied_more_copies_of_a_value_than_a_run_may_hold_and_b4_nothing_tells_the_guest() {
    let large = format!(r#"{{"x":"{}"}}"#, "x".repeat(1_000_000));
    for (secret, fits) in [(large.as_str(), false), (SECRETS[0], true)] {
        let (backend, house) = (vault(secret), House::new());
        let mut guest = house.open(program(backend.address), (0..100).map(|_| data("team-a/db")).collect());
        let root = guest.body(read(0, None)).await;
        for entry in 0..100 {
            assert_eq!(guest.deliver(entry, ValueRef { root, steps: x() }).await, Answer::Done);
        }
        let fetched = guest.done().await;
        match fetched.run {
            Ok(()) => assert!(fits && text(&fetched.entries[99]) == "616263"),
            Err(RunFailure::Denied(denial)) => assert!(!fits && denial.field == "limits.responseBytes"),
            Err(other) => panic!("{other}"),
        }
    }
}
