use bailiwick_api::manifest::load_cases;

use super::*;
use crate::{
    catalogue::parse::parse,
    fetched::{EntryResult, Fetched},
    secret::Value,
};

const CASE: &str = "
store: {url: 'https://api.example', project: p, auth: {tokenSecretRef: {name: api-token, key: token}}}
secrets: {api-token: {token: t-1}}
entries:
- {key: db, property: user, value: admin}
requests:
- method: GET
  url: https://api.example/v1/projects/p/secrets/db
  headers: {Authorization: Bearer t-1}
  response: {status: 200, json: {value: '{\"user\":\"admin\"}'}}
";

fn catalogue() -> Arc<Catalogue> {
    let text = include_str!("../../../../providers-wasm/template/provider.toml").replace("{{name}}", "acme");
    Arc::new(parse(&text).unwrap())
}

fn case(text: &str) -> Case {
    let (mut cases, errors) = load_cases(text, "a.yaml");
    assert!(errors.is_empty(), "{errors:?}");
    cases.remove(0).1
}

/// What differs where this is sent.
fn sent(text: &str, requests: &[&str]) -> Vec<String> {
    let (catalogue, case) = (catalogue(), case(text));
    let program = prepare(&Setting { catalogue: &catalogue, digest: "sha256:1", case: &case, grant: None });
    let program = program.unwrap_or_else(|not_ready| panic!("{not_ready:?}")).program;
    let origin = &program.targets.get("api").unwrap().origin;
    let mut script = Script::new(&catalogue, &case);
    for request in requests {
        let asked = Asked { operation: "get-secret".to_owned(), key: Vec::new() };
        script.answer(asked, origin, request.as_bytes());
    }
    script.end().0.iter().map(|d| format!("{}: {} / {}", d.at, d.expected, d.got)).collect()
}

const GOOD: &str = "GET /v1/projects/p/secrets/db HTTP/1.1\r\nauthorization: Bearer t-1\r\n\r\n";

#[test]
fn allowed_the_request_that_is_expected() {
    assert_eq!(sent(CASE, &[GOOD]), Vec::<String>::new());
}

#[test]
fn denied_another_path_header_method_or_none() {
    let url = "https://api.example/v1/projects/p/secrets/db";
    assert_eq!(sent(CASE, &[]), [format!("requests[0]: GET {url} / never asked for")]);
    let version = GOOD.replace("db ", "db?version=2 ");
    assert_eq!(sent(CASE, &[&version]), [format!("requests[0] url: {url} / {url}?version=2")]);
    let other = GOOD.replace("GET", "POST");
    let found = sent(CASE, &[&other]);
    assert!(found[0].starts_with("a request that is not expected: GET") && found.len() == 2, "{found:?}");
    let twice = sent(CASE, &[GOOD, GOOD]);
    assert!(twice[0].contains("no further request / GET") && twice.len() == 1, "{twice:?}");
}

/// Header and body of another request differ too, and say nothing more.
#[test]
fn denied_another_url_is_one_difference_and_the_next_request_is_compared_as_ever() {
    let url = "https://api.example/v1/projects/p/secrets";
    let second = format!("- method: GET\n  url: {url}/b\n  response: {{status: 404}}\n");
    let other = GOOD.replace("/db ", "/x ").replace("t-1", "hunter2");
    let found = sent(&format!("{CASE}{second}"), &[&other, &GOOD.replace("/db ", "/b ")]);
    assert_eq!(found, [format!("requests[0] url: {url}/db / {url}/x")]);
}

#[test]
fn denied_to_show_a_credential_as_it_was_sent() {
    let found = sent(CASE, &[&GOOD.replace("t-1", "hunter2")]);
    assert_eq!(found, ["requests[0] header Authorization: Bearer t-1 / another credential (not shown)"]);
}

#[test]
fn denied_text_that_draws_on_the_terminal() {
    let found = sent(CASE, &[&GOOD.replace("db ", "db?\u{1b}[2K\u{202e} ")]);
    assert!(!found[0].contains('\u{1b}') && found[0].contains("\\u001b[2K\\u202e"), "{found:?}");
}

#[test]
fn requests_in_another_order_are_answered_and_reported() {
    let second =
        "- method: GET\n  url: https://api.example/v1/projects/p/secrets/x\n  response: {status: 404}\n";
    let text = format!("{CASE}{second}");
    let found = sent(&text, &[&GOOD.replace("/db ", "/x "), GOOD]);
    assert_eq!(found, ["requests[1]: after requests[0] / before it"]);
}

fn judged(text: &str, result: EntryResult) -> Vec<String> {
    let fetched = Fetched { entries: vec![result], run: Ok(()) };
    let found = judge(&case(text), fetched, Default::default());
    found.iter().map(|d| format!("{}: {} / {}", d.at, d.expected, d.got)).collect()
}

#[test]
fn a_value_goes_through_the_hosts_steps_before_it_is_compared() {
    let value = |text: &str| EntryResult::Value(Value::new(text.as_bytes().to_vec()));
    assert_eq!(judged(CASE, value("{\"user\":\"admin\"}")), Vec::<String>::new());
    assert_eq!(judged(CASE, value("{\"user\":\"x\"}")), ["entries[0] value: \"admin\" / \"x\""]);
    assert_eq!(judged(CASE, EntryResult::Absent), ["entries[0]: \"admin\" / absent"]);
    assert_eq!(
        judged(&CASE.replace("value: admin", "absent: true"), EntryResult::Absent),
        Vec::<String>::new()
    );
}

#[test]
fn denied_a_store_that_the_schema_does_not_have() {
    let (catalogue, case) = (catalogue(), case(&CASE.replace("project: p", "project: p, other: p")));
    let setting = Setting { catalogue: &catalogue, digest: "sha256:1", case: &case, grant: None };
    let refused = prepare(&setting).err().unwrap();
    assert!(refused.message.contains("spec.provider.acme.other"), "{refused:?}");
}

#[test]
fn denied_calls_are_reported_unless_the_case_names_them() {
    let denied = || bailiwick_api::case::CaseDenied { operation: "a".into(), reason: "KeyNotGranted".into() };
    let mut case = case(CASE);
    assert_eq!(unexpected_denials(&case, &[denied()]).len(), 1);
    case.denied.push(denied());
    assert!(unexpected_denials(&case, &[denied()]).is_empty());
    assert_eq!(unexpected_denials(&case, &[]).len(), 1, "one that did not come");
}

/// What differs in the body of a request of `provider`.
fn bodies(provider: &str, expected: &str, body: &str) -> Vec<String> {
    let path = format!("{}/../../providers-wasm/{provider}/provider.toml", env!("CARGO_MANIFEST_DIR"));
    let catalogue = parse(&std::fs::read_to_string(path).unwrap()).unwrap();
    let head = "store: {}\nentries: []\nrequests:\n- method: POST\n  url: https://a.example/login\n";
    let case = case(&format!("{head}  {expected}\n  response: {{status: 204}}\n"));
    let mut script = Script::new(&catalogue, &case);
    let origin = crate::egress::origin::parse_store_url("https://a.example").unwrap();
    let asked = Asked { operation: "login".to_owned(), key: Vec::new() };
    script.answer(asked, &origin, format!("POST /login HTTP/1.1\r\n\r\n{body}").as_bytes());
    script.end().0.iter().map(|d| format!("{}: {} / {}", d.at, d.expected, d.got)).collect()
}

#[test]
fn allowed_bodies_that_are_equal_by_members() {
    let json = "json: {role_id: r, secret_id: s}";
    assert!(bodies("vault", json, r#"{"secret_id":"s","role_id":"r"}"#).is_empty());
    assert!(bodies("aws", "form: {Action: A, Policy: 'a b'}", "Policy=a%20b&Action=A").is_empty());
    assert!(bodies("aws", "text: plain", "plain").is_empty());
}

#[test]
fn denied_bodies_that_differ_in_a_member() {
    let json = "json: {role_id: r, secret_id: s}";
    let found = bodies("vault", json, r#"{"role_id":"other","secret_id":"s"}"#);
    assert_eq!(found, [r#"requests[0] body /role_id: "r" / another credential (not shown)"#]);
    let found = bodies("vault", json, r#"{"role_id":"r"}"#);
    assert_eq!(found, [r#"requests[0] body /secret_id: "s" / nothing"#]);
    assert_eq!(bodies("aws", "form: {Action: A}", "Action=B"), ["requests[0] form Action: A / B"]);
    assert_eq!(bodies("aws", "form: {Action: A}", ""), ["requests[0] form Action: A / nothing"]);
    assert_eq!(bodies("aws", "authority: sts", "x"), ["requests[0] body: nothing / x"]);
}

#[test]
fn denied_to_show_a_credential_of_a_body() {
    let json = "json: {role_id: r, secret_id: s}";
    let found = bodies("vault", json, r#"{"role_id":"r","secret_id":"hunter2"}"#);
    assert_eq!(found, [r#"requests[0] body /secret_id: "s" / another credential (not shown)"#]);
    for (expected, body) in [(json, "hunter2"), ("authority: a", r#"{"secret_id":"hunter2"}"#)] {
        let found = bodies("vault", expected, body);
        assert!(found.len() == 1 && !found[0].contains("hunter2"), "{found:?}");
    }
    // A body that is no object where a member was expected to hold a credential.
    let found = bodies("vault", json, r#"["hunter2"]"#);
    assert!(found.len() == 1 && !found[0].contains("hunter2"), "{found:?}");
}
