//! I1: whatever `decide` lets leave is read alike by three URL parsers that know nothing of each other, and has the
//! origin, path, account and key that were allowed.

use std::{cell::RefCell, collections::BTreeSet};

use bailiwick_boundary::Part;
use bailiwick_core::{
    egress::{origin::OriginOptions, url::gate},
    grant,
    program::{Call, Content, Program},
};
use proptest::{prelude::*, test_runner::TestRunner};
use serde_json::json;

use super::case::Input;

/// Characters that some parser somewhere treats in its own way.
const NASTY: &str = r#"[ -~/.%#?&=+;:@\\\t\r\n'"<>\[\]{}|^`äK\u{0}\u{7f}\u{3002}]{0,12}"#;

fn program(origin: &str, mount: &str) -> Program {
    let text = std::fs::read_to_string(super::folder("cases").join("vault.yaml")).unwrap();
    let file: serde_json::Value = serde_saphyr::from_str(&text).unwrap();
    let mut input = file["base"].clone();
    input["store"]["settings"] = json!({"auth": {"tokenSecretRef": {"name": "vault-token", "key": "token"}}});
    input["grant"]["spec"]["targets"] = json!([{
        "origin": origin, "account": {"mount": mount}, "keys": ["**"],
        "addresses": {"class": "loopback", "cidrs": ["127.0.0.1/32"]},
    }]);
    if !origin.contains("127") {
        input["grant"]["spec"]["targets"][0]["addresses"] = json!({"class": "private"});
    }
    grant::compile(&Input::read(&input).request()).unwrap()
}

/// What the three parsers read, each as (whole text, host, port, path, query).
fn parsers(text: &str) -> Vec<(String, String, u16, String, Option<String>)> {
    let url = url::Url::parse(text).unwrap();
    let ada = ada_url::Url::parse(text, None).unwrap();
    let uri: http::Uri = text.parse().unwrap();
    let default = if text.starts_with("https") { 443 } else { 80 };
    let search = ada.search().strip_prefix('?').map(str::to_owned);
    vec![
        (
            url.as_str().to_owned(),
            url.host_str().unwrap().to_owned(),
            url.port_or_known_default().unwrap(),
            url.path().to_owned(),
            url.query().map(str::to_owned),
        ),
        (
            ada.href().to_owned(),
            ada.hostname().to_owned(),
            ada.port().parse().unwrap_or(default),
            ada.pathname().to_owned(),
            search,
        ),
        (
            uri.to_string(),
            uri.host().unwrap().to_owned(),
            uri.port_u16().unwrap_or(default),
            uri.path().to_owned(),
            uri.query().map(str::to_owned),
        ),
    ]
}

/// Percent-decoding, for the comparison with the key that was asked for.
fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        if let (b'%', [high, low, after @ ..]) = (first, tail) {
            bytes.push(u8::from_str_radix(std::str::from_utf8(&[*high, *low]).unwrap(), 16).unwrap());
            rest = after;
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn i1_allowed_bytes_are_read_alike_by_three_parsers() {
    let origins =
        ["https://vault.corp.example:8200", "http://127.0.0.1:8200", "https://xn--bcher-kva.example"];
    let programs: Vec<(&str, Program)> =
        origins.iter().map(|origin| (*origin, program(origin, "b/kv"))).collect();
    let sent = RefCell::new(BTreeSet::new());
    let texts = (NASTY, NASTY, "[a-zA-Z0-9 ;\\[\\]/.]{1,20}", 0_usize..3, 0_usize..4);
    let config = ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() };
    TestRunner::new(config)
        .run(&texts, |(first, second, tame, which, operation)| {
            let (origin, program) = &programs[which];
            let key = if first.len() % 2 == 0 { format!("{tame}{first}") } else { tame };
            let listed = ["p q".to_owned()];
            let entry = |part, text| Content::Entry { entry: 0, part, text: Some(text) };
            let echo = Content::Echo { text: key.as_str(), listed: Some(&listed[..]) };
            let after = Content::Echo { text: second.as_str(), listed: None };
            let (operation, args) = match operation {
                0 => (
                    "get",
                    vec![("key", entry(Part::Key, key.as_str())), ("version", entry(Part::Version, &second))],
                ),
                1 => ("browse", vec![("path", entry(Part::Path, key.as_str()))]),
                2 => ("get-listed", vec![("name", echo)]),
                _ => ("browse-folder", vec![("folder", echo), ("after", after)]),
            };
            let call = Call { operation, args: &args, by: None, free_bits_spent: 0 };
            let Ok(admitted) = grant::decide(program, &call) else { return Ok(()) };
            let text = format!("{origin}{}", admitted.path_and_query);
            let read = parsers(&text);
            for one in &read {
                prop_assert_eq!(&one.0, &text);
                prop_assert_eq!((&one.1, one.2), (&admitted.target.origin.host, admitted.target.origin.port));
                prop_assert_eq!((&one.3, &one.4), (&read[0].3, &read[0].4));
            }
            // The account and the key are the ones that were allowed, segment by segment.
            let verb = if operation.starts_with("get") { "data" } else { "metadata" };
            let mut want = vec!["".to_owned(), "v1".into(), "b".into(), "kv".into(), verb.into()];
            want.extend(admitted.key.clone().unwrap_or_default());
            let got: Vec<String> = read[0].3.split('/').map(decode).collect();
            prop_assert_eq!(got, want);
            if operation != "browse-folder" {
                let options =
                    OriginOptions { allow_http: true, allow_ip_literal: true, ..OriginOptions::default() };
                prop_assert!(gate(&text, options).is_ok(), "{}", text);
            }
            sent.borrow_mut().insert(text);
            Ok(())
        })
        .unwrap();
    // The test would pass on nothing: most of what was tried must have been denied, and much must have left.
    let sent = sent.into_inner();
    assert!(sent.len() > 1000, "only {} different requests left", sent.len());
    assert!(sent.iter().any(|text| text.contains("%20")) && sent.iter().any(|text| text.contains("%3B")));
}
