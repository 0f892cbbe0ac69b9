//! The rules of grants as data: catalogue + grant + store + call in, the admitted request or the reason and field out.
//! Each rule has cases that are allowed and denied twins of them; the names of both start with the rule's.

#![cfg(test)]

mod assign;
mod bytes;
mod case;
mod explain;
mod sets;
mod twins;

use std::path::{Path, PathBuf};

use case::{Case, File};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/grants").join(name)
}

/// Every case of every file.
fn cases() -> Vec<Case> {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder("cases")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        let file: File = serde_saphyr::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        file.cases()
    };
    paths.iter().flat_map(read).collect()
}

#[test]
fn every_case_is_decided_as_written() {
    let cases = cases();
    assert!(cases.len() > 100, "only {} cases were found", cases.len());
    let wrong: Vec<String> = cases.iter().filter_map(|case| case.check().err()).collect();
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
