//! Manifest files: which of a folder's files are read, and in what order. A folder is read with its subfolders;
//! names that start with a dot are left out, as editors and version control keep their own things there. Links are
//! followed below the folder that was given and nowhere else, and only plain files are read: neither a link nor a
//! pipe may stop a run, or lead it to files that nobody named. One file that cannot be read takes no other with it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{self, Read as _},
    os::{fd::OwnedFd, unix::ffi::OsStrExt},
    path::{Path, PathBuf},
};

use rustix::fs::{FileType, Mode, OFlags};
use zeroize::Zeroizing;

/// The largest manifest file.
const MAX_FILE: u64 = 1 << 20;
/// All files of a folder together.
const MAX_TOTAL: u64 = 256 << 20;
/// Files and folders of a folder.
const MAX_FILES: usize = 50_000;
/// The deepest subfolder.
const MAX_DEPTH: usize = 8;

/// Files by path, in the order of their paths. Manifests may hold Secrets, so the text is zeroed on drop.
pub type Files = BTreeMap<PathBuf, Zeroizing<String>>;

/// What was read, and what could not be.
#[derive(Default)]
pub struct Found {
    /// The files.
    pub files: Files,
    /// One for each file or folder.
    pub errors: Vec<FilesError>,
}

/// A folder or file could not be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {}", path.display())]
pub struct FilesError {
    /// Which.
    pub path: PathBuf,
    source: io::Error,
}

/// Reads folders and files; one that several of them lead to is read once.
#[must_use]
pub fn read(paths: &[PathBuf]) -> Found {
    let mut found = Found::default();
    let mut seen = BTreeSet::new();
    for path in paths {
        match Walk::new(path, &mut seen, &mut found) {
            Ok(mut walk) => walk.visit(path, 0),
            Err(source) => found.errors.push(FilesError { path: path.clone(), source }),
        }
    }
    found
}

/// Reads folders and files where each file counts: the first that cannot be read is the error.
pub fn read_all(paths: &[PathBuf]) -> Result<Files, FilesError> {
    let Found { files, errors } = read(paths);
    errors.into_iter().next().map_or(Ok(files), Err)
}

/// One walk below a folder.
struct Walk<'a> {
    /// The folder, without links.
    base: PathBuf,
    folder: OwnedFd,
    seen: &'a mut BTreeSet<PathBuf>,
    found: &'a mut Found,
    total: u64,
    full: bool,
}

impl<'a> Walk<'a> {
    fn new(root: &Path, seen: &'a mut BTreeSet<PathBuf>, found: &'a mut Found) -> io::Result<Self> {
        let real = root.canonicalize()?;
        let base = if real.is_dir() { real } else { real.parent().unwrap_or(&real).to_owned() };
        let flags = OFlags::DIRECTORY | OFlags::RDONLY | OFlags::CLOEXEC;
        let folder = rustix::fs::open(&base, flags, Mode::empty())?;
        Ok(Self { base, folder, seen, found, total: 0, full: false })
    }

    fn visit(&mut self, path: &Path, depth: usize) {
        if let Err(source) = self.try_visit(path, depth) {
            self.found.errors.push(FilesError { path: path.to_owned(), source });
        }
    }

    fn try_visit(&mut self, path: &Path, depth: usize) -> io::Result<()> {
        if self.full {
            return Ok(());
        }
        let real = path.canonicalize()?;
        let outside = |_| io::Error::other("it is a link that leads out of the folder; put a copy there");
        let below = real.strip_prefix(&self.base).map_err(outside)?.to_owned();
        if !self.seen.insert(real) {
            return Ok(());
        }
        if self.seen.len() > MAX_FILES {
            return Err(self.too_much());
        }
        let file = open_below(&self.folder, &below)?;
        match FileType::from_raw_mode(rustix::fs::fstat(&file)?.st_mode) {
            FileType::Directory => self.list(path, &file, depth),
            FileType::RegularFile => self.text(path, File::from(file)),
            _ => Err(io::Error::other("it is neither a file nor a folder; take it out")),
        }
    }

    fn list(&mut self, path: &Path, folder: &OwnedFd, depth: usize) -> io::Result<()> {
        if depth > MAX_DEPTH {
            return Err(io::Error::other(format!("folders are read {MAX_DEPTH} deep; move it up")));
        }
        let mut entries = Vec::new();
        for entry in rustix::fs::Dir::read_from(folder)? {
            let name = entry?.file_name().to_bytes().to_owned();
            entries.push(path.join(std::ffi::OsStr::from_bytes(&name)));
        }
        entries.retain(|entry| is_manifest(entry));
        entries.sort();
        entries.iter().for_each(|entry| self.visit(entry, depth + 1));
        Ok(())
    }

    fn text(&mut self, path: &Path, file: File) -> io::Result<()> {
        let text = read_one(file)?;
        self.total += text.len() as u64;
        if self.total > MAX_TOTAL {
            return Err(self.too_much());
        }
        self.found.files.insert(path.to_owned(), text);
        Ok(())
    }

    fn too_much(&mut self) -> io::Error {
        self.full = true;
        io::Error::other(format!(
            "more than {MAX_FILES} files or {} MiB stand there; this and the rest are left out",
            MAX_TOTAL >> 20
        ))
    }
}

/// Opens what has no link on its way, without following one: what was looked at is what is opened, whatever is put
/// in its place meanwhile. A pipe is opened without waiting for its other end.
fn open_below(folder: &OwnedFd, below: &Path) -> io::Result<OwnedFd> {
    let one = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let mut open = rustix::fs::openat(folder, c".", one, Mode::empty())?;
    for part in below.components() {
        open = rustix::fs::openat(&open, part.as_os_str(), one, Mode::empty())?;
    }
    Ok(open)
}

fn is_manifest(path: &Path) -> bool {
    let hidden = path.file_name().is_none_or(|name| name.as_bytes().starts_with(b"."));
    let known = path.extension().is_some_and(|e| e == "yaml" || e == "yml" || e == "json");
    // An artifact's layout is JSON all over, and none of it is a manifest of ours.
    let layout = || path.join("oci-layout").is_file();
    !hidden && (known || (path.is_dir() && !layout()))
}

fn read_one(file: File) -> io::Result<Zeroizing<String>> {
    let size = file.metadata()?.len().min(MAX_FILE);
    // One allocation of the full size: a buffer that grows leaves copies of what it held behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(size).unwrap_or(0) + 2));
    file.take(MAX_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(io::Error::other("it is larger than 1 MiB; split it"));
    }
    let text = String::from_utf8(std::mem::take(&mut bytes));
    text.map(Zeroizing::new).map_err(|error| {
        drop(Zeroizing::new(error.into_bytes()));
        io::Error::other("it is not UTF-8; save it as UTF-8")
    })
}

#[cfg(test)]
mod tests;
