//! What the figures share: the `vault` provider as it is built, a grant and a store compiled into a program, and an
//! object with one key that reads one secret by the tenant's token.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    path::PathBuf,
    sync::Arc,
};

use bailiwick_api::{external_secret::ExternalSecretSpec, meta::Object};
use bailiwick_artifact::{digest::Digest, inspect};
use bailiwick_boundary::Entry;
use bailiwick_broker::{
    Broker, BrokerOptions, Credential, Current, JsonLines, Material, MaterialFuture, NameServers, OpenEntry,
};
use bailiwick_core::{
    catalogue::{World, surface},
    fetched::Sourced,
    grant::{self, ModuleOrigin, Namespace, Purpose, Request, Store},
    program::{Program, Stamp},
    reconcile::{Action, FetchPlan, Observed, Plan, plan, settle},
};
use bailiwick_sandbox::{Engine, EngineOptions, Provider};
use bailiwick_sync::runtime::{Runtime, Surroundings};
use serde_json::json;
use tokio::sync::watch;

use crate::backend;

/// At once: the slots of the pool, and the tasks that fill them.
pub(crate) const AT_ONCE: u32 = 64;

pub(crate) struct Fixture {
    pub(crate) backend: SocketAddr,
    pub(crate) program: Arc<Program>,
    pub(crate) provider: Provider,
    pub(crate) runtime: Runtime,
    object: Object<ExternalSecretSpec>,
    plan: FetchPlan,
    _stop: watch::Sender<bool>,
}

/// The shell around a run: one token, and nothing ever changes.
pub(crate) struct Shell;

impl Material for Shell {
    fn secret<'a>(&'a self, _: &'a str, _: &'a str, _: &'a str) -> MaterialFuture<'a> {
        Box::pin(async { Ok(Credential::new(b"s.token".to_vec(), "1")) })
    }

    fn token<'a>(&'a self, namespace: &'a str, account: &'a str, audience: &'a str) -> MaterialFuture<'a> {
        self.secret(namespace, account, audience)
    }
}

impl Current for Shell {
    fn still(&self, _: &Stamp) -> bool {
        true
    }
}

impl Fixture {
    /// Needs a tokio runtime.
    pub(crate) fn new() -> Self {
        let backend = backend::start();
        let component = std::fs::read(providers().join("vault.wasm")).unwrap();
        let engine = Engine::new(EngineOptions { slots: AT_ONCE, cache: None }).unwrap();
        // As the command makes it, with an audit that goes nowhere: records are written all the same.
        let mut options = BrokerOptions::new(Arc::new(JsonLines::new(std::io::sink())));
        options.resolver = NameServers::Fixed(vec![backend]);
        let (stop, stopped) = watch::channel(false);
        let object = object();
        let observed = Observed { object: &object, status: None, target: None, now: 0 };
        let Plan::Fetch(plan) = plan(&observed) else { unreachable!("everything is due on a first pass") };
        Self {
            backend,
            program: Arc::new(program(&component, backend)),
            provider: engine.load(&component).unwrap(),
            runtime: Runtime { broker: Broker::new(options).unwrap(), stop: stopped },
            object,
            plan,
            _stop: stop,
        }
    }

    pub(crate) fn entries(&self) -> Vec<OpenEntry> {
        self.plan.entries.iter().map(|entry| OpenEntry::new(entry.entry.clone())).collect()
    }

    pub(crate) fn task(&self) -> bailiwick_boundary::Task {
        let entries: Vec<Entry> = self.plan.entries.iter().map(|entry| entry.entry.clone()).collect();
        bailiwick_boundary::Task::Fetch { settings: self.program.settings.to_string(), entries }
    }

    /// One whole sync, from the program to the Secret that is to be written.
    pub(crate) async fn sync(&self) {
        let around = Surroundings { material: Arc::new(Shell), current: Arc::new(Shell) };
        let program = Arc::clone(&self.program);
        let fetched = self.runtime.fetch(&self.provider, program, self.entries(), around).await;
        fetched.run.unwrap();
        let observed = Observed { object: &self.object, status: None, target: None, now: 0 };
        let values = self.program.catalogue.values;
        let sourced = fetched.entries.into_iter().map(|result| Sourced { result, values }).collect();
        let settled = settle(&observed, &self.plan, sourced, None);
        assert!(matches!(settled.action, Action::Write(secret) if secret.data.len() == 1));
    }
}

/// Where `cargo xtask providers` puts them.
pub(crate) fn providers() -> PathBuf {
    std::env::var_os("BAILIWICK_PROVIDERS").expect("start it as `cargo xtask bench foundation`").into()
}

fn object() -> Object<ExternalSecretSpec> {
    let data = json!([{"secretKey": "password", "remoteRef": {"key": "team-a/db", "property": "password"}}]);
    let spec = json!({"secretStoreRef": {"name": "vault"}, "data": data});
    let metadata = json!({"name": "db", "namespace": "team-a", "uid": "a", "generation": 1});
    serde_json::from_value(json!({"metadata": metadata, "spec": spec})).unwrap()
}

fn program(component: &[u8], backend: SocketAddr) -> Program {
    let catalogue = Arc::new(inspect::inspect(component).unwrap().catalogue);
    let digest = Digest::of(component).to_string();
    let metadata = json!({"name": "vault", "uid": "a", "generation": 1});
    let provider = json!({"metadata": metadata, "spec": {"module": {"file": "vault.wasm"}}});
    let spec = json!({
        "provider": {"name": "vault", "module": digest},
        "surface": surface::hash(&catalogue),
        "subjects": [{"namespaces": ["team-a"]}],
        "operations": ["read", "list"],
        "targets": [{
            "origin": format!("http://{backend}"),
            "addresses": {"class": "loopback", "cidrs": ["127.0.0.1/32"]},
            "account": {"namespace": "team-a", "mount": "kv"},
            "keys": ["team-a/**"],
        }],
        "auth": [{"method": "token", "secrets": ["./vault-token"]}],
    });
    let token = json!({"tokenSecretRef": {"name": "vault-token", "key": "token"}});
    let settings =
        json!({"server": format!("http://{backend}"), "path": "kv", "namespace": "team-a", "auth": token});
    let mut program = grant::compile(&Request {
        catalogue: &catalogue,
        granted_catalogue: None,
        origin: ModuleOrigin::Unsigned { digest: &digest },
        world: World::Blind,
        provider: &serde_json::from_value(provider).unwrap(),
        grant: &serde_json::from_value(json!({"metadata": metadata, "spec": spec})).unwrap(),
        store: Store {
            name: "vault",
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
        object: "ExternalSecret/team-a/db",
    })
    .unwrap();
    // No grant can say so: it is the way to the backend that is measured, not the grant's rate.
    program.limits.rate_per_second = 10_000_000;
    program
}
