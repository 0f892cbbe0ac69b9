use bailiwick_api::external_secret::{
    ConflictPolicy, MergeStrategy, PriorityPolicy, RewriteMerge, RewriteTransform,
};

use super::*;
use crate::{secret::Value, values::tests::GoValues};

fn data(pairs: &[(&str, &str)]) -> Data {
    pairs.iter().map(|(k, v)| ((*k).to_owned(), Value::new(v.as_bytes().to_vec()))).collect()
}

fn text(data: Result<Data, RewriteError>) -> Result<String, RewriteError> {
    let pair = |(k, v): (String, Value)| format!("{k}={}", String::from_utf8_lossy(v.bytes()));
    Ok(data?.into_iter().map(pair).collect::<Vec<_>>().join(" "))
}

fn regexp(source: &str, target: &str) -> Rewrite {
    Rewrite::Regexp(RewriteRegexp { source: source.into(), target: target.into() })
}

fn merged(pairs: &[(&str, &str)], merge: RewriteMerge) -> Result<String, RewriteError> {
    text(apply(data(pairs), &[Rewrite::Merge(merge)]))
}

const JSON: RewriteMerge = RewriteMerge {
    into: None,
    priority: None,
    priority_policy: None,
    conflict_policy: None,
    strategy: Some(MergeStrategy::Json),
};

#[test]
fn operations_run_in_order() {
    let both = [regexp("/", "_"), regexp("^(.)_", "$1$1-")];
    assert_eq!(text(apply(data(&[("a/b", "1"), ("c", "2")]), &both)).unwrap(), "aa-b=1 c=2");
    assert_eq!(text(apply(data(&[("a", "1")]), &[])).unwrap(), "a=1");
}

#[test]
fn of_equal_keys_the_later_name_wins() {
    assert_eq!(text(apply(data(&[("a", "1"), ("b", "2")]), &[regexp(".", "x")])).unwrap(), "x=2");
}

#[test]
fn bad_operations_are_refused() {
    let refused = |rewrite| apply(data(&[("a", "1")]), &[rewrite]).err().unwrap();
    assert_eq!(refused(regexp("(", "")), RewriteError::Pattern(PatternError));
    assert_eq!(refused(regexp("a", &"x".repeat(1025))), RewriteError::Target);
    let transform = RewriteTransform { template: "{{ .value }}".into() };
    assert_eq!(refused(Rewrite::Transform(transform)), RewriteError::Transform);
    let grow: Vec<_> = (0..9).map(|_| regexp("(.*)", "$1$1$1$1")).collect();
    assert_eq!(apply(data(&[("a", "1")]), &grow).err(), Some(RewriteError::Name));
}

#[test]
fn members_become_bytes_as_eso_makes_them() {
    for case in GoValues::read().members {
        let object = format!("{{\"m\":{}}}", case.json);
        assert_eq!(
            merged(&[("k", &object)], RewriteMerge::default()),
            Ok(format!("m={}", case.bytes)),
            "{}",
            case.json
        );
        let into = RewriteMerge { into: Some("k".into()), ..JSON };
        assert_eq!(merged(&[("k", &object)], into), Ok(format!("k={}", case.embedded)), "{}", case.json);
    }
}

#[test]
fn conflicts_are_errors_unless_ignored() {
    let two = [("a", r#"{"x":1,"y":1}"#), ("b", r#"{"x":2}"#)];
    assert_eq!(merged(&two, RewriteMerge::default()), Err(RewriteError::Conflict));
    let ignore = RewriteMerge { conflict_policy: Some(ConflictPolicy::Ignore), ..RewriteMerge::default() };
    assert_eq!(merged(&two, ignore.clone()), Ok("x=2 y=1".into()));
    let first = RewriteMerge { priority: Some(vec!["a".into()]), ..ignore };
    assert_eq!(merged(&two, first), Ok("x=1 y=1".into()));
}

#[test]
fn the_last_priority_wins() {
    let three = [("a", r#"{"x":"a"}"#), ("b", r#"{"x":"b"}"#), ("c", r#"{"x":"c"}"#)];
    let merge = |priority: &[&str]| RewriteMerge {
        conflict_policy: Some(ConflictPolicy::Ignore),
        priority: Some(priority.iter().map(|key| (*key).to_owned()).collect()),
        ..RewriteMerge::default()
    };
    assert_eq!(merged(&three, merge(&[])), Ok("x=c".into()));
    assert_eq!(merged(&three, merge(&["a", "b"])), Ok("x=b".into()));
    assert_eq!(merged(&three, merge(&["b", "a"])), Ok("x=a".into()));
    assert_eq!(merged(&three, merge(&["none"])), Err(RewriteError::Priority));
    let lenient = RewriteMerge { priority_policy: Some(PriorityPolicy::IgnoreNotFound), ..merge(&["none"]) };
    assert_eq!(merged(&three, lenient), Ok("x=c".into()));
}

#[test]
fn json_keeps_the_inputs() {
    let two = [("a", r#"{"x":1}"#), ("b", r#"{"y":"<"}"#)];
    let into = RewriteMerge { into: Some("all".into()), ..JSON };
    assert_eq!(merged(&two, into), Ok(r#"a={"x":1} all={"x":1,"y":"<"} b={"y":"<"}"#.into()));
    assert_eq!(merged(&two, JSON), Err(RewriteError::Into));
}

#[test]
fn only_objects_merge() {
    assert_eq!(merged(&[("a", "null"), ("b", r#"{"x":1}"#)], RewriteMerge::default()), Ok("x=1".into()));
    for other in ["[1]", "text", "1", r#"{"x":1,"x":2}"#, ""] {
        assert_eq!(merged(&[("a", other)], RewriteMerge::default()), Err(RewriteError::NotObject), "{other}");
    }
    assert_eq!(merged(&[("a", r#"{"x":1e999}"#)], RewriteMerge::default()), Err(RewriteError::Number));
}
