//! A folder of small files that are replaced as a whole: written beside and renamed, so that a reader sees the old
//! file or the new one and never half of one. The folder is opened once and locked, and every name is opened
//! relative to it without following links. What the files mean is said elsewhere.

use std::{
    fs::File,
    io::{ErrorKind, Read, Write},
    os::{fd::OwnedFd, unix::fs::DirBuilderExt},
    path::{Path, PathBuf},
};

use rustix::{
    fs::{AtFlags, FileType, FlockOperation, Mode, OFlags},
    io::Errno,
};
use zeroize::Zeroizing;

use super::names::{is_partial, partial};

/// The largest file that is read back: core allows 1 MiB of values and 1 MiB of keys; base64, escapes, labels and
/// annotations come on top.
pub(super) const MAX_FILE: u64 = 10 << 20;

/// Why a file could not be read or written. The path is ours; no content is quoted.
#[derive(Debug, thiserror::Error)]
#[error("{what} {path}{}", remedy(source))]
pub struct DirError {
    what: &'static str,
    path: String,
    source: std::io::Error,
}

/// An open, locked folder.
pub struct Dir {
    folder: OwnedFd,
    path: PathBuf,
}

impl Dir {
    /// Opens the folder, making it (mode 0700) where it is not there, locks it against a second process and
    /// removes what a crash left half written.
    pub fn open(path: &Path) -> Result<Self, DirError> {
        Self::open_locked(path).map_err(|source| DirError {
            what: "cannot open the folder",
            path: path.display().to_string(),
            source,
        })
    }

    /// Opens a folder to look at it: nothing is made, locked or removed. None where it is not there.
    pub fn open_to_read(path: &Path) -> Result<Option<Self>, DirError> {
        match open(path) {
            Ok(folder) => Ok(Some(Self { folder, path: path.to_owned() })),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => {
                Err(DirError { what: "cannot open the folder", path: path.display().to_string(), source })
            }
        }
    }

    /// The bytes of a plain file; none where there is nothing of that name. Anything else, a link or a pipe, is an
    /// error at once.
    pub fn read(&self, file: &str) -> Result<Option<Zeroizing<Vec<u8>>>, DirError> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        match rustix::fs::openat(&self.folder, file, flags, Mode::empty()) {
            Ok(fd) => read_bounded(File::from(fd)).map(Some).map_err(|e| self.error("cannot read", file, e)),
            Err(Errno::NOENT) => Ok(None),
            Err(e) => Err(self.error("cannot read", file, e.into())),
        }
    }

    /// Writes a file (mode 0600) in place of what is there.
    pub fn write(&self, file: &str, content: &[u8]) -> Result<(), DirError> {
        let partial = partial(file);
        self.write_partial(&partial, content)
            .and_then(|()| Ok(rustix::fs::renameat(&self.folder, &partial, &self.folder, file)?))
            .inspect_err(|_| self.forget(&partial))
            .map_err(|e| self.error("cannot write", file, e))?;
        // The rename itself must survive a power cut too; a failure here leaves a whole file either way.
        rustix::fs::fsync(&self.folder).map_err(|e| self.error("cannot make safe", file, e.into()))
    }

    /// Deletes a file; one that is not there is deleted already.
    pub fn delete(&self, file: &str) -> Result<(), DirError> {
        match rustix::fs::unlinkat(&self.folder, file, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(e) => Err(self.error("cannot delete", file, e.into())),
        }
    }

    /// The names of all files, sorted.
    pub fn names(&self) -> Result<Vec<String>, DirError> {
        self.all_names().map_err(|e| self.error("cannot list", "", e))
    }

    fn open_locked(path: &Path) -> std::io::Result<Self> {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)?;
        let folder = open(path)?;
        rustix::fs::flock(&folder, FlockOperation::NonBlockingLockExclusive).map_err(|_| {
            std::io::Error::other("another process is writing to it; wait for it or choose another folder")
        })?;
        let dir = Self { folder, path: path.to_owned() };
        dir.sweep()?;
        Ok(dir)
    }

    fn write_partial(&self, partial: &str, content: &[u8]) -> std::io::Result<()> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let fd = rustix::fs::openat(&self.folder, partial, flags, Mode::RUSR | Mode::WUSR)?;
        let mut file = File::from(fd);
        file.write_all(content)?;
        file.sync_all()
    }

    /// Takes back a partial file; where even that fails, the next start sweeps it.
    fn forget(&self, partial: &str) {
        let _ = rustix::fs::unlinkat(&self.folder, partial, AtFlags::empty());
    }

    fn sweep(&self) -> std::io::Result<()> {
        for name in self.all_names()?.iter().filter(|name| is_partial(name)) {
            let found = rustix::fs::statat(&self.folder, name, AtFlags::SYMLINK_NOFOLLOW)?;
            if FileType::from_raw_mode(found.st_mode) == FileType::RegularFile {
                rustix::fs::unlinkat(&self.folder, name, AtFlags::empty())?;
            }
        }
        Ok(())
    }

    fn all_names(&self) -> std::io::Result<Vec<String>> {
        let dir = rustix::fs::Dir::read_from(&self.folder)?;
        let mut names: Vec<String> =
            dir.filter_map(|entry| entry.ok()?.file_name().to_str().ok().map(str::to_owned)).collect();
        names.sort();
        Ok(names)
    }

    fn error(&self, what: &'static str, file: &str, source: std::io::Error) -> DirError {
        DirError { what, path: self.path.join(file).display().to_string(), source }
    }
}

/// What mends it, where that can be said. Whatever the cause, a file that was there before is untouched.
fn remedy(source: &std::io::Error) -> &'static str {
    match source.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => " (make room for it)",
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => " (let this user write there)",
        _ => "",
    }
}

fn open(path: &Path) -> std::io::Result<OwnedFd> {
    let flags = OFlags::DIRECTORY | OFlags::RDONLY | OFlags::CLOEXEC;
    Ok(rustix::fs::open(path, flags, Mode::empty())?)
}

fn read_bounded(file: File) -> std::io::Result<Zeroizing<Vec<u8>>> {
    let found = file.metadata()?;
    if !found.is_file() {
        return Err(std::io::Error::other("it is no plain file; move it away"));
    }
    let large = || std::io::Error::other("it is larger than a Secret can be (10 MiB); move it away");
    let size = found.len();
    if size > MAX_FILE {
        return Err(large());
    }
    // One allocation of the full size: a buffer that grows leaves copies of what it held behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(size).unwrap_or(0) + 1));
    file.take(MAX_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE { Err(large()) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests;
