//! The output of `cargo tree`, read back into a graph. Each line has its depth in front; what a package needs stands below
//! it, where it is named first.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};

/// What `--format` is to be, with `--prefix depth`.
pub(super) const FORMAT: &str = "{p}|{l}";

/// A package that is linked, or that makes code at compile time.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Package {
    /// Its name.
    pub(super) name: String,
    /// Its version.
    pub(super) version: String,
    /// Its licence, as an SPDX expression; empty where it names none.
    pub(super) license: String,
}

/// Packages by their purl, and who needs whom.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Graph {
    /// All packages.
    pub(super) packages: BTreeMap<String, Package>,
    /// What each needs; a package that needs nothing has an empty set.
    pub(super) needs: BTreeMap<String, BTreeSet<String>>,
    /// Those that were asked for.
    pub(super) roots: BTreeSet<String>,
}

/// Reads what `cargo tree` printed.
pub(super) fn parse(text: &str) -> Result<Graph> {
    let mut graph = Graph::default();
    let mut path: Vec<String> = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        let (depth, package) = entry(line).with_context(|| format!("not a line of cargo tree: {line}"))?;
        let purl = format!("pkg:cargo/{}@{}", package.name, package.version);
        path.truncate(depth);
        match path.last() {
            Some(parent) => graph.needs.entry(parent.clone()).or_default().insert(purl.clone()),
            None => graph.roots.insert(purl.clone()),
        };
        graph.needs.entry(purl.clone()).or_default();
        graph.packages.insert(purl.clone(), package);
        path.push(purl);
    }
    Ok(graph)
}

// `2serde v1.0.0 (proc-macro)|MIT OR Apache-2.0 (*)`; the mark says that what it needs stood above.
fn entry(line: &str) -> Option<(usize, Package)> {
    let digits = line.find(|c: char| !c.is_ascii_digit())?;
    let (depth, rest) = line.split_at(digits);
    let (package, license) = rest.trim_end_matches(" (*)").split_once('|')?;
    let mut words = package.split(' ');
    let (name, version) = (words.next()?, words.next()?.strip_prefix('v')?);
    // Cargo's old way to write a choice is no SPDX.
    let license = license.split('/').map(str::trim).collect::<Vec<_>>().join(" OR ");
    Some((depth.parse().ok()?, Package { name: name.into(), version: version.into(), license }))
}
