//! Where moto is: its variable, else the version that the tests are written for in the user's cache (one on PATH may
//! be any); where it is not there `cargo xtask` installs it, which is the one place that knows how.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

/// The version that the tests are written for, as in `xtask/src/tools/moto.rs`.
const INSTALLED: &str = "bailiwick/tools/moto-5.2.5";

/// The `moto_server` program.
pub(super) fn server() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os("BAILIWICK_MOTO_BIN") {
        return Ok(named.into());
    }
    let folder = cache()?.join(INSTALLED);
    if !folder.join("complete").is_file() {
        install()?;
    }
    Ok(folder.join("bin/moto_server"))
}

fn cache() -> Result<PathBuf> {
    if let Some(cache) = std::env::var_os("XDG_CACHE_HOME").filter(|cache| !cache.is_empty()) {
        return Ok(cache.into());
    }
    Ok(PathBuf::from(std::env::var_os("HOME").context("HOME is not set")?).join(".cache"))
}

fn install() -> Result<()> {
    let mut command = Command::new("cargo");
    command.args(["xtask", "tools", "moto"]).current_dir(crate::repository());
    for name in ["RUSTUP_TOOLCHAIN", "CARGO", "LD_LIBRARY_PATH", "RUSTFLAGS", "CARGO_MANIFEST_DIR"] {
        command.env_remove(name);
    }
    let status = command.status().context("cannot start cargo")?;
    if !status.success() {
        bail!("`cargo xtask tools moto` failed");
    }
    Ok(())
}
