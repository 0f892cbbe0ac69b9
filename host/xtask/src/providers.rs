//! Builds the providers: core modules by the compiler that the set-up found, components by `bailiwick provider
//! build`, into target/providers, where they are signed too ([`signing`]). The digests are what grants may name, so no path
//! of a machine may be in them: see [`site`], and [`crate::reproduce`], which checks it.

pub(crate) mod signing;
mod site;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::place;
use crate::run::{cargo, plain, read, say, succeed, title};
use crate::setup::{self, Compiler};
pub(crate) use site::Site;

/// A provider of ours.
#[derive(Debug)]
pub(crate) struct Provider {
    /// Its name, as that of its module.
    pub(crate) name: String,
    /// Its version, as that of its catalogue: `provider pack` refuses another.
    version: String,
    folder: PathBuf,
}

/// Builds `bailiwick`, the development backend and all providers, and prints what came of it.
pub(crate) fn run() -> Result<()> {
    let compiler = setup::run()?;
    host()?;
    build(&compiler, &place::program("bailiwick"))?;
    table()
}

/// Builds `bailiwick` and the development backend.
pub(crate) fn host() -> Result<()> {
    title("The host");
    // Together: apart, what they share would be compiled with two feature sets, and wasmtime stands on it.
    let packages = ["--package", "bailiwick", "--package", "bailiwick-testkit"];
    succeed(cargo(&place::root()).args(["build", "--locked", "--bins"]).args(packages))
}

/// Builds and signs all providers with a `bailiwick` that is built already.
pub(crate) fn build(compiler: &Compiler, bailiwick: &Path) -> Result<()> {
    title("The providers");
    Site::ours().build(compiler, bailiwick, &place::providers())?;
    signing::sign(bailiwick)
}

/// The digest that a grant names: SHA-256 of a component's bytes.
pub(crate) fn digest(component: &[u8]) -> String {
    let hex = Sha256::digest(component).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    format!("sha256:{hex}")
}

fn table() -> Result<()> {
    title("Components");
    say(&row("NAME", "DIGEST", "SIZE"));
    for provider in list(&workspace())? {
        let component = std::fs::read(place::providers().join(format!("{}.wasm", provider.name)))?;
        say(&row(&provider.name, &digest(&component), &component.len().to_string()));
    }
    Ok(())
}

fn row(name: &str, digest: &str, size: &str) -> String {
    format!("{name:<12}  {digest:<71}  {size:>8}")
}

/// The providers' workspace.
pub(crate) fn workspace() -> PathBuf {
    place::root().join("providers-wasm")
}

/// The members of a workspace that are modules, by name: the sdk is none.
pub(crate) fn list(workspace: &Path) -> Result<Vec<Provider>> {
    let mut command = plain("cargo", workspace);
    command.args(["metadata", "--format-version", "1", "--no-deps", "--locked"]);
    let metadata: Value = serde_json::from_str(&read(&mut command)?)?;
    let packages =
        metadata.get("packages").and_then(Value::as_array).context("cargo metadata names no package")?;
    let mut found: Vec<_> =
        packages.iter().filter(|package| is_module(package)).filter_map(provider).collect();
    found.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(found)
}

fn is_module(package: &Value) -> bool {
    let targets = package.get("targets").and_then(Value::as_array).into_iter().flatten();
    let kinds = targets.filter_map(|target| target.get("kind")?.as_array()).flatten();
    kinds.into_iter().any(|kind| kind == "cdylib")
}

fn provider(package: &Value) -> Option<Provider> {
    let manifest = Path::new(package.get("manifest_path")?.as_str()?);
    let name = package.get("name")?.as_str()?.replace('-', "_");
    let version = package.get("version")?.as_str()?.to_owned();
    Some(Provider { name, version, folder: manifest.parent()?.to_owned() })
}
