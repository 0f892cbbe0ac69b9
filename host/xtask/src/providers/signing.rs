//! Signs what is shipped, for the quick start and the examples: each provider as an artifact in a layout, NAME.tar, the key
//! that signs them, and the TrustPolicy that names it, all in target/providers and made by `bailiwick`, as an author and
//! an admin would. The key has no passphrase and is this machine's alone: it is made once, and trusted nowhere else.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::{list, workspace};
use crate::place;
use crate::run::{plain, read, say, shown, succeed, title};

/// Where the examples' Providers say that their modules come from.
const PREFIX: &str = "registry.example/bailiwick/";
/// A hostile guest for tests: nobody signs it.
const NEVER_SHIPPED: &str = "adversary";

/// Signs all that is shipped, and writes the policy.
pub(super) fn sign(bailiwick: &Path) -> Result<()> {
    title("The providers, signed with a key made on the spot");
    let [private, public] = key(bailiwick)?;
    for provider in list(&workspace())?.iter().filter(|provider| provider.name != NEVER_SHIPPED) {
        let layout = place::providers().join(format!("{}.tar", provider.name));
        // What is there may be of another component, and would not be replaced.
        remove(&layout)?;
        succeed(&mut pack(bailiwick, &provider.name, &provider.version, &layout))?;
        let mut command = program(bailiwick);
        succeed(command.args(["provider", "sign", "--key"]).arg(&private).arg(&layout))?;
    }
    trust(bailiwick, &public)
}

/// The folder with the TrustPolicy alone, to be given as one more `--policy`.
pub(crate) fn trusted() -> PathBuf {
    place::providers().join("trust")
}

/// What packs a provider as the examples name it.
pub(crate) fn pack(bailiwick: &Path, name: &str, version: &str, layout: &Path) -> Command {
    let mut command = program(bailiwick);
    command.args(["provider", "pack"]).arg(place::providers().join(format!("{name}.wasm")));
    command.args(["--as", &format!("{PREFIX}{name}:{version}"), "--out"]).arg(layout);
    command
}

/// The private and the public key: those that are there, or new ones.
fn key(bailiwick: &Path) -> Result<[PathBuf; 2]> {
    let prefix = place::providers().join("release");
    let halves = ["key", "pub"].map(|end| prefix.with_extension(end));
    if !halves.iter().all(|half| half.is_file()) {
        halves.iter().try_for_each(|half| remove(half))?;
        let mut command = program(bailiwick);
        succeed(command.args(["provider", "keygen", "--unencrypted", "--out-prefix"]).arg(&prefix))?;
    }
    Ok(halves)
}

fn trust(bailiwick: &Path, public: &Path) -> Result<()> {
    let mut command = program(bailiwick);
    command.args(["trust", "suggest", "--key"]).arg(public).args(["--prefix", PREFIX]);
    let file = trusted().join("trust-policy.yaml");
    let name = file.strip_prefix(place::root()).unwrap_or(&file).display();
    say(&format!("$ {} > {name}", shown(&command)));
    std::fs::create_dir_all(trusted())?;
    std::fs::write(&file, read(&mut command)?).with_context(|| format!("cannot write {name}"))
}

fn program(bailiwick: &Path) -> Command {
    plain(&bailiwick.to_string_lossy(), &place::root())
}

fn remove(file: &Path) -> Result<()> {
    if file.exists() {
        std::fs::remove_file(file).with_context(|| format!("cannot remove {}", file.display()))?;
    }
    Ok(())
}
