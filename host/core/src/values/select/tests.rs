use proptest::prelude::*;

use super::*;

fn at(pointer: &str) -> Step {
    Step::At(pointer.into())
}

fn find_step(member: &str, equals: &str) -> Step {
    Step::Find { member: member.into(), equals: equals.into() }
}

/// The value as text, `-` for absent, `!` for a wrong shape.
fn run(root: &str, steps: &[Step]) -> String {
    match select(&Value::new(root.as_bytes().to_vec()), steps) {
        Selected::Value(value) => String::from_utf8_lossy(value.bytes()).into_owned(),
        Selected::Absent => "-".into(),
        Selected::WrongShape => "!".into(),
    }
}

const REPLY: &str = r#"{"data":{"data":{"a":"x\ny","n":1.50,"o":{"k": [1]},"z":null}},
 "list":[{"name":"one","value":"MQ=="},{"name":"two","value":"Mg=="},{"name":7}],
 "inner":"{\"b\":\"YQ==\"}","hex":"4aFf","pem":"-----BEGIN X-----\nYWJj\nZA==\n-----END X-----\n"}"#;

#[test]
fn at_follows_pointers() {
    assert_eq!(run(REPLY, &[at("/data/data/a")]), "x\ny");
    assert_eq!(run(REPLY, &[at("/data"), at("/data"), at("/n")]), "1.50");
    assert_eq!(run(REPLY, &[at("/data/data/o")]), r#"{"k": [1]}"#);
    assert_eq!(run(REPLY, &[at("/data/data/z")]), "-");
    assert_eq!(run(REPLY, &[at("/data/missing")]), "-");
    assert_eq!(run(REPLY, &[at("/data/data/a/0")]), "-");
    assert_eq!(run(REPLY, &[at("no-pointer")]), "-");
}

#[test]
fn without_steps_bytes_are_the_value() {
    assert_eq!(run("not { json", &[]), "not { json");
    assert_eq!(run("not { json", &[at("")]), "!");
    assert_eq!(run(r#"{"a":1,"a":2}"#, &[at("/a")]), "!");
}

#[test]
fn find_takes_the_first_of_that_text() {
    assert_eq!(run(REPLY, &[at("/list"), find_step("name", "two"), at("/value")]), "Mg==");
    assert_eq!(run(REPLY, &[at("/list"), find_step("name", "7")]), "-");
    assert_eq!(run(REPLY, &[at("/data"), find_step("name", "two")]), "!");
}

#[test]
fn decode_needs_text() {
    let decode = Step::Decode;
    assert_eq!(run(REPLY, &[at("/list/0/value"), decode(Codec::Base64)]), "1");
    assert_eq!(run(REPLY, &[at("/list/0/value"), decode(Codec::Hex)]), "!");
    assert_eq!(run(REPLY, &[at("/data/data/n"), decode(Codec::Base64)]), "!");
    assert_eq!(run(REPLY, &[at("/data/data/z"), decode(Codec::Base64)]), "-");
    assert_eq!(run(REPLY, &[at("/hex"), decode(Codec::Hex)]), "J\u{fffd}");
    assert_eq!(run(REPLY, &[at("/pem"), decode(Codec::Pem)]), "abcd");
    assert_eq!(run(REPLY, &[at("/inner"), decode(Codec::Json), at("/b"), decode(Codec::Base64)]), "a");
    assert_eq!(run(REPLY, &[at("/inner"), decode(Codec::Base64)]), "!");
    assert_eq!(run(REPLY, &[at("/pem"), decode(Codec::Pkcs12)]), "!");
    assert_eq!(run("YS0_", &[decode(Codec::Base64Url)]), "a-?");
    assert_eq!(run("YQ", &[decode(Codec::Base64Url)]), "a");
    assert_eq!(run("YQ", &[decode(Codec::Base64)]), "!");
    assert_eq!(run("abc", &[decode(Codec::Hex)]), "!");
    assert_eq!(run("-----BEGIN A-----\nYQ==\n-----END B-----", &[decode(Codec::Pem)]), "!");
    assert_eq!(run("-----BEGIN A-----\nYQ==", &[decode(Codec::Pem)]), "!");
}

#[test]
fn locate_gives_the_canonical_pointer_and_never_decodes() {
    let json = Json::parse(REPLY.as_bytes()).unwrap();
    let (pointer, node) = locate(&json, &[at("/list"), find_step("name", "two"), at("/name")]).unwrap();
    assert_eq!((pointer.as_str(), node.raw()), ("/list/1/name", "\"two\""));
    assert!(locate(&json, &[at("/list/9")]).is_none());
    assert!(locate(&json, &[at("/inner"), Step::Decode(Codec::Json), at("/b")]).is_none());
}

fn any_step() -> impl Strategy<Value = Step> {
    let codec = prop::sample::select(vec![
        Codec::Base64,
        Codec::Base64Url,
        Codec::Hex,
        Codec::Json,
        Codec::Pem,
        Codec::Pkcs12,
    ]);
    prop_oneof![
        "(/[a-c0-2~]{0,2}){0,3}".prop_map(Step::At),
        ("[a-c]", "[a-c]").prop_map(|(member, equals)| Step::Find { member, equals }),
        codec.prop_map(Step::Decode),
    ]
}

proptest! {
    #[test]
    fn never_panics(root in any::<Vec<u8>>(), steps in prop::collection::vec(any_step(), 0..8)) {
        let _ = select(&Value::new(root), &steps);
    }

    #[test]
    fn locate_and_select_agree(
        root in r#"\{"a":(\{"b":"c"\}|\[\{"a":"b"\},\{"c":"a"\}\]|"YQ=="|1),"b":\["c",\["a"\]\]\}"#,
        steps in prop::collection::vec(any_step(), 0..4),
    ) {
        let json = Json::parse(root.as_bytes()).unwrap();
        if let Some((pointer, node)) = locate(&json, &steps) {
            prop_assert_eq!(json.pointer(&pointer).unwrap().raw(), node.raw());
            if !steps.is_empty() {
                prop_assert_eq!(run(&root, &steps), String::from_utf8_lossy(node.value().bytes()).into_owned());
            }
        }
    }
}
