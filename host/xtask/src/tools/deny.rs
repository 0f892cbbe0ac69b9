//! cargo-deny, which checks licences, sources and banned crates of both workspaces: built from the crate registry in one
//! version. `BAILIWICK_CARGO_DENY_BIN` may name one that is there already; one on PATH is not taken, since what it
//! complains of changes with its version.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::{
    place,
    run::{plain, say, succeed, title},
};

/// The version that deny.toml is written for.
const VERSION: &str = "0.20.2";

/// The program, built where it is not there.
pub(crate) fn install() -> Result<PathBuf> {
    title("cargo-deny");
    if let Some(named) = std::env::var_os("BAILIWICK_CARGO_DENY_BIN").map(PathBuf::from) {
        if !named.is_file() {
            bail!("BAILIWICK_CARGO_DENY_BIN names {}, which is no file", named.display());
        }
        return Ok(named);
    }
    let folder = place::tool("cargo-deny", VERSION)?;
    let program = folder.join("bin/cargo-deny");
    if program.is_file() {
        say(&format!("{} is there", program.display()));
        return Ok(program);
    }
    say(&format!("building cargo-deny {VERSION} into {} (some minutes)", folder.display()));
    let mut command = plain("cargo", &place::root());
    command.args(["install", "--locked", "--quiet", "--version", VERSION, "--root"]).arg(&folder);
    succeed(command.arg("cargo-deny"))?;
    Ok(program)
}
