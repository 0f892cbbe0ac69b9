//! Guests that load and then misbehave. Each is stopped for its own reason, harms only its own run, and gives its
//! slot back: the pool has two, every case runs more often than that, and a good guest runs after each.

use std::time::Duration;

use bailiwick_boundary::{Answer, Ask, Broker, BrokerFuture, Ended};
use bailiwick_sandbox::{RunError, RunLimits};

use crate::support::{ANSWERS, SLOTS, engine, fetch, impatient, load, patient, run};

/// A broker with a fault.
struct Panics;

impl Broker for Panics {
    fn ask(&mut self, _: Ask) -> BrokerFuture<'_> {
        panic!("a fault of the broker")
    }
}

/// A broker that answers something else.
struct Confused;

impl Broker for Confused {
    fn ask(&mut self, _: Ask) -> BrokerFuture<'_> {
        Box::pin(async { Answer::Done })
    }
}

/// Runs the guest until each slot was used twice; all runs must end alike. Returns what the last one asked.
async fn stopped(name: &str, limits: RunLimits, why: RunError) -> Vec<Ask> {
    let engine = engine();
    let (hostile, good) = (load(&engine, name), load(&engine, "good"));
    let mut asked = Vec::new();
    for _ in 0..2 * SLOTS {
        let (ended, asks) = run(&hostile, limits).await;
        assert_eq!(ended, Err(why), "{name}");
        asked = asks;
        assert_eq!(run(&good, patient()).await.0, Ok(Ended::Ok), "a good guest beside {name}");
    }
    assert_eq!(engine.free_slots(), SLOTS as usize);
    asked
}

#[tokio::test]
async fn i8_denied_endless_computing() {
    stopped("loop", impatient(), RunError::Looped).await;
}

#[tokio::test]
async fn i8_denied_endless_computing_at_instantiation() {
    stopped("loop-at-start", impatient(), RunError::Looped).await;
}

#[tokio::test]
async fn i8_denied_waiting_beyond_the_deadline() {
    let asked = stopped("waits", impatient(), RunError::TimedOut).await;
    assert!(matches!(asked.as_slice(), [Ask::Call(requests)] if requests.len() == 1));
}

#[tokio::test]
async fn i8_denied_memory_over_the_limit() {
    stopped("grow", patient(), RunError::OutOfMemory).await;
    stopped("grow", RunLimits { memory: 3 << 16, ..patient() }, RunError::OutOfMemory).await;
    let limits = RunLimits { memory: usize::MAX, ..patient() };
    stopped("grow", limits, RunError::OutOfMemory).await;
    stopped("loop", RunLimits { memory: 1, ..patient() }, RunError::OutOfMemory).await;
}

#[tokio::test]
async fn i8_denied_tables_over_the_limit() {
    stopped("grow-table", patient(), RunError::OutOfTables).await;
}

#[tokio::test]
async fn i8_denied_deep_recursion() {
    stopped("recurse", patient(), RunError::Recursed).await;
}

#[tokio::test]
async fn i8_denied_panic() {
    stopped("panic", patient(), RunError::Panicked).await;
}

#[tokio::test]
async fn i8_denied_reading_outside_memory() {
    stopped("out-of-bounds", patient(), RunError::Crashed).await;
}

#[tokio::test]
async fn i8_denied_a_flood_of_answers() {
    let asked = stopped("flood", patient(), RunError::BrokerEnded).await;
    assert_eq!(asked.len(), ANSWERS + 1, "nothing is asked after the run is over");
}

#[tokio::test]
async fn i8_denied_answering_an_entry_that_was_not_asked() {
    let asked = stopped("unasked", patient(), RunError::BrokerEnded).await;
    assert_eq!(asked, [Ask::Absent(7)]);
}

#[tokio::test]
async fn i8_denied_handles_without_end() {
    stopped("handles", patient(), RunError::TooManyHandles).await;
}

#[tokio::test]
async fn i8_denied_selectors_without_end() {
    let asked = stopped("chain", patient(), RunError::TooManySelectors).await;
    assert_eq!(asked, [Ask::Config("/v".into())], "selectors are not asked for");
}

#[tokio::test]
async fn i8_denied_long_selectors_under_few_handles() {
    stopped("long-selectors", patient(), RunError::TooManyHandles).await;
}

#[tokio::test]
async fn i8_denied_strings_that_lie_over_each_other() {
    let asked = stopped("overlap", patient(), RunError::TooMuchData).await;
    assert_eq!(asked, []);
}

#[tokio::test]
async fn i8_denied_one_long_selector_named_again_and_again() {
    let asked = stopped("echoes", patient(), RunError::TooMuchData).await;
    assert_eq!(asked, [Ask::Config("/v".into())], "the call is not asked");
}

#[tokio::test]
async fn i8_denied_a_handle_that_was_made_up() {
    let asked = stopped("forged", patient(), RunError::BadCall).await;
    assert_eq!(asked, []);
}

#[tokio::test]
async fn i8_denied_text_that_is_not_utf8() {
    let asked = stopped("not-text", patient(), RunError::BadCall).await;
    assert_eq!(asked, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i8_good_guests_run_while_hostile_ones_hold_their_slots() {
    let engine = engine();
    let (hostile, good) = (load(&engine, "loop"), load(&engine, "good"));
    let looping = tokio::spawn(async move { run(&hostile, impatient()).await.0 });
    for _ in 0..20 {
        assert_eq!(run(&good, patient()).await.0, Ok(Ended::Ok));
    }
    assert_eq!(looping.await.unwrap(), Err(RunError::Looped));
}

#[tokio::test]
async fn i8_a_fault_of_the_broker_harms_its_own_run_only() {
    let engine = engine();
    let good = load(&engine, "good");
    for _ in 0..2 * SLOTS {
        let good = good.clone();
        let run = tokio::spawn(async move { good.run(fetch(), Box::new(Panics), patient()).await });
        assert!(run.await.unwrap_err().is_panic());
    }
    assert_eq!(engine.free_slots(), SLOTS as usize);
    assert_eq!(run(&good, patient()).await.0, Ok(Ended::Ok));
}

#[tokio::test]
async fn an_answer_of_the_wrong_kind_is_a_fault_of_ours() {
    let good = load(&engine(), "good");
    assert_eq!(good.run(fetch(), Box::new(Confused), patient()).await, Err(RunError::BrokerConfused));
}

#[tokio::test]
async fn a_deadline_without_end_is_cut() {
    let good = load(&engine(), "good");
    let limits = RunLimits { deadline: Duration::MAX, ..patient() };
    assert_eq!(run(&good, limits).await.0, Ok(Ended::Ok));
}

#[test]
fn i8_a_guest_that_computes_lets_others_run_on_the_same_thread() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let engine = engine();
        let (hostile, good) = (load(&engine, "loop"), load(&engine, "good"));
        // Far longer than the test may take, so that it hangs if the guest keeps the thread.
        let looping = tokio::spawn(async move { run(&hostile, patient()).await.0 });
        tokio::task::yield_now().await;
        assert_eq!(run(&good, patient()).await.0, Ok(Ended::Ok));
        looping.abort();
        assert!(looping.await.unwrap_err().is_cancelled());
    });
}
