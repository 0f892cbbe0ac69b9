//! Debian's compiler for WebAssembly: the packages that Debian builds its browsers with. It has no prebuilt
//! standard library for the target, so that is built from source (`-Zbuild-std`). It is called by its path, so it
//! stands beside rustup and changes nothing there.

use std::path::{Path, PathBuf};

/// What is installed.
pub(super) const PACKAGES: [&str; 6] =
    ["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm", "libstd-rust-web-dev", "lld-19"];

/// What that costs.
pub(super) const COST: &str = "200 MB to load, 1 GB on disk";

/// Its cargo.
pub(super) const CARGO: &str = "/usr/bin/cargo";
/// Its compiler.
pub(super) const RUSTC: &str = "/usr/bin/rustc";
/// Where its standard library's sources are.
const SOURCES: &str = "/usr/lib/rustlib/src/rust/library/std";

/// The linker, where compiler and sources are there too.
pub(super) fn linker() -> Option<PathBuf> {
    let complete = [CARGO, RUSTC].iter().all(|file| Path::new(file).is_file()) && Path::new(SOURCES).exists();
    let linkers = (19..=22).map(|version| PathBuf::from(format!("/usr/bin/wasm-ld-{version}")));
    linkers.into_iter().find(|linker| complete && linker.is_file())
}
