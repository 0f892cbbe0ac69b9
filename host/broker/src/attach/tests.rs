//! The bytes of requests: what stands in them, and that a credential is written once, where the catalogue says.

use std::{collections::BTreeMap, sync::Arc, time::UNIX_EPOCH};

use bailiwick_core::program::{Binding, ObjectStamp, Stamp};
use http_body_util::BodyExt;
use serde_json::json;
use tokio::sync::OnceCell;

use super::*;
use crate::{Credential, key::CacheKey};

fn held(attach: Vec<Attach>, inputs: &[(&str, &str)]) -> Held {
    let object = ObjectStamp { name: String::new(), uid: String::new(), generation: 1 };
    let stamp = Stamp {
        grant: object.clone(),
        store: object.clone(),
        provider: object,
        digest: String::new(),
        manifest: None,
        policies: Vec::new(),
        namespace: String::new(),
        namespace_uid: String::new(),
        namespace_labels: BTreeMap::new(),
        object: String::new(),
    };
    let input = |(name, value): &(&str, &str)| ((*name).to_owned(), Credential::new((*value).into(), ""));
    Held {
        binding: Binding { name: "x".into(), operations: Default::default(), attach },
        inputs: inputs.iter().map(input).collect(),
        expires: None,
        shared: Arc::new(CacheKey::new(&stamp, Vec::new())),
        revoke: None,
        proven: OnceCell::new(),
    }
}

fn origin() -> Origin {
    Origin { tls: true, host: "vault.corp.example".into(), port: 8200, literal: None }
}

fn finish(body: Option<&AdmittedBody>, headers: &[(String, String)], by: &Held) -> Result<Finished, Denial> {
    let draft = Draft {
        method: "POST",
        origin: &origin(),
        path_and_query: "/v1/x?a=b",
        headers,
        body,
        signing: None,
        now: UNIX_EPOCH,
    };
    draft.finish(Some(by))
}

fn body_of(finished: Finished) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let body = runtime.block_on(finished.request.into_body().collect()).unwrap().to_bytes();
    String::from_utf8(body.to_vec()).unwrap()
}

fn header(name: &str, prefix: &str) -> Attach {
    Attach::Header { input: "token".into(), name: name.into(), prefix: prefix.into() }
}

fn in_body(pointer: &str) -> Attach {
    Attach::Body { input: "token".into(), pointer: pointer.into() }
}

#[test]
fn a_header_holds_prefix_and_credential_and_is_marked() {
    let by = held(vec![header("Authorization", "Bearer ")], &[("token", "s3cret")]);
    let finished = finish(None, &[], &by).unwrap();
    let value = &finished.request.headers()["authorization"];
    assert_eq!(value, "Bearer s3cret");
    assert!(value.is_sensitive());
    assert!(!format!("{:?}", finished.request.headers()).contains("s3cret"));
    assert_eq!(finished.request.headers()["host"], "vault.corp.example:8200");
}

#[test]
fn basic_is_user_and_password_in_base64() {
    let attach = Attach::Basic { user: "user".into(), password: "pass".into() };
    let by = held(vec![attach], &[("user", "Aladdin"), ("pass", "open sesame")]);
    let finished = finish(None, &[], &by).unwrap();
    // The example of RFC 7617, section 2.
    assert_eq!(finished.request.headers()["authorization"], "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
}

#[test]
fn a_json_body_takes_credentials_at_their_pointers() {
    let template = AdmittedBody::Json(json!({"role": "r", "auth": {"x": 1}, "z": null}));
    for (pointer, expected) in [
        ("/jwt", r#"{"auth":{"x":1},"jwt":"a\"b","role":"r","z":null}"#),
        ("/auth/jwt", r#"{"auth":{"jwt":"a\"b","x":1},"role":"r","z":null}"#),
        ("/new/deep", r#"{"auth":{"x":1},"new":{"deep":"a\"b"},"role":"r","z":null}"#),
        ("/role", r#"{"auth":{"x":1},"role":"a\"b","z":null}"#),
        ("/a~1b", r#"{"a/b":"a\"b","auth":{"x":1},"role":"r","z":null}"#),
    ] {
        let by = held(vec![in_body(pointer)], &[("token", "a\"b")]);
        let finished = finish(Some(&template), &[], &by).unwrap();
        assert_eq!(finished.request.headers()["content-type"], "application/json");
        assert_eq!(body_of(finished), expected, "{pointer}");
    }
}

#[test]
fn a_form_body_is_percent_encoded() {
    let template =
        AdmittedBody::Form(vec![("Action".into(), "Assume Role".into()), ("P".into(), "{\"a\":1}".into())]);
    let by = held(vec![in_body("/client_secret")], &[("token", "a+b&c=d é")]);
    let finished = finish(Some(&template), &[], &by).unwrap();
    assert_eq!(finished.request.headers()["content-type"], "application/x-www-form-urlencoded");
    assert_eq!(
        body_of(finished),
        "Action=Assume%20Role&P=%7B%22a%22%3A1%7D&client_secret=a%2Bb%26c%3Dd%20%C3%A9"
    );
}

#[test]
fn a_content_type_of_the_catalogue_stays() {
    let headers = [("Content-Type".to_owned(), "application/x-amz-json-1.1".to_owned())];
    let by = held(Vec::new(), &[]);
    let finished = finish(Some(&AdmittedBody::Json(json!({}))), &headers, &by).unwrap();
    assert_eq!(finished.request.headers()["content-type"], "application/x-amz-json-1.1");
}

/// How it is attached, the credential, the body and the catalogue's headers.
type Misfit<'a> = (Vec<Attach>, &'a str, Option<&'a AdmittedBody>, &'a [(String, String)]);

#[test]
fn b6_denied_a_credential_that_would_break_the_request() {
    let json = AdmittedBody::Json(json!({"role": "r"}));
    let twice = [("X-Token".to_owned(), "x".to_owned())];
    let cases: [Misfit<'_>; 8] = [
        (vec![header("X-Token", "")], "a\r\nX-Other: b", None, &[]),
        (vec![header("X-Token", "")], "caf\u{e9}", None, &[]),
        (vec![header("X-Token", "")], "x", None, &twice),
        (vec![header("Host", "")], "evil.example", None, &[]),
        (vec![header("X-Token", ""), header("x-token", "")], "x", None, &[]),
        (vec![in_body("/jwt")], "x", None, &[]),
        (vec![in_body("/role/deeper")], "x", Some(&json), &[]),
        (vec![in_body("")], "x", Some(&json), &[]),
    ];
    for (attach, token, body, headers) in cases {
        let by = held(attach, &[("token", token)]);
        let Err(denial) = finish(body, headers, &by) else { panic!("{:?}", by.binding.attach) };
        assert_eq!(denial.reason, Reason::CredentialNotAllowed);
        assert!(!denial.to_string().contains(token) || token.len() < 2);
    }
    let missing = held(vec![header("X-Token", "")], &[]);
    assert!(finish(None, &[], &missing).is_err());
}

#[test]
fn the_host_header_has_the_port_only_where_it_is_not_the_schemes() {
    let at = |tls, host: &str, port, literal: Option<&str>| {
        host_of(Origin { tls, host: host.into(), port, literal: literal.map(|ip| ip.parse().unwrap()) })
    };
    assert_eq!(at(true, "a.example", 443, None), "a.example");
    assert_eq!(at(true, "a.example", 80, None), "a.example:80");
    assert_eq!(at(false, "a.example", 80, None), "a.example");
    assert_eq!(at(false, "::1", 8200, Some("::1")), "[::1]:8200");
}

fn host_of(origin: Origin) -> String {
    host(&origin)
}

#[test]
fn a_signature_covers_the_finished_request() {
    let attach = Attach::Sigv4 { id: "id".into(), key: "key".into(), token: "token".into() };
    let key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    let headers = [("X-Amz-Target".to_owned(), "secretsmanager.GetSecretValue".to_owned())];
    let sign = |inputs: &[(&str, &str)], path: &str, signing| {
        let draft = Draft {
            method: "POST",
            origin: &Origin { tls: true, host: "example.amazonaws.com".into(), port: 443, literal: None },
            path_and_query: path,
            headers: &headers,
            body: Some(&AdmittedBody::Json(json!({"SecretId": "a"}))),
            signing,
            now: UNIX_EPOCH + std::time::Duration::from_secs(1_440_938_160),
        };
        draft.finish(Some(&held(vec![attach.clone()], inputs)))
    };
    let signing = Some(Signing { service: "secretsmanager", region: "us-east-1" });
    let pairs = [("id", "AKIDEXAMPLE"), ("key", key), ("token", "session")];
    let header = |finished: &Finished, name: &str| {
        finished.request.headers().get(name).map(|value| value.to_str().unwrap().to_owned())
    };
    let with = sign(&pairs, "/", signing).unwrap();
    assert_eq!(header(&with, "x-amz-date").unwrap(), "20150830T123600Z");
    assert_eq!(header(&with, "x-amz-security-token").unwrap(), "session");
    let authorization = header(&with, "authorization").unwrap();
    assert!(authorization.starts_with(
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/secretsmanager/aws4_request, \
         SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, Signature="
    ));
    assert!(!authorization.contains(key));
    let without = sign(&pairs[..2], "/", signing).unwrap();
    assert!(header(&without, "x-amz-security-token").is_none());
    let elsewhere = sign(&pairs, "/other", signing).unwrap();
    assert_ne!(header(&elsewhere, "authorization").unwrap(), authorization);
    assert!(sign(&pairs, "/", None).is_err(), "no service or no region");
    assert!(sign(&pairs[1..], "/", signing).is_err(), "no key id");
}
