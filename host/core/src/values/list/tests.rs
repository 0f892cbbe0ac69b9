use super::*;

fn rule(items: &str, name: &str) -> ListRule {
    ListRule {
        items: items.into(),
        name: name.into(),
        relative: false,
        folders: false,
        class: None,
        page: None,
        leading_slash: false,
        tags: None,
    }
}

fn filtered(text: &str, rule: &ListRule, admit: impl FnMut(&str) -> bool) -> Result<String, ListShape> {
    let value = filter(&Json::parse(text.as_bytes()).unwrap(), rule, admit)?;
    Ok(String::from_utf8(value.bytes().to_vec()).unwrap())
}

#[test]
fn g9_allowed_names_stay_byte_for_byte() {
    let text = "{ \"data\" : {\"keys\": [\"a\", \"b/\" ,\"\\u0063\"]}, \"x\": 1.0 }\n";
    let all = filtered(text, &rule("/data/keys/*", ""), |_| true).unwrap();
    assert_eq!(all, "{ \"data\" : {\"keys\": [\"a\",\"b/\",\"\\u0063\"]}, \"x\": 1.0 }\n");
    let some = filtered(text, &rule("/data/keys/*", ""), |name| name == "c").unwrap();
    assert_eq!(some, "{ \"data\" : {\"keys\": [\"\\u0063\"]}, \"x\": 1.0 }\n");
}

#[test]
fn g9_denied_names_leave_no_trace() {
    let text = r#"{"SecretList":[{"Name":"t/a","ARN":"x"},{"Name":"u/b","ARN":"y"},{"ARN":"z"},{"Name":1},"t/c"],"NextToken":"n"}"#;
    let kept = filtered(text, &rule("/SecretList/*", "/Name"), |name| name.starts_with("t/")).unwrap();
    assert_eq!(kept, r#"{"SecretList":[{"Name":"t/a","ARN":"x"}],"NextToken":"n"}"#);
    let none = filtered(text, &rule("/SecretList/*", "/Name"), |_| false).unwrap();
    assert_eq!(none, r#"{"SecretList":[],"NextToken":"n"}"#);
}

#[test]
fn no_list_is_an_empty_one_and_another_shape_an_error() {
    for empty in [r#"{"data":null}"#, r"{}", r#"{"keys":null}"#] {
        assert_eq!(filtered(empty, &rule("/keys/*", ""), |_| true).unwrap(), empty);
    }
    for other in [r#"{"keys":{"a":"b"}}"#, r#"{"keys":"a"}"#] {
        assert_eq!(filtered(other, &rule("/keys/*", ""), |_| true), Err(ListShape));
    }
    assert_eq!(filtered("{}", &rule("/keys", ""), |_| true), Err(ListShape));
}

#[test]
fn tags_are_read_from_both_forms() {
    let json =
        Json::parse(br#"{"o":{"k":"v","l":"w"},"a":[{"Key":"k","Value":"v"}],"n":null,"bad":{"k":1}}"#)
            .unwrap();
    let pairs = |at: &str, key: Option<&str>| {
        let rule = TagsRule {
            at: at.into(),
            key: key.map(Into::into),
            value: key.map(|_| "Value".into()),
            also: Vec::new(),
        };
        tags(json.root(), &rule)
            .map(|tags| tags.into_iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join(","))
    };
    assert_eq!(pairs("/o", None).unwrap(), "k=v,l=w");
    assert_eq!(pairs("/a", Some("Key")).unwrap(), "k=v");
    assert_eq!(pairs("/n", None).unwrap(), "");
    assert_eq!(pairs("/missing", Some("Key")).unwrap(), "");
    assert_eq!(pairs("/bad", None), None);
    assert_eq!(pairs("/o", Some("Key")), None);
    assert_eq!(pairs("/a", Some("Other")), None);
}

#[test]
fn further_members_are_tags_that_the_backends_own_go_before() {
    let rule = TagsRule {
        at: "/d/custom".into(),
        key: None,
        value: None,
        also: ["/d/time", "/d/version", "/d/after", "/d/none"].map(Into::into).to_vec(),
    };
    let read = |text: &str| {
        let json = Json::parse(text.as_bytes()).unwrap();
        tags(json.root(), &rule)
            .map(|tags| tags.into_iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join(","))
    };
    let plain = r#"{"d":{"time":"now","version":3,"after":null,"custom":null}}"#;
    assert_eq!(read(plain).unwrap(), "time=now,version=3");
    let own = r#"{"d":{"time":"now","version":3,"custom":{"version":"mine"}}}"#;
    assert_eq!(read(own).unwrap(), "time=now,version=mine");
    assert_eq!(read(r#"{"d":{"time":{}}}"#), None);
}
