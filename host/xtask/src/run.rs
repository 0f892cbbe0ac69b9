//! Running programs, with the command shown first, and cargo in an environment that the outer `cargo xtask` has not
//! bent: rustup's proxy exports the toolchain it chose, and a build that inherits it does not see `+toolchain`.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::place;

/// What an outer cargo, or rustup's proxy, leaves in the environment.
const BENT: [&str; 8] = [
    "RUSTUP_TOOLCHAIN",
    "CARGO",
    "RUSTC",
    "RUSTFLAGS",
    "CARGO_ENCODED_RUSTFLAGS",
    "LD_LIBRARY_PATH",
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_PATH",
];

/// Cargo by name from PATH, in `folder`, with our target folder.
pub(crate) fn cargo(folder: &Path) -> Command {
    let mut command = plain("cargo", folder);
    command.env("CARGO_TARGET_DIR", place::target());
    command
}

/// A program in `folder`, in an unbent environment.
pub(crate) fn plain(program: &str, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder);
    for name in BENT {
        command.env_remove(name);
    }
    command
}

/// Shows a command, runs it, and wants it to succeed.
pub(crate) fn succeed(command: &mut Command) -> Result<()> {
    say(&format!("$ {}", shown(command)));
    let status = command.status().with_context(|| format!("cannot start {}", shown(command)))?;
    if !status.success() {
        bail!("`{}` failed ({status})", shown(command));
    }
    Ok(())
}

/// Runs a command without showing it; what it printed, where it succeeded.
pub(crate) fn read(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("cannot start {}", shown(command)))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        bail!("`{}` failed ({}): {}", shown(command), output.status, complaint.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Says a line, on standard error so that it keeps its place among what cargo says.
pub(crate) fn say(line: &str) {
    // Where nobody listens, there is nobody to tell.
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Says what comes now.
pub(crate) fn title(text: &str) {
    say(&format!("\n== {text}"));
}

/// A command as one would type it at the repository's root.
pub(crate) fn shown(command: &Command) -> String {
    let arguments = command.get_args().map(|argument| argument.to_string_lossy().into_owned());
    let words = std::iter::once(command.get_program().to_string_lossy().into_owned()).chain(arguments);
    words.collect::<Vec<_>>().join(" ").replace(&format!("{}/", place::root().display()), "")
}
