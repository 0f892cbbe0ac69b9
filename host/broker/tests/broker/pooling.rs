//! Connections: reused within one G12 key, never across; closed on unread bytes; sent again only what was not sent.

use bailiwick_boundary::CallError;
use bailiwick_testkit::hostile::{FINE, Hostile, Wire};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::{
    backend::{Backend, ok},
    harness::{House, data, program, read},
};

#[tokio::test]
async fn g12_allowed_reuse_within_one_key() {
    let backend = Backend::start(|_| ok(FINE));
    let house = House::new();
    for _ in 0..3 {
        house.run(backend.address, &["team-a/db"]).body(read(0, None)).await;
    }
    assert_eq!((backend.lines().len(), backend.connections()), (3, 1));
}

#[tokio::test]
async fn g12_denied_reuse_across_grants_subjects_stores_digests_and_credentials() {
    let backend = Backend::start(|_| ok(FINE));
    let house = House::new();
    let changes: [fn(&mut bailiwick_core::program::Stamp); 6] = [
        |_| {},
        |stamp| stamp.grant.uid = "other".into(),
        |stamp| stamp.grant.generation = 2,
        |stamp| stamp.namespace_uid = "other".into(),
        |stamp| stamp.store.generation = 2,
        |stamp| stamp.digest = "sha256:4567".into(),
    ];
    for change in changes {
        let mut program = program(backend.address);
        change(&mut program.stamp);
        house.open(program, vec![data("team-a/db")]).body(read(0, None)).await;
    }
    assert_eq!(backend.connections(), 6);
    for version in [1, 2] {
        house.shell.version.store(version, Ordering::SeqCst);
        let program = crate::harness::program_of(crate::harness::CATALOGUE, backend.address, "token");
        let mut guest = house.open(program, vec![data("team-a/db")]);
        let by = guest.named("token").await;
        guest.body(read(0, Some(by))).await;
    }
    assert_eq!(backend.connections(), 8, "another resourceVersion is another key");
}

#[tokio::test]
async fn a_connection_with_unread_bytes_is_closed() {
    let both = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{FINE}", FINE.len()).repeat(2);
    let server = Hostile::start(Wire::Reply(both.into_bytes())).unwrap();
    let house = House::new();
    let mut guest = house.run(server.address(), &["team-a/db"]);
    for _ in 0..3 {
        guest.body(read(0, None)).await;
    }
    assert_eq!(server.connections(), 3);
}

#[tokio::test]
async fn a_stale_connection_costs_nothing_but_a_new_one() {
    // Each connection answers once and closes: the next request finds a stale one.
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{FINE}", FINE.len());
    let server = Hostile::start(Wire::Last(answer.into_bytes())).unwrap();
    let house = House::new();
    let mut guest = house.run(server.address(), &["team-a/db"]);
    for _ in 0..5 {
        guest.body(read(0, None)).await;
    }
    assert!(server.connections() >= 5);
}

#[tokio::test]
async fn a_request_that_may_have_arrived_goes_again_only_where_the_catalogue_says_so() {
    let seen = AtomicUsize::new(0);
    // Reads the request, closes without an answer, once for each kind.
    let backend = Backend::start(move |_| match seen.fetch_add(1, Ordering::SeqCst) {
        0 | 2 => String::new(),
        _ => ok(FINE),
    });
    let house = House::new();
    let mut guest = house.run(backend.address, &["team-a/db"]);
    guest.body(read(0, None)).await;
    assert_eq!(backend.lines().len(), 2, "`read` has retry");
    let once = crate::harness::CATALOGUE.replace("retry = true\n", "");
    let mut guest =
        house.open(crate::harness::program_of(&once, backend.address, "token"), vec![data("team-a/db")]);
    assert_eq!(guest.call(read(0, None)).await, Err(CallError::Unreachable));
    assert_eq!(backend.lines().len(), 3);
}
