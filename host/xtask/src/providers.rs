//! Builds the providers: core modules by the compiler that the set-up found, components by `bailiwick provider
//! build`, into target/providers. The digests are what grants name, so paths of this machine are kept out of them.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::place;
use crate::run::{cargo, plain, read, succeed, title};
use crate::setup::{self, Compiler, TARGET};

/// A provider of ours.
#[derive(Debug)]
struct Provider {
    name: String,
    folder: PathBuf,
}

/// Builds `bailiwick`, the development backend and all providers.
pub(crate) fn run() -> Result<()> {
    let compiler = setup::run()?;
    title("The host");
    // Together: apart, what they share would be compiled with two feature sets, and wasmtime stands on it.
    let packages = ["--package", "bailiwick", "--package", "bailiwick-testkit"];
    succeed(cargo(&place::root()).args(["build", "--locked", "--bins"]).args(packages))?;
    build(&compiler, &place::program("bailiwick"))
}

/// Builds all providers with a `bailiwick` that is built already.
pub(crate) fn build(compiler: &Compiler, bailiwick: &Path) -> Result<()> {
    title("The providers");
    let folder = workspace();
    let mut command = compiler.cargo_build(&folder);
    command
        .env("CARGO_TARGET_DIR", place::guests())
        .env("CARGO_ENCODED_RUSTFLAGS", flags(compiler, &folder)?);
    succeed(&mut command)?;
    std::fs::create_dir_all(place::providers())?;
    for provider in list()? {
        let module = place::guests().join(TARGET).join("release").join(format!("{}.wasm", provider.name));
        let out = place::providers().join(format!("{}.wasm", provider.name));
        let mut command = plain(&bailiwick.to_string_lossy(), &place::root());
        command.args(["provider", "build"]).arg(&provider.folder);
        succeed(command.arg("--module").arg(module).arg("--out").arg(out))?;
    }
    Ok(())
}

/// The providers' workspace.
pub(crate) fn workspace() -> PathBuf {
    place::root().join("providers-wasm")
}

// Members that are modules: the sdk is none.
fn list() -> Result<Vec<Provider>> {
    let mut command = plain("cargo", &workspace());
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
    Some(Provider { name, folder: manifest.parent()?.to_owned() })
}

/// The compiler's flags, as `CARGO_ENCODED_RUSTFLAGS` takes them: a small stack (more would be touched for each
/// instance), and no path of this machine.
pub(crate) fn flags(compiler: &Compiler, folder: &Path) -> Result<String> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
    let paths = [
        (Some(compiler.sysroot(folder)?), "/rust"),
        (home.map(|home| home.display().to_string()), "/cargo"),
        (Some(place::root().display().to_string()), "/bailiwick"),
        (Some(place::guests().display().to_string()), "/target"),
    ];
    let remaps =
        paths.into_iter().filter_map(|(from, to)| Some(format!("--remap-path-prefix={}={to}", from?)));
    let flags = std::iter::once("-Clink-arg=-zstack-size=65536".to_owned()).chain(remaps);
    Ok(flags.collect::<Vec<_>>().join("\u{1f}"))
}
