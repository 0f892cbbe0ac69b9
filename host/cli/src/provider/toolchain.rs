//! How a provider's crate becomes a core module: cargo with a wasm32-unknown-unknown target, as rustup installs it,
//! or, where there is none, with Debian's compiler, which builds the standard library along. Nothing is installed
//! from here; what is missing is said.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, bail};
use serde_json::Value;

const TARGET: &str = "wasm32-unknown-unknown";
/// Where cargo takes all flags of the compiler from.
const FLAGS: &str = "CARGO_ENCODED_RUSTFLAGS";
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_SOURCES: &str = "/usr/lib/rustlib/src/rust/library/std";
const MISSING: &str = "no compiler for wasm32-unknown-unknown: run `rustup target add wasm32-unknown-unknown`, or on \
     Debian install rustc-web cargo-web rust-web-src rust-web-llvm libstd-rust-web-dev lld-19";

/// Compiles the crate in `folder` and returns the core module's file.
pub(crate) fn compile(folder: &Path) -> anyhow::Result<PathBuf> {
    let mut cargo = cargo(folder)?;
    cargo.args(["build", "--release", "--target", TARGET]).current_dir(folder);
    let status = cargo.status().context("cannot start cargo")?;
    if !status.success() {
        bail!("cargo could not build {}", folder.display());
    }
    artifact(folder)
}

/// The one module that cargo says the crate comes to.
fn artifact(folder: &Path) -> anyhow::Result<PathBuf> {
    let output = Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--no-deps"])
        .current_dir(folder)
        .output()
        .context("cannot start cargo")?;
    let metadata: Value = serde_json::from_slice(&output.stdout).context("cargo metadata said nothing")?;
    let manifest = std::fs::canonicalize(folder.join("Cargo.toml"))?;
    let list = |value: Option<&Value>| value.and_then(Value::as_array).cloned().unwrap_or_default();
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let own = |p: &Value| text(p, "manifest_path").is_some_and(|path| Path::new(&path) == manifest);
    let package = list(metadata.get("packages")).into_iter().find(own).unwrap_or_default();
    let is_cdylib = |t: &Value| list(t.get("kind")).iter().any(|kind| kind == "cdylib");
    let target = list(package.get("targets")).into_iter().find(is_cdylib).unwrap_or_default();
    let missing = || format!("{}: no cdylib target; set crate-type = [\"cdylib\"]", folder.display());
    let name = text(&target, "name").with_context(missing)?;
    let target = text(&metadata, "target_directory").context("cargo metadata names no target folder")?;
    Ok(Path::new(&target).join(TARGET).join("release").join(format!("{}.wasm", name.replace('-', "_"))))
}

fn cargo(folder: &Path) -> anyhow::Result<Command> {
    if has_target(folder) {
        return Ok(with_flags(Command::new("cargo"), "rustc", folder));
    }
    let (mut cargo, linker) = debian().context(MISSING)?;
    cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
    // Debian's compiler is a stable one that has no prebuilt standard library for this target.
    cargo.env("RUSTC_BOOTSTRAP", "1").arg("-Zbuild-std=std,panic_abort");
    Ok(with_flags(cargo, DEBIAN_RUSTC, folder))
}

/// Adds the compiler's flags, unless the caller sets all of them in this variable.
fn with_flags(mut cargo: Command, rustc: &str, folder: &Path) -> Command {
    if std::env::var_os(FLAGS).is_none() {
        let theirs = std::env::var("RUSTFLAGS").unwrap_or_default();
        let flags = own_flags(rustc, folder).into_iter().chain(theirs.split_whitespace().map(str::to_owned));
        cargo.env(FLAGS, flags.collect::<Vec<_>>().join("\u{1f}"));
    }
    cargo
}

/// A guest's stack of 64 KiB: more would only be reserved and touched for each instance. And no path of this machine:
/// they would say who built it, and give it another digest on each.
fn own_flags(rustc: &str, folder: &Path) -> Vec<String> {
    let sysroot = Command::new(rustc).args(["--print", "sysroot"]).current_dir(folder).output();
    let sysroot = sysroot.ok().map(|output| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
    let remap = |(from, to): (Option<PathBuf>, &str)| {
        let from = from.filter(|from| !from.as_os_str().is_empty())?;
        Some(format!("--remap-path-prefix={}={to}", from.display()))
    };
    let remaps = [(sysroot, "/rust"), (home, "/cargo")].into_iter().filter_map(remap);
    std::iter::once("-Clink-arg=-zstack-size=65536".to_owned()).chain(remaps).collect()
}

fn has_target(folder: &Path) -> bool {
    let output = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", TARGET])
        .current_dir(folder)
        .output();
    output.is_ok_and(|o| o.status.success() && Path::new(String::from_utf8_lossy(&o.stdout).trim()).is_dir())
}

/// Debian's cargo and the linker, where its compiler and the sources of the standard library are there too.
fn debian() -> Option<(Command, PathBuf)> {
    let linkers = (19..=22).map(|version| PathBuf::from(format!("/usr/bin/wasm-ld-{version}")));
    let linker = linkers.into_iter().find(|linker| linker.is_file())?;
    let parts = [DEBIAN_CARGO, DEBIAN_RUSTC, DEBIAN_SOURCES];
    if !parts.iter().all(|part| Path::new(part).exists()) {
        return None;
    }
    let mut cargo = Command::new(DEBIAN_CARGO);
    cargo.env("RUSTC", DEBIAN_RUSTC).env_remove("RUSTUP_TOOLCHAIN");
    Some((cargo, linker))
}
