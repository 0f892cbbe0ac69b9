//! The decision about one ExternalSecret, in two pure steps: `plan` says from what was observed whether anything is
//! fetched and what, `settle` turns what was fetched into the Secret that should be there. Between the two the
//! shell runs providers; after them it writes and reports, and has no rules of its own.
//!
//! Semantics are those of the External Secrets Operator 2.9 where it has any.

pub mod assign;
mod checks;
mod entries;
mod finds;
pub mod observed;
pub mod orphans;
pub mod plan;
pub mod refresh;
pub mod settle;
pub mod store;
pub mod targets;

pub use assign::{Assigned, assign};
pub(crate) use entries::entries as planned;
pub use entries::{EntryPlan, Source, StoreKey};
pub use finds::finds;
pub use observed::{Managed, Observed, TargetState, created_by, place};
pub use plan::{FetchPlan, NotReady, Plan, plan};
pub use settle::{Action, DesiredSecret, Settled, settle};

#[cfg(test)]
mod tests;
