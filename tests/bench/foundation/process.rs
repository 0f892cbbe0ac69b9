//! The binary as it is shipped: its size, and how long a whole process takes that loads 40 providers from the
//! ahead-of-time cache, finds nothing to sync and ends.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use crate::{
    fixture::providers,
    instance::LOADED,
    table::{Goal, Table, median, millis},
};

const BINARY: &str = env!("CARGO_BIN_EXE_bailiwick");
const STARTS: usize = 25;

pub(crate) fn measure(mut table: Table) -> Table {
    let root = tempfile::tempdir().unwrap();
    policy(root.path());
    // The first start compiles.
    let first = start(root.path(), "policy");
    let (mut loaded, mut empty) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        loaded.push(start(root.path(), "policy"));
        empty.push(start(root.path(), "empty"));
    }
    table.add("process start, 40 providers from the cache", millis(median(loaded)), "ms", Goal::AtMost(50.0));
    table.add("process start, no provider", millis(median(empty)), "ms", Goal::None);
    table.add("process start, 40 providers compiled", millis(first), "ms", Goal::None);
    let size = fs::metadata(BINARY).unwrap().len();
    table.add("release binary, stripped", size as f64 / 1e6, "MB", Goal::AtMost(25.0));
    table
}

/// A policy with providers that differ in name, and so in digest; and one without any.
fn policy(root: &Path) {
    for folder in ["policy", "empty", "manifests"] {
        fs::create_dir(root.join(folder)).unwrap();
    }
    let component = fs::read(providers().join("vault.wasm")).unwrap();
    let namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: team-a}\n";
    for n in 0..LOADED {
        let name = format!("v-{n:03}");
        fs::write(root.join(format!("policy/{name}.wasm")), renamed(&component, &name)).unwrap();
        let head = "apiVersion: bailiwick.dev/v1alpha1\nkind: Provider\n";
        let spec = format!("metadata: {{name: {name}}}\nspec:\n  module: {{file: {name}.wasm}}\n");
        fs::write(root.join(format!("policy/{name}.yaml")), format!("{head}{spec}")).unwrap();
    }
    for folder in ["policy", "empty"] {
        fs::write(root.join(folder).join("namespace.yaml"), namespace).unwrap();
    }
}

/// The component under another name in its catalogue, of the same length so that no section moves.
fn renamed(component: &[u8], name: &str) -> Vec<u8> {
    let old = b"name = \"vault\"";
    let at = component.windows(old.len()).position(|window| window == old).unwrap();
    let mut component = component.to_owned();
    component[at..at + old.len()].copy_from_slice(format!("name = \"{name}\"").as_bytes());
    component
}

fn start(root: &Path, policy: &str) -> Duration {
    let mut command = Command::new(BINARY);
    command.args([
        "sync",
        "--allow-unsigned",
        "--policy",
        policy,
        "--manifests",
        "manifests",
        "--out",
        "out",
    ]);
    command.args(["--cache", "cache"]).current_dir(root).stdin(Stdio::null()).stdout(Stdio::null());
    let start = Instant::now();
    let status = command.status().unwrap();
    let took = start.elapsed();
    assert!(status.success(), "{status}");
    took
}
