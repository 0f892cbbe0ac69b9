//! `--audit FILE`: where the records go, and what is said where they cannot be kept. The broker sends nothing more
//! while a record is unwritten, so that what left unrecorded is never more than what was under way.

use std::{
    fs::OpenOptions,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Context;
use bailiwick_sync::{Audit, JsonLines};

use crate::report;

/// The audit of a process.
pub(crate) struct AuditFile {
    path: Option<PathBuf>,
    lines: Arc<JsonLines<Box<dyn Write + Send>>>,
}

impl AuditFile {
    /// Appends to the file, which is made where it is not there (mode 0600); keeps nothing without one.
    pub(crate) fn open(path: Option<&Path>) -> anyhow::Result<Self> {
        let out: Box<dyn Write + Send> = match path {
            None => Box::new(std::io::sink()),
            Some(path) => {
                let file = OpenOptions::new().append(true).create(true).mode(0o600).open(path);
                Box::new(file.with_context(|| format!("--audit: cannot open {}", path.display()))?)
            }
        };
        Ok(Self { path: path.map(Path::to_owned), lines: Arc::new(JsonLines::new(out)) })
    }

    /// For the broker.
    pub(crate) fn stream(&self) -> Arc<dyn Audit> {
        self.lines.clone()
    }

    /// Says what is unwritten; the exit code for it.
    pub(crate) fn complain(&self) -> u8 {
        let (Some(path), Some(unwritten)) = (&self.path, self.lines.unwritten()) else { return crate::OK };
        let remedy = "make room there; nothing more was sent meanwhile";
        report::complain(&format!("error: --audit {}: {unwritten}; {remedy}", path.display()));
        crate::FAILED
    }
}
