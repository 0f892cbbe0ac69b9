//! What is read and, beside it, what is refused by name.

use serde_json::{Value, json};

use super::*;

fn manifest() -> Value {
    let blob = |kind: &str, bytes: &[u8]| json!({"mediaType": kind, "digest": Digest::of(bytes).to_string(), "size": bytes.len()});
    json!({
        "schemaVersion": 2, "mediaType": MANIFEST_TYPE,
        "config": blob(CONFIG_TYPE, b"{}"),
        "layers": [blob(LAYER_TYPE, b"\0asm")],
        "annotations": {"a": "b"},
    })
}

fn fault(change: impl FnOnce(&mut Value)) -> Fault {
    let mut manifest = manifest();
    change(&mut manifest);
    component(manifest.to_string().as_bytes()).unwrap_err()
}

#[test]
fn a_component_is_read_and_what_is_unknown_is_passed_over() {
    let mut given = manifest();
    given["x-new"] = json!({"a": [1]});
    let read = component(given.to_string().as_bytes()).unwrap();
    assert_eq!((read.layer.digest, read.layer.size), (Digest::of(b"\0asm"), 4));
    assert_eq!(read.annotations.get("a").map(String::as_str), Some("b"));
}

#[test]
fn denied_an_index_by_its_name() {
    assert_eq!(fault(|m| m["mediaType"] = INDEX_TYPE.into()), Fault::Index);
    assert_eq!(fault(|m| m["mediaType"] = OTHER_INDEX_TYPE.into()), Fault::Index);
    assert_eq!(fault(|m| m["manifests"] = json!([])), Fault::Index);
}

#[test]
fn denied_other_shapes() {
    assert_eq!(fault(|m| m["schemaVersion"] = 1.into()), Fault::Schema);
    assert_eq!(fault(|m| m["mediaType"] = "application/json".into()), Fault::MediaType);
    assert_eq!(fault(|m| drop(m.as_object_mut().unwrap().remove("mediaType"))), Fault::MediaType);
    assert_eq!(
        fault(|m| m["config"]["mediaType"] = "application/vnd.wasm.config.v1+json".into()),
        Fault::ConfigType
    );
    assert_eq!(
        fault(|m| m["layers"][0]["mediaType"] = "application/vnd.wasm.content.layer.v1+wasm".into()),
        Fault::LayerType
    );
    assert_eq!(fault(|m| m["layers"] = json!([])), Fault::Layers);
    let twice = |m: &mut Value| m["layers"] = json!([m["layers"][0].clone(), m["layers"][0].clone()]);
    assert_eq!(fault(twice), Fault::Layers);
    assert_eq!(fault(|m| m["layers"][0]["size"] = (-1).into()), Fault::Json);
    assert_eq!(fault(|m| m["annotations"] = json!({"a": 1})), Fault::Json);
}

#[test]
fn denied_other_digests_and_urls() {
    for digest in ["sha512:00", "sha256:00", &Digest::of(b"").to_string().to_uppercase(), "../../etc/passwd"]
    {
        assert_eq!(fault(|m| m["layers"][0]["digest"] = digest.into()), Fault::Digest, "{digest}");
    }
    assert_eq!(fault(|m| m["layers"][0]["urls"] = json!(["http://169.254.169.254/"])), Fault::Urls);
}

#[test]
fn denied_annotations_without_a_bound() {
    let many: Value =
        (0..65).map(|n| (format!("k{n}"), Value::from(""))).collect::<serde_json::Map<_, _>>().into();
    assert_eq!(fault(|m| m["annotations"] = many), Fault::Annotations);
    assert_eq!(fault(|m| m["annotations"] = json!({"a": "x".repeat(16_384)})), Fault::Annotations);
}

#[test]
fn denied_names_that_stand_twice() {
    let text = manifest().to_string();
    for (once, twice) in [
        ("\"schemaVersion\":2", "\"schemaVersion\":2,\"schemaVersion\":2"),
        ("\"a\":\"b\"", "\"a\":\"b\",\"a\":\"c\""),
    ] {
        assert!(text.contains(once));
        assert_eq!(component(text.replace(once, twice).as_bytes()), Err(Fault::Json));
    }
    assert_eq!(component(b"<html>"), Err(Fault::Json));
}

#[test]
fn an_index_is_read_past_what_is_not_served() {
    let good = Digest::of(b"x").to_string();
    let text = json!({"schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": [
        {"mediaType": MANIFEST_TYPE, "digest": "sha512:00", "size": 1},
        {"mediaType": MANIFEST_TYPE, "digest": good, "size": 1, "artifactType": "a"},
    ]});
    let list = index(text.to_string().as_bytes()).unwrap();
    assert_eq!(list.iter().map(|entry| entry.digest).collect::<Vec<_>>(), [Digest::of(b"x")]);
    assert_eq!(index(manifest().to_string().as_bytes()), Err(Fault::MediaType));
}

fn entry(bytes: &[u8]) -> Value {
    json!({"mediaType": MANIFEST_TYPE, "digest": Digest::of(bytes).to_string(), "size": 1})
}

fn list(entries: &[String]) -> String {
    format!(r#"{{"schemaVersion":2,"mediaType":"{INDEX_TYPE}","manifests":[{}]}}"#, entries.join(","))
}

fn digests(list: &Listed) -> Vec<Digest> {
    list.entries.iter().map(|entry| entry.digest).collect()
}

#[test]
fn i8_an_odd_entry_hides_no_other() {
    let (first, last) = (entry(b"first").to_string(), entry(b"last").to_string());
    let twice = first.replace("\"size\":1", r#""size":1,"annotations":{"a":"b","a":"c"}"#);
    let deep = format!(r#"{{"annotations":{}{}}}"#, "[".repeat(10_000), "]".repeat(10_000));
    let large = r#"{"mediaType":7,"digest":[],"size":-1}"#;
    for odd in ["7", "null", "[]", "{}", r#""\ud800""#, large, &twice, &deep] {
        let text = list(&[first.clone(), odd.to_owned(), last.clone()]);
        let read = listed(text.as_bytes(), false);
        let read = read.unwrap_or_else(|fault| panic!("{fault}: {}", &odd[..odd.len().min(40)]));
        assert_eq!((digests(&read), read.more), (vec![Digest::of(b"first"), Digest::of(b"last")], false));
    }
}

#[test]
fn a_list_that_was_cut_off_gives_what_stands_before_that() {
    let text = list(&[entry(b"first").to_string(), entry(b"last").to_string()]);
    let end = text.find(&Digest::of(b"last").to_string()).unwrap();
    let read = listed(&text.as_bytes()[..end], true).unwrap();
    assert_eq!((digests(&read), read.more), (vec![Digest::of(b"first")], true));
    // That it is cut was not said: then it is broken.
    assert_eq!(listed(&text.as_bytes()[..end], false), Err(Fault::Json));
    assert_eq!(
        listed(&text.as_bytes()[..end].to_ascii_uppercase(), true).map(|read| read.entries),
        Ok(vec![])
    );
}

#[test]
fn a_list_over_its_bound_goes_on_and_an_index_over_it_is_refused() {
    let entries =
        |count: usize| list(&(0..count).map(|n| entry(&n.to_le_bytes()).to_string()).collect::<Vec<_>>());
    let read = listed(entries(MAX_DESCRIPTORS + 1).as_bytes(), false).unwrap();
    assert_eq!((read.entries.len(), read.more), (MAX_DESCRIPTORS, true));
    assert_eq!(index(entries(MAX_DESCRIPTORS + 1).as_bytes()), Err(Fault::TooMany));
    assert_eq!(index(entries(MAX_DESCRIPTORS).as_bytes()).map(|list| list.len()), Ok(MAX_DESCRIPTORS));
}

#[test]
fn denied_lists_of_another_kind() {
    let good = list(&[]);
    assert_eq!(listed(good.as_bytes(), false), Ok(Listed::default()));
    for (text, fault) in [
        (good.replace(":2", ":1"), Fault::Schema),
        (good.replace("\"schemaVersion\":2,", ""), Fault::Schema),
        (good.replace(INDEX_TYPE, MANIFEST_TYPE), Fault::MediaType),
        (good.replace("manifests", "others"), Fault::Json),
        (good.replace("[]", "[],\"manifests\":[]"), Fault::Json),
        (format!("{good} x"), Fault::Json),
        ("<html>".to_owned(), Fault::Json),
    ] {
        assert_eq!(listed(text.as_bytes(), false), Err(fault), "{text}");
    }
}
