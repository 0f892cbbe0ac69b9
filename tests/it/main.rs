//! The binary as its users run it: folders in, Secrets out, against the embedded KV backend and moto. One binary
//! for all of it. The providers come from `BAILIWICK_PROVIDERS`, else from target/providers, where `cargo xtask providers`
//! puts them.

// clippy.toml lets tests unwrap, but not the helpers beside them.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod attested;
mod auth;
mod author;
mod author_denied;
mod aws;
mod cases;
mod compat;
mod cosigned;
mod denied;
mod disk;
mod examples;
mod faults;
mod input;
#[cfg(feature = "scan")]
mod interference;
mod keyless;
mod kill;
mod kv;
mod layouts;
mod loading;
mod newcomer;
mod orphans;
mod publish;
mod recorded;
mod registry;
mod remote;
mod running;
mod scene;
mod signals;
mod signed;
mod signing;
mod tenants;
mod trusted;
mod vault;
mod vouched;

/// A run of the tests that leaves I3 and I4 out does not pass.
#[cfg(not(feature = "scan"))]
#[test]
fn i3_i4_need_the_scan() {
    panic!("run `cargo xtask test`, or add `--features bailiwick/scan`");
}
