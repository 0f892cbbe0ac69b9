use super::*;

fn data(pairs: &[(&str, &str)]) -> Data {
    pairs.iter().map(|(k, v)| ((*k).to_owned(), Value::new(v.as_bytes().to_vec()))).collect()
}

fn text(data: Data) -> String {
    let pair = |(k, v): (String, Value)| format!("{k}={}", String::from_utf8_lossy(v.bytes()));
    data.into_iter().map(pair).collect::<Vec<_>>().join(" ")
}

/// Expected texts are what ESO's `convert` makes of these names.
#[test]
fn names_convert_as_eso_does() {
    for (name, default, unicode) in [
        ("a-b.c_d", "a-b.c_d", "a-b.c_d"),
        ("foo/bar baz", "foo_bar_baz", "foo_U002f_bar_U0020_baz"),
        ("😀", "_", "_U1f600_"),
        ("é٣Ⅷ²", "é٣Ⅷ²", "é٣Ⅷ²"),
        // A combining vowel sign is a mark, not a letter, though Unicode calls it alphabetic.
        ("\u{93f}", "_", "_U093f_"),
        ("", "", ""),
    ] {
        assert_eq!(converted(name, ConversionStrategy::Default), default);
        assert_eq!(converted(name, ConversionStrategy::Unicode), unicode);
    }
}

#[test]
fn collisions_are_errors() {
    assert_eq!(
        keys(data(&[("a/b", ""), ("a b", "")]), ConversionStrategy::Default).err(),
        Some(KeyError::Collision)
    );
    let apart = keys(data(&[("a/b", "1"), ("a b", "2")]), ConversionStrategy::Unicode).unwrap();
    assert_eq!(text(apart), "a_U0020_b=2 a_U002f_b=1");
}

#[test]
fn keys_are_validated() {
    assert_eq!(text(validate(data(&[("", "x"), ("a.b", "y"), ("é", "z")])).unwrap()), "a.b=y é=z");
    assert_eq!(validate(data(&[("a b", "")])).err(), Some(KeyError::Character));
    assert!(validate(data(&[(&"k".repeat(253), "")])).is_ok());
    assert_eq!(validate(data(&[(&"k".repeat(254), "")])).err(), Some(KeyError::TooLong));
}
