//! One pass over one object, and the worlds that it runs in. Broker and sandbox are wired together here; what is done
//! with what they bring is decided in core.

pub mod folder;
pub mod modules;
pub mod pass;
pub mod records;
pub mod rehearsal;
pub mod runtime;
pub mod standalone;
pub mod supply;
pub mod trust;
pub mod world;

pub use bailiwick_broker::{Audit, Broker, BrokerOptions, JsonLines, Record, Unwritten};
pub use bailiwick_sandbox::{Admitted, admit};
pub use bailiwick_sandbox::{Cache, Engine, EngineOptions};
