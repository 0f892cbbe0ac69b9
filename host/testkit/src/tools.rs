//! Where the programs in Go are that tests use: each one's variable, else the user's cache, where `cargo xtask tools NAME`
//! builds it; that is asked where one is not there yet. Without Go there is none: a test then says that it is skipped and
//! passes, but with `CI=true` it fails.

// The same file as in xtask: both must mean the same state of the sources.
#[path = "../../xtask/src/tools/sources.rs"]
mod sources;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, bail};

/// One of them, as in `xtask/src/tools/golang.rs`.
#[derive(Debug)]
pub(crate) struct Tool {
    /// Its name.
    pub(crate) name: &'static str,
    /// The variable that may name one.
    pub(crate) variable: &'static str,
    /// Of one that is published; ours are known by their sources.
    pub(crate) version: Option<&'static str>,
}

/// One build at a time.
static BUILDS: Mutex<()> = Mutex::new(());

impl Tool {
    /// The program; none where it cannot be built, which has been said.
    pub(crate) fn find(&self) -> Result<Option<PathBuf>> {
        if let Some(named) = std::env::var_os(self.variable).map(PathBuf::from) {
            if !named.is_file() {
                bail!("{} names {}, which is no file", self.variable, named.display());
            }
            return Ok(Some(named));
        }
        let built = self.place(&cache()?)?;
        let _one = BUILDS.lock().unwrap_or_else(PoisonError::into_inner);
        if !built.is_file() {
            build(self.name)?;
        }
        if built.is_file() {
            return Ok(Some(built));
        }
        // With `CI=true` the command above has failed.
        crate::say(&format!(
            "skipped: a test that needs {} ({}, or Go to build it)",
            self.name, self.variable
        ));
        Ok(None)
    }

    fn place(&self, cache: &Path) -> Result<PathBuf> {
        let version = match self.version {
            Some(version) => version.to_owned(),
            None => sources::version(&crate::repository(), self.name).context("cannot read tests/tools")?,
        };
        Ok(cache.join("bailiwick/tools").join(format!("{}-{version}/bin/{}", self.name, self.name)))
    }
}

/// The user's cache.
pub(crate) fn cache() -> Result<PathBuf> {
    if let Some(cache) = std::env::var_os("XDG_CACHE_HOME").filter(|cache| !cache.is_empty()) {
        return Ok(cache.into());
    }
    Ok(PathBuf::from(std::env::var_os("HOME").context("HOME is not set")?).join(".cache"))
}

/// Runs `cargo xtask tools NAME`, the one place that knows how a tool is installed.
pub(crate) fn build(name: &str) -> Result<()> {
    let mut command = Command::new("cargo");
    command.args(["xtask", "tools", name]).current_dir(crate::repository());
    for name in ["RUSTUP_TOOLCHAIN", "CARGO", "LD_LIBRARY_PATH", "RUSTFLAGS", "CARGO_MANIFEST_DIR"] {
        command.env_remove(name);
    }
    let status = command.status().context("cannot start cargo")?;
    if !status.success() {
        bail!("`cargo xtask tools {name}` failed");
    }
    Ok(())
}

#[cfg(test)]
mod tests;
