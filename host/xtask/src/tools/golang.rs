//! Programs in Go: the registry and the Sigstore of `tests/tools`, and cosign. Each has a variable that may name one that
//! is there already; one on PATH is not taken, since it may be of any version. Go itself is not installed: where there is
//! none, that is said, and the tests that need the programs say that they are skipped. With `CI=true` it is an error.

mod compiler;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::sources;
use crate::place;
use crate::run::{plain, say, succeed, title};

/// A program in Go.
#[derive(Debug)]
pub(super) struct Program {
    /// Its name, and that of its folder in `tests/tools` where it is ours.
    pub(super) name: &'static str,
    variable: &'static str,
    /// The package and version it is installed from; one of ours has none.
    published: Option<(&'static str, &'static str)>,
    note: &'static str,
}

/// All of them. The tests' look-up (`testkit::tools`) knows names, variables and cosign's version too.
pub(super) const PROGRAMS: [Program; 3] = [
    Program { name: "registry", variable: "BAILIWICK_REGISTRY_BIN", published: None, note: "a minute" },
    Program { name: "sigstore", variable: "BAILIWICK_SIGSTORE_BIN", published: None, note: "some minutes" },
    Program {
        name: "cosign",
        variable: "BAILIWICK_COSIGN_BIN",
        published: Some(("github.com/sigstore/cosign/v3/cmd/cosign", "3.1.3")),
        note: "8 minutes on two cores",
    },
];

/// Installs one, where it is not there; without Go, says that it is left out.
pub(super) fn install(program: &Program) -> Result<()> {
    title(program.name);
    if let Some(found) = find(program)? {
        say(&format!("{} is there", found.display()));
        return Ok(());
    }
    match compiler::find() {
        Some(go) => build(program, &go),
        None if ci() => bail!(missing(program)),
        None => {
            say(&format!("not built: {}; tests that need it say that they are skipped", missing(program)));
            Ok(())
        }
    }
}

fn missing(program: &Program) -> String {
    let Program { name, variable, .. } = program;
    format!(
        "{name} is built with Go {} or later, which is neither on PATH nor in /usr/local/go (or name a built one in {variable})",
        compiler::OLDEST
    )
}

// What CI leaves out nobody would see.
fn ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| value == "true")
}

fn find(program: &Program) -> Result<Option<PathBuf>> {
    if let Some(named) = std::env::var_os(program.variable).map(PathBuf::from) {
        if !named.is_file() {
            bail!("{} names {}, which is no file", program.variable, named.display());
        }
        return Ok(Some(named));
    }
    let built = folder(program)?.join("bin").join(program.name);
    Ok(built.is_file().then_some(built))
}

fn folder(program: &Program) -> Result<PathBuf> {
    match program.published {
        Some((_, version)) => place::tool(program.name, version),
        None => place::tool(program.name, &sources::version(&place::root(), program.name)?),
    }
}

// Made beside its place and moved there whole, since tests may ask for one program at the same time.
fn build(program: &Program, go: &Path) -> Result<()> {
    let folder = folder(program)?;
    say(&format!("building {} into {} ({})", program.name, folder.display(), program.note));
    let new = folder.join(format!("new-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("bin"))?;
    std::fs::create_dir_all(&new)?;
    let mut command = plain(&go.to_string_lossy(), &place::root().join("tests/tools"));
    command.env("CGO_ENABLED", "0").env("GOTOOLCHAIN", "local").env("GOBIN", &new).env_remove("GOFLAGS");
    let flags = ["-trimpath", "-buildvcs=false", "-ldflags", "-s -w"];
    match program.published {
        Some((package, version)) => {
            command.arg("install").args(flags).arg(format!("{package}@v{version}"));
        }
        None => {
            command.arg("build").args(flags).args(["-mod=readonly", "-o"]).arg(&new);
            command.arg(format!("./{}", program.name));
        }
    }
    succeed(&mut command)?;
    std::fs::rename(new.join(program.name), folder.join("bin").join(program.name))?;
    std::fs::remove_dir(&new).map_err(Into::into)
}
