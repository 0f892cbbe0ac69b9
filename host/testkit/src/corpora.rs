//! The public test data, which is not in the repository: `$BAILIWICK_CORPORA`, else `../shared/corpora` beside it.
//! A test whose corpus is missing says so in one line and passes: what it would have proven is then not proven.

use std::path::PathBuf;

/// The folder of a corpus (`url`, `idna`, `json`, `sigv4`); none, after a line that says so, where it is missing.
#[must_use]
pub fn corpus(name: &str) -> Option<PathBuf> {
    let folder = match std::env::var_os("BAILIWICK_CORPORA") {
        Some(named) => PathBuf::from(named),
        None => crate::repository().join("../shared/corpora"),
    };
    let found = folder.join(name);
    if found.is_dir() {
        return Some(found);
    }
    crate::say(&format!("skipped: no corpus `{name}` in {} (BAILIWICK_CORPORA)", folder.display()));
    None
}
