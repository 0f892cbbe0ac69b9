//! The `bailiwick` binary: parses the command line and hands over to one file for each command. Exit codes are the
//! same everywhere: 0 all is well, 1 some of it failed, 2 the input is not usable; 130 and 143 after a signal.

mod args;
mod audit;
mod cases;
mod grant;
mod progress;
mod provider;
mod report;
mod signals;
mod sync;
mod trust;

use std::process::ExitCode;

use args::{Cli, Command};
use clap::Parser;

/// Everything that was asked for is done.
const OK: u8 = 0;
/// Something that was asked for failed; the rest is done.
const FAILED: u8 = 1;
/// The input is not usable; nothing was done.
const BAD_INPUT: u8 = 2;

fn main() -> ExitCode {
    let cli = Cli::parse();
    report::log_to_stderr(cli.log.as_deref());
    let done = match cli.command {
        Command::Sync(args) => sync::run(args),
        Command::Grant(args) => grant::run(args),
        Command::Provider(args) => provider::run(args),
        Command::Trust(args) => trust::run(&args),
    };
    ExitCode::from(done.unwrap_or_else(|error| report::fatal(&error)))
}
