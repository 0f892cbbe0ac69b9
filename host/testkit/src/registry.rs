//! A real OCI registry on loopback, empty, in memory (`tests/tools/registry`), with the referrers API or without it. It
//! ends when its standard input does, so it outlives neither the handle nor a test that was killed. Found by
//! `BAILIWICK_REGISTRY_BIN`, else in the user's cache: see [`crate::tools`].

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

use crate::tools::Tool;

/// The program.
pub(crate) const TOOL: Tool = Tool { name: "registry", variable: "BAILIWICK_REGISTRY_BIN", version: None };

/// Whether a registry lists what refers to a manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Referrers {
    /// `/v2/NAME/referrers/DIGEST`, as in OCI 1.1.
    Api,
    /// 404 there, as registries before it: clients use the tag `sha256-HEX`.
    Absent,
}

/// The running registry. It ends when it is dropped.
#[derive(Debug)]
pub struct Registry {
    child: Child,
    address: SocketAddr,
}

impl Registry {
    /// Starts one; none where it cannot be built (then this is said, and the test has nothing to do).
    ///
    /// # Errors
    /// Where it is there and does not start.
    pub fn start(referrers: Referrers) -> Result<Option<Self>> {
        let Some(program) = TOOL.find()? else { return Ok(None) };
        let mut command = Command::new(&program);
        command.arg(format!("-referrers={}", referrers == Referrers::Api));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().with_context(|| format!("cannot start {}", program.display()))?;
        match first_line(&mut child) {
            Ok(address) => Ok(Some(Self { child, address })),
            Err(error) => {
                end(&mut child);
                Err(error)
            }
        }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `127.0.0.1:PORT`, as it stands in a reference.
    #[must_use]
    pub fn host(&self) -> String {
        self.address.to_string()
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

// Its address is the first thing that it says, and the last.
fn first_line(child: &mut Child) -> Result<SocketAddr> {
    let output = child.stdout.take().context("no output")?;
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line).context("the registry said nothing")?;
    line.trim().parse().with_context(|| format!("the registry says {line:?} for its address"))
}

fn end(child: &mut Child) {
    // It may have ended by itself.
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(test)]
mod tests;
