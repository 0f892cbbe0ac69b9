//! What the network may do to us, and what we may do to it.

use std::{net::IpAddr, time::Duration};

use bailiwick_boundary::{Answer, Ask, CallError, Outcome};
use bailiwick_broker::NameServers;
use bailiwick_core::{
    fetched::RunFailure,
    program::{AddressClass, Origin},
    reason::Reason,
};
use bailiwick_testkit::{
    count::Counter,
    dns::{Dns, Script},
    hostile::{Hostile, Wire},
};

use crate::{
    backend::{Backend, ok, reply},
    harness::{House, data, program, program_at, read},
};

const FINE: &str = r#"{"data":{"data":{"a":"b"},"metadata":{"version":1}}}"#;

fn named(host: &str, port: u16) -> Origin {
    Origin { tls: false, host: host.into(), port, literal: None }
}

fn asking(dns: &Dns) -> House {
    House::with(|options| options.resolver = NameServers::Fixed(vec![dns.address()]))
}

fn loopback() -> IpAddr {
    "127.0.0.1".parse().unwrap()
}

#[tokio::test]
async fn i2_allowed_one_lookup_and_one_connection() {
    let dns = Dns::start().unwrap();
    let backend = Backend::start(|_| ok(FINE));
    dns.answer("vault.corp.example", &[loopback()]);
    let house = asking(&dns);
    let mut guest =
        house.open(program_at(named("vault.corp.example", backend.address.port())), vec![data("team-a/db")]);
    guest.body(read(0, None)).await;
    guest.body(read(0, None)).await;
    assert_eq!(backend.connections(), 1);
    let host = format!("\r\nhost: vault.corp.example:{}\r\n", backend.address.port());
    assert!(backend.requests()[0].contains(&host));
    let names: Vec<_> = dns.queries().unwrap().into_iter().map(|query| query.name).collect();
    assert!(names.iter().all(|name| name == "vault.corp.example"), "absolute, no search domains: {names:?}");
    assert_eq!(names.len(), 2, "A and AAAA, once");
}

#[tokio::test]
async fn i2_denied_no_lookup_and_no_packet() {
    let (dns, counter) = (Dns::start().unwrap(), Counter::start().unwrap());
    dns.answer("vault.corp.example", &[loopback()]);
    let house = asking(&dns);
    let mut guest = house
        .open(program_at(named("vault.corp.example", counter.address().port())), vec![data("team-b/db")]);
    assert_eq!(guest.call(read(0, None)).await, Err(CallError::Denied));
    assert_eq!(dns.queries().unwrap(), []);
    assert_eq!(counter.connections().unwrap(), 0);
    assert_eq!(house.audit.lines(), ["get KeyNotGranted"]);
}

#[tokio::test]
async fn i6_denied_a_rebound_name_and_a_mixed_answer() {
    let (dns, counter) = (Dns::start().unwrap(), Counter::start().unwrap());
    let public: IpAddr = "93.184.216.34".parse().unwrap();
    dns.answer("mixed.example", &[loopback(), public]);
    let house = asking(&dns);
    let port = counter.address().port();
    let mut guest = house.open(program_at(named("mixed.example", port)), vec![data("team-a/db")]);
    assert_eq!(guest.call(read(0, None)).await, Err(CallError::Denied));
    assert_eq!(counter.connections().unwrap(), 0);
    // Granted at first, and then another loopback address than the grant's network has: it would answer.
    let fine = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{FINE}", FINE.len());
    let server = Hostile::start(Wire::Last(fine.into_bytes())).unwrap();
    dns.script("rebind.example", Script::Turns(vec![vec![loopback()], vec!["127.0.0.2".parse().unwrap()]]));
    let open =
        || house.open(program_at(named("rebind.example", server.address().port())), vec![data("team-a/db")]);
    assert_eq!(open().call(read(0, None)).await.unwrap().outcome, Outcome::Ok);
    assert_eq!(open().call(read(0, None)).await, Err(CallError::Denied));
    assert_eq!(server.connections(), 1);
    assert_eq!(house.audit.lines(), ["get AddressNotGranted", "get 200", "get AddressNotGranted"]);
}

#[tokio::test]
async fn i6_denied_an_address_of_another_class_than_granted() {
    let (dns, counter) = (Dns::start().unwrap(), Counter::start().unwrap());
    dns.answer("vault.corp.example", &[loopback()]);
    let house = asking(&dns);
    let mut program = program_at(named("vault.corp.example", counter.address().port()));
    program.targets.get_mut("vault").unwrap().addresses.class = AddressClass::Private;
    let mut guest = house.open(program, vec![data("team-a/db")]);
    assert_eq!(guest.call(read(0, None)).await, Err(CallError::Denied));
    assert_eq!(counter.connections().unwrap(), 0);
}

/// DNS is asked for the full name; the request is still one to the origin that the grant names.
#[tokio::test]
async fn g6a_allowed_a_service_of_the_cluster_by_its_short_name() {
    let dns = Dns::start().unwrap();
    let backend = Backend::start(|_| ok(FINE));
    dns.answer("vault.vault.svc.cluster.local", &[loopback()]);
    let house = asking(&dns);
    let mut guest =
        house.open(program_at(named("vault.vault.svc", backend.address.port())), vec![data("team-a/db")]);
    guest.body(read(0, None)).await;
    let host = format!("\r\nhost: vault.vault.svc:{}\r\n", backend.address.port());
    assert!(backend.requests()[0].contains(&host));
    let names: Vec<_> = dns.queries().unwrap().into_iter().map(|query| query.name).collect();
    assert!(names.iter().all(|name| name == "vault.vault.svc.cluster.local"), "{names:?}");
    let origin = format!("http://vault.vault.svc:{}", backend.address.port());
    assert_eq!(house.audit.records()[0].origin.as_deref(), Some(origin.as_str()));
}

/// Whoever answers for the short name, or for a search list's, is not asked.
#[tokio::test]
async fn g6a_denied_a_service_that_only_others_know() {
    let (dns, counter) = (Dns::start().unwrap(), Counter::start().unwrap());
    dns.answer("vault.vault.svc", &[loopback()]);
    dns.answer("vault.vault.svc.corp.example", &[loopback()]);
    let house = asking(&dns);
    let port = counter.address().port();
    let mut guest = house.open(program_at(named("vault.vault.svc", port)), vec![data("team-a/db")]);
    assert_eq!(guest.call(read(0, None)).await, Err(CallError::Unreachable));
    assert_eq!(counter.connections().unwrap(), 0);
    assert_eq!(house.audit.lines(), ["get Unresolved"]);
}

/// A name inside the cluster that leads anywhere but into the network that the grant names (row 38).
#[tokio::test]
async fn g6a_denied_a_service_outside_of_the_clusters_network() {
    let (dns, counter) = (Dns::start().unwrap(), Counter::start().unwrap());
    let [inside, outside]: [IpAddr; 2] = ["10.96.0.10".parse().unwrap(), "10.8.0.10".parse().unwrap()];
    let house = asking(&dns);
    for answer in [vec![loopback()], vec![outside], vec![inside, outside], vec![inside, loopback()]] {
        dns.answer("vault.vault.svc.cluster.local", &answer);
        let mut program = program_at(named("vault.vault.svc", counter.address().port()));
        let rule = &mut program.targets.get_mut("vault").unwrap().addresses;
        (rule.class, rule.cidrs) = (AddressClass::Cluster, vec!["10.96.0.0/12".parse().unwrap()]);
        let mut guest = house.open(program, vec![data("team-a/db")]);
        assert_eq!(guest.call(read(0, None)).await, Err(CallError::Denied), "{answer:?}");
    }
    assert_eq!(counter.connections().unwrap(), 0);
    assert_eq!(house.audit.lines(), ["get AddressNotGranted"; 4]);
}

/// The allowed twin is every other test: a backend on loopback that is not ours.
#[tokio::test]
async fn g6a_denied_our_own_listeners() {
    let (dns, counter) = (Dns::start().unwrap(), Counter::start().unwrap());
    dns.answer("vault.corp.example", &[loopback()]);
    let ours = counter.address();
    let house = House::with(|options| {
        options.resolver = NameServers::Fixed(vec![dns.address()]);
        options.listeners = vec![ours];
    });
    let literal = Origin { literal: Some(ours.ip()), ..named("127.0.0.1", ours.port()) };
    for origin in [named("vault.corp.example", ours.port()), literal] {
        let mut guest = house.open(program_at(origin), vec![data("team-a/db")]);
        assert_eq!(guest.call(read(0, None)).await, Err(CallError::Denied));
    }
    assert_eq!(counter.connections().unwrap(), 0);
    assert_eq!(house.audit.lines(), ["get AddressNotGranted"; 2]);
}

#[tokio::test]
async fn i6_denied_the_hosts_file_and_unknown_names() {
    let dns = Dns::start().unwrap();
    let house = asking(&dns);
    // What this machine's hosts file knows, and no name server here. `localhost` itself needs no file: the resolver
    // knows it (RFC 6761), and no grant can name it.
    let file = std::fs::read_to_string("/etc/hosts").unwrap_or_default();
    let lines = file.lines().map(|line| line.split('#').next().unwrap_or_default());
    let own =
        lines.flat_map(|line| line.split_whitespace().skip(1)).filter(|name| !name.contains("localhost"));
    let hosts: Vec<&str> = own.chain(["nowhere.example"]).collect();
    for host in &hosts {
        let mut guest = house.open(program_at(named(&host.to_ascii_lowercase(), 1)), vec![data("team-a/db")]);
        assert_eq!(guest.call(read(0, None)).await, Err(CallError::Unreachable), "{host}");
    }
    assert_eq!(house.audit.lines(), vec!["get Unresolved"; hosts.len()]);
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let other = Counter::start().unwrap();
    let to = other.address();
    let backend = Backend::start(move |request| {
        let status = if request.contains("/one ") { 307 } else { 302 };
        format!("HTTP/1.1 {status} X\r\nLocation: http://{to}/v1/kv/data/x\r\nContent-Length: 0\r\n\r\n")
    });
    let house = House::new();
    let mut guest = house.run(backend.address, &["team-a/one", "team-a/two"]);
    for entry in [0, 1] {
        assert_eq!(guest.call(read(entry, None)).await.unwrap().outcome, Outcome::Failed);
    }
    assert_eq!(other.connections().unwrap(), 0);
}

#[tokio::test]
async fn statuses_are_outcomes() {
    let backend = Backend::start(|request| {
        let key =
            request.split("/data/team-a/").nth(1).and_then(|rest| rest.split([' ', '?']).next()).unwrap();
        match key {
            "gone" => reply(404, r#"{"errors":[]}"#),
            "mountless" => reply(404, r#"{"errors":["no handler for route x"]}"#),
            "deleted" => ok(r#"{"data":{"data":null}}"#),
            "html" => reply(502, "<html>"),
            status => reply(status.parse().unwrap(), r#"{"errors":["x"]}"#),
        }
    });
    let house = House::new();
    for (key, outcome) in [
        ("gone", Outcome::Absent),
        ("mountless", Outcome::Failed),
        ("deleted", Outcome::Absent),
        ("html", Outcome::Failed),
        ("401", Outcome::Refused),
        ("403", Outcome::Refused),
        ("409", Outcome::Conflict),
        ("412", Outcome::Conflict),
        ("429", Outcome::Throttled),
        ("500", Outcome::Failed),
        ("503", Outcome::Failed),
    ] {
        let mut guest = house.run(backend.address, &[&format!("team-a/{key}")]);
        assert_eq!(guest.call(read(0, None)).await.unwrap().outcome, outcome, "{key}");
    }
    // 429 and 503 were tried twice, as the catalogue says that they may be.
    assert_eq!(backend.lines().len(), 13);
}

#[tokio::test]
async fn i8_denied_bodies_that_are_not_what_the_catalogue_says() {
    let house = House::new();
    for body in [
        "",
        "{",
        "not json",
        r#"{"data":{"data":{"a":"b"},"data":{"a":"c"}}}"#,
        r#"{"data":{"\u0064ata":1,"data":{"a":"c"}}}"#,
        "\u{feff}{}",
    ] {
        let backend = Backend::start(move |_| ok(body));
        let mut guest = house.run(backend.address, &["team-a/db"]);
        assert_eq!(guest.call(read(0, None)).await, Err(CallError::Malformed), "{body:?}");
    }
}

#[tokio::test]
async fn i8_denied_what_hostile_servers_send() {
    let house = House::impatient();
    let gzip =
        Wire::Reply(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}".to_vec());
    for (wire, error) in [
        (gzip, CallError::Malformed),
        (Wire::Hang, CallError::TimedOut),
        (Wire::HangInBody, CallError::TimedOut),
        (Wire::Drip { every: Duration::from_millis(20) }, CallError::TimedOut),
        (Wire::Headers { count: 65, size: 1 }, CallError::TooLarge),
        (Wire::Headers { count: 20, size: 1024 }, CallError::TooLarge),
        (Wire::EndlessHeader, CallError::TooLarge),
        (Wire::LengthAndChunked, CallError::Malformed),
        (Wire::TwoLengths, CallError::Malformed),
        (Wire::FoldedHeader, CallError::Malformed),
        (Wire::BadChunk, CallError::Unreachable),
        (Wire::Garbage, CallError::Malformed),
        (Wire::CloseAtOnce, CallError::Unreachable),
        (Wire::CloseInBody, CallError::Unreachable),
        (Wire::Reset, CallError::Unreachable),
        (Wire::Informational(100_000), CallError::TimedOut),
        (Wire::EndlessBody, CallError::TooLarge),
        (Wire::Large(2 << 30), CallError::TooLarge),
    ] {
        let server = Hostile::start(wire.clone()).unwrap();
        let mut guest = house.run(server.address(), &["team-a/db"]);
        let result = guest.call(read(0, None)).await;
        assert!(result == Err(error) || lenient(&wire, result), "{wire:?}: {result:?}");
    }
}

/// What may also be answered: a race of the peer's ending against our reading.
fn lenient(wire: &Wire, result: Result<bailiwick_boundary::Reply, CallError>) -> bool {
    match wire {
        Wire::Informational(_) => result.is_ok(),
        Wire::Headers { .. }
        | Wire::EndlessHeader
        | Wire::FoldedHeader
        | Wire::BadChunk
        | Wire::TwoLengths => result.is_err(),
        _ => false,
    }
}

#[tokio::test]
async fn i8_allowed_sixty_headers_and_a_megabyte() {
    let house = House::new();
    let server = Hostile::start(Wire::Headers { count: 60, size: 16 }).unwrap();
    let mut guest = house.run(server.address(), &["team-a/db"]);
    assert!(guest.call(read(0, None)).await.is_ok());
    let large = format!(r#"{{"data":{{"data":{{"a":"{}"}}}}}}"#, "x".repeat(1_000_000));
    let backend = Backend::start(move |_| ok(&large));
    let mut guest = house.run(backend.address, &["team-a/db"]);
    assert!(guest.call(read(0, None)).await.is_ok());
}

#[tokio::test]
async fn the_hosts_own_headers_and_no_others() {
    let backend = Backend::start(|_| ok(FINE));
    let house = House::new();
    let mut guest = house.run(backend.address, &["team-a/db"]);
    guest.body(read(0, None)).await;
    let expected = format!(
        "GET /v1/kv/data/team-a/db HTTP/1.1\r\nhost: {}\r\nuser-agent: bailiwick/{}\r\naccept-encoding: identity\r\n\r\n",
        backend.address,
        env!("CARGO_PKG_VERSION"),
    );
    assert_eq!(backend.requests(), [expected]);
}

#[tokio::test]
async fn g1_denied_one_call_more_than_the_limit() {
    let backend = Backend::start(|_| ok(FINE));
    let house = House::new();
    let mut limited = program(backend.address);
    limited.limits.calls = 2;
    let mut guest = house.open(limited, vec![data("team-a/db")]);
    guest.body(read(0, None)).await;
    guest.body(read(0, None)).await;
    assert_eq!(guest.call(read(0, None)).await, Err(CallError::Budget));
    assert_eq!(backend.lines().len(), 2);
    assert_eq!(house.audit.lines()[2], "get BudgetExhausted");
}

#[tokio::test]
async fn g1_denied_a_run_that_is_denied_again_and_again() {
    let house = House::new();
    let mut guest = house.run("127.0.0.1:9".parse().unwrap(), &["team-b/db"]);
    let mut asked = 0;
    while guest.ask(Ask::Call(vec![read(0, None); 10])).await != Answer::Over {
        asked += 1;
    }
    assert_eq!(asked, 26, "each denial is a record in the audit");
    assert_eq!(house.audit.lines().len(), 257, "also within one message");
    let Err(RunFailure::Denied(denial)) = guest.done().await.run else { panic!() };
    assert_eq!(denial.reason, Reason::BudgetExhausted);
}

#[tokio::test]
async fn g1_denied_a_rate_that_the_deadline_cannot_wait_for() {
    let backend = Backend::start(|_| ok(FINE));
    let house = House::new();
    let slow = || {
        let mut program = program(backend.address);
        (program.limits.rate_per_second, program.limits.deadline_ms) = (1, 900);
        program
    };
    let mut guest = house.open(slow(), vec![data("team-a/db")]);
    guest.body(read(0, None)).await;
    // Over all runs of the grant.
    let mut guest = house.open(slow(), vec![data("team-a/db")]);
    assert_eq!(guest.call(read(0, None)).await, Err(CallError::Budget));
    house.clock.advance(1);
    let mut guest = house.open(slow(), vec![data("team-a/db")]);
    guest.body(read(0, None)).await;
}

#[tokio::test]
async fn g1_denied_requests_and_replies_over_their_size() {
    let backend = Backend::start(|_| ok(FINE));
    let house = House::new();
    for (request_bytes, response_bytes, error) in
        [(40, 1 << 20, CallError::Budget), (8 << 10, 40, CallError::TooLarge)]
    {
        let mut small = program(backend.address);
        (small.limits.request_bytes, small.limits.response_bytes) = (request_bytes, response_bytes);
        let mut guest = house.open(small, vec![data("team-a/db")]);
        assert_eq!(guest.call(read(0, None)).await, Err(error));
    }
    assert_eq!(backend.lines().len(), 1, "the request that was too large did not leave");
}

#[tokio::test]
async fn g1_denied_a_run_behind_its_deadline() {
    let server = Hostile::start(Wire::Hang).unwrap();
    let house = House::with(|options| options.timeouts.header = Duration::from_secs(60));
    let mut short = program(server.address());
    short.limits.deadline_ms = 200;
    let mut guest = house.open(short, vec![data("team-a/db")]);
    assert_eq!(guest.call(read(0, None)).await, Err(CallError::TimedOut));
}
