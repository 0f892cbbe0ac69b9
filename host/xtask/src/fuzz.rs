//! Runs each fuzz target of tests/fuzz for a minute. It needs a nightly toolchain that is installed already, and builds
//! cargo-fuzz where it is not there; it is no part of the test command.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::run::{plain, say, succeed, title};
use crate::{place, providers};

/// The version of cargo-fuzz.
const VERSION: &str = "0.13.2";
/// What is read from strangers.
const TARGETS: [&str; 5] = ["reference", "pull_secret", "catalogue", "manifest", "bundle"];

/// Runs all targets for so many seconds each.
pub(crate) fn run(seconds: &str) -> Result<()> {
    let seconds: u32 = seconds.parse().context("write the seconds for each target as a number")?;
    let folder = place::tool("cargo-fuzz", VERSION)?;
    let program = folder.join("bin/cargo-fuzz");
    title("cargo-fuzz");
    if program.is_file() {
        say(&format!("{} is there", program.display()));
    } else {
        say(&format!("building cargo-fuzz {VERSION} into {}", folder.display()));
        let mut command = plain("cargo", &place::root());
        command.args(["install", "--locked", "--quiet", "--version", VERSION, "--root"]).arg(&folder);
        succeed(command.arg("cargo-fuzz"))?;
    }
    for target in TARGETS {
        title(&format!("Fuzzing: {target}, {seconds} s"));
        let mut command = plain(&program.to_string_lossy(), &place::root());
        command.env("RUSTUP_TOOLCHAIN", "nightly").env("CARGO_TARGET_DIR", place::target().join("fuzz"));
        command.args(["run", "--fuzz-dir", "tests/fuzz", target]);
        command.arg(fresh(&place::target().join("fuzz/corpus"), target)?).arg(seeds(target)?).arg("--");
        succeed(command.arg(format!("-max_total_time={seconds}")).args(["-max_len=65536", "-verbosity=0"]))?;
    }
    Ok(())
}

/// What it begins with: good ones of each kind, and for catalogues those of our providers.
fn seeds(target: &str) -> Result<PathBuf> {
    let ours = place::root().join("tests/fuzz/seeds").join(target);
    if ours.is_dir() {
        return Ok(ours);
    }
    let folder = fresh(&place::target().join("fuzz/seeds"), target)?;
    for provider in providers::list(&providers::workspace())? {
        let catalogue = providers::workspace().join(&provider.name).join("provider.toml");
        std::fs::copy(&catalogue, folder.join(&provider.name))
            .with_context(|| catalogue.display().to_string())?;
    }
    Ok(folder)
}

fn fresh(folder: &Path, name: &str) -> Result<PathBuf> {
    let folder = folder.join(name);
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}
