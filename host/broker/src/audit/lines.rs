//! The audit as JSON lines. What cannot be written (a full disk) is kept and written before anything else once there
//! is room again, so that no record is lost or torn while the process lives; until then nothing more is to leave.

use std::{
    io::{self, Write},
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{Audit, Record};

/// An audit stream of JSON lines.
pub struct JsonLines<W>(Mutex<Lines<W>>);

struct Lines<W> {
    out: W,
    /// What is still to be written: the rest of a line, and whole lines.
    pending: Vec<u8>,
    error: Option<io::Error>,
}

/// Records that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("{records} audit records could not be written: {error}")]
pub struct Unwritten {
    /// How many, counting one that was written in part.
    pub records: usize,
    /// What the system said last.
    pub error: String,
}

impl<W: Write + Send> JsonLines<W> {
    /// Writes to `out`, one line a record, each in one write.
    pub fn new(out: W) -> Self {
        Self(Mutex::new(Lines { out, pending: Vec::new(), error: None }))
    }

    /// What is not written, where something is not. Tries once more first.
    pub fn unwritten(&self) -> Option<Unwritten> {
        let mut lines = self.lock();
        lines.write();
        let error = lines.error.as_ref()?.to_string();
        Some(Unwritten { records: lines.pending.iter().filter(|byte| **byte == b'\n').count(), error })
    }

    fn lock(&self) -> MutexGuard<'_, Lines<W>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<W: Write + Send> Audit for JsonLines<W> {
    fn record(&self, record: &Record) {
        let Ok(line) = serde_json::to_vec(record) else { return };
        let mut lines = self.lock();
        lines.pending.extend_from_slice(&line);
        lines.pending.push(b'\n');
        if !lines.write() {
            tracing::error!("an audit record could not be written");
        }
    }

    fn ready(&self) -> bool {
        self.lock().write()
    }
}

impl<W: Write> Lines<W> {
    /// Writes what is to be written; false where some of it could not be.
    fn write(&mut self) -> bool {
        self.error = self.try_write().err();
        self.error.is_none()
    }

    fn try_write(&mut self) -> io::Result<()> {
        while !self.pending.is_empty() {
            match self.out.write(&self.pending) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => drop(self.pending.drain(..written)),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A disk with so much room.
    struct Disk(Vec<u8>, usize);

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let room = bytes.len().min(self.1 - self.0.len());
            if room == 0 && !bytes.is_empty() {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.0.extend_from_slice(&bytes[..room]);
            Ok(room)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn record(path: &str) -> Record {
        Record {
            time: "2015-08-30T12:36:00.000Z".to_owned(),
            object: "ExternalSecret/team-a/db".to_owned(),
            grant: "team-a".to_owned(),
            provider: "sha256:00".to_owned(),
            operation: None,
            origin: None,
            address: None,
            method: None,
            path: Some(path.to_owned()),
            verdict: super::super::Verdict::Sent,
            reason: None,
            status: None,
            bytes_out: 0,
            bytes_in: 0,
            duration_ms: 0,
        }
    }

    #[test]
    fn no_record_is_lost_or_torn_by_a_disk_that_was_full() {
        let lines = JsonLines::new(Disk(Vec::new(), 300));
        for path in ["/one", "/two", "/three"] {
            lines.record(&record(path));
        }
        let unwritten = lines.unwritten().unwrap();
        assert!(!lines.ready() && unwritten.records > 0, "{unwritten}");
        lines.lock().out.1 = 4096;
        assert!(lines.ready() && lines.unwritten().is_none());
        let written = String::from_utf8(lines.lock().out.0.clone()).unwrap();
        let paths = written.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        assert_eq!(
            paths.map(|record| record["path"].clone()).collect::<Vec<_>>(),
            ["/one", "/two", "/three"]
        );
    }
}
