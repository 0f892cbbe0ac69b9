use proptest::prelude::*;

use super::{Strategy, *};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn run(strategy: Strategy, text: &str) -> String {
    decode(strategy, Value::new(text.as_bytes().to_vec()))
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
        assert_eq!(run(Strategy::Base64, text), standard, "{text:?}");
        assert_eq!(run(Strategy::Base64Url, text), url, "{text:?}");
        assert_eq!(run(Strategy::Auto, text), auto, "{text:?}");
        assert_eq!(run(Strategy::None, text), hex(text.as_bytes()), "{text:?}");
    }
}

#[test]
fn names_are_those_of_manifests() {
    for (name, strategy) in [
        ("", Strategy::None),
        ("None", Strategy::None),
        ("Base64", Strategy::Base64),
        ("Base64URL", Strategy::Base64Url),
        ("Auto", Strategy::Auto),
    ] {
        assert_eq!(Strategy::of(name), Some(strategy));
    }
    assert_eq!(Strategy::of("base64"), None);
}

proptest! {
    #[test]
    fn auto_never_fails(bytes in any::<Vec<u8>>()) {
        prop_assert!(decode(Strategy::Auto, Value::new(bytes)).is_ok());
    }
}
