//! Servers that tests use and that are no crates, each in a folder of its own under the user's cache, by name and
//! version. A tool is taken from its variable, else from there; what is missing is installed there.

mod moto;

use anyhow::{Result, bail};

/// Installs one tool, or all of them.
pub(crate) fn run(name: Option<&str>) -> Result<()> {
    match name {
        None | Some("moto") => moto::install(),
        Some(other) => bail!("there is no tool `{other}`; there is: moto"),
    }
}
