//! `cargo xtask bench foundation`: what the runtime costs on this machine. Each ratio is against something that is
//! measured in the same run and in turns, so that a busy machine slows both. The table goes to the terminal, the
//! rows to the file that `BAILIWICK_BENCH_OUT` names. Nothing here is asserted: a goal that is missed is said.

// A program for the terminal, of the tests' kind: what fails, ends it.
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used
)]

mod backend;
mod decide;
mod fixture;
mod instance;
mod loopback;
mod process;
// Each benchmark uses some of it.
#[allow(dead_code)]
#[path = "../table.rs"]
mod table;

use fixture::Fixture;
use table::Table;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let mut table = Table::default();
    // First, while nothing else has touched memory.
    runtime.block_on(instance::memory(&mut table));
    runtime.block_on(instance::start(&mut table));
    let fixture = runtime.block_on(async { Fixture::new() });
    decide::measure(&fixture, &mut table);
    let table = runtime.block_on(async {
        let (fixture, table) = loopback::measure(fixture, table).await;
        drop(fixture);
        table
    });
    let table = process::measure(table);
    table.show();
    table.write();
}
