//! What Bailiwick decides. Everything here is a pure function of its arguments: no IO, no clock, no randomness,
//! no async and no logging; time and seeds are arguments. Whoever performs what is decided here (broker, sync)
//! has no rules of its own.
//!
//! The rules of grants (G), of the boundary (B) and the invariants (I) are those of ARCHITECTURE.md.

pub mod case;
pub mod catalogue;
#[cfg(test)]
mod corpus;
pub mod egress;
pub mod fetched;
pub mod grant;
pub mod program;
pub mod reason;
pub mod reconcile;
pub mod secret;
pub mod sigv4;
pub mod tenant;
pub mod text;
pub mod trust;
pub mod values;
pub mod yaml;
