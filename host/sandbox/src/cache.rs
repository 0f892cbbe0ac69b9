//! Machine code compiled ahead of time, so that a start does not compile. What lies in the folder is native code that
//! will run in this process: so the folder is ours alone, each file carries a MAC under a key that is kept elsewhere,
//! and the very bytes that were checked are those that are loaded. Any doubt is a miss, and a miss compiles.

mod bounds;
mod folder;
mod key;
mod trusted;

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};
use wasmtime::{Engine, component::Component};

use crate::settings;
use folder::Folder;
use key::Key;

/// A folder of compiled components and the key that authenticates them.
#[derive(Debug)]
pub struct Cache {
    folder: Folder,
    key: Key,
}

/// The cache can't be used. Go on without it, or put it right.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// The file system said no.
    #[error("{}: cannot {doing}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was tried.
        doing: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// Others may enter the folder, or it is a link.
    #[error("{}: must be a folder of your own with mode 0700: chmod it, or name another one", .0.display())]
    FolderNotOurs(PathBuf),
    /// Others may read the key, or it is a link, or of another length.
    #[error("{}: must be a file of your own with mode 0600 and 32 bytes: delete it, a new one is made", .0.display())]
    KeyNotOurs(PathBuf),
    /// The key lies with what it protects.
    #[error("{}: the key must not be in the cache folder", .0.display())]
    KeyInFolder(PathBuf),
}

impl Cache {
    /// Opens folder and key file, and makes what is not there. The key file must lie outside the folder.
    ///
    /// # Errors
    /// [`CacheError`], where one of them is open to others.
    pub fn open(folder: &Path, key_file: &Path) -> Result<Self, CacheError> {
        let folder = Folder::open(folder)?;
        let key = Key::open(key_file, &folder)?;
        Ok(Self { folder, key })
    }

    /// The component's code from the cache, else compiled and kept.
    pub(crate) fn load<E>(
        &self,
        engine: &Engine,
        compatibility: Compatibility,
        component: &[u8],
        compile: impl FnOnce() -> Result<Component, E>,
    ) -> Result<Component, E> {
        let name = name(compatibility, component);
        if let Some(found) = self.hit(engine, &name) {
            return Ok(found);
        }
        let compiled = compile()?;
        self.keep(&name, &compiled);
        Ok(compiled)
    }

    fn hit(&self, engine: &Engine, name: &str) -> Option<Component> {
        let file = self.folder.read(name)?;
        let code = self.key.authenticate(name, file)?;
        match trusted::deserialize(engine, &code) {
            Ok(component) => Some(component),
            Err(error) => {
                tracing::debug!(?error, "the cache holds code that this engine does not take");
                None
            }
        }
    }

    /// A cache that can't be written (a full disk) costs time at the next start, and nothing else.
    fn keep(&self, name: &str, compiled: &Component) {
        let written = compiled.serialize().map_err(std::io::Error::other).and_then(|code| {
            let mac = self.key.mac(name, &code);
            self.folder.write(name, &[&mac, &code])?;
            self.folder.sweep()
        });
        if let Err(error) = written {
            tracing::warn!(%error, "compiled code is not kept");
        }
    }
}

/// What code was compiled for: the engine's version, target, CPU features and settings. The same for all that one
/// engine loads, so it is made once.
#[derive(Clone, Copy)]
pub(crate) struct Compatibility(u64);

impl Compatibility {
    pub(crate) fn of(engine: &Engine) -> Self {
        let mut hasher = DefaultHasher::new();
        engine.precompile_compatibility_hash().hash(&mut hasher);
        Self(hasher.finish())
    }
}

/// The file's name: a digest over component, engine and [`settings::VERSION`].
fn name(compatibility: Compatibility, component: &[u8]) -> String {
    let digest = Sha256::new()
        .chain_update(Sha256::digest(component))
        .chain_update(compatibility.0.to_le_bytes())
        .chain_update(settings::VERSION.to_le_bytes())
        .finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
