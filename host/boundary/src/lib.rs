//! What crosses between the runner, which executes a provider component, and the broker, which alone holds
//! credentials, values, grants and the network. One enum each way, serialisable, bounded.
//!
//! Nothing of ours is a dependency here, and no type here may carry a secret: credentials and values cross as
//! [`Handle`]s. The broker treats every [`Ask`] as written by an attacker (design, rule B7).

mod handle;
mod message;
mod task;

pub use handle::{Codec, Handle, MAX_STEPS, Step, ValueRef};
pub use message::{
    Answer, Arg, Ask, Broker, BrokerFuture, CallError, Outcome, Part, Reply, Request, Shape, Unreadable,
};
pub use task::{Ended, Entry, Failure, Find, Reference, Task};
