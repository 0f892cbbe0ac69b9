//! A scripted broker, and what is common to the cases.

use std::{
    future::pending,
    sync::{Arc, Mutex},
    time::Duration,
};

use bailiwick_boundary::{Answer, Ask, Broker, BrokerFuture, Ended, Entry, Handle, Reference, Task};
use bailiwick_sandbox::{Engine, EngineOptions, Provider, RunError, RunLimits};
use bailiwick_testkit::guest;

/// Slots of the tests' pool: so few that one that is not given back is noticed.
pub(crate) const SLOTS: u32 = 2;

/// Answers that the script takes before it ends the run.
pub(crate) const ANSWERS: usize = 100;

/// What the script's one value is called.
pub(crate) const VALUE: Handle = Handle([7; 16]);

/// Remembers what it was asked. It knows one entry and one config value, and calls are never answered.
#[derive(Clone, Default)]
pub(crate) struct Script {
    asked: Arc<Mutex<Vec<Ask>>>,
}

impl Script {
    pub(crate) fn asked(&self) -> Vec<Ask> {
        self.asked.lock().unwrap().clone()
    }

    fn answer(&self, ask: &Ask) -> Option<Answer> {
        let answers = self.asked.lock().unwrap().len();
        match ask {
            Ask::Config(_) => Some(Answer::Config(Some(VALUE))),
            Ask::Named(_) => Some(Answer::Named(None)),
            Ask::Absent(0) | Ask::Deliver { entry: 0, .. } if answers < ANSWERS => Some(Answer::Done),
            Ask::Call(_) => None,
            _ => Some(Answer::Over),
        }
    }
}

impl Broker for Script {
    fn ask(&mut self, ask: Ask) -> BrokerFuture<'_> {
        let answer = self.answer(&ask);
        self.asked.lock().unwrap().push(ask);
        match answer {
            Some(answer) => Box::pin(async { answer }),
            None => Box::pin(pending()),
        }
    }
}

pub(crate) fn engine() -> Engine {
    Engine::new(EngineOptions { slots: SLOTS, cache: None }).unwrap()
}

pub(crate) fn load(engine: &Engine, name: &str) -> Provider {
    engine.load(&guest::component(name).unwrap()).unwrap()
}

pub(crate) fn fetch() -> Task {
    let reference = Reference { key: "k".into(), property: None, version: None, metadata: false };
    Task::Fetch { settings: "{}".into(), entries: vec![Entry::Secret(reference)] }
}

/// Long enough for an honest guest on a busy machine.
pub(crate) fn patient() -> RunLimits {
    RunLimits { deadline: Duration::from_secs(60), ..RunLimits::default() }
}

/// Short, for those that never end.
pub(crate) fn impatient() -> RunLimits {
    RunLimits { deadline: Duration::from_millis(50), ..RunLimits::default() }
}

/// One run, and what was asked in it.
pub(crate) async fn run(provider: &Provider, limits: RunLimits) -> (Result<Ended, RunError>, Vec<Ask>) {
    let script = Script::default();
    let ended = provider.run(fetch(), Box::new(script.clone()), limits).await;
    (ended, script.asked())
}
