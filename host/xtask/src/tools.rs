//! Servers and tools that tests use and that are no dependencies, each in a folder of its own under the user's cache, by name and
//! version. A tool is taken from its variable, else from there; what is missing is installed there.

mod deny;
mod golang;
mod moto;
mod sources;

use anyhow::{Result, bail};

pub(crate) use deny::install as cargo_deny;

/// Installs one tool, or all of them.
pub(crate) fn run(name: Option<&str>) -> Result<()> {
    match name {
        None => {
            moto::install()?;
            cargo_deny()?;
            golang::PROGRAMS.iter().try_for_each(golang::install)
        }
        Some("moto") => moto::install(),
        Some("cargo-deny") => cargo_deny().map(drop),
        Some(other) => match golang::PROGRAMS.iter().find(|program| program.name == other) {
            Some(program) => golang::install(program),
            None => bail!(
                "there is no tool `{other}`; there are: moto, cargo-deny, {}",
                golang::PROGRAMS.map(|program| program.name).join(", ")
            ),
        },
    }
}
