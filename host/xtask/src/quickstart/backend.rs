//! The embedded backend as a child: `kv-dev` prints where it listens and ends when its standard input does.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::place;
use crate::run::plain;

/// The running backend. It ends when it is dropped.
#[derive(Debug)]
pub(super) struct Backend {
    child: Child,
    address: String,
}

impl Backend {
    /// Starts it and has it run the requests of `setup`.
    pub(super) fn start(setup: &Path) -> Result<Self> {
        let mut command = plain(&place::program("kv-dev").to_string_lossy(), &place::root());
        command.arg("--setup").arg(setup).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().context("cannot start kv-dev")?;
        let mut line = String::new();
        if let Some(output) = child.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        let said: Value = serde_json::from_str(&line).unwrap_or_default();
        let address = said.get("address").and_then(Value::as_str).unwrap_or_default().to_owned();
        let backend = Self { child, address };
        anyhow::ensure!(!backend.address.is_empty(), "kv-dev did not say where it listens");
        Ok(backend)
    }

    /// `http://127.0.0.1:PORT`.
    pub(super) fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        // The end of its input ends it; waiting keeps no zombie behind.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
