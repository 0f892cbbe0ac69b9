//! The content-addressed folder: bytes under the name of their digest. The folder is ours alone (0700), files are
//! 0600 and written atomically, and what is read is hashed again, so that what runs is byte for byte what was put
//! there (I9). Which digest may run is decided elsewhere.

use std::{
    fs::{self, DirBuilder, File},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

use crate::{Digest, MAX_COMPONENT};

/// A folder of content.
#[derive(Debug)]
pub struct ContentStore {
    folder: PathBuf,
}

/// Why the folder can't be used, or does not hold what is asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file system said no.
    #[error("{}: cannot {doing}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was tried.
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// Others may write into the folder, or it is a link.
    #[error("{}: must be a folder of your own with mode 0700: chmod it, or name another one", .0.display())]
    NotOurs(PathBuf),
    /// There is no such content.
    #[error("{0} is not in the store")]
    Absent(Digest),
    /// The file's bytes are not those of its name.
    #[error("{}: the file is not what its name says: delete it and fetch it again", .0.display())]
    Changed(PathBuf),
    /// Over [`MAX_COMPONENT`].
    #[error("a component is at most {MAX_COMPONENT} bytes")]
    TooLarge,
}

impl ContentStore {
    /// Opens the folder, and makes it where it is not there.
    ///
    /// # Errors
    /// [`StoreError::NotOurs`] for a link, another user's folder or one that others may enter, else
    /// [`StoreError::Io`].
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
        made.map_err(io_at(folder, "make the folder"))?;
        let meta = fs::symlink_metadata(folder).map_err(io_at(folder, "look at the folder"))?;
        let probe = NamedTempFile::new_in(folder).and_then(|file| file.as_file().metadata());
        let us = probe.map_err(io_at(folder, "write"))?.uid();
        if !meta.is_dir() || meta.uid() != us || meta.mode() & 0o077 != 0 {
            return Err(StoreError::NotOurs(folder.to_owned()));
        }
        Ok(Self { folder: folder.to_owned() })
    }

    /// Keeps `bytes` and says their digest. What is there already is written again, which mends a damaged file.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`] and [`StoreError::Io`]; then no file of that name appeared.
    pub fn put(&self, bytes: &[u8]) -> Result<Digest, StoreError> {
        if bytes.len() > MAX_COMPONENT {
            return Err(StoreError::TooLarge);
        }
        let digest = Digest::of(bytes);
        let path = self.path(&digest);
        self.write(&path, bytes).map_err(io_at(&path, "write"))?;
        Ok(digest)
    }

    /// The bytes of that digest.
    ///
    /// # Errors
    /// [`StoreError::Absent`], [`StoreError::Changed`] where the file does not hash to its name, and
    /// [`StoreError::Io`].
    pub fn get(&self, digest: &Digest) -> Result<Vec<u8>, StoreError> {
        let path = self.path(digest);
        let bytes = read(&path)?.ok_or(StoreError::Absent(*digest))?;
        if Digest::of(&bytes) == *digest { Ok(bytes) } else { Err(StoreError::Changed(path)) }
    }

    /// A note beside the content of `digest`. Nothing vouches for it: what it names must be looked at again.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub(crate) fn note(&self, digest: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        read(&self.note_path(digest))
    }

    /// Writes the note beside the content of `digest`.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub(crate) fn put_note(&self, digest: &Digest, note: &[u8]) -> Result<(), StoreError> {
        let path = self.note_path(digest);
        self.write(&path, note).map_err(io_at(&path, "write"))
    }

    /// A temporary file beside it, synced, renamed: readers see the old bytes or the new ones.
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = NamedTempFile::new_in(&self.folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        File::open(&self.folder)?.sync_all()
    }

    fn path(&self, digest: &Digest) -> PathBuf {
        self.folder.join(format!("sha256-{}", digest.hex()))
    }

    fn note_path(&self, digest: &Digest) -> PathBuf {
        self.folder.join(format!("sha256-{}.json", digest.hex()))
    }
}

/// A file's bytes, bounded; none where it is not there.
fn read(path: &Path) -> Result<Option<Vec<u8>>, StoreError> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other.map_err(io_at(path, "open"))?,
    };
    let mut bytes = Vec::new();
    file.take(MAX_COMPONENT as u64 + 1).read_to_end(&mut bytes).map_err(io_at(path, "read"))?;
    Ok(Some(bytes))
}

fn io_at<'a>(path: &'a Path, doing: &'static str) -> impl FnOnce(io::Error) -> StoreError + 'a {
    move |source| StoreError::Io { path: path.to_owned(), doing, source }
}

#[cfg(test)]
mod tests;
