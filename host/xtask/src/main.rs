//! What a developer runs: `cargo xtask COMMAND`. One file a command; each says what it is about to do, and installs
//! nothing before it has said so. The checks of the repository itself are tests of this crate.

mod apt;
mod bench;
mod fuzz;
mod place;
mod providers;
mod quickstart;
mod reproduce;
mod run;
mod sbom;
mod setup;
mod test;
mod tools;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
cargo xtask setup          find or install what building providers needs
cargo xtask providers      build and sign all providers into target/providers, and print their digests
cargo xtask reproduce      build the providers again from another folder, and compare the digests
cargo xtask quickstart     build everything, start a development backend, sync examples/quickstart
cargo xtask test           set up, and run all checks and tests
cargo xtask tools [NAME]   install what tests use (moto, cargo-deny, registry, sigstore, cosign), outside the repository
cargo xtask advisories     look the dependencies up among known vulnerabilities; needs the network
cargo xtask sbom           write what is linked into host and providers: CycloneDX, into target/sbom
cargo xtask bench NAME     build with optimisation, run tests/bench/NAME, write target/bench/NAME.json
cargo xtask fuzz [SECONDS] fuzz what is read from strangers, a minute each; needs a nightly toolchain";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            run::say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[&str]) -> Result<()> {
    match arguments {
        ["setup"] => setup::run().map(drop),
        ["providers"] => providers::run(),
        ["quickstart"] => quickstart::run(),
        ["test"] => test::run(),
        ["advisories"] => test::advisories(),
        ["tools"] => tools::run(None),
        ["tools", name] => tools::run(Some(name)),
        ["reproduce"] => reproduce::run(),
        ["sbom"] => sbom::run(),
        ["bench", name] => bench::run(name),
        ["fuzz"] => fuzz::run("60"),
        ["fuzz", seconds] => fuzz::run(seconds),
        [] | ["help" | "--help" | "-h"] => {
            run::say(USAGE);
            Ok(())
        }
        other => bail!("there is no `cargo xtask {}`:\n{USAGE}", other.join(" ")),
    }
}
