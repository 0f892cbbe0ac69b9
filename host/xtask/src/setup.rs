//! What building providers needs: a compiler for wasm32-unknown-unknown. The first that is there is taken; only
//! where none is there is one installed, and that is said first. rust-toolchain.toml must not name the target: that
//! would make rustup rewrite the user's toolchain, where nobody asked.
//!
//! In order: the target of the installed toolchain; Debian's compiler, which builds the standard library along;
//! then installing: `rustup target add` (unless RUSTUP_AUTO_INSTALL is 0), Debian's packages (as root).

mod debian;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::run::{plain, read, say, succeed, title};
use crate::{apt, place};

/// The target of all providers.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// A compiler for the target.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Compiler {
    /// The pinned toolchain has the target.
    Installed,
    /// Debian's: cargo and rustc under /usr/bin, the standard library from source, and this linker.
    Debian {
        /// `wasm-ld-NN`.
        linker: PathBuf,
    },
}

impl Compiler {
    /// Its cargo, in `folder`, up to and with `build --release --target`.
    pub(crate) fn cargo_build(&self, folder: &Path) -> Command {
        let program = if *self == Self::Installed { "cargo" } else { debian::CARGO };
        let mut command = plain(program, folder);
        command.args(["build", "--release", "--locked", "--target", TARGET]);
        if let Self::Debian { linker } = self {
            // Its cargo is a stable one; only so may it build the standard library.
            command.env("RUSTC", debian::RUSTC).env("RUSTC_BOOTSTRAP", "1");
            command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
            command.arg("-Zbuild-std=std,panic_abort");
        }
        command
    }

    /// Where its standard library's sources are.
    pub(crate) fn sysroot(&self, folder: &Path) -> Result<String> {
        let rustc = if *self == Self::Installed { "rustc" } else { debian::RUSTC };
        Ok(read(plain(rustc, folder).args(["--print", "sysroot"]))?.trim().to_owned())
    }
}

/// Finds a compiler, or installs one.
pub(crate) fn run() -> Result<Compiler> {
    title("A compiler for WebAssembly");
    let found = match find() {
        Some(found) => found,
        None => install()?,
    };
    match &found {
        Compiler::Installed => say(&format!("the pinned toolchain has {TARGET}")),
        Compiler::Debian { linker } => say(&format!("{} with {}", debian::CARGO, linker.display())),
    }
    Ok(found)
}

fn find() -> Option<Compiler> {
    if has_target() {
        return Some(Compiler::Installed);
    }
    debian::linker().map(|linker| Compiler::Debian { linker })
}

fn has_target() -> bool {
    let libraries =
        read(plain("rustc", &place::root()).args(["--print", "target-libdir", "--target", TARGET]));
    libraries.is_ok_and(|folder| Path::new(folder.trim()).is_dir())
}

fn install() -> Result<Compiler> {
    let forbidden = std::env::var_os("RUSTUP_AUTO_INSTALL").is_some_and(|value| value == "0");
    if !forbidden && place::on_path(&["rustup"]).is_some() {
        say(&format!("installing the target {TARGET} into the pinned toolchain"));
        // Without a network there may still be packages.
        if let Err(error) = succeed(plain("rustup", &place::root()).args(["target", "add", TARGET])) {
            say(&format!("{error:#}"));
        }
    }
    if !has_target() && apt::can_install() {
        apt::install(&debian::PACKAGES, debian::COST)?;
    }
    match find() {
        Some(found) => Ok(found),
        None => bail!(
            "no compiler for {TARGET}: run `rustup target add {TARGET}`, or on Debian, as root, `apt-get install {}`",
            debian::PACKAGES.join(" ")
        ),
    }
}
