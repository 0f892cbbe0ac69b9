//! serde's error, without serde's words: what a value held never gets here. Display texts of our own types do.

use std::fmt;

use serde::de::{self, Expected, Unexpected};

use super::super::fault::{Fault, near};

/// A fault on its way out of serde.
#[derive(Clone, Debug)]
pub(in super::super) struct Slip {
    pub(super) fault: Fault,
    /// The node; empty until it is known.
    pub(super) trail: Vec<usize>,
    /// A member of that node that is unknown or missing.
    pub(super) field: Option<String>,
    /// Where the node's own line is not the one.
    pub(super) line: Option<usize>,
    /// Follows from something that was reported.
    pub(super) follows: bool,
}

impl From<Fault> for Slip {
    fn from(fault: Fault) -> Self {
        Self { fault, trail: Vec::new(), field: None, line: None, follows: false }
    }
}

impl fmt::Display for Slip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fault.fmt(f)
    }
}

impl std::error::Error for Slip {}

impl de::Error for Slip {
    /// Errors of our own types: durations, schedules, times. They hold nothing of what was read.
    fn custom<T: fmt::Display>(message: T) -> Self {
        Fault::Invalid(message.to_string()).into()
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Fault::Invalid(format!("expected {expected}")).into()
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Fault::Invalid(format!("expected {expected}")).into()
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        Fault::Invalid(format!("expected {expected}")).into()
    }

    fn unknown_variant(variant: &str, allowed: &'static [&'static str]) -> Self {
        Fault::NotAllowed { near: near(variant, allowed), allowed }.into()
    }

    fn unknown_field(field: &str, known: &'static [&'static str]) -> Self {
        let near = near(field, known);
        Self { field: Some(field.to_owned()), ..Fault::UnknownField { near, known }.into() }
    }

    fn missing_field(field: &'static str) -> Self {
        Self { field: Some(field.to_owned()), ..Fault::Missing.into() }
    }

    fn duplicate_field(_: &'static str) -> Self {
        Fault::Syntax("a key stands twice").into()
    }
}
