//! A folder for one test, gone when it is dropped, with the few things that tests do in one.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tempfile::TempDir;

/// The folder.
#[derive(Debug)]
pub struct Folder(TempDir);

impl Folder {
    /// A new empty folder that only the user may enter.
    ///
    /// # Errors
    /// Where none can be made.
    pub fn new() -> Result<Self> {
        Ok(Self(TempDir::with_prefix("bailiwick-").context("cannot make a temporary folder")?))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// A path in it, there or not.
    #[must_use]
    pub fn join(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file, with the folders on its way; its path.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> Result<PathBuf> {
        let path = self.join(name);
        let folder = path.parent().unwrap_or(self.0.path());
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        std::fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }

    /// The text of a file.
    ///
    /// # Errors
    /// Where there is none.
    pub fn read(&self, name: &str) -> Result<String> {
        let path = self.join(name);
        std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
    }

    /// The names of its files, with their folders, sorted.
    ///
    /// # Errors
    /// Where a folder cannot be read.
    pub fn files(&self) -> Result<Vec<String>> {
        let mut found = Vec::new();
        self.collect(self.0.path(), &mut found)?;
        found.sort();
        Ok(found)
    }

    fn collect(&self, folder: &Path, found: &mut Vec<String>) -> Result<()> {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                self.collect(&path, found)?;
            } else {
                found.push(path.strip_prefix(self.0.path())?.display().to_string());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_reads_lists_and_goes() {
        let folder = Folder::new().unwrap();
        folder.write("b/c.yaml", "text").unwrap();
        folder.write("a.yaml", "").unwrap();
        assert_eq!(folder.read("b/c.yaml").unwrap(), "text");
        assert_eq!(folder.files().unwrap(), ["a.yaml", "b/c.yaml"]);
        let path = folder.path().to_owned();
        drop(folder);
        assert!(!path.exists());
    }
}
