use bailiwick_core::trust::{Anchors, Signer, fact::SIGNATURE};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::*;
use crate::{Evidence, evidence};

fn anchors(key: &PrivateKey) -> Anchors {
    Anchors { keys: [(key.id(), key.public_der().to_vec())].into(), ..Anchors::default() }
}

#[test]
fn what_we_sign_we_accept() {
    let key = PrivateKey::generate().unwrap();
    let subject = Digest::of(b"a manifest");
    let evidence = [Evidence::Bundle(bundle(&key, &subject, SIGNATURE, &json!({})).unwrap())];
    let facts = evidence::verify(&evidence, &subject, &anchors(&key)).facts;
    assert_eq!(facts.len(), 1);
    assert_eq!(facts[0].signer, Signer::Key(key.id()));
    assert_eq!((facts[0].predicate_type.as_str(), &facts[0].predicate), (SIGNATURE, &json!({})));
    let other = PrivateKey::generate().unwrap();
    assert_eq!(evidence::verify(&evidence, &subject, &anchors(&other)).facts, []);
    assert_eq!(evidence::verify(&evidence, &Digest::of(b"another"), &anchors(&key)).facts, []);
}

#[test]
fn two_bundles_of_the_same_differ_in_the_signature_only() {
    let key = PrivateKey::generate().unwrap();
    let make = || {
        let text =
            bundle(&key, &Digest::of(b"a"), "https://example.test/t", &json!({"b": 1, "a": "\""})).unwrap();
        let mut value: Value = serde_json::from_slice(&text).unwrap();
        let signature = value["dsseEnvelope"]["signatures"][0]["sig"].take();
        let text = String::from_utf8(text).unwrap().replace(signature.as_str().unwrap(), "");
        (text, value)
    };
    let (text, value) = make();
    assert_eq!(make().0, text);
    let payload = STANDARD.decode(value["dsseEnvelope"]["payload"].as_str().unwrap()).unwrap();
    let hex = Digest::of(b"a").hex();
    let expected = format!(
        r#"{{"_type":"https://in-toto.io/Statement/v1","subject":[{{"digest":{{"sha256":"{hex}"}}}}],"predicateType":"https://example.test/t","predicate":{{"a":"\"","b":1}}}}"#
    );
    assert_eq!(String::from_utf8(payload).unwrap(), expected);
}

#[test]
fn denied_a_predicate_that_nobody_would_read() {
    let key = PrivateKey::generate().unwrap();
    let sign = |predicate: Value| bundle(&key, &Digest::of(b"a"), SIGNATURE, &predicate).map(drop);
    let of = |size: usize| json!({"a": "x".repeat(size - r#"{"a":""}"#.len())});
    assert_eq!(sign(of(64 << 10)), Ok(()));
    assert_eq!(sign(of((64 << 10) + 1)), Err(SignError::Predicate));
    assert_eq!(sign(json!([])), Err(SignError::Predicate));
}
