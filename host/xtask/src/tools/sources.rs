//! The version of a tool that is built from `tests/tools`: a digest of what it is built from, so that a change builds it
//! anew and each state of the sources keeps its own. The tests' look-up (`testkit::tools`) includes this very file:
//! with two of them a test might run the tool of another state. So nothing of xtask is named here.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

/// Twelve hexadecimal digits for the sources of `tests/tools/NAME` below the repository's root.
pub(crate) fn version(root: &Path, name: &str) -> io::Result<String> {
    let module = root.join("tests/tools");
    let mut files = vec![module.join("go.mod"), module.join("go.sum")];
    files.extend(listed(&module.join(name))?);
    let mut all = Sha256::new();
    for file in files {
        let content = std::fs::read(&file)?;
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        all.update(format!("{name} {}\n", content.len()));
        all.update(content);
    }
    let digits = all.finalize().iter().take(6).fold(String::new(), |mut digits, byte| {
        // Writing to a String cannot fail.
        let _ = write!(digits, "{byte:02x}");
        digits
    });
    Ok(digits)
}

fn listed(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    let mut files: Vec<_> = entries.into_iter().map(|entry| entry.path()).collect();
    files.sort();
    Ok(files)
}
