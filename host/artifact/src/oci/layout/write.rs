//! Layouts as they are written: the same content gives the same bytes. No times, no owners, sorted names. A folder gets
//! its blobs first and its index last, a tar is renamed into place whole, so that a reader meets no half of one.

use std::{
    collections::BTreeSet,
    fs,
    io::{self, Write},
    os::unix::fs::PermissionsExt,
    path::Path,
};

use tar::{Builder, EntryType, Header};
use tempfile::NamedTempFile;

use super::{Held, Layout, VERSION_FILE};
use crate::{
    Digest, MAX_COMPONENT,
    oci::error::{FetchError, Part},
};

impl Layout {
    /// Writes the layout to a tar where the name ends in `.tar`, else to a folder, which it may have come from.
    ///
    /// # Errors
    /// [`FetchError::File`]; and of a blob that is copied, what is wrong with it.
    pub fn save(&self, path: &Path) -> Result<(), FetchError> {
        if path.extension().is_some_and(|extension| extension == "tar") {
            return self.save_tar(path);
        }
        let folder = path.join("blobs/sha256");
        fs::create_dir_all(&folder).map_err(cannot)?;
        let here = matches!(&self.held, Held::Folder(held) if held.path() == path);
        for digest in self.digests()? {
            if !here || self.added.contains_key(&digest) {
                put(&folder, &digest.hex(), &self.any(&digest)?)?;
            }
        }
        put(path, "oci-layout", VERSION_FILE)?;
        put(path, "index.json", &self.index_file())
    }

    fn save_tar(&self, path: &Path) -> Result<(), FetchError> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut builder = Builder::new(NamedTempFile::new_in(folder).map_err(cannot)?);
        append(&mut builder, "oci-layout", VERSION_FILE)?;
        append(&mut builder, "index.json", &self.index_file())?;
        for digest in self.digests()? {
            append(&mut builder, &format!("blobs/sha256/{}", digest.hex()), &self.any(&digest)?)?;
        }
        let mut file = builder.into_inner().map_err(cannot)?;
        file.flush().and_then(|()| file.as_file().sync_all()).map_err(cannot)?;
        publish(file, path)
    }

    /// All blobs, sorted.
    fn digests(&self) -> Result<BTreeSet<Digest>, FetchError> {
        let held = match &self.held {
            Held::Nothing => Vec::new(),
            Held::Folder(folder) => folder.blobs()?,
            Held::Tar(tar) => tar.blobs(),
        };
        let held = held.iter().filter_map(|hex| format!("sha256:{hex}").parse().ok());
        Ok(held.chain(self.added.keys().copied()).collect())
    }

    fn any(&self, digest: &Digest) -> Result<Vec<u8>, FetchError> {
        self.bytes(digest, MAX_COMPONENT as u64, Part::Layout)
    }
}

fn put(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), FetchError> {
    let mut file = NamedTempFile::new_in(folder).map_err(cannot)?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(cannot)?;
    publish(file, &folder.join(name))
}

/// A layout is for others to read.
fn publish(file: NamedTempFile, path: &Path) -> Result<(), FetchError> {
    file.as_file().set_permissions(fs::Permissions::from_mode(0o644)).map_err(cannot)?;
    file.persist(path).map(drop).map_err(|error| cannot(error.error))
}

fn append(builder: &mut Builder<NamedTempFile>, name: &str, bytes: &[u8]) -> Result<(), FetchError> {
    let mut header = Header::new_ustar();
    header.set_entry_type(EntryType::Regular);
    header.set_size(bytes.len() as u64);
    header.set_mode(0o644);
    builder.append_data(&mut header, name, bytes).map_err(cannot)
}

fn cannot(error: io::Error) -> FetchError {
    FetchError::File(match error.kind() {
        io::ErrorKind::NotFound => "written: its folder is not there",
        io::ErrorKind::PermissionDenied => "written: there is no right to",
        io::ErrorKind::StorageFull => "written: the disk is full",
        _ => "written",
    })
}
