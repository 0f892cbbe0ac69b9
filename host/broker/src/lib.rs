//! The broker: the only code that dials for a provider, and the only code that creates credentials and values.
//!
//! A run is a channel that the broker made ([`Broker::open`]). The runner's end of it, the [`Port`], takes messages
//! that may be hostile; the caller's end, the [`Run`], says what came of it and revokes what was minted. What may
//! be sent is decided in core; here it is resolved, dialled, attached, sent, bounded and recorded.

mod attach;
mod audit;
mod broker;
mod clock;
mod closing;
mod credential;
mod entry;
mod key;
mod material;
mod net;
mod options;
mod reply;
mod run;
mod scrub;
mod tokens;

pub use audit::{Audit, JsonLines, Record, Unwritten, Verdict};
pub use broker::{Broker, BrokerError};
pub use clock::{Clock, SystemClock};
pub use credential::Credential;
pub use entry::{BadExpression, OpenEntry};
pub use material::{Current, Material, MaterialError, MaterialFuture};
pub use net::{Asked, Stage};
pub use options::{BrokerOptions, NameServers, Pace, Timeouts};
pub use run::{Port, Run, RunEnd};
