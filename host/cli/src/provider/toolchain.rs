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
        return Ok(with_flags(Command::new("cargo")));
    }
    let (mut cargo, linker) = debian().context(MISSING)?;
    cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
    // Debian's compiler is a stable one that has no prebuilt standard library for this target.
    cargo.env("RUSTC_BOOTSTRAP", "1").arg("-Zbuild-std=std,panic_abort");
    Ok(with_flags(cargo))
}

/// A guest's stack of 64 KiB: more would only be reserved and touched for each instance.
fn with_flags(mut cargo: Command) -> Command {
    cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", "-Clink-arg=-zstack-size=65536");
    cargo
}

fn has_target(folder: &Path) -> bool {
    let output = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", TARGET])
        .current_dir(folder)
        .output();
    output.is_ok_and(|o| o.status.success() && Path::new(String::from_utf8_lossy(&o.stdout).trim()).is_dir())
}

/// Debian's cargo, through rustup where it is linked there, and the linker.
fn debian() -> Option<(Command, PathBuf)> {
    let linker =
        (19..=22).rev().map(|v| PathBuf::from(format!("/usr/bin/wasm-ld-{v}"))).find(|p| p.is_file())?;
    if !Path::new("/usr/lib/rustlib/src").is_dir() && !Path::new("/usr/src").is_dir() {
        return None;
    }
    let mut cargo = Command::new("/usr/bin/cargo");
    cargo.env("RUSTC", "/usr/bin/rustc").env_remove("RUSTUP_TOOLCHAIN");
    Path::new("/usr/bin/cargo").is_file().then_some((cargo, linker))
}
