//! One line on a terminal that says how far a sync is. Where standard error is not a terminal nothing is written, so
//! that logs stay clean; standard output is never touched.

use std::io::{IsTerminal, Write};

/// A progress line; cleared when dropped.
pub(crate) struct Progress {
    shown: bool,
}

impl Progress {
    /// A line for a terminal, or one that stays silent.
    pub(crate) fn new() -> Self {
        Self { shown: std::io::stderr().is_terminal() }
    }

    /// Says that `done` of `all` objects are through.
    pub(crate) fn show(&self, done: usize, all: usize) {
        if self.shown {
            let _ = write!(std::io::stderr(), "\r\x1b[2Ksyncing {done}/{all}");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown {
            let _ = write!(std::io::stderr(), "\r\x1b[2K");
        }
    }
}
