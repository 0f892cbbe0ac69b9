use bailiwick_sdk::{
    Failure,
    testing::{Script, extract, find, metadata, secret, secret_at},
};
use serde_json::{Value, json};

use super::Fake;

const CATALOGUE: &str = include_str!("../provider.toml");

fn settings() -> Value {
    json!({"data": [
        {"key": "db", "value": "old", "version": "v9"},
        {"key": "db", "value": "new", "version": "v10"},
        {"key": "plain", "value": "{\"a\": \"b\"}"},
    ]})
}

fn answers(entries: impl Into<Vec<bailiwick_sdk::Entry>>) -> Vec<String> {
    let run = Script::new(CATALOGUE).fetch::<Fake>(settings(), entries);
    assert_eq!(run.ended, Ok(()));
    run.answers
}

#[test]
fn delivers_the_item_of_that_key_and_version() {
    assert_eq!(
        answers([secret("plain"), secret_at("db", "v10")]),
        ["deliver 0 config(/data/2/value)", "deliver 1 config(/data/1/value)"]
    );
    assert_eq!(
        answers([extract("plain"), metadata("plain")]),
        ["deliver 0 config(/data/2/value)", "deliver 1 config(/data/2/value)"]
    );
}

#[test]
fn says_absent_of_an_unknown_key_or_version() {
    let entries = [secret("nowhere"), secret("db"), secret_at("db", "v1"), secret_at("plain", "v1")];
    assert_eq!(answers(entries), ["absent 0", "absent 1", "absent 2", "absent 3"]);
}

#[test]
fn an_empty_version_is_none_and_of_equal_items_the_last_counts() {
    let settings = json!({"data": [
        {"key": "a", "value": "1", "version": ""},
        {"key": "b", "value": "1"},
        {"key": "b", "value": "2", "version": ""},
    ]});
    let run = Script::new(CATALOGUE).fetch::<Fake>(settings, [secret("a"), secret("b"), find(None)]);
    assert_eq!(
        run.answers,
        [
            "deliver 0 config(/data/0/value)",
            "deliver 1 config(/data/2/value)",
            "named 2 config(/data/0/key) = config(/data/0/value)",
            "named 2 config(/data/2/key) = config(/data/2/value)",
        ]
    );
}

#[test]
fn finds_the_greatest_version_of_each_key_in_the_order_of_texts() {
    assert_eq!(
        answers([find(None)]),
        [
            "named 0 config(/data/0/key) = config(/data/0/value)",
            "named 0 config(/data/2/key) = config(/data/2/value)"
        ]
    );
}

#[test]
fn finds_only_what_is_wanted() {
    let run = Script::new(CATALOGUE).unwanted("db").fetch::<Fake>(settings(), [find(None)]);
    assert_eq!(run.answers, ["named 0 config(/data/2/key) = config(/data/2/value)"]);
    let script = Script::new(CATALOGUE).unwanted("db").unwanted("plain");
    assert_eq!(script.fetch::<Fake>(settings(), [find(None)]).answers, ["absent 0"]);
}

#[test]
fn is_as_valid_as_the_store_says() {
    let validate = |result: i64| {
        Script::new(CATALOGUE).validate::<Fake>(json!({"data": [], "validationResult": result}))
    };
    assert_eq!(validate(0), Ok(()));
    assert_eq!(validate(1), Err(Failure::Misconfigured));
    assert_eq!(validate(2), Err(Failure::Misconfigured));
}
