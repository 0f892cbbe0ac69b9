//! The cache's folder: ours alone (0700), files 0600 and written atomically. Reading never fails: what can't be read
//! is not there.

use std::{
    fs::{self, DirBuilder, File},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

use super::CacheError;

/// The largest file that is read, in bytes. Machine code is about four times its component.
const MAX: u64 = 256 << 20;

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
        let file = File::open(self.path.join(name)).ok()?;
        let mut bytes = Vec::new();
        file.take(MAX).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    pub(super) fn write(&self, name: &str, parts: &[&[u8]]) -> io::Result<()> {
        let mut file = NamedTempFile::new_in(&self.path)?;
        for part in parts {
            file.write_all(part)?;
        }
        file.persist(self.path.join(name))?;
        Ok(())
    }
}

pub(super) fn io_at<'a>(path: &'a Path, doing: &'static str) -> impl FnOnce(io::Error) -> CacheError + 'a {
    move |source| CacheError::Io { path: path.to_owned(), doing, source }
}
