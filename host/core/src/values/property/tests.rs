//! gjson's own answers as data (`tests/gjson`), and what we do otherwise on purpose.

use std::{collections::BTreeMap, fs};

use proptest::prelude::*;
use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Cases {
    documents: BTreeMap<String, String>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    document: String,
    path: String,
    exists: bool,
    text: String,
}

fn ask(document: &str, path: &str) -> Result<Option<String>, PropertyError> {
    let found = query(&Json::parse(document.as_bytes()).unwrap(), path)?;
    Ok(found.map(|value| String::from_utf8(value.bytes().to_vec()).unwrap()))
}

fn property(document: &str, path: &str) -> Result<Option<String>, PropertyError> {
    let found = get(&Value::new(document.into()), path)?;
    Ok(found.map(|value| String::from_utf8(value.bytes().to_vec()).unwrap()))
}

fn cases() -> Cases {
    let file = std::env::var("BAILIWICK_GJSON_CASES")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/tests/gjson/cases.json").into());
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

/// `BAILIWICK_GJSON_CASES` names another file, such as one of random cases.
#[test]
fn answers_as_gjson_does() {
    let Cases { documents, cases } = cases();
    let (mut answered, mut differ) = (0, Vec::new());
    for Case { document, path, exists, text } in &cases {
        let Ok(found) = ask(&documents[document], path) else { continue };
        answered += 1;
        if found != exists.then(|| text.clone()) {
            differ.push(format!("{document} {path}\n  gjson {exists} {text}\n  ours  {found:?}"));
        }
    }
    assert!(differ.is_empty(), "{} of {}:\n{}", differ.len(), cases.len(), differ.join("\n"));
    assert!(answered > 500);
}

/// Every case of the data that is refused, so that no other one is skipped.
#[test]
fn refuses_what_gjson_misreads() {
    let Cases { documents, cases } = cases();
    let refused = |case: &&Case| ask(&documents[&case.document], &case.path).is_err();
    let paths: Vec<_> = cases.iter().filter(refused).map(|case| case.path.as_str()).collect();
    if std::env::var_os("BAILIWICK_GJSON_CASES").is_none() {
        assert_eq!(paths, ["{a\"b:i}", "m.#("]);
    }
}

#[test]
fn the_literal_member_comes_first() {
    let document = r#"{"a.b":1.50,"a":{"b":2.50},"*":"star","n":null,"o":{"x": [1]},"t":"\u00e9"}"#;
    for (path, text) in [
        ("a.b", "1.50"),
        ("a|b", "2.5"),
        ("*", "star"),
        ("n", ""),
        ("o", "{\"x\": [1]}"),
        ("t", "é"),
        ("o.x.0", "1"),
    ] {
        assert_eq!(property(document, path).unwrap().as_deref(), Some(text), "{path}");
    }
    assert_eq!(property(document, "missing"), Ok(None));
    assert_eq!(property("no json", "a"), Err(PropertyError::NotJson));
    assert_eq!(property(r#"{"a":1,"a":2}"#, "a"), Ok(Some("1".into())));
}

/// gjson looks for brackets even inside of a string, and keeps white space around the document.
#[test]
fn reads_strictly_where_gjson_scans() {
    assert_eq!(ask(r#""text with {\"a\":1}""#, "a"), Ok(None));
    assert_eq!(ask(" {\"a\":1} \n", "@this"), Ok(Some("{\"a\":1}".into())));
}

#[test]
fn malformed_and_unserved_paths_are_refused_by_name() {
    use PropertyError::{Argument, Literal, Modifier, Multipath, NotJson, Query};
    for (path, error) in [
        ("@pretty", Modifier("pretty")),
        ("a|@pretty:{\"indent\":\"\"}", Modifier("pretty")),
        ("@dig:a", Modifier("dig")),
        ("a.#(b", Query),
        ("a.#(b==\"\\x\")", Query),
        ("{a", Multipath),
        ("[a]b", Multipath),
        ("!nan", Literal),
        ("!True", Literal),
        ("!{a:1}", Literal),
        ("!1.", Literal),
        ("a|@flatten:deep", Argument),
        ("a|@flatten:{deep}", Argument),
        ("s|@fromstr", NotJson),
    ] {
        assert_eq!(ask(r#"{"a":[[1],{"b":"c"}],"s":"no json"}"#, path), Err(error), "{path}");
    }
    assert_eq!(PropertyError::Modifier("pretty").to_string(), "the modifier @pretty is not served");
}

#[test]
fn bounds_hold() {
    let deep = "{\"a\":".repeat(40) + "1" + &"}".repeat(40);
    assert_eq!(ask(&deep, &vec!["a"; 33].join(".")).map(|found| found.is_some()), Ok(true));
    assert_eq!(ask(&deep, &vec!["a"; 34].join(".")), Err(PropertyError::TooLong));
    assert_eq!(ask("{}", &"a|".repeat(1000)), Err(PropertyError::TooLong));
    assert_eq!(ask("{}", &"a".repeat(MAX_PATH)), Ok(None));
    assert_eq!(ask("{}", &"a".repeat(MAX_PATH + 1)), Err(PropertyError::TooLong));
    let wide = format!("[{}]", vec!["\"0123456789\""; 20_000].join(","));
    assert_eq!(ask(&wide, &["[@this,@this]"; 12].join("|")), Err(PropertyError::TooLong));
    assert_eq!(ask(&wide, &["[@this,@this]"; 11].join("|")), Err(PropertyError::TooMuch));
    let joined =
        format!("[{{{}}}]", (0..20_000).map(|n| format!("\"k{n}\":0")).collect::<Vec<_>>().join(","));
    assert!(ask(&joined, "@join").is_ok_and(|text| text.is_some_and(|text| text.len() + 2 == joined.len())));
    let long = format!("{{\"{}\":1}}", "a".repeat(1_000_000));
    assert_eq!(ask(&long, &"*a".repeat(400)), Ok(Some("1".into())));
    assert_eq!(ask(&long, &format!("*{}b", "?a".repeat(400))), Err(PropertyError::TooMuch));
}

#[test]
fn i8_denied_a_group_that_would_fill_the_memory() {
    let grouped = |name: usize, items: usize| {
        let document = format!("{{\"{}\":[{}]}}", "n".repeat(name), vec!["0"; items].join(","));
        ask(&document, "@group")
    };
    assert_eq!(grouped(22_000, 21_000), Err(PropertyError::TooMuch));
    assert_eq!(grouped(3_000, 2_000), Err(PropertyError::TooMuch), "within the work, more than may be made");
    assert!(grouped(1_000, 1_000).is_ok_and(|text| text.is_some_and(|text| text.len() > 1_000_000)));
}

fn any_path() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just(String::new()),
        r#"[a-c*?#@!.|\\\[\](){}:,"=<>%~ 0-2]{0,6}"#,
        prop::sample::select(vec![
            "@join",
            "@flatten:{\"deep\":true}",
            "@group",
            "@tostr",
            "@fromstr",
            "#(a",
            "#(",
            ")#",
            "!{"
        ])
        .prop_map(str::to_owned),
        any::<String>(),
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn never_panics(path in any_path(), bytes in any::<Vec<u8>>()) {
        let _ = get(&Value::new(bytes), &path);
    }

    #[test]
    fn never_panics_on_json(path in any_path(), a in r#"(1|"x"|null|\[1,"a",\[\],\{"a":0\}\]|\{"b":[2]\})"#) {
        let _ = property(&format!(r#"{{"a":{a},"b":[{a},{a}],"c":{{"a":{a}}}}}"#), &path);
    }
}
