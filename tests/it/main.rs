//! The binary as its users run it: folders in, Secrets out, against the embedded KV backend and moto. One binary
//! for all of it. The providers come from `BAILIWICK_PROVIDERS`, else from target/providers, where `cargo xtask providers`
//! puts them.

// clippy.toml lets tests unwrap, but not the helpers beside them.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod aws;
mod compat;
mod denied;
mod faults;
mod input;
mod interference;
mod scene;
mod vault;
