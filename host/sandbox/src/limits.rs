//! What one run may use. The limits of Provider and grant come in as [`RunLimits`] and are cut to those of the pool;
//! the rest are constants, since no honest provider comes near them.

use std::time::Duration;

use wasmtime::ResourceLimiter;

use crate::error::{RunError, Stop};

/// The most memory that a run may have, in bytes (16 MiB): a slot of the pool.
pub const MAX_MEMORY: usize = 16 << 20;

/// The longest deadline of a run.
pub const MAX_DEADLINE: Duration = Duration::from_secs(3600);

/// The most elements in a table.
pub(crate) const MAX_TABLE: usize = 10_000;

/// Core instances, memories and tables of one component: what wit-component makes of one core module is three
/// instances, one memory and two tables.
pub(crate) const CORE_INSTANCES: u32 = 8;
/// See [`CORE_INSTANCES`].
pub(crate) const MEMORIES: u32 = 1;
/// See [`CORE_INSTANCES`].
pub(crate) const TABLES: u32 = 4;

/// Handles that a guest may hold at once.
pub(crate) const MAX_HANDLES: usize = 4096;

/// Bytes that one call may make the host copy out of the guest.
pub(crate) const HOSTCALL_BYTES: usize = 1 << 20;

/// Bytes of selectors that live handles may hold on the host's side.
pub(crate) const MAX_SELECTOR_BYTES: usize = 1 << 20;

/// The limits of one run: the smaller of Provider's and grant's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunLimits {
    /// Linear memory, in bytes; at most [`MAX_MEMORY`] counts.
    pub memory: usize,
    /// From the start of the run, its wait for the backend with it; at most [`MAX_DEADLINE`] counts. Waiting for a
    /// slot may take as long again.
    pub deadline: Duration,
}

impl Default for RunLimits {
    fn default() -> Self {
        Self { memory: MAX_MEMORY, deadline: Duration::from_secs(30) }
    }
}

impl RunLimits {
    /// Cut to what a slot of the pool has.
    pub(crate) fn cut(self) -> Self {
        Self { memory: self.memory.min(MAX_MEMORY), deadline: self.deadline.min(MAX_DEADLINE) }
    }
}

/// Holds a store to its limits. Over one of them the guest is stopped, so that the reason is known.
pub(crate) struct Limiter {
    memory: usize,
}

impl Limiter {
    pub(crate) fn new(limits: &RunLimits) -> Self {
        Self { memory: limits.memory }
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        within(desired, self.memory, RunError::OutOfMemory)
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        within(desired, MAX_TABLE, RunError::OutOfTables)
    }

    fn instances(&self) -> usize {
        CORE_INSTANCES as usize
    }

    fn memories(&self) -> usize {
        MEMORIES as usize
    }

    fn tables(&self) -> usize {
        TABLES as usize
    }
}

fn within(desired: usize, most: usize, over: RunError) -> wasmtime::Result<bool> {
    if desired > most { Err(Stop(over).into()) } else { Ok(true) }
}
