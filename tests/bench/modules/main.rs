//! `cargo xtask bench modules`: what signed modules cost on this machine: verifying evidence, loading from the cache with
//! everything verified again, judging all that is loaded when a policy changes, and the memory of the client that pulls. The
//! table goes to the terminal, the rows to the file that `BAILIWICK_BENCH_OUT` names. Nothing is asserted.

// A program for the terminal, of the tests' kind: what fails, ends it.
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used
)]

mod crates;
mod fixture;
mod load;
mod pull;
mod verify;

// Each benchmark uses some of it.
#[allow(dead_code)]
#[path = "../table.rs"]
mod table;

use fixture::Fixture;
use table::Table;

fn main() {
    let mut table = Table::default();
    // First, while nothing else has touched memory.
    pull::measure(&mut table);
    let fixture = Fixture::new();
    verify::measure(&fixture, &mut table);
    load::measure(&fixture, &mut table);
    load::rejudge(&fixture, &mut table);
    crates::measure(&mut table);
    table.show();
    table.write();
}
