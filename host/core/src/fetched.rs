//! What a run brought: one result for each entry, made by the broker and turned into Secret data by `settle`.
//! Guest and backend text never stands here: failures are codes.

mod trouble;

use bailiwick_boundary::Failure;

pub use trouble::Trouble;

use crate::{catalogue::ValueRule, program::InputRef, reason::Denial, secret::Value};

/// What a run brought, one for each entry of the task, in order.
pub struct Fetched {
    /// One for each entry.
    pub entries: Vec<EntryResult>,
    /// Set where the run did not end well: then no entry may be written (I8).
    pub run: Result<(), RunFailure>,
}

/// One result, and how its provider's values are read.
pub struct Sourced {
    /// What the run brought.
    pub result: EntryResult,
    /// The rule of the catalogue that it was run by.
    pub values: ValueRule,
}

/// The result of one entry.
pub enum EntryResult {
    /// `deliver` for a data or extract entry: the raw value, before property, decoding and conversion.
    Value(Value),
    /// `deliver-named` for a find entry: decoded key name (segments joined by `/`) and raw value, in the order
    /// delivered.
    Named(Vec<(String, Value)>),
    /// It is not there: the provider said so and the broker saw it, or the delivered selector points at nothing.
    Absent,
    /// One entry failed; the others go on.
    Failed(EntryFailure),
    /// The provider did not answer this entry.
    Unanswered,
}

/// Why one entry failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryFailure {
    /// As the guest says.
    Provider(Failure),
    /// The program denied what the entry needs.
    Denied(Denial),
    /// The backend did not serve what the entry needs, as the broker saw it.
    Backend(Trouble),
    /// A selector met another shape than it needs (for example base64 that does not decode).
    WrongShape,
    /// The guest says that there is no such thing, and the broker saw nothing that says so.
    Unproven,
}

/// Why a whole run failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RunFailure {
    /// The guest returned a failure for the whole run.
    #[error("the provider ended the run: {0:?}")]
    Provider(Failure),
    /// The guest returned a failure for the whole run, and the broker saw why.
    #[error("{0}")]
    Backend(Trouble),
    /// The guest broke a rule of the boundary that ends a run.
    #[error("the provider broke rule {0}")]
    BrokeRule(&'static str),
    /// The guest trapped, looped, grew or was too slow.
    #[error("the provider was stopped: {0}")]
    Stopped(&'static str),
    /// A credential of the store could not be read.
    #[error("the store's credential {}: {from}; {}", state(*missing).0, state(*missing).1)]
    Material {
        /// What was asked of the shell.
        from: InputRef,
        /// It does not exist; else it could not be read just now.
        missing: bool,
    },
    /// A denial that ends a run, such as `GrantChanged` or `BudgetExhausted`.
    #[error(transparent)]
    Denied(Denial),
}

/// What a credential is like that could not be read, and what to do.
const fn state(missing: bool) -> (&'static str, &'static str) {
    if missing {
        ("does not exist", "add it to the manifests, or name a file for it with --credential")
    } else {
        ("cannot be read just now", "check the file that --credential names, then sync again")
    }
}
