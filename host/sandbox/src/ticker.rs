//! The clock of guest code: a thread that moves the engine's epoch on while runs are open, and sleeps while there
//! are none. It holds the engine weakly and ends with it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use wasmtime::EngineWeak;

/// How often guest code looks at its deadline and lets others run.
pub(crate) const TICK: Duration = Duration::from_millis(10);

/// Open runs, and the thread to wake when there is one.
pub(crate) struct Ticker {
    open: Arc<AtomicUsize>,
    thread: thread::Thread,
}

/// Keeps the epoch moving while it lives.
pub(crate) struct Open(Arc<AtomicUsize>);

impl Ticker {
    pub(crate) fn start(engine: EngineWeak) -> std::io::Result<Self> {
        let open = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&open);
        let handle = thread::Builder::new().name("epoch".into()).spawn(move || tick(&engine, &count))?;
        Ok(Self { open, thread: handle.thread().clone() })
    }

    pub(crate) fn open(&self) -> Open {
        if self.open.fetch_add(1, Ordering::SeqCst) == 0 {
            self.thread.unpark();
        }
        Open(Arc::clone(&self.open))
    }
}

impl Drop for Ticker {
    /// Wakes the thread, which finds the engine gone.
    fn drop(&mut self) {
        self.thread.unpark();
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn tick(engine: &EngineWeak, open: &AtomicUsize) {
    loop {
        // An unpark that comes before the park is remembered, so none is lost.
        if open.load(Ordering::SeqCst) == 0 {
            thread::park();
        } else {
            thread::sleep(TICK);
        }
        match engine.upgrade() {
            Some(engine) => engine.increment_epoch(),
            None => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use wasmtime::Engine;

    use super::*;

    #[test]
    fn the_thread_ends_with_the_engine_whether_runs_are_open_or_not() {
        for with_a_run in [false, true] {
            let engine = Engine::default();
            let ticker = Ticker::start(engine.weak()).unwrap();
            let open = with_a_run.then(|| ticker.open());
            let count = Arc::clone(&ticker.open);
            drop(engine);
            drop((ticker, open));
            // The thread holds the last other one; a thread that stays shows as a test that hangs.
            while Arc::strong_count(&count) > 1 {
                thread::sleep(TICK);
            }
        }
    }
}
