//! Components written by hand against the sandbox: what a hostile one meets, and that a good one beside it never
//! notices (I8). The broker here is a script; what the real one allows is tested with it.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)] // Helpers of tests are tests.

mod costly;
mod good;
mod hostile;
mod mirror;
mod refused;
#[cfg(feature = "scan")]
mod scan;
mod space;
mod support;
