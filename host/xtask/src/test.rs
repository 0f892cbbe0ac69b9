//! All checks and tests, as CI runs them. `cargo test` comes last, so that its own summary is what remains on the
//! screen. Host crates are compiled once for tests (one feature set: wasmtime takes minutes) and checked by clippy.

use anyhow::Result;

use crate::run::{cargo, plain, succeed, title};
use crate::{place, providers, quickstart, setup, tools};

/// Lets the tests of I3 and I4 read a guest's memory. The binary that is shipped has it not (a test says so).
const SCAN: [&str; 2] = ["--features", "bailiwick/scan"];

/// Runs everything.
pub(crate) fn run() -> Result<()> {
    let root = place::root();
    let compiler = setup::run()?;
    tools::run(None)?;
    title("Format");
    succeed(cargo(&root).args(["fmt", "--all", "--check"]))?;
    succeed(cargo(&providers::workspace()).args(["fmt", "--all", "--check"]))?;
    title("Clippy");
    let strict = ["clippy", "--workspace", "--all-targets", "--locked"];
    let deny = ["--", "-D", "warnings"];
    succeed(cargo(&root).args(strict).args(SCAN).args(deny))?;
    succeed(guests(&strict).args(deny))?;
    title("The providers' own tests");
    succeed(&mut guests(&["test", "--workspace", "--locked"]))?;
    licences()?;
    title("The host");
    // Tests and programs together: apart, they might be compiled with two feature sets.
    succeed(cargo(&root).args(["build", "--workspace", "--bins", "--tests", "--locked"]).args(SCAN))?;
    providers::build(&compiler, &place::program("bailiwick"))?;
    quickstart::show()?;
    title("Tests");
    succeed(
        cargo(&root)
            .args(["test", "--workspace", "--locked"])
            .args(SCAN)
            .env("BAILIWICK_PROVIDERS", place::providers())
            // A provider that a test makes is built with them too: else the standard library would be built twice.
            .env("BAILIWICK_GUEST_FLAGS", providers::Site::ours().flags(&compiler)?),
    )
}

// Guests' native builds share the guests' target folder.
fn guests(arguments: &[&str]) -> std::process::Command {
    let mut command = plain("cargo", &providers::workspace());
    command.env("CARGO_TARGET_DIR", place::guests()).args(arguments);
    command
}

// `advisories` is a command of its own: its database is on a host that a build may not reach.
fn licences() -> Result<()> {
    deny(&["bans", "licenses", "sources"])
}

/// Known vulnerabilities among the dependencies: needs the network, and fails without a change of ours.
pub(crate) fn advisories() -> Result<()> {
    deny(&["advisories"])
}

fn deny(checks: &[&str]) -> Result<()> {
    let program = tools::cargo_deny()?;
    title(&format!("cargo-deny: {}", checks.join(", ")));
    for folder in [place::root(), providers::workspace()] {
        let mut command = plain(&program.to_string_lossy(), &folder);
        command.args(["--locked", "--config"]).arg(place::root().join("deny.toml")).arg("check");
        succeed(command.args(checks))?;
    }
    Ok(())
}
