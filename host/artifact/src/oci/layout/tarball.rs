//! A layout in a tar. The tar is walked once and never unpacked: what is kept is where each file begins. Only files and
//! folders may be in it; links, devices, long-name records and paths that climb are refused.

use std::{collections::BTreeMap, fs::File, os::unix::fs::FileExt, path::Path};

use tar::{Archive, Entry, EntryType};

use crate::oci::{
    error::{FetchError, Part},
    manifest::Fault,
};

/// Entries of a tar.
const MAX_ENTRIES: usize = 65_536;
/// Bytes of a tar.
const MAX_BYTES: u64 = 1 << 30;

#[derive(Debug)]
pub(super) struct Tarball {
    file: File,
    places: BTreeMap<String, (u64, u64)>,
}

const NO_LAYOUT: FetchError = FetchError::Malformed(Part::Layout, Fault::Layout);

impl Tarball {
    pub(super) fn open(path: &Path) -> Result<Self, FetchError> {
        let file = File::open(path).map_err(|_| FetchError::File("read"))?;
        let size = file.metadata().map_err(|_| FetchError::File("read"))?.len();
        if size > MAX_BYTES {
            return Err(FetchError::TooLarge(Part::Layout, MAX_BYTES));
        }
        Ok(Self { places: walk(&file, size)?, file })
    }

    pub(super) fn read(&self, name: &str, limit: u64, part: Part) -> Result<Vec<u8>, FetchError> {
        let (offset, size) = *self.places.get(name).ok_or(FetchError::NotFound(part))?;
        if size > limit {
            return Err(FetchError::TooLarge(part, limit));
        }
        // Within the limit, which is far below any address space.
        let mut bytes = vec![0; usize::try_from(size).unwrap_or(usize::MAX)];
        self.file.read_exact_at(&mut bytes, offset).map_err(|_| FetchError::File("read"))?;
        Ok(bytes)
    }

    /// The names below `blobs/sha256`.
    pub(super) fn blobs(&self) -> Vec<String> {
        self.places.keys().filter_map(|name| name.strip_prefix("blobs/sha256/")).map(str::to_owned).collect()
    }
}

/// Where each file is.
fn walk(file: &File, size: u64) -> Result<BTreeMap<String, (u64, u64)>, FetchError> {
    let mut archive = Archive::new(file);
    let mut places = BTreeMap::new();
    let entries = archive.entries_with_seek().map_err(|_| NO_LAYOUT)?.raw(true);
    for (count, entry) in entries.enumerate() {
        let entry = entry.map_err(|_| NO_LAYOUT)?;
        if count >= MAX_ENTRIES {
            return Err(NO_LAYOUT);
        }
        if let Some((name, place)) = place(&entry, size)?
            && places.insert(name, place).is_some()
        {
            return Err(NO_LAYOUT);
        }
    }
    Ok(places)
}

/// A file's name, and where its bytes are: offset and size.
type Place = (String, (u64, u64));

/// Name and place; none for what holds no file.
fn place(entry: &Entry<'_, &File>, whole: u64) -> Result<Option<Place>, FetchError> {
    let size = entry.header().entry_size().map_err(|_| NO_LAYOUT)?;
    let offset = entry.raw_file_position();
    match entry.header().entry_type() {
        EntryType::Regular => {}
        // Records of times and owners, which say nothing to us.
        EntryType::Directory | EntryType::XHeader | EntryType::XGlobalHeader => return Ok(None),
        _ => return Err(NO_LAYOUT),
    }
    let path = entry.path_bytes();
    let name = std::str::from_utf8(&path).map_err(|_| NO_LAYOUT)?;
    let name = name.strip_prefix("./").unwrap_or(name);
    if name.starts_with('/') || name.split('/').any(|step| matches!(step, "" | "." | "..")) {
        return Err(NO_LAYOUT);
    }
    let end = offset.checked_add(size).filter(|end| *end <= whole);
    end.map(|_| Some((name.to_owned(), (offset, size)))).ok_or(NO_LAYOUT)
}
