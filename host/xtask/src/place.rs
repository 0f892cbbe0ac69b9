//! Where things are: the repository, the target folder (an outer CARGO_TARGET_DIR counts), the user's cache.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    // `cargo run` sets the variable; the constant serves a binary that is started by hand.
    let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let here = PathBuf::from(here);
    here.ancestors().nth(2).map_or_else(|| here.clone(), Path::to_owned)
}

/// The target folder, absolute.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(named) => std::path::absolute(&named).unwrap_or_else(|_| named.into()),
        None => root().join("target"),
    }
}

/// The target folder of all guests: the standard library is built once in it.
pub(crate) fn guests() -> PathBuf {
    target().join("guests")
}

/// Where the built providers go.
pub(crate) fn providers() -> PathBuf {
    target().join("providers")
}

/// A program of ours, as `cargo build` leaves it.
pub(crate) fn program(name: &str) -> PathBuf {
    target().join("debug").join(name)
}

/// A program of ours, as `cargo build --release` leaves it.
pub(crate) fn released(name: &str) -> PathBuf {
    target().join("release").join(name)
}

/// Where a tool of a version is installed: `~/.cache/bailiwick/tools/NAME-VERSION`.
pub(crate) fn tool(name: &str, version: &str) -> Result<PathBuf> {
    let cache = match std::env::var_os("XDG_CACHE_HOME").filter(|cache| !cache.is_empty()) {
        Some(cache) => PathBuf::from(cache),
        None => PathBuf::from(std::env::var_os("HOME").context("HOME is not set")?).join(".cache"),
    };
    Ok(cache.join("bailiwick/tools").join(format!("{name}-{version}")))
}

/// The first of these programs that is on PATH.
pub(crate) fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let all = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    all.into_iter().find(|file| file.is_file())
}
