//! What the broker adds to a GET over loopback, keep-alive, no TLS: medians of a warm call against reqwest doing the
//! same, in turns. `cargo run --release -p bailiwick-broker --example measure`; for finding what costs. The project's
//! figures come from `cargo xtask bench foundation`.

#![allow(clippy::print_stdout, clippy::unwrap_used)] // A tool for the terminal.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use bailiwick_boundary::{Answer, Arg, Ask, Broker as _, Entry, Part, Reference, Request};
use bailiwick_broker::{
    Audit, Broker, BrokerOptions, Current, Material, MaterialError, MaterialFuture, NameServers, OpenEntry,
    Record,
};
use bailiwick_core::{
    catalogue,
    grant::{self, Namespace, Purpose, Store},
    program::{Program, Stamp},
};
use bailiwick_testkit::hostile::{FINE, Hostile, Wire};
use serde_json::json;

const CATALOGUE: &str = include_str!("../tests/broker/catalogue.toml");
const ROUNDS: usize = 5000;

struct Nobody;

impl Audit for Nobody {
    fn record(&self, _: &Record) {}
}

impl Current for Nobody {
    fn still(&self, _: &Stamp) -> bool {
        true
    }
}

impl Material for Nobody {
    fn secret<'a>(&'a self, _: &'a str, _: &'a str, _: &'a str) -> MaterialFuture<'a> {
        Box::pin(async { Err(MaterialError::Absent) })
    }

    fn token<'a>(&'a self, _: &'a str, _: &'a str, _: &'a str) -> MaterialFuture<'a> {
        self.secret("", "", "")
    }
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(measure());
}

async fn measure() {
    let server = Hostile::start(Wire::json(FINE)).unwrap();
    let url = format!("{}/v1/kv/data/team-a/db", server.url());
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let _ = provider.install_default();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut options = BrokerOptions::new(Arc::new(Nobody));
    options.resolver = NameServers::Fixed(vec![server.address()]);
    let broker = Broker::new(options).unwrap();
    let mut program = program(server.address());
    // No grant could say so: here the wire is measured, not the rate.
    program.limits.rate_per_second = 1_000_000;
    let program = Arc::new(program);
    let reference = Reference { key: "team-a/db".into(), property: None, version: None, metadata: false };
    let (mut theirs, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let body = client.get(&url).send().await.unwrap().bytes().await.unwrap();
        theirs.push(start.elapsed());
        assert_eq!(body.len(), FINE.len());
        let entry = OpenEntry::new(Entry::Secret(reference.clone()));
        let (mut port, run) =
            broker.open(Arc::clone(&program), vec![entry], Arc::new(Nobody), Arc::new(Nobody));
        let args = vec![("key".to_owned(), Arg::Entry(0, Part::Key))];
        let request = Request { operation: "get".into(), args, by: None };
        let start = Instant::now();
        let answer = port.ask(Ask::Call(vec![request])).await;
        ours.push(start.elapsed());
        assert!(matches!(answer, Answer::Call(results) if results.iter().all(Result::is_ok)));
        drop((port, run));
    }
    let (theirs, ours) = (median(theirs), median(ours));
    println!("reqwest {theirs:?}, broker {ours:?}: {:.2}x", ours.as_secs_f64() / theirs.as_secs_f64());
}

fn median(mut all: Vec<Duration>) -> Duration {
    all.sort();
    all.get(all.len() / 2).copied().unwrap_or_default()
}

fn program(backend: SocketAddr) -> Program {
    let catalogue = Arc::new(catalogue::parse::parse(CATALOGUE).unwrap());
    let digest = format!("sha256:{}", "0".repeat(64));
    let metadata = json!({"name": "vault", "uid": "a", "generation": 1});
    let provider = json!({"metadata": metadata, "spec": {"module": {"file": "a.wasm"}}});
    let spec = json!({
        "provider": {"name": "vault", "module": digest},
        "surface": catalogue::surface::hash(&catalogue),
        "subjects": [{"namespaces": ["team-a"]}],
        "operations": ["read", "list"],
        "targets": [{
            "origin": format!("http://{backend}"),
            "addresses": {"class": "loopback", "cidrs": ["127.0.0.1/32"]},
            "account": {"mount": "kv"},
            "keys": ["team-a/**"],
        }],
        "auth": [{"method": "token", "secrets": ["./creds"]}],
    });
    let settings = json!({"auth": {"token": {"name": "creds", "key": "token"}}});
    grant::compile(&grant::Request {
        catalogue: &catalogue,
        granted_catalogue: None,
        digest: &digest,
        world: catalogue::World::Blind,
        provider: &serde_json::from_value(provider).unwrap(),
        grant: &serde_json::from_value(json!({"metadata": metadata, "spec": spec})).unwrap(),
        store: Store {
            name: "a",
            namespace: Some("team-a"),
            uid: "a",
            generation: 1,
            settings: &settings,
            ca: None,
        },
        subject: Namespace { name: "team-a", uid: "a", labels: &BTreeMap::new() },
        trusted_labels: &BTreeSet::new(),
        ca: &BTreeMap::new(),
        purpose: Purpose::Fetch,
        object: "ExternalSecret/team-a/a",
    })
    .unwrap()
}
