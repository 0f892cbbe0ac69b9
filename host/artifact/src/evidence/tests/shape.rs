//! What a bundle and a statement must look like. Each case is a good bundle, signed by a key at hand, changed in one
//! place: the signature never is the reason.

use super::*;

fn good() -> (Maker, Value) {
    let maker = Maker::p256();
    let bundle = maker.bundle(&statement_of(&artifact()).to_string());
    assert!(check(piece(&bundle), &anchors(&[&maker])).is_ok());
    (maker, bundle)
}

/// The good bundle with one member replaced, by pointer.
fn changed(pointer: &str, value: Value) -> Result<Vec<Fact>, Why> {
    let (maker, mut bundle) = good();
    *bundle.pointer_mut(pointer).unwrap() = value;
    check(piece(&bundle), &anchors(&[&maker]))
}

/// A good signature over another statement.
fn stated(change: impl FnOnce(&mut Value)) -> Result<Vec<Fact>, Why> {
    let maker = Maker::p256();
    let mut statement = statement_of(&artifact());
    change(&mut statement);
    check(piece(&maker.bundle(&statement.to_string())), &anchors(&[&maker]))
}

fn text(change: impl FnOnce(String) -> String) -> Result<Vec<Fact>, Why> {
    let (maker, bundle) = good();
    check(Evidence::Bundle(change(bundle.to_string()).into_bytes()), &anchors(&[&maker]))
}

#[test]
fn denied_other_media_types() {
    for kind in [
        "application/vnd.dev.sigstore.bundle+json;version=0.1",
        "application/vnd.dev.sigstore.bundle+json;version=0.2",
        "application/vnd.dev.sigstore.bundle+json;version=0.3",
        "application/vnd.dev.sigstore.bundle.v0.4+json",
        "",
    ] {
        assert_eq!(changed("/mediaType", kind.into()), Err(Why::MediaType), "{kind}");
    }
}

#[test]
fn denied_other_content() {
    assert_eq!(changed("/dsseEnvelope/payloadType", "application/json".into()), Err(Why::Content));
    assert_eq!(changed("/dsseEnvelope", Value::Null), Err(Why::Content));
    assert_eq!(changed("/dsseEnvelope/payload", "no base64!".into()), Err(Why::Content));
    let message = r#"{"messageSignature":{"signature":"AAAA"},"#;
    assert_eq!(text(|all| all.replacen('{', message, 1)), Err(Why::Content));
}

#[test]
fn denied_two_signatures_and_none() {
    let (_, bundle) = good();
    let one = bundle["dsseEnvelope"]["signatures"][0].clone();
    for signatures in [json!([]), json!([one, one]), json!([one, {"sig": "AAAA"}]), json!([{}]), json!(null)]
    {
        assert_eq!(changed("/dsseEnvelope/signatures", signatures), Err(Why::Signatures));
    }
}

#[test]
fn denied_other_material() {
    let certificate = json!({"rawBytes": "AAAA"});
    let chain = json!({"x509CertificateChain": {"certificates": [certificate]}});
    let both = json!({"certificate": certificate, "publicKey": {"hint": ""}});
    let flood = json!({"publicKey": {"hint": ""}, "tlogEntries": [{}, {}, {}, {}, {}]});
    let times = json!({"publicKey": {}, "timestampVerificationData": {"rfc3161Timestamps": [0, 1, 2, 3, 4]}});
    for material in
        [chain, both, flood, times, json!({}), json!({"publicKey": "x"}), json!({"certificate": {}})]
    {
        assert_eq!(changed("/verificationMaterial", material.clone()), Err(Why::Material), "{material}");
    }
}

#[test]
fn denied_a_certificate_without_a_root() {
    let material = json!({"certificate": {"rawBytes": "AAAA"}});
    assert_eq!(changed("/verificationMaterial", material), Err(Why::NoRoot));
}

#[test]
fn denied_other_statements() {
    for kind in ["https://in-toto.io/Statement/v0.1", "", "https://in-toto.io/Statement/v1 "] {
        assert_eq!(stated(|it| it["_type"] = kind.into()), Err(Why::Statement));
    }
    let older = |kind: &'static str| {
        move |it: &mut Value| {
            it["_type"] = "https://in-toto.io/Statement/v0.1".into();
            it["predicateType"] = kind.into();
        }
    };
    assert!(stated(older("https://slsa.dev/provenance/v1")).is_ok());
    assert_eq!(stated(older(SIGNATURE)), Err(Why::Statement));
    assert_eq!(stated(|it| it["predicateType"] = json!(7)), Err(Why::Statement));
    assert_eq!(stated(|it| it["predicate"] = json!("text")), Err(Why::Statement));
    assert_eq!(stated(|it| it["subject"] = json!([])), Err(Why::Subject));
    assert_eq!(stated(|it| it["subject"] = json!([{"name": artifact().to_string()}])), Err(Why::Subject));
    let upper = artifact().hex().to_uppercase();
    assert_eq!(stated(|it| it["subject"][0]["digest"]["sha256"] = upper.into()), Err(Why::Subject));
    let hex = artifact().hex();
    assert_eq!(stated(|it| it["subject"] = json!([{"digest": {"sha512": hex}}])), Err(Why::Subject));
    assert!(stated(|it| it["predicate"] = Value::Null).is_ok());
}

#[test]
fn a_predicate_has_a_bound() {
    let predicate = |size: usize| json!({"a": "x".repeat(size - r#"{"a":""}"#.len())});
    assert!(stated(|it| it["predicate"] = predicate(64 << 10)).is_ok());
    assert_eq!(stated(|it| it["predicate"] = predicate((64 << 10) + 1)), Err(Why::Predicate));
}

#[test]
fn denied_names_twice() {
    let twice = |all: String| all.replacen(r#""mediaType""#, r#""mediaType":"x","mediaType""#, 1);
    assert_eq!(text(twice), Err(Why::NotJson));
    let escaped = |all: String| all.replacen(r#""mediaType""#, r#""media\u0054ype":"x","mediaType""#, 1);
    assert_eq!(text(escaped), Err(Why::NotJson));
    // In what was signed, too: another parser could read the other one.
    let maker = Maker::p256();
    let payload = statement_of(&artifact()).to_string();
    let payload = payload.replacen(r#""predicateType""#, r#""predicateType":"x","predicateType""#, 1);
    assert_eq!(check(piece(&maker.bundle(&payload)), &anchors(&[&maker])), Err(Why::NotJson));
}

#[test]
fn denied_deep_json() {
    let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    let with = |levels: usize| text(|all| all.replacen('{', &format!(r#"{{"a":{},"#, deep(levels)), 1));
    assert!(with(60).is_ok());
    assert_eq!(with(100), Err(Why::NotJson));
    assert_eq!(with(100_000), Err(Why::NotJson));
}

#[test]
fn a_bundle_has_a_bound() {
    let (maker, bundle) = good();
    let pad = |size: usize| {
        let text = bundle.to_string();
        let spaces = " ".repeat(size - text.len());
        Evidence::Bundle(format!("{text}{spaces}").into_bytes())
    };
    assert!(check(pad(MAX_BUNDLE), &anchors(&[&maker])).is_ok());
    assert_eq!(check(pad(MAX_BUNDLE + 1), &anchors(&[&maker])), Err(Why::TooLarge));
}
