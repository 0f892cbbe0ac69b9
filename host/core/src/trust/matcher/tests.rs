//! Matchers: whole texts, globs that stop at a slash, and which pairs may have a match in common.

use bailiwick_api::trust_policy::Matcher as Spec;

use super::{Matcher, literal_prefix};

fn exact(text: &str) -> Matcher {
    Matcher::compile(&Spec { exact: Some(text.into()), ..Spec::default() }).unwrap()
}

fn glob(text: &str) -> Matcher {
    Matcher::compile(&Spec { glob: Some(text.into()), ..Spec::default() }).unwrap()
}

fn regex(text: &str) -> Result<Matcher, &'static str> {
    Matcher::compile(&Spec { regex: Some(text.into()), ..Spec::default() })
}

#[test]
fn allowed_whole_texts() {
    assert!(exact("a").matches("a"));
    assert!(glob("https://h/acme/p-*/w.yml@refs/tags/v*").matches("https://h/acme/p-x/w.yml@refs/tags/v1"));
    assert!(glob("a*").matches("a"));
    assert!(glob("a.c").matches("a.c"));
    assert!(regex("a|bc").unwrap().matches("bc"));
}

#[test]
fn denied_parts_of_texts() {
    assert!(!exact("a").matches("ab"));
    assert!(!glob("https://h/acme/*").matches("https://h/acme/x/y"), "a star stops at a slash");
    assert!(!glob("a.c*").matches("abc"), "nothing else is special");
    assert!(!regex("a|b").unwrap().matches("ab"));
    assert!(!regex("(?m)a").unwrap().matches("a\nb"));
    assert!(!regex("a").unwrap().matches("a\n"));
}

#[test]
fn denied_patterns_that_are_none_or_too_large() {
    for pattern in ["", "(", "a)|(?:b", "(?x)a #", "((x{1000}){1000}){1000}", "(?=a)b"] {
        assert!(regex(pattern).is_err(), "{pattern}");
    }
    assert!(regex(&"a".repeat(1025)).is_err());
    for spec in [Spec::default(), Spec { exact: Some("a".into()), glob: Some("a".into()), regex: None }] {
        assert!(Matcher::compile(&spec).is_err());
    }
    assert!(Matcher::compile(&Spec { exact: Some(String::new()), ..Spec::default() }).is_err());
}

/// Backtracking engines need 2^30 steps and more for it.
#[test]
fn denied_what_would_backtrack_in_linear_time() {
    let text = format!("{}!", "a".repeat(100_000));
    assert!(!regex("(a+)+b").unwrap().matches(&text));
    assert!(!regex("(a|aa)+b").unwrap().matches(&text));
}

#[test]
fn allowed_pairs_that_are_provably_apart() {
    assert!(!exact("a").may_overlap(&exact("b")));
    assert!(!exact("x/a").may_overlap(&glob("y/*")));
    assert!(!glob("h/a-*").may_overlap(&glob("h/b-*")));
    assert!(!glob("*@one").may_overlap(&glob("*@two")));
    assert!(!regex("one.*").unwrap().may_overlap(&regex("two.*").unwrap()));
    assert!(!regex("one.*").unwrap().may_overlap(&exact("two")));
}

#[test]
fn denied_pairs_that_may_overlap() {
    assert!(exact("a").may_overlap(&exact("a")));
    assert!(glob("h/*").may_overlap(&exact("h/a")));
    assert!(glob("h/*").may_overlap(&glob("h/*")));
    assert!(glob("h/*").may_overlap(&glob("h/a-*")));
    assert!(regex("[ab]").unwrap().may_overlap(&regex("[cd]").unwrap()), "not provable by its beginning");
    assert!(regex("a?b").unwrap().may_overlap(&regex("b").unwrap()));
    assert!(regex("ab|x").unwrap().may_overlap(&regex("x.").unwrap()));
    assert!(regex("(?i)abc").unwrap().may_overlap(&glob("ABC*")));
}

#[test]
fn literal_prefixes_are_never_too_long() {
    for (pattern, prefix) in [
        ("https://h/a\\.b/.*", "https://h/a.b/"),
        ("ab*c", "a"),
        ("ab{0}c", "a"),
        ("a\\.?b", "a"),
        ("a|b", ""),
        ("a\\d", "a"),
        ("(?i)a", ""),
        ("^a", ""),
    ] {
        assert_eq!(literal_prefix(pattern), prefix, "{pattern}");
    }
}
