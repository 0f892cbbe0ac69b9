//! I3 and I4 with a hostile guest: `adversary` calls every import in an order that depends on its seed and on all that
//! it can see. Two runs that differ only in secrets (bytes, length, shape, decodability) must send equal requests
//! and leave equal guest memory, and neither value nor credential may stand in that memory.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use bailiwick_api::{grant::CapabilityGrantSpec, meta::Object, provider::ProviderSpec};
use bailiwick_artifact::{digest::Digest, inspect};
use bailiwick_boundary::{Entry, Find, Reference, Task};
use bailiwick_broker::{
    Audit, Broker, BrokerOptions, Credential, Current, Material, MaterialFuture, OpenEntry, Record,
};
use bailiwick_core::{
    catalogue::{World, surface},
    grant::{self, ModuleOrigin, Namespace, Purpose, Request, Store},
    program::{Program, Stamp},
};
use bailiwick_sandbox::{Engine, EngineOptions, Provider, RunLimits};
use bailiwick_testkit::kv::{Kv, Vault};
use serde_json::{Value, json};

use crate::scene::providers;

/// The tenant's token: must be in no guest's memory.
const TOKEN: &str = "root-token-that-no-guest-may-hold";
/// Must be found in memory, or the scan finds nothing at all.
const MARKER: &str = "planted-so-that-the-scan-can-find-it";
/// Generated guests.
const SEEDS: i64 = 24;

struct Only;

impl Material for Only {
    fn secret<'a>(&'a self, _: &'a str, _: &'a str, _: &'a str) -> MaterialFuture<'a> {
        Box::pin(async { Ok(Credential::new(TOKEN.into(), "1")) })
    }

    fn token<'a>(&'a self, namespace: &'a str, name: &'a str, audience: &'a str) -> MaterialFuture<'a> {
        self.secret(namespace, name, audience)
    }
}

impl Current for Only {
    fn still(&self, _: &Stamp) -> bool {
        true
    }
}

/// What was sent, without times and sizes of replies.
#[derive(Default)]
struct Sent(Mutex<Vec<String>>);

impl Audit for Sent {
    fn record(&self, record: &Record) {
        let Record { operation, method, path, verdict, reason, status, bytes_out, .. } = record;
        let line = format!("{operation:?} {method:?} {path:?} {verdict:?} {reason:?} {status:?} {bytes_out}");
        self.0.lock().unwrap().push(line);
    }
}

/// A request as the backend saw it: method, path with its query, headers, and a digest of the body.
type Arrived = (String, String, BTreeMap<String, String>, Option<String>);

fn arrived(seen: bailiwick_testkit::kv::Seen) -> Arrived {
    (seen.method, seen.path, seen.headers, seen.body)
}

struct Lab {
    kv: Kv,
    provider: Provider,
    component: Vec<u8>,
}

/// What can be seen of a run from outside of the broker.
#[derive(PartialEq, Eq)]
struct Seen {
    sent: Vec<String>,
    arrived: Vec<Arrived>,
    memories: Vec<Vec<u8>>,
}

impl Lab {
    fn new() -> Self {
        let options = bailiwick_testkit::kv::Options { root_token: TOKEN.into(), ..Default::default() };
        let kv = Kv::start_with(options).unwrap();
        let component = std::fs::read(providers().join("adversary.wasm")).unwrap();
        let engine = Engine::new(EngineOptions { slots: 2, cache: None }).unwrap();
        let provider = engine.load(&component).unwrap();
        let lab = Self { kv, provider, component };
        lab.put("sys/mounts/kv", json!({"type": "kv", "options": {"version": "2"}}));
        lab
    }

    fn put(&self, path: &str, body: Value) {
        let (status, answer) = self.kv.admin("POST", "", path, body).unwrap();
        assert!(status < 300, "{path}: {status} {answer}");
    }

    fn program(&self, seed: i64) -> Program {
        let catalogue = Arc::new(inspect::inspect(&self.component).unwrap().catalogue);
        let digest = Digest::of(&self.component).to_string();
        let spec = json!({
            "provider": {"name": "adversary", "module": digest}, "surface": surface::hash(&catalogue),
            "subjects": [{"namespaces": ["team-a"]}], "operations": ["read", "list"],
            "targets": [{"origin": self.kv.url(), "addresses": {"class": "loopback", "cidrs": ["127.0.0.1/32"]},
                "account": {"mount": "kv"}, "keys": ["team-a/**"]}],
            "auth": [{"method": "token", "secrets": ["./token"]}], "limits": {"calls": 200, "rate": "5000/s"},
        });
        let grant: Object<CapabilityGrantSpec> =
            serde_json::from_value(json!({"metadata": {"name": "g", "uid": "g"}, "spec": spec})).unwrap();
        let provider: Object<ProviderSpec> = serde_json::from_value(
            json!({"metadata": {"name": "adversary", "uid": "p"}, "spec": {"module": {"file": "x"}}}),
        )
        .unwrap();
        let settings = json!({"server": self.kv.url(), "path": "kv", "seed": seed, "steps": 150, "marker": MARKER,
            "rude": seed % 2 == 1, "trap": seed % 5 == 4,
            "auth": {"tokenSecretRef": {"name": "token", "key": "t"}}});
        let request = Request {
            catalogue: &catalogue,
            granted_catalogue: None,
            origin: ModuleOrigin::Unsigned { digest: &digest },
            world: World::Blind,
            provider: &provider,
            grant: &grant,
            store: Store {
                name: "s",
                namespace: Some("team-a"),
                uid: "s",
                generation: 1,
                settings: &settings,
                ca: None,
            },
            subject: Namespace { name: "team-a", uid: "n", labels: &BTreeMap::new() },
            trusted_labels: &BTreeSet::new(),
            ca: &BTreeMap::new(),
            purpose: Purpose::Fetch,
            object: "ExternalSecret/team-a/x",
        };
        grant::compile(&request).unwrap()
    }

    async fn run(&self, seed: i64, secret: &Value) -> Seen {
        for key in ["team-a/db", "team-a/web/tls"] {
            self.put(&format!("kv/data/{key}"), json!({"data": secret}));
        }
        self.kv.forget();
        let sent = Arc::new(Sent::default());
        let broker = Broker::new(BrokerOptions::new(Arc::clone(&sent) as Arc<dyn Audit>)).unwrap();
        let program = Arc::new(self.program(seed));
        let opened = entries();
        let task = Task::Fetch {
            settings: program.settings.to_string(),
            entries: opened.iter().map(|entry| entry.entry().clone()).collect(),
        };
        let (port, run) = broker.open(program, opened, Arc::new(Only), Arc::new(Only));
        let limits = RunLimits { deadline: Duration::from_secs(20), ..RunLimits::default() };
        let dump = self.provider.run_and_dump(task, Box::new(port), limits).await;
        run.finish(dump.ended.map_err(bailiwick_sandbox::RunError::as_str)).await;
        let mut sent = std::mem::take(&mut *sent.0.lock().unwrap());
        sent.sort();
        let mut arrived: Vec<Arrived> = self.kv.requests().into_iter().map(arrived).collect();
        arrived.sort();
        Seen { arrived, sent, memories: dump.memories }
    }
}

fn entries() -> Vec<OpenEntry> {
    let read = |key: &str| {
        let reference = Reference { key: key.into(), property: None, version: None, metadata: false };
        OpenEntry::new(Entry::Secret(reference))
    };
    let find = Find { path: Some("team-a".into()), by_tags: false };
    vec![read("team-a/db"), read("team-a/web/tls"), OpenEntry::find(find, None, BTreeMap::new()).unwrap()]
}

fn holds(memories: &[Vec<u8>], needle: &str) -> bool {
    memories.iter().any(|memory| memory.windows(needle.len()).any(|window| window == needle.as_bytes()))
}

#[tokio::test(flavor = "multi_thread")]
async fn i3_i4_secrets_change_neither_requests_nor_memory_and_stand_in_none() {
    let lab = Lab::new();
    let secrets = [
        json!({"password": "the-first-secret-value"}),
        json!({"pass": ["dGhlLXNlY29uZC1zZWNyZXQ=", 7, {"deep": null}], "more": {"x": "the-second-secret-value"}}),
    ];
    let mut requests = 0;
    for seed in 0..SEEDS {
        let first = lab.run(seed, &secrets[0]).await;
        let second = lab.run(seed, &secrets[1]).await;
        assert!(holds(&first.memories, MARKER), "seed {seed}: the scan finds what was planted to be found");
        assert_eq!(first.sent, second.sent, "seed {seed}: requests differ");
        assert_eq!(first.arrived, second.arrived, "seed {seed}: what arrived differs");
        assert!(first.memories == second.memories, "seed {seed}: memories differ");
        for needle in [TOKEN, "the-first-secret-value", "the-second-secret-value", "dGhlLXNlY29uZC1z"] {
            assert!(
                !holds(&first.memories, needle) && !holds(&second.memories, needle),
                "seed {seed}: {needle}"
            );
        }
        requests += first.sent.iter().filter(|line| line.contains("Some(200)")).count();
    }
    assert!(requests > 100, "the guests did something: {requests}");
}
