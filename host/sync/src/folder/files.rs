//! Manifest files: which of a folder's files are read, and in what order. A folder is read with its subfolders;
//! names that start with a dot are left out, as editors and version control keep their own things there.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use bailiwick_artifact::digest::Digest;
use zeroize::Zeroizing;

/// The largest manifest file.
const MAX_FILE: u64 = 1 << 20;
/// The deepest subfolder.
const MAX_DEPTH: usize = 8;

/// Files by path, in the order of their paths. Manifests may hold Secrets, so the text is zeroed on drop.
pub type Files = BTreeMap<PathBuf, Zeroizing<String>>;

/// A folder or file could not be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {}", path.display())]
pub struct FilesError {
    path: PathBuf,
    source: io::Error,
}

/// Reads folders and files.
pub fn read(paths: &[PathBuf]) -> Result<Files, FilesError> {
    let mut files = Files::new();
    for path in paths {
        collect(path, 0, &mut files).map_err(|source| FilesError { path: path.clone(), source })?;
    }
    Ok(files)
}

/// A digest of all names and texts: equal only where nothing changed.
#[must_use]
pub fn digest(files: &Files) -> Digest {
    let mut text = Zeroizing::new(Vec::new());
    for (path, content) in files {
        for part in [path.as_os_str().as_encoded_bytes(), content.as_bytes()] {
            text.extend_from_slice(&(part.len() as u64).to_le_bytes());
            text.extend_from_slice(part);
        }
    }
    Digest::of(&text)
}

fn collect(path: &Path, depth: usize, files: &mut Files) -> io::Result<()> {
    if !path.is_dir() {
        files.insert(path.to_owned(), read_one(path)?);
        return Ok(());
    }
    if depth > MAX_DEPTH {
        return Err(io::Error::other(format!("folders are read {MAX_DEPTH} deep")));
    }
    for entry in std::fs::read_dir(path)? {
        let entry = entry?.path();
        if is_manifest(&entry) {
            collect(&entry, depth + 1, files)?;
        }
    }
    Ok(())
}

fn is_manifest(path: &Path) -> bool {
    let hidden = path.file_name().is_none_or(|name| name.as_encoded_bytes().starts_with(b"."));
    let known = path.extension().is_some_and(|e| e == "yaml" || e == "yml" || e == "json");
    !hidden && (known || path.is_dir())
}

fn read_one(path: &Path) -> io::Result<Zeroizing<String>> {
    if std::fs::metadata(path)?.len() > MAX_FILE {
        return Err(io::Error::other(format!("{} is larger than 1 MiB; split it", path.display())));
    }
    let text = std::fs::read_to_string(path).map(Zeroizing::new);
    text.map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}
