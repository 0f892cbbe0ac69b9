//! The JSONTestSuite corpus, the differences that we chose, and properties.

use std::{fs, path::PathBuf};

use proptest::prelude::*;

use super::{
    Fault, Json, Kind, MAX_DEPTH, MAX_NODES, Tape,
    pointer::{Place, place, push},
    text,
};

fn fault(text: &str) -> Fault {
    Json::parse(text.as_bytes()).err().expect("must be refused").fault
}

fn corpus(folder: &str) -> Option<Vec<(String, Vec<u8>)>> {
    let root = std::env::var_os("BAILIWICK_CORPORA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora"),
        PathBuf::from,
    );
    let Ok(entries) = fs::read_dir(root.join("json").join(folder)) else {
        println!("skipped: no JSON corpus in {folder}; set BAILIWICK_CORPORA");
        return None;
    };
    let read =
        |entry: fs::DirEntry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap());
    Some(entries.map(|entry| read(entry.unwrap())).collect())
}

/// Every `y_` parses but the two with duplicate names, no `n_` does; of the `i_` those that are both UTF-8 and
/// free of lone surrogates, a byte order mark and deep nesting: numbers of any size, since they stay text.
#[test]
fn corpus_parsing() {
    let Some(files) = corpus("test_parsing") else { return };
    assert!(files.len() > 300);
    for (name, bytes) in files {
        let result = Json::parse(&bytes).map(|_| ()).map_err(|e| e.fault);
        if name.contains("duplicated_key") {
            assert_eq!(result, Err(Fault::Duplicate), "{name}");
        } else if name.starts_with("y_") || name.starts_with("i_number") {
            assert_eq!(result, Ok(()), "{name}");
        } else if name.starts_with("n_") {
            assert!(result.is_err(), "{name}");
        } else {
            assert!(
                matches!(result, Err(Fault::Encoding | Fault::Text | Fault::Unexpected | Fault::Depth)),
                "{name}"
            );
        }
    }
}

/// What others change, is kept: numbers, member order, unnormalised names.
#[test]
fn corpus_transform() {
    let Some(files) = corpus("test_transform") else { return };
    for (name, bytes) in files {
        match Json::parse(&bytes) {
            Ok(json) => {
                let text = std::str::from_utf8(&bytes).unwrap();
                assert_eq!(json.root().raw(), text.trim(), "{name}");
            }
            Err(e) if name.starts_with("object_same_key") => assert_eq!(e.fault, Fault::Duplicate, "{name}"),
            Err(e) => assert!(name.contains("invalid_codepoint"), "{name}: {e}"),
        }
    }
}

#[test]
fn duplicate_names_are_refused_however_written() {
    assert_eq!(fault(r#"{"a":1,"a":2}"#), Fault::Duplicate);
    assert_eq!(fault(r#"{"a":1,"\u0061":2}"#), Fault::Duplicate);
    assert_eq!(fault(r#"{"a":1,"b":{"é":1,"x":2,"\u00e9":3}}"#), Fault::Duplicate);
    let many: Vec<_> = (0..100).map(|n| format!("\"k{n}\":0")).collect();
    assert!(Json::parse(format!("{{{}}}", many.join(",")).as_bytes()).is_ok());
    assert_eq!(fault(&format!("{{{},\"k7\":0}}", many.join(","))), Fault::Duplicate);
    assert!(Json::parse(br#"{"a":{"a":1},"b":[{"a":1},{"a":1}]}"#).is_ok());
}

#[test]
fn bounds_hold_exactly() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(Json::parse(nested(MAX_DEPTH).as_bytes()).is_ok());
    assert_eq!(fault(&nested(MAX_DEPTH + 1)), Fault::Depth);
    assert_eq!(fault(&"[".repeat(1_000_000)), Fault::Depth);
    let wide = |nodes: usize| format!("[{}]", vec!["0"; nodes - 1].join(","));
    assert!(Json::parse(wide(MAX_NODES).as_bytes()).is_ok());
    assert_eq!(fault(&wide(MAX_NODES + 1)), Fault::Size);
}

#[test]
fn errors_name_a_place_and_quote_nothing() {
    let error = Json::parse(br#"{"password": hunter2}"#).err().unwrap();
    assert_eq!(error.to_string(), "not usable JSON at byte 13: unexpected text");
    assert_eq!(
        Json::parse(b"\"\xff\"").err().unwrap().to_string(),
        "not usable JSON at byte 1: it is not UTF-8"
    );
}

#[test]
fn nodes_read_as_written() {
    let json = Json::parse(br#" {"a":[1.50,"x\n\u00e9\ud83d\ude00",true,null],"":{}} "#).unwrap();
    assert_eq!(json.pointer("/a/0").unwrap().raw(), "1.50");
    assert_eq!(json.pointer("/a/1").unwrap().text().unwrap(), "x\né😀");
    assert_eq!(json.pointer("/a/1").unwrap().value().bytes(), "x\né😀".as_bytes());
    assert_eq!(json.pointer("/a/2").unwrap().kind(), Kind::Boolean);
    assert_eq!(json.pointer("/a/3").unwrap().value().bytes(), b"null");
    assert_eq!(json.pointer("/").unwrap().kind(), Kind::Object);
    assert_eq!(json.root().members().count(), 2);
    assert_eq!(json.pointer("/a").unwrap().items().count(), 4);
    assert_eq!(json.pointer("/a").unwrap().members().count(), 0);
    assert!(json.pointer("/a/2").unwrap().text().is_none());
}

#[test]
fn pointers_follow_rfc_6901() {
    let json = Json::parse(
        br#"{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8}"#,
    )
    .unwrap();
    let cases = [
        ("/foo/0", "\"bar\""),
        ("/", "0"),
        ("/a~1b", "1"),
        ("/c%d", "2"),
        ("/e^f", "3"),
        ("/g|h", "4"),
        ("/i\\j", "5"),
        ("/k\"l", "6"),
        ("/ ", "7"),
        ("/m~0n", "8"),
    ];
    for (pointer, raw) in cases {
        assert_eq!(json.pointer(pointer).unwrap().raw(), raw, "{pointer}");
    }
    assert_eq!(json.pointer("").unwrap().kind(), Kind::Object);
    for absent in
        ["foo", "/foo/2", "/foo/-", "/foo/00", "/foo/01", "/foo/+1", "/foo/0/0", "/m~2n", "/m~", "/foo/"]
    {
        assert!(json.pointer(absent).is_none(), "{absent}");
    }
}

#[test]
fn patterns_match_segment_by_segment() {
    for (pattern, pointer, expected) in [
        ("/a/*/b", "/a/0/b", Place::Named),
        ("/a/*/b", "/a/x~1y/b", Place::Named),
        ("/a/*/b", "/a/0", Place::Above),
        ("/a/*/b", "", Place::Above),
        ("/a/*/b", "/a/0/c", Place::Elsewhere),
        ("/a/*/b", "/a/0/b/c", Place::Elsewhere),
        ("/a~1b", "/a/b", Place::Elsewhere),
        ("", "", Place::Named),
        ("", "/a", Place::Elsewhere),
        ("a", "/a", Place::Elsewhere),
        ("/a~2", "/a~2", Place::Elsewhere),
    ] {
        assert_eq!(place(pattern, pointer), expected, "{pattern} {pointer}");
    }
}

#[test]
fn a_tape_is_laid_over_its_text_again() {
    let text = br#"{"a":["b"]}"#;
    let tape = Tape::parse(text).unwrap();
    assert_eq!(tape.over(text).unwrap().pointer("/a/0").unwrap().text().unwrap(), "b");
    assert_eq!(tape.over(b"{}").unwrap().pointer("/a/0").map(|n| n.raw().len()), None);
}

#[test]
fn plain_text_ends_where_a_byte_loop_says() {
    let slow = |bytes: &[u8]| {
        bytes.iter().position(|b| *b < 0x20 || matches!(b, b'"' | b'\\')).unwrap_or(bytes.len())
    };
    for length in 0..40 {
        for at in 0..=length {
            for stop in [0u8, 1, 0x1f, 0x20, b'"', b'\\', 0x7f, 0x80, 0xa2, 0xdc, 0xff] {
                let mut bytes = vec![b'a'; length];
                bytes.insert(at, stop);
                assert_eq!(text::plain(&bytes), slow(&bytes), "{bytes:?}");
            }
        }
    }
}

proptest! {
    #[test]
    fn never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), pointer in "(/[a~01*]{0,3}){0,4}") {
        if let Ok(json) = Json::parse(&bytes) {
            let _ = json.pointer(&pointer).map(|n| n.value());
        }
    }

    #[test]
    fn never_panics_near_json(text in r#"[\[\]{}:,"\\u0-9eE.\-a-f tnrul]{0,60}"#) {
        if let Ok(json) = Json::parse(text.as_bytes()) {
            let agrees = serde_json::from_str::<serde_json::Value>(&text).map_or_else(
                |e| e.to_string().starts_with("number out of range"),
                |_| true,
            );
            prop_assert!(agrees);
            prop_assert_eq!(json.root().raw(), text.trim());
        }
    }

    #[test]
    fn strings_survive(text in any::<String>(), name in any::<String>()) {
        let written = serde_json::json!({ name.clone(): [text.clone()] }).to_string();
        let json = Json::parse(written.as_bytes()).unwrap();
        let mut pointer = String::new();
        push(&mut pointer, &name);
        let node = json.pointer(&pointer).unwrap().items().next().unwrap();
        prop_assert_eq!(node.text().unwrap(), text.as_str());
        prop_assert!(node.is_text(&text));
        let value = node.value();
        prop_assert_eq!(value.bytes(), text.as_bytes());
    }

    #[test]
    fn agrees_with_serde_on_what_it_takes(bytes in prop::collection::vec(any::<u8>(), 0..30)) {
        let text = [b"[\"", bytes.as_slice(), b"\"]"].concat();
        if Json::parse(&text).is_ok() {
            prop_assert!(serde_json::from_slice::<serde_json::Value>(&text).is_ok());
        }
    }
}
