//! Installing Debian packages: only as root, only where apt-get is, and never without having said so.

use std::path::Path;

use anyhow::{Result, bail};

use crate::place;
use crate::run::{plain, read, say, succeed};

/// Whether packages can be installed here.
pub(crate) fn can_install() -> bool {
    let root = read(plain("id", &place::root()).arg("-u")).is_ok_and(|id| id.trim() == "0");
    root && Path::new("/etc/debian_version").is_file() && place::on_path(&["apt-get"]).is_some()
}

/// Installs packages, after a line that names them.
pub(crate) fn install(packages: &[&str], note: &str) -> Result<()> {
    let names = packages.join(" ");
    if !can_install() {
        bail!("not installed, and only root on Debian can install them: {names}");
    }
    say(&format!("installing Debian packages: {names} ({note})"));
    apt_get(&["update"])?;
    apt_get(&[&["install", "-y", "--no-install-recommends"], packages].concat())
}

fn apt_get(arguments: &[&str]) -> Result<()> {
    succeed(plain("apt-get", &place::root()).args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))
}
