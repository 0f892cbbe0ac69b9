//! What a run costs on this machine: store and instantiation, throughput with all slots in use, loading from the
//! cache, resident memory. `cargo run --release -p bailiwick-sandbox --example measure -- COMPONENT.wasm`; for
//! setting the pool's knobs. The project's figures come from `cargo xtask bench foundation`.

#![allow(clippy::print_stdout, clippy::unwrap_used)] // A tool for the terminal.

use std::{
    env, fs,
    time::{Duration, Instant},
};

use bailiwick_boundary::{Answer, Ask, Broker, BrokerFuture, Task};
use bailiwick_sandbox::{Cache, Engine, EngineOptions, Provider, RunLimits, live::Live};

/// Says that there is nothing.
struct Nothing;

impl Broker for Nothing {
    fn ask(&mut self, ask: Ask) -> BrokerFuture<'_> {
        Box::pin(async move {
            match ask {
                Ask::Config(_) => Answer::Config(None),
                Ask::Named(_) => Answer::Named(None),
                Ask::Absent(_) | Ask::Failed { .. } => Answer::Done,
                _ => Answer::Over,
            }
        })
    }
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_time().build().unwrap();
    runtime.block_on(measure());
}

async fn measure() {
    let file = env::args().nth(1).unwrap();
    let component = fs::read(file).unwrap();
    let root = tempfile::tempdir().unwrap();
    let open = || Cache::open(&root.path().join("aot"), &root.path().join("key")).unwrap();
    let engine = Engine::new(EngineOptions { cache: Some(open()), ..EngineOptions::default() }).unwrap();
    let provider = timed("compile", || engine.load(&component).unwrap());
    let copies: Vec<Vec<u8>> = (0..40).map(|n| distinct(&component, n)).collect();
    copies.iter().for_each(|copy| drop(engine.load(copy).unwrap()));
    let engine = timed("engine", || {
        Engine::new(EngineOptions { cache: Some(open()), ..EngineOptions::default() }).unwrap()
    });
    let before = resident();
    let loaded: Vec<Provider> =
        timed("load 40 from the cache", || copies.iter().map(|copy| engine.load(copy).unwrap()).collect());
    println!("resident for an idle provider: {} kB", (resident() - before) / 40);
    instantiate(&provider).await;
    resident_live(&provider).await;
    throughput(&provider).await;
    drop(loaded);
}

/// The component with a custom section of its own, so that its digest differs.
fn distinct(component: &[u8], n: u8) -> Vec<u8> {
    [component, &[0, 3, 1, b'n', n]].concat()
}

async fn instantiate(provider: &Provider) {
    let (mut open, mut close) = (Vec::new(), Vec::new());
    for _ in 0..2000 {
        let start = Instant::now();
        let live = Live::open(provider, Box::new(Nothing), RunLimits::default()).await.unwrap();
        open.push(start.elapsed());
        let start = Instant::now();
        drop(live);
        close.push(start.elapsed());
    }
    println!("store and instantiate: {:?}; drop {:?}", median(open), median(close));
}

async fn resident_live(provider: &Provider) {
    let before = resident();
    let mut lives = Vec::new();
    for _ in 0..64 {
        lives.push(Live::open(provider, Box::new(Nothing), RunLimits::default()).await.unwrap());
    }
    let opened = resident();
    for live in &mut lives {
        live.call(task()).await.unwrap();
    }
    println!(
        "resident for a live instance: {} kB; after a call: {} kB",
        (opened - before) / 64,
        (resident() - before) / 64
    );
}

/// 64 tasks at once, a fresh store for each run.
async fn throughput(provider: &Provider) {
    const RUNS: u32 = 500;
    let start = Instant::now();
    let tasks: Vec<_> = (0..64)
        .map(|_| {
            let provider = provider.clone();
            tokio::spawn(async move {
                for _ in 0..RUNS {
                    provider.run(task(), Box::new(Nothing), RunLimits::default()).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let rate = f64::from(64 * RUNS) / start.elapsed().as_secs_f64();
    println!("64 at once: {rate:.0} runs a second; resident {} kB", resident());
}

fn task() -> Task {
    Task::Fetch { settings: r#"{"data":[]}"#.into(), entries: Vec::new() }
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    println!("{what}: {:?}", start.elapsed());
    result
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// VmRSS in kB.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
