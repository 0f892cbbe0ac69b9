//! Where moto is: its variable, else the version that the tests are written for in the user's cache (one on PATH may
//! be any); where it is not there `cargo xtask` installs it, which is the one place that knows how.

use std::path::PathBuf;

use anyhow::Result;

use crate::tools;

/// The version that the tests are written for, as in `xtask/src/tools/moto.rs`.
const INSTALLED: &str = "bailiwick/tools/moto-5.2.5";

/// The `moto_server` program.
pub(super) fn server() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os("BAILIWICK_MOTO_BIN") {
        return Ok(named.into());
    }
    let folder = tools::cache()?.join(INSTALLED);
    if !folder.join("complete").is_file() {
        tools::build("moto")?;
    }
    Ok(folder.join("bin/moto_server"))
}
