//! What tests stand on: an embedded KV backend that speaks Vault's wire, hostile servers, a DNS server that
//! counts, certificates, moto, a registry, a Sigstore, cosign, and the public corpora. Everything listens on loopback at a random port, runs on a
//! thread of its own (so that a test may block or be async), and stops when it is dropped.
//!
//! A development dependency only: nothing here may be linked into the `bailiwick` binary, and nothing here may
//! name broker or sandbox, or a wrong test could agree with a wrong crate.

pub mod background;
pub mod corpora;
pub mod cosign;
pub mod count;
pub mod dns;
pub mod guest;
pub mod hostile;
pub mod http;
pub mod jwt;
pub mod kv;
pub mod moto;
pub mod oci;
pub mod registry;
pub mod sigstore;
pub mod temp;
pub mod tls;
mod tools;

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// The root of the repository that the tests were built from.
#[must_use]
pub fn repository() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// A provider that `cargo xtask providers` built: `$BAILIWICK_PROVIDERS/NAME.wasm`, else `providers/NAME.wasm` of the
/// target folder that the running test is in.
///
/// # Errors
/// Where it is not built.
pub fn provider(name: &str) -> Result<PathBuf> {
    let folder = match std::env::var_os("BAILIWICK_PROVIDERS") {
        Some(named) => PathBuf::from(named),
        // target/debug/deps/TEST
        None => {
            let test = std::env::current_exe().context("where is this test?")?;
            test.ancestors().nth(3).context("this test is in no target folder")?.join("providers")
        }
    };
    let file = folder.join(format!("{name}.wasm"));
    if !file.is_file() {
        bail!("{} is not there: run `cargo xtask providers`", file.display());
    }
    Ok(file)
}

/// Says a line on standard error, past the test's capture: what was skipped must be seen.
pub fn say(line: &str) {
    // Where nobody listens, there is nobody to tell.
    let _ = writeln!(std::io::stderr(), "{line}");
}
