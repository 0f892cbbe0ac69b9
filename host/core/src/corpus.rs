//! Where tests find the public corpora: `$BAILIWICK_CORPORA`, else beside the repository.

use std::{env, path::PathBuf};

/// The folder or file `name` of the corpora; says what is skipped where there is none.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora");
    let path = env::var_os("BAILIWICK_CORPORA").map_or_else(beside, PathBuf::from).join(name);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: no corpus {name}; set BAILIWICK_CORPORA");
    None
}
