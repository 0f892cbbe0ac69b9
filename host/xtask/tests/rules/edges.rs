//! Which crate may depend on which (ARCHITECTURE.md, "Crates"): sandbox and broker never see each other, and
//! neither sees the network's or Kubernetes' clients but its own. Read from `cargo metadata`, so that a feature or
//! a renamed dependency cannot hide an edge.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{cargo, root};

/// The crates of ours that a crate may name.
const ALLOWED: [(&str, &[&str]); 11] = [
    ("bailiwick-api", &[]),
    ("bailiwick-boundary", &[]),
    ("bailiwick-core", &["bailiwick-api", "bailiwick-boundary"]),
    ("bailiwick-artifact", &["bailiwick-core"]),
    ("bailiwick-sandbox", &["bailiwick-boundary"]),
    ("bailiwick-broker", &["bailiwick-boundary", "bailiwick-core"]),
    ("bailiwick-sync", &SYNC),
    ("bailiwick-operator", &OPERATOR),
    (
        "bailiwick",
        &["bailiwick-sync", "bailiwick-operator", "bailiwick-artifact", "bailiwick-core", "bailiwick-api"],
    ),
    ("bailiwick-testkit", &[]),
    ("xtask", &[]),
];

const SYNC: [&str; 6] = [
    "bailiwick-broker",
    "bailiwick-sandbox",
    "bailiwick-artifact",
    "bailiwick-boundary",
    "bailiwick-core",
    "bailiwick-api",
];

const OPERATOR: [&str; 7] = [
    "bailiwick-sync",
    "bailiwick-broker",
    "bailiwick-sandbox",
    "bailiwick-artifact",
    "bailiwick-boundary",
    "bailiwick-core",
    "bailiwick-api",
];

/// Crates of others that only these of ours may name.
const RESERVED: [(&str, &[&str]); 7] = [
    ("wasmtime", &["bailiwick-sandbox"]),
    ("wasmtime-wasi", &["bailiwick-sandbox"]),
    ("hickory-resolver", &["bailiwick-broker"]),
    ("hyper", &["bailiwick-broker", "bailiwick-testkit"]),
    ("tokio-rustls", &["bailiwick-broker", "bailiwick-testkit"]),
    ("reqwest", &["bailiwick-artifact", "bailiwick"]),
    ("kube", &["bailiwick-operator", "bailiwick"]),
];

/// An edge from a crate of ours.
struct Edge {
    from: String,
    to: String,
    test_only: bool,
}

fn edges() -> Vec<Edge> {
    let text = cargo(&["metadata", "--format-version", "1", "--no-deps", "--locked"]);
    let metadata: Value = serde_json::from_str(&text).unwrap();
    metadata["packages"].as_array().unwrap().iter().flat_map(of_package).collect()
}

fn of_package(package: &Value) -> Vec<Edge> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let edge = |dependency: &Value| Edge {
        from: text(&package["name"]),
        to: text(&dependency["name"]),
        test_only: dependency["kind"] == "dev",
    };
    package["dependencies"].as_array().unwrap().iter().map(edge).collect()
}

// What a crate may name, and what those may name in turn.
fn reach(from: &str) -> BTreeSet<&'static str> {
    let direct = ALLOWED.iter().find(|(known, _)| *known == from).map_or(&[][..], |(_, allowed)| allowed);
    direct.iter().flat_map(|name| reach(name).into_iter().chain([*name])).collect()
}

// The edges that are not allowed, each with the reason. Tests may also use the testkit, whatever is reserved, and
// the types of what they reach.
fn forbidden(edges: &[Edge]) -> Vec<String> {
    let ours = |name: &str| ALLOWED.iter().any(|(known, _)| *known == name);
    let mut found = Vec::new();
    for Edge { from, to, test_only } in edges {
        let Some((_, allowed)) = ALLOWED.iter().find(|(known, _)| known == from) else {
            found.push(format!("{from} is not in the list of crates"));
            continue;
        };
        let tests_may = *test_only && (to == "bailiwick-testkit" || reach(from).contains(to.as_str()));
        if ours(to) && !allowed.contains(&to.as_str()) && !tests_may {
            found.push(format!("{from} must not depend on {to}"));
        }
        let reserved = RESERVED.iter().find(|(known, _)| known == to);
        if reserved.is_some_and(|(_, holders)| !holders.contains(&from.as_str()) && !test_only) {
            found.push(format!("{to} is not for {from}"));
        }
    }
    found.sort();
    found.dedup();
    found
}

#[test]
fn crates_depend_only_on_those_they_may() {
    let edges = edges();
    assert!(edges.iter().any(|edge| edge.from == "bailiwick-sync" && edge.to == "bailiwick-broker"));
    assert_eq!(forbidden(&edges), Vec::<String>::new());
}

#[test]
fn a_forbidden_edge_is_found() {
    let edge = |from: &str, to: &str, test_only| Edge { from: from.into(), to: to.into(), test_only };
    for bad in [
        edge("bailiwick-sandbox", "bailiwick-broker", false),
        edge("bailiwick-broker", "bailiwick-sandbox", true),
        edge("bailiwick-broker", "bailiwick-api", false),
        edge("bailiwick-core", "bailiwick-testkit", false),
        edge("bailiwick-testkit", "bailiwick-broker", false),
        edge("bailiwick-broker", "wasmtime", false),
        edge("bailiwick-broker", "reqwest", false),
        edge("a-new-crate", "anything", false),
    ] {
        assert_eq!(forbidden(&[bad]).len(), 1);
    }
    for good in [
        edge("bailiwick-core", "bailiwick-testkit", true),
        edge("bailiwick-broker", "bailiwick-api", true),
        edge("bailiwick-broker", "bailiwick-core", false),
    ] {
        assert_eq!(forbidden(&[good]), Vec::<String>::new());
    }
}

#[test]
fn versions_are_written_once() {
    for crate_folder in std::fs::read_dir(root().join("host")).unwrap() {
        let file = crate_folder.unwrap().path().join("Cargo.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        assert_eq!(
            own_versions(&text),
            Vec::<&str>::new(),
            "{}: write versions in the root's Cargo.toml",
            file.display()
        );
    }
    assert_eq!(
        own_versions("[dependencies]\na.workspace = true\nb = \"1\"\n[features]\nc = []"),
        ["b = \"1\""]
    );
}

// Dependencies of a manifest that do not come from the workspace.
fn own_versions(manifest: &str) -> Vec<&str> {
    let mut within = false;
    let mut found = Vec::new();
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            within = line.trim_end_matches(']').ends_with("dependencies");
        } else if within && line.contains('=') && !line.starts_with('#') && !line.contains("workspace = true")
        {
            found.push(line);
        }
    }
    found
}
