use proptest::prelude::*;

use super::*;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn run(strategy: DecodingStrategy, text: &str) -> String {
    decode(Value::new(text.as_bytes().to_vec()), strategy)
        .map_or_else(|_| "!".into(), |value| hex(value.bytes()))
}

/// Text, and what Go's StdEncoding, URLEncoding and ESO's Auto make of it; `!` is an error.
#[test]
fn decodes_as_go_does() {
    for (text, standard, url, auto) in [
        ("", "", "", ""),
        ("YQ==", "61", "61", "61"),
        ("YQ=", "!", "!", "59513d"),
        ("YQ", "!", "!", "5951"),
        ("YR==", "61", "61", "61"),
        ("YWI=", "6162", "6162", "6162"),
        ("YWJj", "616263", "616263", "616263"),
        ("YWJj\nZA==\r\n", "61626364", "61626364", "61626364"),
        ("YW Jj", "!", "!", "5957204a6a"),
        ("-_8=", "!", "fbff", "fbff"),
        ("+/8=", "fbff", "!", "fbff"),
        ("-_8", "!", "!", "2d5f38"),
        ("YWJjZGVm=", "!", "!", "59574a6a5a47566d3d"),
        ("YQ==YQ==", "!", "!", "59513d3d59513d3d"),
        ("====", "!", "!", "3d3d3d3d"),
        ("Y", "!", "!", "59"),
        ("Y===", "!", "!", "593d3d3d"),
        ("hello", "!", "!", "68656c6c6f"),
        ("hellohel", "85e965a217a5", "85e965a217a5", "85e965a217a5"),
        ("YQ=\n=", "61", "61", "61"),
        ("YQ==\n", "61", "61", "61"),
        (" YQ==", "!", "!", "2059513d3d"),
        ("\n", "", "", ""),
    ] {
        assert_eq!(run(DecodingStrategy::Base64, text), standard, "{text:?}");
        assert_eq!(run(DecodingStrategy::Base64Url, text), url, "{text:?}");
        assert_eq!(run(DecodingStrategy::Auto, text), auto, "{text:?}");
        assert_eq!(run(DecodingStrategy::None, text), hex(text.as_bytes()), "{text:?}");
    }
}

proptest! {
    #[test]
    fn auto_never_fails(bytes in any::<Vec<u8>>()) {
        prop_assert!(decode(Value::new(bytes), DecodingStrategy::Auto).is_ok());
    }
}
