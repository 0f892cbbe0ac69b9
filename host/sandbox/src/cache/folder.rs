//! The cache's folder: ours alone (0700), files 0600 and written atomically. Reading never fails: what can't be read
//! is not there.

use std::{
    fs::{self, DirBuilder, DirEntry, File},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use tempfile::NamedTempFile;

use super::{
    CacheError,
    bounds::{Kept, surplus},
};

/// The largest file that is kept and read, in bytes: machine code of the most that is compiled takes less.
const MAX: u64 = 64 << 20;
/// How exactly the last use of a file is known.
const TOUCH: Duration = Duration::from_secs(24 * 3600);

/// A folder that only we may enter.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// Our user, as the file system sees it.
    pub(super) us: u32,
}

impl Folder {
    pub(super) fn open(path: &Path) -> Result<Self, CacheError> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
        made.map_err(io_at(path, "make the folder"))?;
        let meta = fs::symlink_metadata(path).map_err(io_at(path, "look at the folder"))?;
        let probe = NamedTempFile::new_in(path).and_then(|file| file.as_file().metadata());
        let us = probe.map_err(io_at(path, "write"))?.uid();
        if !meta.is_dir() || meta.uid() != us || meta.mode() & 0o077 != 0 {
            return Err(CacheError::FolderNotOurs(path.to_owned()));
        }
        let path = fs::canonicalize(path).map_err(io_at(path, "look at the folder"))?;
        Ok(Self { path, us })
    }

    /// Whether `path` lies in the folder or below it.
    pub(super) fn holds(&self, path: &Path) -> bool {
        path.starts_with(&self.path)
    }

    pub(super) fn read(&self, name: &str) -> Option<Vec<u8>> {
        let path = self.path.join(name);
        // A link or a pipe is nothing that we wrote; its end must not be touched.
        fs::symlink_metadata(&path).ok().filter(fs::Metadata::is_file)?;
        let file = File::open(path).ok()?;
        let mut bytes = Vec::new();
        (&file).take(MAX).read_to_end(&mut bytes).ok()?;
        touch(&file);
        Some(bytes)
    }

    /// Removes what is too old or too much. Another process may do the same at the same time: a file that is gone is
    /// gone, and one that goes while it is read is still whole.
    pub(super) fn sweep(&self) -> io::Result<()> {
        let files = fs::read_dir(&self.path)?.filter_map(|entry| kept(&entry.ok()?));
        for name in surplus(files.collect()) {
            let _ = fs::remove_file(self.path.join(name));
        }
        Ok(())
    }

    pub(super) fn write(&self, name: &str, parts: &[&[u8]]) -> io::Result<()> {
        if parts.iter().map(|part| part.len() as u64).sum::<u64>() >= MAX {
            return Err(io::Error::other("it is larger than what is kept"));
        }
        let mut file = NamedTempFile::new_in(&self.path)?;
        for part in parts {
            file.write_all(part)?;
        }
        file.persist(self.path.join(name))?;
        Ok(())
    }
}

/// A regular file, links not followed.
fn kept(entry: &DirEntry) -> Option<Kept> {
    let meta = entry.metadata().ok().filter(fs::Metadata::is_file)?;
    let age = meta.modified().ok()?.elapsed().unwrap_or_default();
    Some(Kept { name: entry.file_name().into_string().ok()?, size: meta.len(), age })
}

/// Marks a file as used.
fn touch(file: &File) {
    let modified = file.metadata().and_then(|meta| meta.modified());
    if modified.is_ok_and(|at| at.elapsed().is_ok_and(|age| age > TOUCH)) {
        let _ = file.set_modified(SystemTime::now());
    }
}

pub(super) fn io_at<'a>(path: &'a Path, doing: &'static str) -> impl FnOnce(io::Error) -> CacheError + 'a {
    move |source| CacheError::Io { path: path.to_owned(), doing, source }
}
