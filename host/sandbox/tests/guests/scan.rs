//! That a memory scan finds what is there: without this, one that finds nothing shows nothing.

use bailiwick_boundary::{Ended, Task};
use bailiwick_sandbox::RunError;

use crate::support::{Script, engine, fetch, load, patient};

#[tokio::test]
async fn what_stands_in_memory_at_a_good_end_is_found() {
    let good = load(&engine(), "good");
    let task = Task::Validate { settings: "planted to be found".into() };
    let dump = good.run_and_dump(task, Box::new(Script::default()), patient()).await;
    assert_eq!(dump.ended, Ok(Ended::Ok));
    assert_eq!(dump.memories.iter().map(Vec::len).collect::<Vec<_>>(), [65536]);
    assert!(dump.holds(b"planted to be found"));
    assert!(!dump.holds(b"never planted"));
}

#[tokio::test]
async fn what_stands_in_memory_at_a_trap_is_found() {
    let engine = engine();
    // Stopped by the guest, by the engine, and by the broker in an import.
    for (name, why) in
        [("panic", RunError::Panicked), ("grow", RunError::OutOfMemory), ("unasked", RunError::BrokerEnded)]
    {
        let hostile = load(&engine, name);
        let dump = hostile.run_and_dump(fetch(), Box::new(Script::default()), patient()).await;
        assert_eq!(dump.ended, Err(why));
        // The entry's key lies where the guest's allocations go.
        assert!(dump.memories.iter().any(|memory| memory.get(4096).is_some_and(|byte| *byte != 0)), "{name}");
    }
}
