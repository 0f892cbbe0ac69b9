//! One secret over loopback, HTTP/1.1, kept alive, no TLS, against reqwest doing the same GET: warm (the second call
//! in one store), fresh (a whole sync: store, run, request, Secret) and 64 syncs at once.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bailiwick_boundary::{Ask, Broker, BrokerFuture, Ended};
use bailiwick_broker::Port;
use bailiwick_sandbox::{RunLimits, live::Live};
use tokio::sync::Mutex;

use crate::{
    fixture::{AT_ONCE, Fixture, Shell},
    table::{Goal, Table, median, micros, middle},
};

const ROUNDS: usize = 4000;
const WARM_UP: usize = 200;
/// Throughputs that are taken in turns, and the calls of each task in one of them.
const TURNS: usize = 7;
const CALLS: usize = 150;

/// The runner's end of whichever run is open: how one store is called more than once.
#[derive(Clone, Default)]
struct Switch(Arc<Mutex<Option<Port>>>);

impl Broker for Switch {
    fn ask(&mut self, ask: Ask) -> BrokerFuture<'_> {
        let port = Arc::clone(&self.0);
        Box::pin(async move { port.lock().await.as_mut().unwrap().ask(ask).await })
    }
}

/// Measures on the runtime's own threads, where the connections live, as the controller's workers do.
pub(crate) async fn measure(fixture: Fixture, mut table: Table) -> (Arc<Fixture>, Table) {
    let fixture = Arc::new(fixture);
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().tcp_nodelay(true).build().unwrap();
    let shared = (Arc::clone(&fixture), client.clone());
    let [theirs, warm, fresh] =
        tokio::spawn(async move { one_by_one(&shared.0, &shared.1).await }).await.unwrap();
    table.add("one GET by reqwest", micros(theirs), "us", Goal::None);
    table.add("one secret, warm", micros(warm), "us", Goal::None);
    table.add("one secret, fresh", micros(fresh), "us", Goal::None);
    let ratio = |time: Duration| time.as_secs_f64() / theirs.as_secs_f64();
    table.add("one secret, warm / reqwest", ratio(warm), "x", Goal::AtMost(1.15));
    table.add("one secret, fresh / reqwest", ratio(fresh), "x", Goal::AtMost(1.6));
    at_once(&fixture, &client, &mut table).await;
    (fixture, table)
}

async fn one_by_one(fixture: &Fixture, client: &reqwest::Client) -> [Duration; 3] {
    let switch = Switch::default();
    let limits = RunLimits { deadline: Duration::from_secs(3600), ..RunLimits::default() };
    let mut live = Live::open(&fixture.provider, Box::new(switch.clone()), limits).await.unwrap();
    let mut times = [const { Vec::new() }; 3];
    for round in 0..WARM_UP + ROUNDS {
        let start = Instant::now();
        get(fixture, client).await;
        let theirs = start.elapsed();
        let start = Instant::now();
        call(fixture, &switch, &mut live).await;
        let warm = start.elapsed();
        let start = Instant::now();
        fixture.sync().await;
        let fresh = start.elapsed();
        if round >= WARM_UP {
            times.iter_mut().zip([theirs, warm, fresh]).for_each(|(all, time)| all.push(time));
        }
    }
    times.map(median)
}

/// A run of its own, in a store that was called before.
async fn call(fixture: &Fixture, switch: &Switch, live: &mut Live<'_>) {
    let (material, current) = (Arc::new(Shell), Arc::new(Shell));
    let (port, run) =
        fixture.runtime.broker.open(Arc::clone(&fixture.program), fixture.entries(), material, current);
    *switch.0.lock().await = Some(port);
    let ended = live.call(fixture.task()).await.unwrap();
    assert_eq!(ended, Ended::Ok);
    run.finish(Ok(ended)).await.run.unwrap();
}

async fn get(fixture: &Fixture, client: &reqwest::Client) {
    let url = format!("http://{}/v1/kv/data/team-a/db", fixture.backend);
    let request = client.get(url).header("X-Vault-Token", "s.token").header("X-Vault-Namespace", "team-a");
    let response = request.send().await.unwrap();
    assert!(response.status().is_success());
    assert!(!response.bytes().await.unwrap().is_empty());
}

/// The same number of tasks and requests on both sides, in turns.
async fn at_once(fixture: &Arc<Fixture>, client: &reqwest::Client, table: &mut Table) {
    let (mut theirs, mut ours) = (Vec::new(), Vec::new());
    for turn in 0..=TURNS {
        let (fixture_, client_) = (Arc::clone(fixture), client.clone());
        let reqwest = rate(move || {
            let (fixture, client) = (Arc::clone(&fixture_), client_.clone());
            async move { get(&fixture, &client).await }
        });
        let reqwest = reqwest.await;
        let fixture_ = Arc::clone(fixture);
        let sync = rate(move || {
            let fixture = Arc::clone(&fixture_);
            async move { fixture.sync().await }
        });
        let sync = sync.await;
        // The first turn opens the connections.
        if turn > 0 {
            theirs.push(reqwest);
            ours.push(sync);
        }
    }
    let ratios = ours.iter().zip(&theirs).map(|(ours, theirs)| ours / theirs).collect();
    table.add("64 at once, GETs by reqwest", middle(theirs), "/s", Goal::None);
    table.add("64 at once, fresh syncs", middle(ours), "/s", Goal::None);
    table.add("64 at once, syncs / GETs", middle(ratios), "x", Goal::AtLeast(0.5));
}

async fn rate<F: Future<Output = ()> + Send + 'static>(one: impl Fn() -> F + Send + Sync + 'static) -> f64 {
    let one = Arc::new(one);
    let start = Instant::now();
    let tasks: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let one = Arc::clone(&one);
            tokio::spawn(async move {
                for _ in 0..CALLS {
                    one().await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    f64::from(AT_ONCE) * CALLS as f64 / start.elapsed().as_secs_f64()
}
