use serde_json::{Value as Json, json};

use super::check;
use crate::catalogue::{Catalogue, parse::parse};

/// A catalogue with every type of field.
fn catalogue() -> Catalogue {
    parse(
        r#"
        name = "kit"
        version = "1.0.0"
        world = "blind"

        [settings]
        type = "object"

        [settings.fields]
        url = { type = "string", required = true, pattern = "https://[a-z.]+" }
        mode = { type = "string", enum = ["a", "b"], default = "a" }
        count = { type = "integer", min = 1, max = 9 }
        fast = { type = "boolean", default = false }
        names = { type = "array", max = 2, items = { type = "string" } }
        pairs = { type = "map", items = { type = "integer" } }
        pin = { type = "string", secret = true, min = 2 }
        big = { type = "string", max = 10000 }
        tls = { type = "unserved" }
        ref = { type = "secretKeyRef" }
        account = { type = "serviceAccountRef" }
        ca = { type = "caProvider" }

        [settings.fields.deep]
        type = "object"
        fields.path = { type = "string", default = "x" }
        fields.more = { type = "array", items = { type = "object", fields = { v = { type = "string", secret = true } } } }
        "#,
    )
    .unwrap_or_else(|faults| panic!("{faults:#?}"))
}

fn base() -> Json {
    json!({"url": "https://a.b"})
}

fn with(name: &str, value: Json) -> Json {
    let mut settings = base();
    settings[name] = value;
    settings
}

#[test]
fn what_fits_is_handed_on_with_defaults() {
    let checked = check(&catalogue(), &with("deep", json!({}))).ok().unwrap();
    assert_eq!(
        checked.public,
        json!({"url": "https://a.b", "mode": "a", "fast": false, "deep": {"path": "x"}})
    );
    assert!(checked.config.is_empty());
    // Defaults of an object that is not there are not applied, and null is absent.
    let checked = check(&catalogue(), &with("count", Json::Null)).ok().unwrap();
    assert_eq!(checked.public, json!({"url": "https://a.b", "mode": "a", "fast": false}));
}

#[test]
fn secrets_are_split_off_and_selectors_are_taken_out() {
    let mut settings = with("pin", json!("1234"));
    settings["deep"] = json!({"more": [{"v": "one"}, {"v": "two"}]});
    settings["ref"] = json!({"name": "n", "key": "k", "namespace": "ns"});
    settings["account"] = json!({"name": "n", "audiences": ["a"]});
    settings["ca"] = json!({"type": "ConfigMap", "name": "n", "key": "ca.crt"});
    let checked = check(&catalogue(), &settings).ok().unwrap();
    let text = checked.public.to_string();
    for hidden in ["1234", "one", "two", "\"ref\"", "\"account\"", "\"ca\""] {
        assert!(!text.contains(hidden), "{hidden} in {text}");
    }
    let config: Vec<(&str, &[u8])> =
        checked.config.iter().map(|(at, value)| (at.as_str(), value.bytes())).collect();
    assert_eq!(
        config,
        [("/deep/more/0/v", &b"one"[..]), ("/deep/more/1/v", &b"two"[..]), ("/pin", &b"1234"[..])]
    );
}

#[test]
fn what_does_not_fit_names_its_path_and_never_its_value() {
    for (name, value, path, problem) in [
        ("url", json!(7), "url", "is not a text"),
        ("url", json!("http://hunter2"), "url", "does not have the form"),
        ("url", json!("xhttps://a.b"), "url", "does not have the form"),
        ("url", json!("https://a.b\nhttps://c.d"), "url", "does not have the form"),
        ("url", Json::Null, "url", "is missing"),
        ("mode", json!("hunter2"), "mode", "is none of the values"),
        ("count", json!(0), "count", "is out of range"),
        ("count", json!(10), "count", "is out of range"),
        ("count", json!(1.5), "count", "is not a whole number"),
        ("count", json!("1"), "count", "is not a whole number"),
        ("fast", json!("true"), "fast", "is not true or false"),
        ("names", json!(["hunter2", "b", "c"]), "names", "has too few or too many"),
        ("names", json!("hunter2"), "names", "is not a list"),
        ("names", json!(["a", 1]), "names[1]", "is not a text"),
        ("pairs", json!({"a": "hunter2"}), "pairs.a", "is not a whole number"),
        ("pairs", json!([]), "pairs", "is not a map"),
        ("pin", json!("x"), "pin", "is too short or too long"),
        ("big", json!("x".repeat(10_001)), "big", "is too short or too long"),
        ("deep", json!("hunter2"), "deep", "is not an object"),
        ("deep", json!({"pth": "hunter2"}), "deep.pth", "is no field"),
        ("tls", json!({"a": "hunter2"}), "tls", "is not served"),
        ("nope", json!("hunter2"), "nope", "is no field"),
        ("ref", json!({"name": "n"}), "ref.key", "is missing"),
        (
            "ref",
            json!({"name": "n", "kye": "hunter2", "key": "k"}),
            "ref.kye",
            "is no field of this selector",
        ),
        ("ref", json!({"name": "../n", "key": "k"}), "ref.name", "is not a valid reference"),
        ("ref", json!({"name": "n", "key": "a/b"}), "ref.key", "is not a valid reference"),
        (
            "ref",
            json!({"name": "n", "key": "k", "namespace": "A"}),
            "ref.namespace",
            "is not a valid reference",
        ),
        ("ref", json!("hunter2"), "ref", "is not an object"),
        (
            "account",
            json!({"name": "n", "audiences": "hunter2"}),
            "account.audiences",
            "is not a valid reference",
        ),
        ("ca", json!({"type": "File", "name": "n"}), "ca.type", "is not a valid reference"),
    ] {
        let errors = check(&catalogue(), &with(name, value)).err().unwrap();
        let error = errors.first().unwrap();
        assert_eq!(error.path, format!("spec.provider.kit.{path}"), "{errors:?}");
        assert!(error.problem.starts_with(problem), "{errors:?}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
}

#[test]
fn near_names_are_suggested() {
    for (wrong, near) in [("ulr", "url"), ("Mode", "mode"), ("coutn", "count")] {
        let errors = check(&catalogue(), &with(wrong, json!("x"))).err().unwrap();
        assert_eq!(errors[0].remedy, format!("did you mean `{near}`?"));
    }
    let errors =
        check(&catalogue(), &json!({"url": "https://a.b", "ref": {"name": "n", "kee": "k"}})).err().unwrap();
    assert!(errors.iter().any(|error| error.remedy == "did you mean `key`?"), "{errors:?}");
}

#[test]
fn every_error_is_reported() {
    let errors = check(&catalogue(), &json!({"mode": "c", "x": 1, "count": "one"})).err().unwrap();
    assert_eq!(errors.len(), 4, "{errors:?}");
}

#[test]
fn settings_that_are_no_object_are_refused() {
    for settings in [json!(null), json!([]), json!("x")] {
        assert!(check(&catalogue(), &settings).is_err(), "{settings}");
    }
}

/// A key is a scalar too: a slip of indentation makes a token one, and a tenant may write anything.
#[test]
fn denied_a_members_name_that_does_not_look_like_one_is_not_shown() {
    let odd = "\nteam-b db True\u{1b}[2K";
    let mut settings = with("pairs", json!({"hvs.CAESI-token": "no number"}));
    settings[odd] = json!(1);
    settings["ref"] = json!({"name": "n", "key": "k", "hvs.CAESI-other": 1});
    let errors = check(&catalogue(), &settings).err().unwrap();
    let paths: Vec<&str> = errors.iter().map(|error| error.path.as_str()).collect();
    assert_eq!(paths, ["spec.provider.kit.?", "spec.provider.kit.pairs.?", "spec.provider.kit.ref.?"]);
}
