//! What ESO's Vault, AWS, fake and OpenBao providers make of one and the same value.

use super::*;

const OBJECT: ValueRule = ValueRule {
    form: ValueForm::Object,
    property: PropertyForm::MemberOrPath,
    missing_property: false,
    absent_fails: false,
    converted_names: false,
};
const AWS: ValueRule = ValueRule { form: ValueForm::Text, property: PropertyForm::DotsOrPath, ..OBJECT };
const FAKE: ValueRule = ValueRule { property: PropertyForm::Path, missing_property: true, ..AWS };
const BAO: ValueRule = ValueRule { property: PropertyForm::Member, ..OBJECT };

const DOCUMENT: &str = r#"{ "n": 1.50, "big": 12345678901234567890, "e": 1e3, "a.b": 2.50, "a": {"b": 3.50},
  "o": {"z": 1.50, "a": "<&>"}, "l": ["x", 1.0], "t": "\u00e9", "b": true, "z": null }"#;

fn text(value: &Value) -> String {
    String::from_utf8(value.bytes().to_vec()).unwrap()
}

fn read(document: &str, path: &str, rule: ValueRule) -> Result<Option<String>, PropertyError> {
    let value = whole(Value::new(document.into()), rule).map_err(|_| PropertyError::NotJson)?;
    Ok(property(&value, path, rule)?.map(|value| text(&value)))
}

fn extracted(document: &str, rule: ValueRule) -> Result<Vec<(String, String)>, KeyError> {
    let value = whole(Value::new(document.into()), rule).map_err(|_| KeyError::NotObject)?;
    Ok(members(&value, rule)?.into_iter().map(|(name, value)| (name, text(&value))).collect())
}

#[test]
fn an_object_is_written_anew_and_a_text_stays() {
    let written = |rule| text(&whole(Value::new(DOCUMENT.into()), rule).unwrap());
    assert_eq!(
        written(OBJECT),
        "{\"a\":{\"b\":3.50},\"a.b\":2.50,\"b\":true,\"big\":12345678901234567890,\"e\":1e3,\"l\":[\"x\",1.0],\
         \"n\":1.50,\"o\":{\"a\":\"\\u003c\\u0026\\u003e\",\"z\":1.50},\"t\":\"é\",\"z\":null}"
    );
    assert_eq!(written(AWS), DOCUMENT);
    for other in ["[1]", "\"a\"", "no json", "", r#"{"a":1,"a":2}"#] {
        assert_eq!(whole(Value::new(other.into()), OBJECT).err(), Some(NotObject), "{other}");
        assert_eq!(text(&whole(Value::new(other.into()), AWS).unwrap()), other);
    }
}

#[test]
fn a_property_is_read_as_each_provider_reads_it() {
    let written = r#"{"a":"\u003c\u0026\u003e","z":1.50}"#;
    let raw = r#"{"z": 1.50, "a": "<&>"}"#;
    let big = "12345678901234567890";
    for (path, object, aws, fake, bao) in [
        ("n", Some("1.50"), "1.5", "1.5", Some("1.50")),
        ("big", Some(big), big, big, Some(big)),
        ("e", Some("1e3"), "1000", "1000", Some("1e3")),
        ("a.b", Some("2.50"), "2.5", "3.5", Some("2.50")),
        ("o", Some(written), raw, raw, Some(written)),
        ("o.a", Some("<&>"), "<&>", "<&>", None),
        ("l.0", Some("x"), "x", "x", None),
        ("t", Some("é"), "é", "é", Some("é")),
        ("z", Some(""), "", "", Some("")),
    ] {
        for (rule, expected) in [(OBJECT, object), (AWS, Some(aws)), (FAKE, Some(fake)), (BAO, bao)] {
            let found = read(DOCUMENT, path, rule).ok().flatten();
            assert_eq!(found.as_deref(), expected, "{path} {rule:?}");
        }
    }
}

#[test]
fn a_missing_property_is_an_error_or_a_missing_secret() {
    for (rule, missing) in [(OBJECT, false), (AWS, false), (FAKE, true), (BAO, false)] {
        let expected = if missing { Ok(None) } else { Err(PropertyError::Missing) };
        assert_eq!(read(DOCUMENT, "none", rule), expected, "{rule:?}");
    }
    assert_eq!(read("no json", "a", AWS), Err(PropertyError::NotJson));
    assert_eq!(read("no json", "a", FAKE), Ok(None));
    assert_eq!(read(DOCUMENT, "@pretty", FAKE), Err(PropertyError::Modifier("pretty")));
}

#[test]
fn an_extract_goes_through_float64_where_the_value_is_an_object() {
    let list =
        |pairs: &[(&str, &str)]| pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    let document = r#"{"n":1.50,"big":12345678901234567890,"e":1e3,"tiny":1e-7,"o":{"z": 1.50,"a":1e21},"z":null,"b":true}"#;
    let object: Vec<_> = list(&[
        ("b", "true"),
        ("big", "12345678901234567000"),
        ("e", "1000"),
        ("n", "1.5"),
        ("o", r#"{"a":1e+21,"z":1.5}"#),
        ("tiny", "0.0000001"),
        ("z", ""),
    ]);
    assert_eq!(extracted(document, OBJECT), Ok(object));
    let as_written: Vec<_> = list(&[
        ("b", "true"),
        ("big", "12345678901234567890"),
        ("e", "1e3"),
        ("n", "1.50"),
        ("o", r#"{"z": 1.50,"a":1e21}"#),
        ("tiny", "1e-7"),
        ("z", ""),
    ]);
    assert_eq!(extracted(document, AWS), Ok(as_written));
    assert_eq!(extracted(r#"{"a":1e999}"#, OBJECT), Err(KeyError::Number));
    assert_eq!(extracted("[1]", AWS), Err(KeyError::NotObject));
}

/// What gjson and Go take of a text that people keep: repeated names, line breaks inside of texts.
#[test]
fn a_text_need_not_be_strict_json() {
    let twice = "{\"a\":1,\"a\":2,\"t\":\"x\ny\"}";
    assert_eq!(read(twice, "a", AWS), Ok(Some("1".into())), "gjson takes the first");
    assert_eq!(read(twice, "t", AWS), Ok(Some("x\ny".into())));
    let all = vec![("a".to_owned(), "2".to_owned()), ("t".to_owned(), "x\ny".to_owned())];
    assert_eq!(extracted(twice, AWS), Ok(all), "Go takes the last");
    assert_eq!(read(twice, "a", OBJECT), Err(PropertyError::NotJson), "replies are strict");
}
