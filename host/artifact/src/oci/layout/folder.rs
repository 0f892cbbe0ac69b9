//! A layout in a folder. Nothing is followed: a link in place of a file or folder is refused, since a folder may come
//! from somebody who would like us to read another one.

use std::{
    fs::{File, Metadata, symlink_metadata},
    io::Read,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use crate::oci::{
    error::{FetchError, Part},
    manifest::Fault,
};

/// Entries of `blobs/sha256` that are listed.
const MAX_ENTRIES: usize = 65_536;

#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn open(path: &Path) -> Result<Self, FetchError> {
        for inner in ["blobs", "blobs/sha256"] {
            let kind = symlink_metadata(path.join(inner)).map(|meta| meta.file_type());
            if !kind.is_ok_and(|kind| kind.is_dir()) {
                return Err(FetchError::Malformed(Part::Layout, Fault::Layout));
            }
        }
        Ok(Self(path.to_owned()))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    pub(super) fn read(&self, name: &str, limit: u64, part: Part) -> Result<Vec<u8>, FetchError> {
        let path = self.0.join(name);
        let meta = symlink_metadata(&path).map_err(|_| FetchError::NotFound(part))?;
        if !meta.is_file() {
            return Err(FetchError::Malformed(part, Fault::Layout));
        }
        let unreadable = |_| FetchError::File("read");
        let file = File::open(&path).map_err(unreadable)?;
        // What was looked at is what was opened.
        if !same(&meta, &file.metadata().map_err(unreadable)?) {
            return Err(FetchError::Malformed(part, Fault::Layout));
        }
        let mut bytes = Vec::new();
        file.take(limit + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 > limit { Err(FetchError::TooLarge(part, limit)) } else { Ok(bytes) }
    }

    /// The names below `blobs/sha256`.
    pub(super) fn blobs(&self) -> Result<Vec<String>, FetchError> {
        let entries = std::fs::read_dir(self.0.join("blobs/sha256")).map_err(|_| FetchError::File("read"))?;
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        Ok(names.take(MAX_ENTRIES).collect())
    }
}

fn same(a: &Metadata, b: &Metadata) -> bool {
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}
