//! moto, the AWS server that the `aws` provider is tested against: a Python package in a virtual environment.
//! `BAILIWICK_MOTO_BIN`
//! may name a `moto_server` that is there already; one on PATH is not taken, since it may be of any version.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::run::{plain, say, succeed, title};
use crate::{apt, place};

/// The version that the tests are written for.
const VERSION: &str = "5.2.5";

/// The mark of a whole installation. The tests' own look-up (`testkit::moto`) knows it too.
const COMPLETE: &str = "complete";

/// Installs it, where it is not there.
pub(super) fn install() -> Result<()> {
    title("moto");
    if let Some(found) = find()? {
        say(&format!("{} is there", found.display()));
        return Ok(());
    }
    let folder = place::tool("moto", VERSION)?;
    say(&format!("installing moto[server]=={VERSION} into {} (about 320 MB)", folder.display()));
    environment(&folder)?;
    let python = folder.join("bin/python");
    let mut command = plain(&python.to_string_lossy(), &place::root());
    command.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    succeed(command.arg(format!("moto[server]=={VERSION}")))?;
    // The last thing: half an installation has no mark, and is made anew.
    std::fs::write(folder.join(COMPLETE), "").map_err(Into::into)
}

fn find() -> Result<Option<PathBuf>> {
    if let Some(named) = std::env::var_os("BAILIWICK_MOTO_BIN").map(PathBuf::from) {
        if !named.is_file() {
            bail!("BAILIWICK_MOTO_BIN names {}, which is no file", named.display());
        }
        return Ok(Some(named));
    }
    let folder = place::tool("moto", VERSION)?;
    Ok(folder.join(COMPLETE).is_file().then(|| folder.join("bin/moto_server")))
}

fn environment(folder: &Path) -> Result<()> {
    let venv = || succeed(plain("python3", &place::root()).args(["-m", "venv", "--clear"]).arg(folder));
    if place::on_path(&["python3"]).is_some() && venv().is_ok() {
        return Ok(());
    }
    // Debian keeps the module in a package of its own.
    apt::install(&["python3", "python3-venv"], "50 MB on disk")
        .context("moto needs python3 with its venv module")?;
    venv()
}
