//! The reading of manifests over data files: each file under `good/` and `bad/` has what comes of it beside it, in
//! a `.expected` file. `BAILIWICK_BLESS=1` writes those files; read the difference before you keep it.

// The lints' exception for tests does not reach helpers of an integration test.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::{
    fs,
    path::{Path, PathBuf},
};

use bailiwick_api::manifest::{AnyObject, Manifest, load, unique};

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_none_or(|e| e != "expected"));
    files.sort();
    assert!(!files.is_empty());
    files
}

fn read(path: &Path) -> (Vec<Manifest>, Vec<String>) {
    let name = path.file_name().unwrap().to_str().unwrap();
    let (manifests, errors) = load(&fs::read_to_string(path).unwrap(), name);
    (manifests, errors.iter().map(ToString::to_string).collect())
}

fn compare(path: &Path, lines: &[String]) {
    let expected = path.with_extension("expected");
    let mut text = lines.join("\n");
    text.push('\n');
    if std::env::var_os("BAILIWICK_BLESS").is_some() {
        fs::write(&expected, &text).unwrap();
    }
    assert_eq!(fs::read_to_string(&expected).unwrap_or_default(), text, "{}", path.display());
}

fn describe(manifest: &Manifest) -> String {
    let metadata = manifest.metadata();
    let namespace = metadata.namespace.as_deref().map(|n| format!("{n}/")).unwrap_or_default();
    let origin = &manifest.origin;
    let kind = manifest.kind().as_str();
    format!(
        "{}:{}: document {}: {kind} {namespace}{}",
        origin.file, origin.line, origin.document, metadata.name
    )
}

#[test]
fn good_files_load() {
    for path in files("good") {
        let (manifests, errors) = read(&path);
        assert_eq!(errors, Vec::<String>::new());
        compare(&path, &manifests.iter().map(describe).collect::<Vec<_>>());
    }
}

#[test]
fn bad_files_say_what_is_wrong_and_lose_nothing_else() {
    for path in files("bad") {
        let (manifests, errors) = read(&path);
        assert!(!errors.is_empty(), "{}", path.display());
        let mut lines = errors;
        lines.extend(manifests.iter().map(|m| format!("loaded: {}", describe(m))));
        compare(&path, &lines);
    }
}

/// What is written back is what another YAML reader finds in the file: no field is lost or renamed.
#[test]
fn every_field_is_read() {
    for name in ["good/every-field.yaml", "good/stores.yaml", "good/policy.yaml"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name);
        let text = fs::read_to_string(&path).unwrap();
        let documents: Vec<serde_json::Value> = serde_saphyr::from_multiple(&text).unwrap();
        let (manifests, _) = load(&text, name);
        assert_eq!(manifests.len(), documents.len());
        for (manifest, document) in manifests.iter().zip(documents) {
            let spec = match &manifest.object {
                AnyObject::ExternalSecret(object) => serde_json::to_value(&object.spec),
                AnyObject::SecretStore(object) => serde_json::to_value(&object.spec),
                AnyObject::ClusterSecretStore(object) => serde_json::to_value(&object.spec),
                AnyObject::Provider(object) => serde_json::to_value(&object.spec),
                AnyObject::CapabilityGrant(object) => serde_json::to_value(&object.spec),
                _ => continue,
            };
            assert_eq!(without_empty(spec.unwrap()), without_empty(document["spec"].clone()), "{name}");
        }
    }
}

/// An empty list is written where one is read and absent elsewhere; they mean the same.
fn without_empty(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    let empty = |v: &Value| {
        matches!(v, Value::Array(a) if a.is_empty()) || matches!(v, Value::Object(o) if o.is_empty())
    };
    match value {
        Value::Object(members) => {
            let clean = members.into_iter().map(|(k, v)| (k, without_empty(v))).filter(|(_, v)| !empty(v));
            Value::Object(clean.collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_empty).collect()),
        other => other,
    }
}

#[test]
fn secrets_are_decoded_and_string_data_wins() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/good/secret.yaml");
    let (manifests, _) = read(&path);
    let AnyObject::Secret(secret) = &manifests[0].object else { panic!("no Secret") };
    let shown: Vec<_> = secret.data.iter().map(|(key, bytes)| (key.as_str(), bytes.expose())).collect();
    let expected: [(&str, &[u8]); 5] = [
        ("broken", b"hvs.token"),
        ("empty", b""),
        ("replaced", b"new"),
        ("text", b"hvs.text"),
        ("token", b"hvs.token"),
    ];
    assert_eq!(shown, expected);
    assert_eq!(secret.secret_type.as_deref(), Some("Opaque"));
}

/// Two of one kind, namespace and name are both out; another kind or namespace is another object.
#[test]
fn an_object_that_stands_twice_is_refused() {
    let namespace =
        |name: &str| format!("---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}}}\n");
    let ca = |meta: &str| format!("---\napiVersion: v1\nkind: ConfigMap\nmetadata: {meta}\n");
    let one = [namespace("a"), ca("{name: a}"), ca("{name: a, namespace: b}"), namespace("c")].concat();
    let two = [namespace("b"), ca("{name: a, namespace: default}"), namespace("c"), namespace("c")].concat();
    let mut all = load(&one, "one.yaml").0;
    all.extend(load(&two, "two.yaml").0);
    let (left, errors) = unique(all);
    let errors: Vec<_> = errors.iter().map(ToString::to_string).collect();
    let twice = "the same object (kind, namespace and name) stands in";
    assert_eq!(
        errors,
        [
            format!("two.yaml:10: document 3: {twice} one.yaml:14 too: keep one of them"),
            format!("two.yaml:14: document 4: {twice} two.yaml:10 too: keep one of them"),
            format!("two.yaml:6: document 2: {twice} one.yaml:6 too: keep one of them"),
        ]
    );
    let left: Vec<_> = left.iter().map(describe).collect();
    assert_eq!(
        left,
        [
            "one.yaml:2: document 1: Namespace a",
            "one.yaml:10: document 3: ConfigMap b/a",
            "two.yaml:2: document 1: Namespace b",
        ]
    );
}
