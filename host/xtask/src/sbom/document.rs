//! The document itself: CycloneDX 1.5. Only what follows from the graph and the checksums is in it, in their order.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::tree::{Graph, Package};

/// What a bill is of.
pub(super) enum Subject {
    /// One package of the graph, by its purl.
    Package(String),
    /// All that was asked for, under a name that is no package's.
    All {
        /// The name.
        name: &'static str,
        /// The version.
        version: &'static str,
    },
}

/// The bill.
pub(super) fn of(graph: &Graph, checksums: &BTreeMap<String, String>, subject: &Subject) -> Value {
    let component = |purl: &String, package| component(purl, package, checksums.get(purl));
    let mut needs: Vec<Value> =
        graph.needs.iter().map(|(purl, needed)| json!({"ref": purl, "dependsOn": needed})).collect();
    let own = match subject {
        Subject::Package(own) => {
            let mut found = graph.packages.get(own).map_or(json!({}), |package| component(own, package));
            if let Some(kind) = found.get_mut("type") {
                *kind = "application".into();
            }
            found
        }
        Subject::All { name, version } => {
            needs.insert(0, json!({"ref": name, "dependsOn": graph.roots}));
            json!({"type": "application", "bom-ref": name, "name": name, "version": version})
        }
    };
    let others = graph.packages.iter().filter(|(purl, _)| own.get("bom-ref") != Some(&json!(purl)));
    let components: Vec<Value> = others.map(|(purl, package)| component(purl, package)).collect();
    json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": own},
        "components": components,
        "dependencies": needs,
    })
}

fn component(purl: &str, package: &Package, checksum: Option<&String>) -> Value {
    let mut found = Map::new();
    let texts = [("type", "library"), ("bom-ref", purl), ("purl", purl), ("name", &package.name)];
    found.extend(texts.map(|(name, text)| (name.to_owned(), text.into())));
    found.insert("version".into(), package.version.as_str().into());
    if !package.license.is_empty() {
        found.insert("licenses".into(), json!([{"expression": package.license}]));
    }
    if let Some(checksum) = checksum {
        found.insert("hashes".into(), json!([{"alg": "SHA-256", "content": checksum}]));
    }
    found.into()
}
