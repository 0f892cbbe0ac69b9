//! Where providers are built: a copy of the repository, a target folder, a CARGO_HOME. Their paths get into what a compiler
//! writes (in messages of panics, and into the order of functions), so each is given a name that is the same everywhere.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::{list, workspace};
use crate::place;
use crate::run::{plain, succeed};
use crate::setup::{Compiler, TARGET};

/// The three folders, absolute.
#[derive(Debug)]
pub(crate) struct Site {
    /// The repository: `providers-wasm` is in it.
    pub(crate) root: PathBuf,
    /// The target folder of guests.
    pub(crate) target: PathBuf,
    /// Where cargo keeps sources, spelled as cargo is told; none where HOME is not set.
    pub(crate) home: Option<PathBuf>,
}

impl Site {
    /// This repository, with the folders that all its commands use.
    pub(crate) fn ours() -> Self {
        let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
        let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
        Self { root: place::root(), target: place::guests(), home }
    }

    /// Builds all providers, and their components into `out`.
    pub(crate) fn build(&self, compiler: &Compiler, bailiwick: &Path, out: &Path) -> Result<()> {
        let workspace = self.root.join("providers-wasm");
        let mut command = compiler.cargo_build(&workspace);
        command.env("CARGO_TARGET_DIR", &self.target).env("CARGO_ENCODED_RUSTFLAGS", self.flags(compiler)?);
        if let Some(home) = &self.home {
            command.env("CARGO_HOME", home);
        }
        succeed(&mut command)?;
        std::fs::create_dir_all(out)?;
        for provider in list(&workspace)? {
            let file = format!("{}.wasm", provider.name);
            let mut command = plain(&bailiwick.to_string_lossy(), &self.root);
            command.args(["provider", "build"]).arg(&provider.folder);
            command.arg("--module").arg(self.target.join(TARGET).join("release").join(&file));
            succeed(command.arg("--out").arg(out.join(&file)))?;
        }
        Ok(())
    }

    /// The compiler's flags, as `CARGO_ENCODED_RUSTFLAGS` takes them: a small stack (more would be touched for each
    /// instance), and no path of this site.
    pub(crate) fn flags(&self, compiler: &Compiler) -> Result<String> {
        let paths = [
            (Some(compiler.sysroot(&workspace())?), "/rust"),
            (self.home.as_ref().map(|home| home.display().to_string()), "/cargo"),
            (Some(self.root.display().to_string()), "/bailiwick"),
            (Some(self.target.display().to_string()), "/target"),
        ];
        let remaps =
            paths.into_iter().filter_map(|(from, to)| Some(format!("--remap-path-prefix={}={to}", from?)));
        let flags = std::iter::once("-Clink-arg=-zstack-size=65536".to_owned()).chain(remaps);
        Ok(flags.collect::<Vec<_>>().join("\u{1f}"))
    }
}
