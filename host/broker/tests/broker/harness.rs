//! A program, a shell and a broker for one test, and the runner's side of a run.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use bailiwick_api::{grant::CapabilityGrantSpec, meta::Object, provider::ProviderSpec};
use bailiwick_boundary::{
    Answer, Arg, Ask, Broker as _, CallError, Ended, Entry, Find, Handle, Outcome, Part, Reference, Reply,
    Step, ValueRef,
};
use bailiwick_broker::{
    Audit, Broker, BrokerOptions, Clock, Credential, Current, Material, MaterialError, MaterialFuture,
    NameServers, OpenEntry, Pace, Port, Record, Run, Timeouts,
};
use bailiwick_core::{
    catalogue::{self, World},
    fetched::Fetched,
    grant::{self, ModuleOrigin, Namespace, Purpose, Request, Store},
    program::{Origin, Program, Stamp},
};
use serde_json::{Value as Json, json};

pub(crate) const CATALOGUE: &str = include_str!("catalogue.toml");
/// The credential that the shell hands out, planted for the leak scan.
pub(crate) const PLANTED: &str = "hvs.PLANTED-credential-4711";
/// The module.
pub(crate) const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
/// What a login mints.
pub(crate) const MINTED: &str = "hvs.MINTED-token-0815";

/// Everything around a broker.
pub(crate) struct House {
    pub(crate) broker: Broker,
    pub(crate) audit: Arc<Memory>,
    pub(crate) shell: Arc<Shell>,
    pub(crate) clock: Arc<StillClock>,
}

/// Audit records in memory.
#[derive(Default)]
pub(crate) struct Memory(Mutex<Vec<Record>>);

/// The shell: one Secret for any name, and whether things still stand.
pub(crate) struct Shell {
    pub(crate) current: AtomicBool,
    pub(crate) asked: Mutex<Vec<String>>,
    pub(crate) missing: AtomicBool,
    pub(crate) version: AtomicU64,
    /// By key; [`PLANTED`] for every other one.
    pub(crate) secrets: Mutex<BTreeMap<&'static str, String>>,
}

/// A clock that stands where it is put; its monotonic half never moves back.
pub(crate) struct StillClock(AtomicU64);

impl Audit for Memory {
    fn record(&self, record: &Record) {
        self.0.lock().unwrap().push(record.clone());
    }
}

impl Memory {
    pub(crate) fn records(&self) -> Vec<Record> {
        self.0.lock().unwrap().clone()
    }

    /// `operation reason-or-status` of each record.
    pub(crate) fn lines(&self) -> Vec<String> {
        let line = |record: &Record| {
            let end = record.reason.map_or_else(
                || record.status.map(|status| status.to_string()).unwrap_or_default(),
                str::to_owned,
            );
            format!("{} {end}", record.operation.as_deref().unwrap_or("?"))
        };
        self.records().iter().map(line).collect()
    }
}

impl Material for Shell {
    fn secret<'a>(&'a self, namespace: &'a str, name: &'a str, key: &'a str) -> MaterialFuture<'a> {
        self.asked.lock().unwrap().push(format!("{namespace}/{name}/{key}"));
        let version = self.version.load(Ordering::SeqCst);
        let secret = self.secrets.lock().unwrap().get(key).cloned();
        Box::pin(async move {
            if self.missing.load(Ordering::SeqCst) {
                return Err(MaterialError::Absent);
            }
            Ok(Credential::new(secret.unwrap_or_else(|| PLANTED.into()).into(), format!("uid/{version}")))
        })
    }

    fn token<'a>(&'a self, namespace: &'a str, account: &'a str, audience: &'a str) -> MaterialFuture<'a> {
        self.secret(namespace, account, audience)
    }
}

impl Current for Shell {
    fn still(&self, _: &Stamp) -> bool {
        self.current.load(Ordering::SeqCst)
    }
}

impl Clock for StillClock {
    fn wall(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_440_938_160)
    }

    fn monotonic(&self) -> Duration {
        Duration::from_secs(self.0.load(Ordering::SeqCst))
    }
}

impl StillClock {
    pub(crate) fn advance(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl House {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    /// With short timeouts, for servers that never answer.
    pub(crate) fn impatient() -> Self {
        Self::with(|options| {
            options.timeouts = Timeouts {
                connect: Duration::from_secs(2),
                header: Duration::from_millis(500),
                pace: Pace { grace: Duration::from_millis(300), bytes_per_second: 1 << 20 },
                revoke: Duration::from_secs(2),
            };
        })
    }

    /// With other options.
    pub(crate) fn with(change: impl FnOnce(&mut BrokerOptions)) -> Self {
        let (audit, clock) = (Arc::new(Memory::default()), Arc::new(StillClock(AtomicU64::new(1000))));
        let mut options = BrokerOptions::new(Arc::clone(&audit) as Arc<dyn Audit>);
        options.clock = Arc::clone(&clock) as Arc<dyn Clock>;
        options.resolver = NameServers::Fixed(vec!["127.0.0.1:9".parse().unwrap()]);
        change(&mut options);
        let shell = Arc::new(Shell {
            current: AtomicBool::new(true),
            asked: Mutex::default(),
            missing: AtomicBool::new(false),
            version: AtomicU64::new(1),
            secrets: Mutex::default(),
        });
        Self { broker: Broker::new(options).unwrap(), audit, shell, clock }
    }

    /// Opens a run of `program` for `entries`.
    pub(crate) fn open(&self, program: Program, entries: Vec<OpenEntry>) -> Guest {
        let material = Arc::clone(&self.shell) as Arc<dyn Material>;
        let current = Arc::clone(&self.shell) as Arc<dyn Current>;
        let (port, run) = self.broker.open(Arc::new(program), entries, material, current);
        Guest { port, run }
    }

    /// Opens a run for data entries of those keys at a backend.
    pub(crate) fn run(&self, backend: SocketAddr, keys: &[&str]) -> Guest {
        self.open(program(backend), keys.iter().map(|key| data(key)).collect())
    }
}

/// A data entry.
pub(crate) fn data(key: &str) -> OpenEntry {
    OpenEntry::new(Entry::Secret(reference(key, None)))
}

pub(crate) fn reference(key: &str, version: Option<&str>) -> Reference {
    Reference { key: key.into(), property: None, version: version.map(str::to_owned), metadata: false }
}

/// A find entry.
pub(crate) fn find(path: Option<&str>, name: Option<&str>, tags: &[(&str, &str)]) -> OpenEntry {
    let tags: BTreeMap<_, _> = tags.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
    let find = Find { path: path.map(str::to_owned), by_tags: !tags.is_empty() };
    OpenEntry::find(find, name, tags).unwrap()
}

/// The runner's side of a run.
pub(crate) struct Guest {
    pub(crate) port: Port,
    pub(crate) run: Run,
}

/// The root of a reply with selectors.
pub(crate) fn at(root: Handle, pointers: &[&str]) -> ValueRef {
    ValueRef { root, steps: pointers.iter().map(|pointer| Step::At((*pointer).into())).collect() }
}

/// A request.
pub(crate) fn request(
    operation: &str,
    args: &[(&str, Arg)],
    by: Option<Handle>,
) -> bailiwick_boundary::Request {
    let args = args.iter().map(|(slot, arg)| ((*slot).to_owned(), arg.clone())).collect();
    bailiwick_boundary::Request { operation: operation.into(), args, by }
}

/// Reading entry n by its key.
pub(crate) fn read(entry: u32, by: Option<Handle>) -> bailiwick_boundary::Request {
    let part = |part| Arg::Entry(entry, part);
    request("get", &[("key", part(Part::Key)), ("version", part(Part::Version))], by)
}

impl Guest {
    pub(crate) async fn ask(&mut self, ask: Ask) -> Answer {
        self.port.ask(ask).await
    }

    pub(crate) async fn call(&mut self, request: bailiwick_boundary::Request) -> Result<Reply, CallError> {
        match self.ask(Ask::Call(vec![request])).await {
            Answer::Call(mut results) if results.len() == 1 => results.remove(0),
            other => panic!("not the answer to a call: {other:?}"),
        }
    }

    /// The body of a call that must succeed.
    pub(crate) async fn body(&mut self, request: bailiwick_boundary::Request) -> Handle {
        let reply = self.call(request).await.unwrap();
        assert_eq!(reply.outcome, Outcome::Ok);
        reply.body
    }

    pub(crate) async fn named(&mut self, name: &str) -> Handle {
        match self.ask(Ask::Named(name.into())).await {
            Answer::Named(Some(handle)) => handle,
            other => panic!("no credential: {other:?}"),
        }
    }

    pub(crate) async fn login(&mut self) -> Result<Handle, CallError> {
        let by = self.named("login").await;
        match self.ask(Ask::Exchange(request("login", &[], Some(by)))).await {
            Answer::Exchange(result) => result,
            other => panic!("not the answer to an exchange: {other:?}"),
        }
    }

    pub(crate) async fn text(&mut self, value: ValueRef) -> String {
        match self.ask(Ask::Text(value)).await {
            Answer::Text(Ok(text)) => text,
            other => panic!("not a text: {other:?}"),
        }
    }

    pub(crate) async fn deliver(&mut self, entry: u32, value: ValueRef) -> Answer {
        self.ask(Ask::Deliver { entry, value }).await
    }

    pub(crate) async fn done(self) -> Fetched {
        drop(self.port);
        self.run.finish(Ok(Ended::Ok)).await
    }
}

/// A program of the test catalogue for a backend: read and list below `team-a`, by a login.
pub(crate) fn program(backend: SocketAddr) -> Program {
    program_of(CATALOGUE, backend, "login")
}

/// The same, with another origin behind it than a grant could name without a name server.
pub(crate) fn program_at(origin: Origin) -> Program {
    let mut program = program(SocketAddr::from(([127, 0, 0, 1], origin.port)));
    program.targets.get_mut("vault").unwrap().origin = origin;
    program
}

/// Of another catalogue and auth method.
pub(crate) fn program_of(catalogue: &str, backend: SocketAddr, method: &str) -> Program {
    let mut settings = json!({
        "auth": {},
        "data": [
            {"key": "static", "value": "static value"},
            {"key": "other", "value": "other value", "version": "v2"},
        ],
    });
    settings["auth"][method] = json!({"name": "creds", "key": "token"});
    let mut account = json!({"mount": "kv", "account": "111111111111"});
    if !catalogue.contains("account = { class = \"digits\" }") {
        account.as_object_mut().unwrap().remove("account");
    }
    let target = json!({"account": account, "keys": ["team-a/**"]});
    let auth = json!({"method": method, "secrets": ["./creds"]});
    compile(catalogue, &format!("http://{backend}"), vec![target], auth, &settings)
}

/// A program compiled as the host does it: loopback targets at `origin`, one auth method, read and list.
pub(crate) fn compile(
    catalogue: &str,
    origin: &str,
    mut targets: Vec<Json>,
    auth: Json,
    settings: &Json,
) -> Program {
    let catalogue = Arc::new(catalogue::parse::parse(catalogue).unwrap());
    for target in &mut targets {
        target["origin"] = origin.into();
        target["addresses"] = json!({"class": "loopback", "cidrs": ["127.0.0.1/32"]});
    }
    let provider: Object<ProviderSpec> = serde_json::from_value(json!({
        "metadata": {"name": catalogue.name, "uid": "provider-uid", "generation": 1},
        "spec": {"module": {"file": "provider.wasm"}, "limits": {"calls": 1000, "deadline": "10s"}},
    }))
    .unwrap();
    let spec = json!({
        "provider": {"name": catalogue.name, "module": DIGEST},
        "surface": catalogue::surface::hash(&catalogue),
        "subjects": [{"namespaces": ["team-a"]}],
        "operations": ["read", "list"],
        "targets": targets,
        "auth": if auth.is_null() { json!([]) } else { json!([auth]) },
        "limits": {"calls": 32, "rate": "1000/s", "deadline": "10s", "responseBytes": "1Mi", "requestBytes": "8Ki"},
    });
    let metadata = json!({"name": "team-a-vault", "uid": "grant-uid", "generation": 1});
    let grant: Object<CapabilityGrantSpec> =
        serde_json::from_value(json!({"metadata": metadata, "spec": spec})).unwrap();
    grant::compile(&Request {
        catalogue: &catalogue,
        granted_catalogue: None,
        origin: ModuleOrigin::Unsigned { digest: DIGEST },
        world: World::Blind,
        provider: &provider,
        grant: &grant,
        store: Store {
            name: "store",
            namespace: Some("team-a"),
            uid: "store-uid",
            generation: 1,
            settings,
            ca: None,
        },
        subject: Namespace { name: "team-a", uid: "team-a-uid", labels: &BTreeMap::new() },
        trusted_labels: &BTreeSet::new(),
        ca: &BTreeMap::new(),
        purpose: Purpose::Fetch,
        object: "ExternalSecret/team-a/db",
    })
    .unwrap()
}

/// Waits for what happens on another task.
pub(crate) async fn until(condition: impl Fn() -> bool) {
    let waiting = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), waiting).await.expect("it never came");
}
