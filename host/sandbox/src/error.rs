//! How loading and running fail, as closed sets. What the engine says beyond that (backtraces, names out of the
//! guest) goes to the debug log only, escaped and cut: it is guest text.

use std::fmt;

use wasmtime::{Trap, component::ResourceTableError};

/// Why a component is not loaded. Nothing of it was run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// Over [`crate::MAX_COMPONENT`].
    #[error("a component is at most {} bytes", crate::MAX_COMPONENT)]
    TooLarge,
    /// The bytes are not WebAssembly, or break off.
    #[error("not a WebAssembly component")]
    NotAComponent,
    /// A core module.
    #[error("a core module, not a component: make one of it with `bailiwick provider build`")]
    CoreModule,
    /// It imports what the world does not have.
    #[error("imports what the world `blind` does not have: {}", .0.join(", "))]
    ForeignImports(Vec<String>),
    /// It does not export the provider interface.
    #[error("does not export bailiwick:provider/provider@0.1.0")]
    NoProvider,
    /// A memory or table starts out larger than any run may have.
    #[error("asks for {0} from the start: more than any run may have")]
    Oversize(&'static str),
    /// A part is so large that compiling it has no good bound.
    #[error("has {0}: more than is compiled, see the limits in the README of providers")]
    TooCostly(&'static str),
    /// Its branches have too many values alive around them; the function of that index has the most.
    #[error(
        "has too many branches among too many locals, most of them in function {0}: make that one several"
    )]
    Tangled(u32),
    /// It does not validate, or uses a proposal that is switched off.
    #[error("not a valid WebAssembly component for this engine")]
    Invalid,
    /// An import or export has the world's name, but other types.
    #[error("imports or exports differ in type from bailiwick:provider@0.1.0")]
    OtherTypes,
}

/// Why a run was stopped. The store is gone then; the engine and every other run live on (I8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RunError {
    /// No slot of the pool came free within the deadline.
    Busy,
    /// The guest was still computing at the deadline.
    Looped,
    /// The guest was still waiting for an answer at the deadline.
    TimedOut,
    /// It wanted more memory than its limit.
    OutOfMemory,
    /// It wanted larger tables than its limit.
    OutOfTables,
    /// It recursed too deeply.
    Recursed,
    /// It panicked (`unreachable`).
    Panicked,
    /// It read or wrote outside its memory, divided by zero, or the like.
    Crashed,
    /// It holds more handles than it may, or longer selectors.
    TooManyHandles,
    /// It passed more data in one call than it may.
    TooMuchData,
    /// It put more selectors on one value than it may.
    TooManySelectors,
    /// It passed what the boundary does not admit: a handle that is not there, text that is not UTF-8.
    BadCall,
    /// The broker ended the run; it knows why.
    BrokerEnded,
    /// The broker answered with something else than was asked: a fault of ours.
    BrokerConfused,
}

/// What our own side of the boundary stops a guest with; travels through the engine as the cause of its trap.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error(transparent)]
pub(crate) struct Stop(pub(crate) RunError);

impl RunError {
    /// The reason in words, for people: stable, and nothing of the guest's.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Busy => "no free slot within the deadline",
            Self::Looped => "still computing at the deadline",
            Self::TimedOut => "still waiting at the deadline",
            Self::OutOfMemory => "over its memory limit",
            Self::OutOfTables => "over its table limit",
            Self::Recursed => "recursed too deeply",
            Self::Panicked => "panicked",
            Self::Crashed => "crashed",
            Self::TooManyHandles => "too many handles",
            Self::TooMuchData => "too much data in one call",
            Self::TooManySelectors => "too many selectors on one value",
            Self::BadCall => "broke the calling convention",
            Self::BrokerEnded => "ended by the broker",
            Self::BrokerConfused => "the broker gave an answer of the wrong kind",
        }
    }

    /// Finds the reason in what the engine returned, and logs the rest.
    pub(crate) fn of(error: &wasmtime::Error) -> Self {
        let reason = Self::classify(error);
        let detail: String = format!("{error:?}").chars().take(2048).collect();
        tracing::debug!(guest_said = ?detail, %reason, "the run was stopped");
        reason
    }

    fn classify(error: &wasmtime::Error) -> Self {
        if let Some(Stop(reason)) = error.downcast_ref() {
            return *reason;
        }
        if let Some(trap) = error.downcast_ref::<Trap>() {
            return Self::trapped(*trap);
        }
        match error.downcast_ref::<ResourceTableError>() {
            Some(ResourceTableError::Full) => Self::TooManyHandles,
            Some(_) => Self::BadCall,
            None => Self::by_text(&error.root_cause().to_string()),
        }
    }

    fn trapped(trap: Trap) -> Self {
        match trap {
            Trap::Interrupt => Self::Looped,
            Trap::StackOverflow => Self::Recursed,
            Trap::UnreachableCodeReached => Self::Panicked,
            Trap::AllocationTooLarge => Self::OutOfMemory,
            _ => Self::Crashed,
        }
    }

    /// Two limits that the engine reports in words only; tests with a hostile guest each notice when these change.
    fn by_text(cause: &str) -> Self {
        if cause.contains("handle limit exceeded") {
            Self::TooManyHandles
        } else if cause.contains("fuel allocated for hostcalls has been exhausted") {
            Self::TooMuchData
        } else {
            Self::BadCall
        }
    }
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::error::Error for RunError {}
