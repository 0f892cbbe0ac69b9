//! What is linked into the host and into the providers: two bills of materials, CycloneDX 1.5 as JSON, in target/sbom. They
//! are made of what cargo resolves (features included) and of the lock files' checksums, so the same commit gives the same
//! bytes: no serial number, no time, no path of this machine. (cargo-cyclonedx has no such mode: its issue 514.)

mod document;
mod lock;
mod tree;

use std::path::Path;

use anyhow::{Context, Result};

use crate::run::{cargo, read, say, title};
use crate::{place, providers, setup};
use document::Subject;
use tree::Graph;

/// The target whose dependencies the host's bill names.
const HOST: &str = "x86_64-unknown-linux-gnu";

/// Writes both.
pub(crate) fn run() -> Result<()> {
    title("Bills of materials");
    write("bailiwick", &host()?)?;
    write("bailiwick-providers", &guests()?)
}

fn host() -> Result<String> {
    let root = place::root();
    let graph = graph(&root, &["--package", "bailiwick", "--target", HOST])?;
    let own = graph.roots.iter().next().cloned().context("cargo tree names no bailiwick")?;
    bill(&root, &graph, &Subject::Package(own))
}

// The providers, and the sdk that is in each: one bill, since they are built together.
fn guests() -> Result<String> {
    let root = providers::workspace();
    let graph = graph(&root, &["--workspace", "--target", setup::TARGET])?;
    bill(&root, &graph, &Subject::All { name: "bailiwick-providers", version: env!("CARGO_PKG_VERSION") })
}

// Features as a build has them: `cargo metadata` would mix those of tests in.
fn graph(workspace: &Path, which: &[&str]) -> Result<Graph> {
    let mut command = cargo(workspace);
    command.args(["tree", "--locked", "--edges", "normal", "--prefix", "depth", "--format", tree::FORMAT]);
    tree::parse(&read(command.args(which))?)
}

fn bill(workspace: &Path, graph: &Graph, subject: &Subject) -> Result<String> {
    let file = workspace.join("Cargo.lock");
    let lock = std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let bill = document::of(graph, &lock::checksums(&lock), subject);
    Ok(serde_json::to_string_pretty(&bill)? + "\n")
}

fn write(name: &str, bill: &str) -> Result<()> {
    let folder = place::target().join("sbom");
    std::fs::create_dir_all(&folder)?;
    let file = folder.join(format!("{name}.cdx.json"));
    std::fs::write(&file, bill)?;
    say(&format!("written to {}", file.display()));
    Ok(())
}

#[cfg(test)]
mod tests;
