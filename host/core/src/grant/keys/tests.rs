use proptest::prelude::*;

use super::*;

fn key(text: &str) -> Vec<String> {
    if text.is_empty() { Vec::new() } else { text.split('/').map(str::to_owned).collect() }
}

fn admits(patterns: &[&str], text: &str) -> bool {
    let patterns: Vec<KeyPattern> = patterns.iter().map(|text| pattern(text).unwrap()).collect();
    matching(&patterns, &key(text)).is_some()
}

fn lists(patterns: &[&str], text: &str) -> bool {
    let patterns: Vec<KeyPattern> = patterns.iter().map(|text| pattern(text).unwrap()).collect();
    listing(&patterns, &key(text)).is_some()
}

#[test]
fn g9_allowed_keys() {
    for (patterns, text) in [
        (&["a/b"][..], "a/b"),
        (&["a/*"], "a/b"),
        (&["a/**"], "a/b"),
        (&["a/**"], "a/b/c/d"),
        (&["*/b"], "x/b"),
        (&["*"], "x"),
        (&["**"], "x"),
        (&["**"], "x/y"),
        (&["a/*/**"], "a/b/c"),
        (&["x", "a"], "a"),
    ] {
        assert!(admits(patterns, text), "{patterns:?} {text}");
    }
}

#[test]
fn g9_denied_keys() {
    for (patterns, text) in [
        (&["a/b"][..], "a"),
        (&["a/b"], "a/b/c"),
        (&["a/b"], "a/B"),
        (&["a/*"], "a"),
        (&["a/*"], "a/b/c"),
        (&["a/**"], "a"),
        (&["a/**"], "ab/c"),
        (&["a/**"], "b/a/c"),
        (&["*"], "a/b"),
        (&["**"], ""),
        (&["a/*/**"], "a/b"),
        (&[], "a"),
    ] {
        assert!(!admits(patterns, text), "{patterns:?} {text}");
    }
    // Segments as no class lets them through, but as a backend may write them.
    let everything = [pattern("**").unwrap()];
    for segment in ["", ".", "..", "a/b", "a\nb"] {
        let deep = [pattern("*").unwrap()];
        assert_eq!(matching(&deep, &[segment.to_owned()]), None, "{segment:?}");
        assert_eq!(matching(&everything, &["a".to_owned(), segment.to_owned()]), None, "{segment:?}");
        assert_eq!(listing(&everything, &[segment.to_owned()]), None, "{segment:?}");
    }
    assert_eq!(matching(&everything, &[]), None);
}

#[test]
fn g9_allowed_prefixes_to_list() {
    for (patterns, text) in [(&["a/**"][..], "a"), (&["a/**"], "a/b"), (&["**"], ""), (&["*/**"], "x")] {
        assert!(lists(patterns, text), "{patterns:?} {text}");
    }
}

#[test]
fn g9_denied_prefixes_to_list() {
    for (patterns, text) in [
        (&["a/**"][..], ""),
        (&["a/**"], "b"),
        (&["a/*"], "a"),
        (&["a/b"], "a"),
        (&["a/b/**"], "a"),
        (&["*/**"], ""),
    ] {
        assert!(!lists(patterns, text), "{patterns:?} {text}");
    }
}

#[test]
fn patterns_are_written_in_one_way() {
    for text in ["a", "a/b", "*", "**", "a/*", "a/**", "*/*/**", "a b/c"] {
        assert_eq!(write(&pattern(text).unwrap()), text);
    }
    for text in [
        "", "/", "/a", "a/", "a//b", ".", "a/../b", "a*", "**/a", "a**", "a/**/b", "***", "a?b", "a%2f",
        "a\\b", "a\n", "ä",
    ] {
        assert!(pattern(text).is_err(), "{text:?}");
    }
    assert!(pattern(&"a/".repeat(33)).is_err());
}

#[test]
fn names_of_replies_become_keys() {
    let rule = |relative, folders| ListRule {
        items: "/*".into(),
        name: String::new(),
        relative,
        folders,
        class: None,
        page: None,
        leading_slash: false,
        tags: None,
    };
    let listed = |rule: &ListRule, prefix: &str, name: &str| {
        listed(rule, &key(prefix), name).map(|listed| (listed.segments.join("/"), listed.folder))
    };
    let vault = rule(true, true);
    assert_eq!(listed(&vault, "p", "db"), Some(("p/db".into(), false)));
    assert_eq!(listed(&vault, "p", "sub/"), Some(("p/sub".into(), true)));
    let ssm = ListRule { leading_slash: true, ..rule(false, false) };
    assert_eq!(listed(&ssm, "p", "/a/b"), Some(("a/b".into(), false)));
    let aws = rule(false, false);
    assert_eq!(listed(&aws, "p", "/a/b"), None, "g9: another secret than a/b");
    assert_eq!(listed(&aws, "", "a/b"), Some(("a/b".into(), false)));
    for name in ["", "/", "..", "../x", "a//b", "a/./b", "a/", "a\nb"] {
        assert_eq!(listed(&aws, "p", name), None, "{name:?}");
    }
    for name in ["", "//", "../", "/a", "a//"] {
        assert_eq!(listed(&vault, "p", name), None, "{name:?}");
    }
}

#[test]
fn denied_names_of_replies_that_cannot_be_sent_back() {
    let mut rule = ListRule {
        items: "/*".into(),
        name: String::new(),
        relative: true,
        folders: true,
        class: None,
        page: None,
        leading_slash: false,
        tags: None,
    };
    for name in ["grüße", "a%b", "a?", "sub#/"] {
        rule.class = Some(Class::Wide);
        assert_eq!(listed(&rule, &key("p"), name), None, "{name}");
        rule.class = None;
        assert!(listed(&rule, &key("p"), name).is_some(), "{name}");
    }
    rule.class = Some(Class::Wide);
    assert!(listed(&rule, &key("p"), "a b").is_some());
}

proptest! {
    /// `**` admits what any pattern with more segments admits below it.
    #[test]
    fn a_prefix_admits_whatever_a_longer_pattern_admits(
        words in proptest::collection::vec("[a-c*]", 1..5),
        keys in proptest::collection::vec("[a-c]", 1..6),
    ) {
        let longer = words.join("/");
        let shorter = format!("{}/**", words.first().unwrap());
        let text = keys.join("/");
        if words.len() > 1 && admits(&[&longer], &text) {
            prop_assert!(admits(&[&shorter], &text));
        }
    }
}
