//! `bailiwick provider`: the author's commands. What a component must be is decided in artifact and core; here are
//! the folders, the compiler's call and the words.

mod init;
mod inspect;
pub(crate) mod keygen;
pub(crate) mod list;
pub(crate) mod pack;
mod passphrase;
pub(crate) mod pull;
pub(crate) mod push;
mod registry;
pub(crate) mod sign;
pub(crate) mod target;
mod test;
mod toolchain;
pub(crate) mod verify;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use bailiwick_artifact::{build, digest::Digest};
use bailiwick_core::catalogue::parse::parse;
use bailiwick_sync::admit;

pub(crate) use self::test::{TestArgs, of_case};
use crate::{
    args::{ProviderArgs, ProviderCommand},
    report,
};

/// Runs one of the commands.
pub(crate) fn run(args: ProviderArgs) -> anyhow::Result<u8> {
    match args.command {
        ProviderCommand::Init { path } => init::run(&path),
        ProviderCommand::Build { path, module, out } => build_component(&path, module.as_deref(), out),
        ProviderCommand::Test(args) => test::run(&args),
        ProviderCommand::List(args) => list::run(&args),
        ProviderCommand::Inspect { component, which, output } => inspect::run(&component, &which, output),
        ProviderCommand::Keygen(args) => keygen::run(&args),
        ProviderCommand::Pack(args) => pack::run(&args),
        ProviderCommand::Push(args) => push::run(&args),
        ProviderCommand::Pull(args) => pull::run(&args),
        ProviderCommand::Sign(args) => sign::run(&args),
        ProviderCommand::Verify(args) => verify::run(&args),
    }
}

fn build_component(folder: &Path, module: Option<&Path>, out: Option<PathBuf>) -> anyhow::Result<u8> {
    let catalogue_file = folder.join("provider.toml");
    let text = std::fs::read_to_string(&catalogue_file).with_context(|| {
        format!("cannot read {} (`bailiwick provider init` makes one)", catalogue_file.display())
    })?;
    let catalogue = match parse(&text) {
        Ok(catalogue) => catalogue,
        Err(errors) => {
            let lines: Vec<String> =
                errors.iter().map(|e| format!("{}: {e}", catalogue_file.display())).collect();
            bail!("the catalogue does not hold:\n{}", lines.join("\n"));
        }
    };
    let module = match module {
        Some(file) => file.to_owned(),
        None => toolchain::compile(folder)?,
    };
    let bytes =
        std::fs::read(&module).with_context(|| format!("cannot read the module {}", module.display()))?;
    let component = build::build(&bytes, &text).with_context(|| module.display().to_string())?;
    admit(&component).with_context(|| module.display().to_string())?;
    let out = out.unwrap_or_else(|| folder.join(format!("{}.wasm", catalogue.name)));
    std::fs::write(&out, &component).with_context(|| format!("cannot write {}", out.display()))?;
    report::say(&format!("{}  {}  {} bytes", Digest::of(&component), out.display(), component.len()))?;
    Ok(crate::OK)
}
