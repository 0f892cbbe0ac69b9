//! The binary as its users run it: folders in, Secrets out, against the embedded KV backend. One binary for all of
//! it. The providers come from `BAILIWICK_PROVIDERS`, else from target/providers, where `cargo xtask providers`
//! puts them.

mod denied;
mod faults;
mod input;
mod scene;
mod vault;
