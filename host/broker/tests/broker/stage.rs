//! A broker on a stage: what it says is what would have left, and nothing does.

use std::sync::{Arc, Mutex};

use bailiwick_boundary::{CallError, Outcome};
use bailiwick_broker::{Asked, Audit, Broker, Clock, Stage};
use bailiwick_core::{fetched::EntryResult, program::Origin};
use bailiwick_testkit::{count::Counter, hostile::FINE};

use crate::harness::{CATALOGUE, Guest, House, PLANTED, at, data, program_of, read};

/// Operation, key, origin and request.
type Told = (String, Vec<String>, String, String);

/// Keeps what it was told, and answers alike.
struct Board {
    response: String,
    told: Mutex<Vec<Told>>,
}

impl Stage for Board {
    fn answer(&self, asked: Asked<'_>, origin: &Origin, request: &[u8]) -> Vec<u8> {
        let text = String::from_utf8(request.to_vec()).unwrap();
        self.told.lock().unwrap().push((
            asked.operation.into(),
            asked.key.to_vec(),
            origin.to_string(),
            text,
        ));
        self.response.clone().into_bytes()
    }
}

/// A run of `team-a/db` on a stage, at a place where a listener counts.
fn on_stage(response: String, key: &str, counter: &Counter) -> (Arc<Board>, House, Guest) {
    let board = Arc::new(Board { response, told: Mutex::default() });
    let mut house = House::new();
    let (audit, clock) =
        (Arc::clone(&house.audit) as Arc<dyn Audit>, Arc::clone(&house.clock) as Arc<dyn Clock>);
    house.broker = Broker::on_stage(Arc::clone(&board) as Arc<dyn Stage>, audit, clock);
    let program = program_of(CATALOGUE, counter.address(), "token");
    let guest = house.open(program, vec![data(key)]);
    (board, house, guest)
}

fn fine() -> String {
    format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{FINE}", FINE.len())
}

#[tokio::test]
async fn i2_allowed_on_a_stage_is_told_to_it_and_leaves_nothing() {
    let counter = Counter::start().unwrap();
    let (board, house, mut guest) = on_stage(fine(), "team-a/db", &counter);
    let by = guest.named("token").await;
    for _ in 0..2 {
        guest.body(read(0, Some(by))).await;
    }
    let body = guest.body(read(0, Some(by))).await;
    guest.deliver(0, at(body, &[])).await;
    let fetched = guest.done().await;
    assert!(matches!(fetched.entries[..], [EntryResult::Value(_)]));
    let told = board.told.lock().unwrap();
    let (operation, key, origin, request) = &told[0];
    assert_eq!((operation.as_str(), key.join("/").as_str()), ("get", "team-a/db"));
    assert_eq!(*origin, format!("http://{}", counter.address()));
    assert!(request.contains(PLANTED), "the credential is attached as it always is");
    assert_eq!(told.len(), 3);
    assert_eq!(house.audit.lines(), ["get 200", "get 200", "get 200"]);
    assert_eq!(counter.connections().unwrap(), 0);
}

#[tokio::test]
async fn i2_denied_on_a_stage_is_not_even_told_to_it() {
    let counter = Counter::start().unwrap();
    let (board, house, mut guest) = on_stage(fine(), "team-b/db", &counter);
    let by = guest.named("token").await;
    assert_eq!(guest.call(read(0, Some(by))).await.err(), Some(CallError::Denied));
    assert!(board.told.lock().unwrap().is_empty());
    assert_eq!(house.audit.lines(), ["get KeyNotGranted"]);
    assert_eq!(counter.connections().unwrap(), 0);
}

#[tokio::test]
async fn replies_of_a_stage_are_read_as_strictly_as_any() {
    let counter = Counter::start().unwrap();
    let encoded = fine().replacen("Connection", "Content-Encoding: gzip\r\nConnection", 1);
    let large = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", 2 << 20);
    for (response, error) in [
        (encoded, CallError::Malformed),
        (large, CallError::TooLarge),
        (String::new(), CallError::Unreachable),
    ] {
        let (_board, _house, mut guest) = on_stage(response, "team-a/db", &counter);
        let by = guest.named("token").await;
        assert_eq!(guest.call(read(0, Some(by))).await.err(), Some(error));
    }
    let refused = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n".to_owned();
    let (_board, _house, mut guest) = on_stage(refused, "team-a/db", &counter);
    let by = guest.named("token").await;
    assert_eq!(guest.call(read(0, Some(by))).await.unwrap().outcome, Outcome::Refused);
}
