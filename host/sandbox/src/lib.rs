//! Runs provider components; the only crate that knows wasmtime. A run has no network, no credential and no value:
//! it has a [`Broker`](bailiwick_boundary::Broker) that it may ask, memory and time within [`RunLimits`], and
//! nothing else. What a guest may be answered is the broker's to decide.
//!
//! Unsafe code stands in one function (`cache::trusted`), which hands authenticated machine code to the engine.

mod admit;
mod bindings;
pub mod cache;
mod convert;
mod engine;
mod error;
mod host;
mod limits;
pub mod live;
mod provider;
#[cfg(feature = "scan")]
pub mod scan;
mod settings;
mod ticker;

pub use admit::{Admitted, admit};
pub use cache::Cache;
pub use engine::{Engine, EngineError, EngineOptions};
pub use error::{LoadError, RunError};
pub use limits::{MAX_DEADLINE, MAX_MEMORY, RunLimits};
pub use provider::Provider;

/// The largest component that is loaded, in bytes (16 MiB). A provider written in Rust is about 30 kB.
pub const MAX_COMPONENT: usize = 16 << 20;
