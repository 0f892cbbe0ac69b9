//! No scalar of a manifest reaches an error: any of them may be a secret. A secret is planted in every position
//! of every good file, and among shreds of YAML; each is first looked for where it must be found.

// The lints' exception for tests does not reach helpers of an integration test.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;

use bailiwick_api::manifest::{AnyObject, load, unique};
use proptest::prelude::*;
use serde_json::Value;

/// Each is another kind of scalar to some field: a text, a DNS name, a number, a duration, a quantity, a schedule.
const PLANTED: [&str; 7] = [
    "hvs.CAESIJ7planted/S3cr3t+==",
    "planted-s3cr3t-7",
    "48151623420",
    "48151623420d",
    "48151623420Qi",
    "48151623420 * * * *",
    "@planted48151623420",
];

fn shows(text: &str) -> Option<&'static str> {
    PLANTED
        .into_iter()
        .find(|p| text.contains(p))
        .or_else(|| text.contains("48151623420").then_some("48151623420"))
}

/// All that is said about a text: both renderings of each error.
fn said(text: &str) -> String {
    let (manifests, errors) = load(text, "file.yaml");
    let (_, twice) = unique(manifests);
    errors.iter().chain(&twice).map(|e| format!("{e}\n{e:?}\n")).collect()
}

fn documents() -> Vec<Value> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/good");
    let mut documents = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let plain = ["every-field.yaml", "stores.yaml", "policy.yaml", "secret.yaml"];
        if plain.iter().any(|name| path.ends_with(name)) {
            let text = fs::read_to_string(path).unwrap();
            documents.extend(serde_saphyr::from_multiple::<Value>(&text).unwrap());
        }
    }
    assert!(documents.len() > 5);
    documents
}

/// JSON pointers of all nodes.
fn pointers(value: &Value, at: &str, all: &mut Vec<String>) {
    all.push(at.to_owned());
    let escape = |key: &str| key.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(key, value)| pointers(value, &format!("{at}/{}", escape(key)), all));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(n, value)| pointers(value, &format!("{at}/{n}"), all));
        }
        _ => {}
    }
}

#[test]
fn the_scan_finds_what_is_planted() {
    assert!(shows("so 48151623420d it is").is_some());
    assert!(PLANTED.into_iter().all(|p| shows(p).is_some()));
    let text = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {a: planted-s3cr3t-7}";
    let (manifests, _) = load(text, "file.yaml");
    let AnyObject::Secret(secret) = &manifests[0].object else { panic!("no Secret") };
    assert!(shows(std::str::from_utf8(secret.data["a"].expose()).unwrap()).is_some());
}

/// In place of every node, beside every member, and as the key of every member.
#[test]
fn a_planted_scalar_is_never_quoted() {
    for document in documents() {
        let mut all = Vec::new();
        pointers(&document, "", &mut all);
        for pointer in all {
            for planted in PLANTED {
                for number in [false, true] {
                    let scalar = match number {
                        true => Value::from(48_151_623_420_i64),
                        false => Value::from(planted),
                    };
                    let mut changed = document.clone();
                    *changed.pointer_mut(&pointer).unwrap() = scalar.clone();
                    check(&changed, &pointer);
                    let mut changed = document.clone();
                    if let Some(Value::Object(members)) = changed.pointer_mut(&pointer) {
                        members.insert(planted.to_owned(), scalar);
                        check(&changed, &pointer);
                        let first = members_first(&mut changed, &pointer);
                        if let (Some(value), Some(Value::Object(members))) =
                            (first, changed.pointer_mut(&pointer))
                        {
                            members.insert(planted.to_owned(), value);
                            check(&changed, &pointer);
                        }
                    }
                }
            }
        }
    }
}

fn members_first(document: &mut Value, pointer: &str) -> Option<Value> {
    let Some(Value::Object(members)) = document.pointer_mut(pointer) else { return None };
    let key = members.keys().next()?.clone();
    members.remove(&key)
}

fn check(document: &Value, pointer: &str) {
    let said = said(&document.to_string());
    assert_eq!(shows(&said), None, "{pointer}: {said}");
}

/// The debug form of what was read shows no static data of a store.
#[test]
fn a_store_hides_its_settings() {
    let text = "apiVersion: external-secrets.io/v1\nkind: SecretStore\nmetadata: {name: a}\nspec: {provider: {fake: {data: [{key: k, value: planted-s3cr3t-7}]}}}";
    let (manifests, errors) = load(text, "file.yaml");
    assert_eq!(errors, []);
    let AnyObject::SecretStore(store) = &manifests[0].object else { panic!("no SecretStore") };
    let shown = format!("{store:?}");
    assert!(shown.contains("fake"));
    assert_eq!(shows(&shown), None);
    let written = serde_json::to_string(&store.spec).unwrap();
    assert!(shows(&written).is_some());
}

/// Shreds of YAML and of our kinds, with secrets among them.
fn shred() -> impl Strategy<Value = String> {
    let shreds = prop::sample::select(vec![
        "apiVersion: ",
        "v1",
        "external-secrets.io/v1",
        "external-secrets.io/v1beta1",
        "bailiwick.dev/v1alpha1",
        "kind: ",
        "ExternalSecret",
        "SecretStore",
        "Secret",
        "Namespace",
        "List",
        "CapabilityGrant",
        "metadata: ",
        "name: ",
        "spec: ",
        "data: ",
        "stringData: ",
        "items: ",
        "provider: ",
        "secretStoreRef: ",
        "refreshInterval: ",
        "\n",
        "\n",
        "\n",
        "\n  ",
        "\n  ",
        "\n    ",
        "\n---\n",
        "\n...\n",
        "- ",
        ": ",
        ", ",
        "{",
        "}",
        "[",
        "]",
        "\"",
        "'",
        "|\n",
        ">-\n",
        "&a ",
        "*a",
        "<<: *a",
        "!!str ",
        "!x ",
        "? ",
        "%YAML 1.2",
        "#",
        "\t",
        "\\",
        "\\u00",
        "@",
        "`",
        "~",
        "null",
        "yes",
        "1.5",
        "0x1",
        "\u{feff}",
        "\u{0}",
        "\u{1f600}",
        "\u{85}",
        "hvs.CAESIJ7planted/S3cr3t+==",
        "planted-s3cr3t-7",
        "48151623420",
        "48151623420d",
    ]);
    prop::collection::vec(shreds.prop_map(str::to_owned), 0..40).prop_map(|all| all.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn shreds_neither_panic_nor_leak(text in shred()) {
        prop_assert_eq!(shows(&said(&text)), None);
    }

    #[test]
    fn any_text_is_read_to_an_end(text in any::<String>()) {
        said(&text);
    }

    /// A good file with one piece put somewhere: whatever breaks, nothing leaks.
    #[test]
    fn a_good_file_with_a_slip_does_not_leak(at in 0.0..1.0_f64, piece in shred()) {
        let text = include_str!("good/every-field.yaml");
        let mut at = (text.len() as f64 * at) as usize;
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let changed = format!("{}{piece}{}", &text[..at], &text[at..]);
        prop_assert_eq!(shows(&said(&changed)), None);
    }
}
