//! The rules of the repository, as tests: who may depend on whom, what a file looks like, what is linked, and that
//! what SECURITY.md calls proven has its tests. Each check is a function of what it reads, with a test that it can
//! fail: a rule that cannot is no rule.
// All of this is a test; clippy only sees that of the functions that are marked so.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod edges;
mod features;
mod files;
mod security;
mod stage;
mod twins;

use std::path::{Path, PathBuf};
use std::process::Command;

/// The repository's root.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

/// What cargo prints. The environment of the cargo that runs the tests would choose another toolchain.
fn cargo(arguments: &[&str]) -> String {
    let mut command = Command::new("cargo");
    command.current_dir(root()).args(arguments);
    for name in ["RUSTUP_TOOLCHAIN", "CARGO", "LD_LIBRARY_PATH", "RUSTFLAGS"] {
        command.env_remove(name);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A source file: its path from the root, and its text.
struct Source {
    path: String,
    text: String,
}

/// All Rust files of host, providers and tests.
fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    for folder in ["host", "providers-wasm", "tests"] {
        collect(&root().join(folder), &mut found);
    }
    assert!(found.len() > 100, "only {} files: is this the repository?", found.len());
    found
}

fn collect(folder: &Path, found: &mut Vec<Source>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("target") {
            collect(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push(Source { path: path.strip_prefix(root()).unwrap().display().to_string(), text });
        }
    }
}
