//! The sandbox alone: store and instantiation, and what a provider costs in resident memory, idle and live. The
//! broker here answers that there is nothing, so that a live call is a call and no request.

use std::{fs, time::Instant};

use bailiwick_boundary::{Answer, Ask, Broker, BrokerFuture, Task};
use bailiwick_sandbox::{Cache, Engine, EngineOptions, Provider, RunLimits, live::Live};

use crate::{
    fixture::{AT_ONCE, providers},
    table::{Goal, Table, median, micros},
};

const ROUNDS: usize = 5000;
/// Providers loaded at once.
pub(crate) const LOADED: u8 = 40;

/// Says that there is nothing.
struct Nothing;

impl Broker for Nothing {
    fn ask(&mut self, ask: Ask) -> BrokerFuture<'_> {
        Box::pin(async move {
            match ask {
                Ask::Named(_) => Answer::Named(None),
                Ask::Absent(_) | Ask::Failed { .. } => Answer::Done,
                _ => Answer::Over,
            }
        })
    }
}

pub(crate) async fn start(table: &mut Table) {
    let engine = Engine::new(EngineOptions { slots: AT_ONCE, cache: None }).unwrap();
    let provider = engine.load(&component()).unwrap();
    let (mut open, mut close) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let live = Live::open(&provider, Box::new(Nothing), RunLimits::default()).await.unwrap();
        open.push(start.elapsed());
        let start = Instant::now();
        drop(live);
        close.push(start.elapsed());
    }
    table.add("store + instantiate", micros(median(open)), "us", Goal::AtMost(25.0));
    table.add("drop of the store", micros(median(close)), "us", Goal::None);
}

/// Resident memory, by the process's own figure before and after.
pub(crate) async fn memory(table: &mut Table) {
    let root = tempfile::tempdir().unwrap();
    let open = || Cache::open(&root.path().join("compiled"), &root.path().join("key")).unwrap();
    let copies: Vec<Vec<u8>> = (0..LOADED).map(|n| distinct(&component(), n)).collect();
    let engine = Engine::new(EngineOptions { slots: AT_ONCE, cache: Some(open()) }).unwrap();
    copies.iter().for_each(|copy| drop(engine.load(copy).unwrap()));
    drop(engine);
    let engine = Engine::new(EngineOptions { slots: AT_ONCE, cache: Some(open()) }).unwrap();
    let before = resident();
    let loaded: Vec<Provider> = copies.iter().map(|copy| engine.load(copy).unwrap()).collect();
    let idle = (resident() - before) / f64::from(LOADED);
    table.add("resident, an idle provider from the cache", idle, "kB", Goal::None);
    table.add("resident, a live call", live(&loaded[0]).await, "kB", Goal::None);
}

async fn live(provider: &Provider) -> f64 {
    let before = resident();
    let mut lives = Vec::new();
    for _ in 0..AT_ONCE {
        let mut live = Live::open(provider, Box::new(Nothing), RunLimits::default()).await.unwrap();
        live.call(Task::Fetch { settings: r#"{"version":"v2"}"#.into(), entries: Vec::new() }).await.unwrap();
        lives.push(live);
    }
    (resident() - before) / f64::from(AT_ONCE)
}

fn component() -> Vec<u8> {
    fs::read(providers().join("vault.wasm")).unwrap()
}

/// The component with a custom section of its own, so that its digest differs.
fn distinct(component: &[u8], n: u8) -> Vec<u8> {
    [component, &[0, 3, 1, b'n', n]].concat()
}

/// VmRSS in kB.
fn resident() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
