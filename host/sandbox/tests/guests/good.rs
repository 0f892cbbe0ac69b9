//! Honest guests: what they say reaches the broker as it was said, and many live beside each other.

use bailiwick_boundary::{Ask, Ended, Step, Task, ValueRef};
use bailiwick_sandbox::RunError;
use bailiwick_testkit::guest;

use crate::support::{SLOTS, Script, VALUE, engine, load, patient, run};

fn root() -> ValueRef {
    ValueRef { root: VALUE, steps: Vec::new() }
}

#[tokio::test]
async fn a_value_goes_from_config_to_deliver_without_being_seen() {
    let good = load(&engine(), "good");
    let (ended, asked) = run(&good, patient()).await;
    assert_eq!(ended, Ok(Ended::Ok));
    assert_eq!(asked, [Ask::Config("/v".into()), Ask::Deliver { entry: 0, value: root() }]);
}

#[tokio::test]
async fn validate_asks_nothing() {
    let good = load(&engine(), "good");
    let script = Script::default();
    let task = Task::Validate { settings: "{}".into() };
    assert_eq!(good.run(task, Box::new(script.clone()), patient()).await, Ok(Ended::Ok));
    assert_eq!(script.asked(), []);
}

#[tokio::test]
async fn selectors_cross_with_the_value_and_not_before() {
    let good = load(&engine(), "selectors");
    let (ended, asked) = run(&good, patient()).await;
    assert_eq!(ended, Ok(Ended::Ok));
    let steps = vec![
        Step::At("/v".into()),
        Step::Find { member: "/v".into(), equals: "v".into() },
        Step::Decode(bailiwick_boundary::Codec::Base64Url),
    ];
    let value = ValueRef { root: VALUE, steps };
    assert_eq!(asked, [Ask::Config("/v".into()), Ask::Deliver { entry: 0, value }]);
}

#[tokio::test]
async fn every_store_is_fresh() {
    // The guest counts its runs in a global, and fails from the second on.
    let once = load(&engine(), "once");
    for _ in 0..3 {
        assert_eq!(run(&once, patient()).await.0, Ok(Ended::Ok));
    }
}

#[tokio::test]
async fn more_runs_than_slots_wait_for_each_other() {
    let engine = engine();
    let good = load(&engine, "good");
    let other = load(&engine, "selectors");
    let runs: Vec<_> = (0..8 * SLOTS)
        .map(|index| {
            let provider = if index % 2 == 0 { good.clone() } else { other.clone() };
            tokio::spawn(async move { run(&provider, patient()).await.0 })
        })
        .collect();
    for ended in runs {
        assert_eq!(ended.await.unwrap(), Ok(Ended::Ok));
    }
}

#[tokio::test]
async fn a_run_without_a_slot_says_so() {
    let engine = engine();
    let waits = load(&engine, "waits");
    let held: Vec<_> = (0..SLOTS)
        .map(|_| {
            let waits = waits.clone();
            tokio::spawn(async move { run(&waits, patient()).await })
        })
        .collect();
    while engine.free_slots() > 0 {
        tokio::task::yield_now().await;
    }
    let good = load(&engine, "good");
    assert_eq!(run(&good, crate::support::impatient()).await.0, Err(RunError::Busy));
    for run in &held {
        run.abort();
    }
    for run in held {
        assert!(run.await.unwrap_err().is_cancelled());
    }
    assert_eq!(run(&good, patient()).await.0, Ok(Ended::Ok), "a run that is dropped gives its slot back");
}

#[tokio::test]
async fn i8_allowed_memory_within_the_limit() {
    let text = guest::text("good").unwrap().replace(r#""memory") 1)"#, r#""memory") 256)"#);
    let sixteen = engine().load(&guest::from_text(&text).unwrap()).unwrap();
    assert_eq!(run(&sixteen, patient()).await.0, Ok(Ended::Ok));
}
