//! Replies: outcomes, what is public, what is listed. What a response comes to over the network is in
//! `tests/broker`.

use std::collections::BTreeMap;

use bailiwick_boundary::{Shape, Step, Unreadable};
use bailiwick_core::program::{AddressClass, AddressRule, KeyPattern, Origin, Segment};

use super::*;

fn operation(text: &str) -> Operation {
    toml::from_str(&format!("method = \"GET\"\npath = \"/\"\n{text}")).unwrap()
}

fn target(pattern: &str) -> Target {
    let segments = pattern.split('/').filter(|part| *part != "**").map(|part| match part {
        "*" => Segment::Any,
        literal => Segment::Literal(literal.into()),
    });
    Target {
        origin: Origin { tls: true, host: "a.example".into(), port: 443, literal: None },
        addresses: AddressRule { class: AddressClass::Public, cidrs: Vec::new() },
        roots: None,
        account: BTreeMap::new(),
        keys: vec![KeyPattern { segments: segments.collect(), rest: pattern.ends_with("**") }],
    }
}

fn read(operation: &Operation, status: u16, body: &str, prefix: &[&str]) -> Result<Reply, Malformed> {
    let key: Vec<String> = prefix.iter().map(|part| (*part).to_owned()).collect();
    let before = if key.is_empty() { String::new() } else { format!("{}/", key.join("/")) };
    let reading = Reading { key, before, authority: "a".into(), ..Reading::default() };
    Reply::read(operation, &target("team-a/**"), status, Zeroizing::new(body.into()), reading)
}

fn text(reply: &Reply, steps: &[Step]) -> Result<String, Unreadable> {
    let (public, body) = reply.public.as_ref().zip(reply.body.as_ref()).unwrap();
    public.text(body, steps).map(|(_, text)| text)
}

fn at(pointer: &str) -> Vec<Step> {
    vec![Step::At(pointer.into())]
}

fn find(pointer: &str, member: &str, equals: &str) -> Vec<Step> {
    vec![Step::At(pointer.into()), Step::Find { member: member.into(), equals: equals.into() }]
}

const AWS: &str = r#"
class = "read"
reply.absent-when = ["/SecretString"]
reply.outcomes = [
  { status = 400, at = "/__type", ends-with = "ResourceNotFoundException", outcome = "absent" },
  { status = 400, at = "/message", contains = "marked for deletion", outcome = "absent" },
  { status = 400, at = "/__type", ends-with = "ThrottlingException", outcome = "throttled" },
  { status = 204, outcome = "absent" },
]
"#;

#[test]
fn the_first_rule_that_fits_names_the_outcome() {
    let operation = operation(AWS);
    for (status, body, outcome) in [
        (400, r#"{"__type":"com.amazonaws#ResourceNotFoundException"}"#, Outcome::Absent),
        (400, r#"{"__type":"InvalidRequestException","message":"x marked for deletion."}"#, Outcome::Absent),
        (400, r#"{"__type":"ThrottlingException"}"#, Outcome::Throttled),
        (400, r#"{"__type":"AccessDeniedException"}"#, Outcome::Failed),
        (400, r#"{"__type":7}"#, Outcome::Failed),
        (400, "not json", Outcome::Failed),
        (403, "", Outcome::Refused),
        (204, "", Outcome::Absent),
        (200, r#"{"SecretString":"x"}"#, Outcome::Ok),
        (200, r#"{"SecretString":null}"#, Outcome::Absent),
        (200, "{}", Outcome::Absent),
        (302, "{}", Outcome::Failed),
    ] {
        assert_eq!(read(&operation, status, body, &[]).unwrap().outcome, outcome, "{status} {body}");
    }
    assert!(read(&operation, 200, "", &[]).is_err());
}

#[test]
fn b4_denied_public_members_of_a_read_whatever_the_catalogue_says() {
    let operation = operation("class = \"read\"\nreply.public = [\"/a\"]");
    let reply = read(&operation, 200, r#"{"a":"b"}"#, &[]).unwrap();
    assert!(reply.public.is_none() && reply.reading.is_some());
}

const PAGE: &str = r#"{"SecretList":[
  {"Name":"team-a/db","ARN":"arn:x","Tags":[{"Key":"env","Value":"prod"}]},
  {"Name":"team-b/db","ARN":"arn:y","Tags":[{"Key":"env","Value":"test"}]},
  {"Name":"/team-a/api","ARN":"arn:z"},
  {"ARN":"arn:nameless"},
  {"Name":"team-a/../team-b/db"}],
 "NextToken":"page 2"}"#;
const LIST: &str = r#"
class = "list"
reply.public = ["/SecretList/*/Name", "/NextToken"]
reply.list = { items = "/SecretList/*", name = "/Name", page = "/NextToken", leading-slash = true, tags = { at = "/Tags", key = "Key", value = "Value" } }
"#;

#[test]
fn g9_allowed_whole_keys_are_remembered_with_their_tags() {
    let reply = read(&operation(LIST), 200, PAGE, &[]).unwrap();
    let listed = reply.listed.as_ref().unwrap();
    let names: Vec<_> =
        listed.items.iter().map(|item| (listed.name(item), listed.key(item).join(" "))).collect();
    let own = str::to_owned;
    assert_eq!(names, [(own("team-a/db"), own("team-a db")), (own("/team-a/api"), own("team-a api"))]);
    assert_eq!(listed.items[0].tags.as_ref().unwrap()["env"], "prod");
    assert!(listed.items[1].tags.as_ref().unwrap().is_empty());
    assert_eq!(text(&reply, &at("/NextToken")).unwrap(), "page 2");
    assert_eq!(listed.name(listed.at("/SecretList/1/Name").unwrap()), "/team-a/api");
}

#[test]
fn g9_denied_names_outside_the_keys_are_gone() {
    let reply = read(&operation(LIST), 200, PAGE, &[]).unwrap();
    assert_eq!(text(&reply, &at("/SecretList/1/Name")).unwrap(), "/team-a/api");
    assert_eq!(text(&reply, &at("/SecretList/2/Name")), Err(Unreadable::Absent));
    let listed = reply.listed.as_ref().unwrap();
    for pointer in
        ["/SecretList/2/Name", "/SecretList/0/ARN", "/SecretList/0", "/SecretList", "/SecretList/00/Name/x"]
    {
        assert!(listed.at(pointer).is_none(), "{pointer}");
    }
}

#[test]
fn b4_allowed_a_find_over_public_members() {
    let reply = read(&operation(LIST), 200, PAGE, &[]).unwrap();
    let mut steps = find("/SecretList", "Name", "/team-a/api");
    steps.extend(at("/Name"));
    assert_eq!(text(&reply, &steps).unwrap(), "/team-a/api");
}

#[test]
fn b4_denied_a_find_over_what_is_not_public() {
    let reply = read(&operation(LIST), 200, PAGE, &[]).unwrap();
    for (member, equals) in [("ARN", "arn:x"), ("ARN", "arn:nothing"), ("Tags", "x")] {
        let mut steps = find("/SecretList", member, equals);
        steps.extend(at("/Name"));
        assert_eq!(text(&reply, &steps), Err(Unreadable::NotPublic), "there or not, the answer is one");
    }
    let decoded = [at("/NextToken"), vec![Step::Decode(bailiwick_boundary::Codec::Base64)]].concat();
    assert_eq!(text(&reply, &decoded), Err(Unreadable::NotPublic));
}

#[test]
fn relative_names_stand_behind_the_listed_prefix() {
    let operation = operation(
        "class = \"list\"\nreply.public = [\"/keys/*\"]\n\
         reply.list = { items = \"/keys/*\", relative = true, folders = true }",
    );
    let reply = read(&operation, 200, r#"{"keys":["db","sub/","/abs","a//b",""]}"#, &["team-a"]).unwrap();
    let listed = reply.listed.as_ref().unwrap();
    let seen: Vec<_> = listed.items.iter().map(|item| (listed.name(item), item.folder)).collect();
    assert_eq!(seen, [("team-a/db".to_owned(), false), ("team-a/sub/".to_owned(), true)]);
    let shape = reply.public.as_ref().unwrap().shape(reply.body.as_ref().unwrap(), &at("/keys"));
    assert_eq!(shape, Ok(Shape::Array));
}

#[test]
fn a_list_of_another_shape_is_malformed() {
    for body in [r#"{"SecretList":7}"#, r#"{"SecretList":{"a":1}}"#] {
        assert!(read(&operation(LIST), 200, body, &[]).is_err());
    }
    let tags = r#"{"SecretList":[{"Name":"team-a/x","Tags":7}]}"#;
    assert!(read(&operation(LIST), 200, tags, &[]).is_err());
    let none = read(&operation(LIST), 200, "{}", &[]).unwrap();
    assert!(none.listed.unwrap().items.is_empty());
}

const KEYS: &str = "class = \"list\"\nreply.public = [\"/keys/*\"]\n\
     reply.list = { items = \"/keys/*\", relative = true, folders = true }";

fn keys(count: usize) -> String {
    format!(r#"{{"keys":[{}]}}"#, vec![r#""a""#; count].join(","))
}

#[test]
fn i8_allowed_a_long_prefix_is_held_once() {
    let prefix = vec!["x".repeat(250); 31];
    let prefix: Vec<&str> =
        std::iter::once("team-a").chain(prefix.iter().map(String::as_str)).take(31).collect();
    let reply = read(&operation(KEYS), 200, &keys(2_000), &prefix).unwrap();
    let listed = reply.listed.as_ref().unwrap();
    assert_eq!(listed.key(&listed.items[1_999]).join("/"), listed.name(&listed.items[1_999]));
    assert!(reply.size() < 2 << 20, "{}", reply.size());
    assert!(reply.size() > 2_000 * 24, "items have a weight too");
}

#[test]
fn i8_denied_a_list_of_more_names_than_a_guest_is_told_or_that_are_too_long_together() {
    assert!(read(&operation(KEYS), 200, &keys(10_000), &["team-a"]).is_ok());
    assert!(read(&operation(KEYS), 200, &keys(10_001), &["team-a"]).is_err());
    let prefix = vec!["x".repeat(250); 30];
    let prefix: Vec<&str> = std::iter::once("team-b").chain(prefix.iter().map(String::as_str)).collect();
    assert!(read(&operation(KEYS), 200, &keys(2_000), &prefix).is_ok(), "none is granted");
    assert!(read(&operation(KEYS), 200, &keys(3_000), &prefix).is_err(), "nor looked at for ever");
}
