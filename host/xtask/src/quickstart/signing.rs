//! The quick start's modules that must not run: one that nobody signed, and one with a byte changed after it was signed. They
//! lie under the name of the one that runs, in folders of their own.

use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::{program, sync};
use crate::place;
use crate::providers::signing::pack;
use crate::run::{read, say, title};

/// What the example's Provider names.
const LAYOUT: &str = "vault.tar";
/// The version there.
const VERSION: &str = "0.1.0";

/// Shows that neither of the two runs.
pub(super) fn denied(folder: &Path) -> Result<()> {
    let [unsigned, tampered] = ["unsigned", "tampered"].map(|name| folder.join(name));
    std::fs::create_dir_all(&unsigned)?;
    read(&mut pack(&program(), "vault", VERSION, &unsigned.join(LAYOUT)))?;
    refused(folder, &unsigned, "a module that nobody signed", "NoSignature")?;
    std::fs::create_dir_all(&tampered)?;
    tamper(&place::providers().join(LAYOUT), &tampered.join(LAYOUT))?;
    refused(folder, &tampered, "a module that was changed after it was signed", "DigestMismatch")
}

fn refused(folder: &Path, modules: &Path, what: &str, reason: &str) -> Result<()> {
    title(&format!("Denied: {what}"));
    let mut command = sync(folder, modules, &[]);
    // A cache of its own: what ran before is in the user's, and would run on.
    command.arg("--cache").arg(modules.join("cache"));
    let output = command.output().context("cannot start bailiwick")?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let line = text.lines().find(|line| line.contains(reason));
    ensure!(!output.status.success(), "{what} was run");
    say(line.with_context(|| format!("the sync did not say {reason}: {text}"))?);
    Ok(())
}

// A byte of the component, which lies in the tar as it is.
fn tamper(signed: &Path, tampered: &Path) -> Result<()> {
    let (mut layout, component) =
        (std::fs::read(signed)?, std::fs::read(place::providers().join("vault.wasm"))?);
    let at = layout.windows(component.len()).position(|window| window == component);
    let byte = at.and_then(|at| layout.get_mut(at)).context("the layout does not hold the component")?;
    *byte ^= 1;
    Ok(std::fs::write(tampered, layout)?)
}
