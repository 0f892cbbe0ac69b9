//! Shows that the digests that grants name depend on the sources alone: all providers are built once more from a copy of
//! them in another folder, with another target folder and another spelling of CARGO_HOME, and the components must be the
//! same. The copy stays in target/elsewhere, so that the standard library is built there once.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::place;
use crate::providers::{self, Site};
use crate::run::{plain, read, say, title};
use crate::setup::{self, Compiler};

/// Builds the host and the providers, and the providers again.
pub(crate) fn run() -> Result<()> {
    let compiler = setup::run()?;
    providers::host()?;
    let bailiwick = place::program("bailiwick");
    providers::build(&compiler, &bailiwick)?;
    compare(&compiler, &bailiwick)
}

/// Compares what is in target/providers with what is built elsewhere.
pub(crate) fn compare(compiler: &Compiler, bailiwick: &Path) -> Result<()> {
    title("The providers, once more from elsewhere");
    let elsewhere = elsewhere()?;
    let out = elsewhere.root.join("components");
    elsewhere.build(compiler, bailiwick, &out)?;
    let mut differ = Vec::new();
    for provider in providers::list(&providers::workspace())? {
        let file = format!("{}.wasm", provider.name);
        let [here, there] = [place::providers().join(&file), out.join(&file)]
            .map(|file| std::fs::read(file).map(|component| providers::digest(&component)));
        let (here, there) = (here?, there?);
        say(&format!("{:<12}  here       {here}\n{:<12}  elsewhere  {there}", provider.name, ""));
        if here != there {
            differ.push(provider.name);
        }
    }
    if !differ.is_empty() {
        bail!("built elsewhere, these are other components: {}", differ.join(", "));
    }
    Ok(())
}

// A fresh copy with the files' old times, so that cargo builds only what has changed since.
fn elsewhere() -> Result<Site> {
    let folder = place::target().join("elsewhere");
    let root = folder.join("a copy/of-it");
    if root.exists() {
        std::fs::remove_dir_all(&root)?;
    }
    let workspace = root.join("providers-wasm");
    std::fs::create_dir_all(&workspace)?;
    // What chooses the toolchain, and the workspace without what was built in it.
    copy(&place::root().join("rust-toolchain.toml"), &root)?;
    for entry in std::fs::read_dir(providers::workspace())? {
        let entry = entry?;
        if entry.file_name() != "target" {
            copy(&entry.path(), &workspace)?;
        }
    }
    let home = match Site::ours().home {
        Some(home) => Some(linked(&folder, &home)?),
        None => None,
    };
    Ok(Site { root, target: folder.join("built"), home })
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    read(plain("cp", &place::root()).arg("-a").arg(from).arg(to)).map(drop)
}

fn linked(folder: &Path, home: &Path) -> Result<PathBuf> {
    let link = folder.join("cargo-home");
    if link.is_symlink() {
        std::fs::remove_file(&link)?;
    }
    std::os::unix::fs::symlink(home, &link)?;
    Ok(link)
}
