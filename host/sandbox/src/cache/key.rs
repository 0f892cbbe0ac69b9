//! The key that authenticates what lies in the cache, and the one way to code that counts as authentic.

use std::{
    fs,
    io::{self, ErrorKind, Write},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tempfile::NamedTempFile;

use super::{
    CacheError,
    folder::{Folder, io_at},
};

/// Length of the key and of a MAC (HMAC-SHA256, RFC 2104).
const LENGTH: usize = 32;

/// The key, read once. Its Debug says nothing of it.
pub(super) struct Key(Hmac<Sha256>);

/// A file whose MAC was right. It can't change any more: it is in memory, and only [`Key::authenticate`] makes one.
pub(super) struct Authentic(Vec<u8>);

impl Authentic {
    /// The machine code, after the MAC.
    pub(super) fn code(&self) -> &[u8] {
        self.0.get(LENGTH..).unwrap_or_default()
    }
}

impl Key {
    /// Reads the key, or makes one of 32 random bytes.
    pub(super) fn open(path: &Path, folder: &Folder) -> Result<Self, CacheError> {
        if folder.holds(&real(path)?) {
            return Err(CacheError::KeyInFolder(path.to_owned()));
        }
        let bytes = match read(path, folder.us)? {
            Some(bytes) => bytes,
            None => make(path, folder.us)?,
        };
        let not_ours = |_| CacheError::KeyNotOurs(path.to_owned());
        Ok(Self(Hmac::new_from_slice(&bytes).map_err(not_ours)?))
    }

    /// Over the file's name, which is of one length, and the code.
    pub(super) fn mac(&self, name: &str, code: &[u8]) -> [u8; LENGTH] {
        self.over(name, code).finalize().into_bytes().into()
    }

    /// The file, if its MAC is that of this name and its code. Compared in constant time.
    pub(super) fn authenticate(&self, name: &str, file: Vec<u8>) -> Option<Authentic> {
        let (mac, code) = file.split_at_checked(LENGTH)?;
        self.over(name, code).verify_slice(mac).ok()?;
        Some(Authentic(file))
    }

    fn over(&self, name: &str, code: &[u8]) -> Hmac<Sha256> {
        self.0.clone().chain_update(name).chain_update(code)
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}

/// Where the key file lies, links of its folder followed.
fn real(path: &Path) -> Result<PathBuf, CacheError> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let parent = fs::canonicalize(parent).map_err(io_at(parent, "find the key's folder"))?;
    Ok(parent.join(path.file_name().unwrap_or_default()))
}

/// None where there is no file. The length is checked before anything is read.
fn read(path: &Path, us: u32) -> Result<Option<Vec<u8>>, CacheError> {
    let meta = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        other => other.map_err(io_at(path, "look at the key"))?,
    };
    if !meta.is_file() || meta.uid() != us || meta.mode() & 0o077 != 0 || meta.len() != LENGTH as u64 {
        return Err(CacheError::KeyNotOurs(path.to_owned()));
    }
    fs::read(path).map(Some).map_err(io_at(path, "read the key"))
}

/// A new key; where another process was first, its key.
fn make(path: &Path, us: u32) -> Result<Vec<u8>, CacheError> {
    let mut bytes = [0; LENGTH];
    getrandom::fill(&mut bytes)
        .map_err(|error| io_at(path, "make a key")(io::Error::other(error.to_string())))?;
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = NamedTempFile::new_in(parent).map_err(io_at(path, "write the key"))?;
    file.write_all(&bytes).map_err(io_at(path, "write the key"))?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(bytes.to_vec()),
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => {
            read(path, us)?.ok_or_else(|| CacheError::KeyNotOurs(path.to_owned()))
        }
        Err(error) => Err(io_at(path, "write the key")(error.error)),
    }
}
