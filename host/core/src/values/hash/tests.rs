use super::*;
use crate::{
    secret::Value,
    values::tests::{GoValues, bytes_of_hex},
};

#[test]
fn hashes_are_those_of_go() {
    let go = GoValues::read();
    assert!(go.data.len() + go.meta.len() + go.texts.len() > 10);
    for case in go.data {
        let data =
            case.data.into_iter().map(|(key, value)| (key, Value::new(bytes_of_hex(&value)))).collect();
        assert_eq!(super::data(&data), case.hash);
    }
    for case in go.meta {
        let map = |map: Option<_>| map.unwrap_or_default();
        assert_eq!(meta(&map(case.annotations), &map(case.labels)), case.hash);
    }
    for case in go.texts {
        assert_eq!(text(&case.text), case.hash);
    }
}

/// Every byte in decimal, without leading zeros.
#[test]
fn bytes_are_written_in_decimal() {
    for byte in 0..=u8::MAX {
        assert_eq!(decimal(byte).trim_ascii_start(), byte.to_string().as_bytes());
    }
}
