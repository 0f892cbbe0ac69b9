use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::*;
use crate::run::plain;

const TREE: &str = "\
0app v1.0.0 (/somewhere/app)|Apache-2.0
1macro v0.1.0 (proc-macro)|MIT/Apache-2.0
2leaf v2.0.0|
1other v3.0.0|MIT
2macro v0.1.0 (proc-macro)|MIT/Apache-2.0 (*)
";

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_tree_becomes_a_graph_without_paths() {
    let graph = tree::parse(TREE).unwrap();
    let needs = |name: &str| graph.needs[&format!("pkg:cargo/{name}")].iter().cloned().collect::<Vec<_>>();
    assert_eq!(needs("app@1.0.0"), ["pkg:cargo/macro@0.1.0", "pkg:cargo/other@3.0.0"]);
    assert_eq!(needs("macro@0.1.0"), ["pkg:cargo/leaf@2.0.0"]);
    assert_eq!(needs("other@3.0.0"), ["pkg:cargo/macro@0.1.0"]);
    assert!(needs("leaf@2.0.0").is_empty());
    assert_eq!(graph.packages["pkg:cargo/macro@0.1.0"].license, "MIT OR Apache-2.0");
    assert_eq!(graph.roots.len(), 1);
    assert!(tree::parse("no depth").is_err());
}

#[test]
fn a_bill_names_its_subject_and_each_component_with_its_checksum() {
    let lock = "[[package]]\nname = \"other\"\nversion = \"3.0.0\"\nchecksum = \"ab\"\n\n[[package]]\nname = \"app\"\nversion = \"1.0.0\"\n";
    let graph = tree::parse(TREE).unwrap();
    let bill = document::of(&graph, &lock::checksums(lock), &Subject::Package("pkg:cargo/app@1.0.0".into()));
    assert_eq!(bill["metadata"]["component"]["name"], "app");
    assert_eq!(bill["metadata"]["component"]["type"], "application");
    let names: Vec<_> = bill["components"].as_array().unwrap().iter().map(|of| of["name"].clone()).collect();
    assert_eq!(names, ["leaf", "macro", "other"]);
    assert_eq!(bill["components"][2]["hashes"][0]["content"], "ab");
    assert_eq!(bill["components"][0].get("hashes"), None);
    assert_eq!(bill["components"][0].get("licenses"), None);
    assert!(!bill.to_string().contains("/somewhere"));
    let all = document::of(&graph, &BTreeMap::new(), &Subject::All { name: "all", version: "1" });
    assert_eq!(all["dependencies"][0]["dependsOn"][0], "pkg:cargo/app@1.0.0");
    assert_eq!(all["components"].as_array().unwrap().len(), 4);
}

// What cargo's other command says: packages that are reached from `bailiwick` by edges of these kinds.
fn reached(metadata: &Value, with_dev: bool) -> BTreeSet<String> {
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    let by_id: BTreeMap<&str, &Value> =
        nodes.iter().map(|node| (node["id"].as_str().unwrap(), node)).collect();
    let packages = metadata["packages"].as_array().unwrap();
    let start = packages.iter().find(|package| package["name"] == "bailiwick").unwrap();
    let (mut open, mut seen) = (vec![start["id"].as_str().unwrap()], BTreeSet::new());
    while let Some(id) = open.pop() {
        if seen.insert(id) {
            let wanted = |kind: &&Value| kind["kind"].is_null() || (with_dev && kind["kind"] == "dev");
            let edges = by_id[id]["deps"].as_array().unwrap().iter();
            let edges =
                edges.filter(|edge| edge["dep_kinds"].as_array().unwrap().iter().any(|kind| wanted(&kind)));
            open.extend(edges.map(|edge| edge["pkg"].as_str().unwrap()));
        }
    }
    let reached = packages.iter().filter(|package| seen.contains(package["id"].as_str().unwrap()));
    let text = |package: &Value, member: &str| package[member].as_str().unwrap().to_owned();
    reached
        .map(|package| format!("pkg:cargo/{}@{}", text(package, "name"), text(package, "version")))
        .collect()
}

// As a flat list.
fn linked() -> BTreeSet<String> {
    let flat = ["tree", "--locked", "--edges", "normal", "--prefix", "none", "--package", "bailiwick"];
    let text = read(plain("cargo", &place::root()).args(flat).args(["--target", HOST])).unwrap();
    let words = |line: &str| line.splitn(3, ' ').map(str::to_owned).collect::<Vec<_>>();
    let purl = |words: Vec<String>| format!("pkg:cargo/{}@{}", words[0], words[1].trim_start_matches('v'));
    text.lines().map(|line| purl(words(line))).collect()
}

#[test]
fn the_hosts_bill_has_all_that_is_linked_and_nothing_of_tests() {
    let bill = value(&host().unwrap());
    let metadata = ["metadata", "--format-version", "1", "--locked", "--filter-platform", HOST];
    let metadata = value(&read(plain("cargo", &place::root()).args(metadata)).unwrap());
    let own = bill["metadata"]["component"]["purl"].as_str().unwrap().to_owned();
    let others = bill["components"].as_array().unwrap();
    let mut named: BTreeSet<String> =
        others.iter().map(|of| of["purl"].as_str().unwrap().to_owned()).collect();
    assert!(named.insert(own), "the subject is no component of itself");
    let (normal, all) = (reached(&metadata, false), reached(&metadata, true));
    assert_eq!(named, linked());
    // Cargo's metadata also has what is linked only with features that tests turn on, so it is the larger set.
    assert_eq!(named.difference(&normal).collect::<Vec<_>>(), Vec::<&String>::new());
    let tests: Vec<_> = all.difference(&normal).collect();
    assert!(tests.iter().any(|purl| purl.contains("bailiwick-testkit@")), "{tests:?}");
    assert!(tests.iter().all(|purl| !named.contains(*purl)));
    for package in ["wasmtime", "bailiwick-core", "rustls", "aws-lc-rs"] {
        assert!(named.iter().any(|purl| purl.starts_with(&format!("pkg:cargo/{package}@"))), "{package}");
    }
}

#[test]
fn each_component_of_the_registry_has_the_lock_files_checksum() {
    for (folder, bill) in [(place::root(), host()), (providers::workspace(), guests())] {
        let bill = value(&bill.unwrap());
        let lock = std::fs::read_to_string(folder.join("Cargo.lock")).unwrap();
        let components = bill["components"].as_array().unwrap();
        let hashed =
            |of: &&Value| of["hashes"][0]["content"].as_str().is_some_and(|hash| lock.contains(hash));
        let bare: Vec<_> =
            components.iter().filter(|of| !hashed(of)).map(|of| of["name"].as_str().unwrap()).collect();
        assert!(components.len() > bare.len());
        let ours = |name: &str| name.starts_with("bailiwick-") || folder.join(name).is_dir();
        assert_eq!(bare.iter().filter(|name| !ours(name)).collect::<Vec<_>>(), Vec::<&&str>::new());
        let licensed = components.iter().all(|of| of["licenses"][0]["expression"].is_string());
        assert!(licensed, "a component without a licence");
    }
}

#[test]
fn a_bill_is_the_same_each_time_and_says_nothing_of_this_machine() {
    let first = host().unwrap();
    assert_eq!(first, host().unwrap());
    assert!(!first.contains(&place::root().display().to_string()));
}
