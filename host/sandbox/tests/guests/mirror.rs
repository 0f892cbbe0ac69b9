//! Every import used once: what the guest says reaches the broker as it was said, and what the broker answers reaches
//! the guest as it was answered. The guest reports its answers by asking `wanted` about them.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use bailiwick_boundary::{
    Answer, Arg, Ask, Broker, BrokerFuture, CallError, Ended, Failure, Handle, Outcome, Part, Reply, Request,
    Shape, ValueRef,
};

use crate::support::{engine, fetch, load, patient};

const CREDENTIAL: Handle = Handle([1; 16]);
const CONFIG: Handle = Handle([2; 16]);
const BODY: Handle = Handle([3; 16]);
const MINTED: Handle = Handle([4; 16]);

/// Gives its answers one after the other.
struct Sequence {
    answers: VecDeque<Answer>,
    asked: Arc<Mutex<Vec<Ask>>>,
}

impl Broker for Sequence {
    fn ask(&mut self, ask: Ask) -> BrokerFuture<'_> {
        let answer = match ask {
            Ask::Wanted { .. } => Answer::Wanted(true),
            _ => self.answers.pop_front().unwrap_or(Answer::Over),
        };
        self.asked.lock().unwrap().push(ask);
        Box::pin(async { answer })
    }
}

fn root(root: Handle) -> ValueRef {
    ValueRef { root, steps: Vec::new() }
}

fn request(operation: &str, args: Vec<(String, Arg)>, by: Option<Handle>) -> Request {
    Request { operation: operation.into(), args, by }
}

/// What the guest saw.
fn saw(entry: u32, name: &str) -> Ask {
    Ask::Wanted { entry, name: name.into() }
}

fn answers() -> [Answer; 13] {
    let reply = Reply { outcome: Outcome::Conflict, body: BODY };
    [
        Answer::Named(Some(CREDENTIAL)),
        Answer::Config(Some(CONFIG)),
        Answer::Call(vec![Ok(reply)]),
        Answer::Call(vec![Ok(reply), Err(CallError::Malformed)]),
        Answer::Exchange(Ok(MINTED)),
        Answer::ExpiresIn(Some(540)),
        Answer::Shape(Ok(Shape::Number)),
        Answer::Text(Ok("page 2".into())),
        Answer::Names(Ok(vec!["first".into(), "second".into()])),
        Answer::Done,
        Answer::Done,
        Answer::Done,
        Answer::Done,
    ]
}

fn asks() -> Vec<Ask> {
    let slot = |arg| ("slot".to_owned(), arg);
    let args = vec![
        slot(Arg::Entry(3, Part::Version)),
        slot(Arg::Settings("/text".into())),
        slot(Arg::Echo(root(CONFIG))),
        slot(Arg::Text("/text".into())),
        slot(Arg::Secret(root(CONFIG))),
    ];
    vec![
        Ask::Named("op".into()),
        Ask::Config("/text".into()),
        Ask::Call(vec![request("op", args, Some(CREDENTIAL))]),
        saw(0, ""),
        saw(2, ""),
        Ask::Call(vec![request("op", vec![], None), request("o", vec![], None)]),
        saw(0, ""),
        saw(4, ""),
        Ask::Exchange(request("op", vec![], Some(CREDENTIAL))),
        Ask::ExpiresIn(MINTED),
        saw(540, ""),
        Ask::Shape(root(BODY)),
        saw(5, ""),
        Ask::Text(root(BODY)),
        saw(0, "page 2"),
        Ask::Names(root(BODY)),
        saw(2, "second"),
        Ask::Deliver { entry: 0, value: root(BODY) },
        Ask::DeliverNamed { entry: 1, name: root(BODY), value: root(CONFIG) },
        Ask::Absent(2),
        Ask::Failed { entry: 3, why: Failure::Misconfigured },
    ]
}

#[tokio::test]
async fn the_runner_adds_no_meaning_of_its_own() {
    let requests = load(&engine(), "requests");
    let asked = Arc::new(Mutex::new(Vec::new()));
    let answers = VecDeque::from(answers());
    let broker = Sequence { answers, asked: Arc::clone(&asked) };
    let ended = requests.run(fetch(), Box::new(broker), patient()).await;
    assert_eq!(*asked.lock().unwrap(), asks());
    assert_eq!(ended, Ok(Ended::Failed(Failure::Throttled)));
}
