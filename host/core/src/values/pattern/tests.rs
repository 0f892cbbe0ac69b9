use proptest::prelude::*;

use super::*;
use crate::values::tests::GoValues;

#[test]
fn replaces_as_go_does() {
    let cases = GoValues::read().replacements;
    assert!(cases.len() > 90);
    let mut differ = Vec::new();
    for case in cases {
        let result = compile(&case.source)
            .map(|source| replace_all(&source, &case.text, &case.target, MAX_PATTERN).unwrap_or_default());
        if result.as_ref() != Ok(&case.result) {
            differ.push(format!(
                "{} on {:?} by {:?}: {:?}, Go {:?}",
                case.source, case.text, case.target, result, case.result
            ));
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

#[test]
fn expressions_are_bounded() {
    assert!(compile(&"a".repeat(MAX_PATTERN)).is_ok());
    for bad in [
        &"a".repeat(MAX_PATTERN + 1),
        "(",
        "[",
        "a{1001}{1001}{1001}",
        "\\p{L}{500}{500}",
        "\\1",
        "(?=a)",
        "(?x)a b",
        "(?u:a)",
        "(?iR)a",
        "\\",
    ] {
        assert_eq!(compile(bad).err(), Some(PatternError), "{bad}");
    }
    let any = compile("(.*)").unwrap();
    assert_eq!(replace_all(&any, "ab", "$1$1", 4).as_deref(), Some("abab"));
    assert_eq!(replace_all(&any, "ab", "$1$1", 3), None);
    assert_eq!(replace_all(&compile("x").unwrap(), "ab", "", 1), None);
}

proptest! {
    #[test]
    fn never_panics(source in r"[ab\[\]\\^$.*+?(){}|&~\-QEdwsb:<]{0,12}", text in any::<String>(), target in r"[$\{}a1é]{0,6}") {
        if let Ok(source) = compile(&source) {
            let _ = replace_all(&source, &text, &target, 100);
        }
    }
}
