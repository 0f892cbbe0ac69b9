//! cosign's older form.

use super::*;

fn payload(digest: &Digest) -> String {
    let image = json!({"docker-manifest-digest": digest.to_string()});
    let identity = json!({"docker-reference": "registry.example/whatever"});
    let kind = "cosign container image signature";
    json!({"critical": {"identity": identity, "image": image, "type": kind}, "optional": null}).to_string()
}

fn signed(maker: &Maker, payload: &str) -> Evidence {
    let signature = STANDARD.encode(maker.sign(payload.as_bytes()));
    Evidence::SimpleSigning { payload: payload.as_bytes().to_vec(), signature }
}

#[test]
fn a_simple_signature_is_a_fact_of_its_own_format() {
    for maker in [Maker::p256(), Maker::ed25519()] {
        let facts = check(signed(&maker, &payload(&artifact())), &anchors(&[&maker])).unwrap();
        assert_eq!(facts.len(), 1);
        assert_eq!(facts[0].format, Format::SimpleSigning);
        assert_eq!(facts[0].signer, Signer::Key(maker.id()));
        assert_eq!(facts[0].predicate_type, SIGNATURE);
        assert_eq!((&facts[0].log, facts[0].signed_at), (&None, None));
    }
}

#[test]
fn denied_a_simple_signature_of_another_artifact() {
    let maker = Maker::p256();
    let evidence = signed(&maker, &payload(&artifact()));
    let other = Digest::of(b"another manifest");
    assert_eq!(check_of(evidence, &other, &anchors(&[&maker])), Err(Why::Subject));
}

#[test]
fn denied_a_simple_signature_by_another_key_or_over_other_bytes() {
    let (maker, other) = (Maker::p256(), Maker::p256());
    let text = payload(&artifact());
    assert_eq!(check(signed(&maker, &text), &anchors(&[&other])), Err(Why::NoKey));
    let Evidence::SimpleSigning { signature, .. } = signed(&maker, &text) else { unreachable!() };
    let spaced = format!("{text} ").into_bytes();
    let moved = Evidence::SimpleSigning { payload: spaced, signature: signature.clone() };
    assert_eq!(check(moved, &anchors(&[&maker])), Err(Why::NoKey));
    let text = text.into_bytes();
    let junk = Evidence::SimpleSigning { payload: text.clone(), signature: "no base64!".into() };
    assert_eq!(check(junk, &anchors(&[&maker])), Err(Why::Signatures));
    let kept = Evidence::SimpleSigning { payload: text, signature };
    assert!(check(kept, &anchors(&[&maker])).is_ok());
}

#[test]
fn denied_other_payloads() {
    let maker = Maker::p256();
    let with = |from: &str, to: &str| {
        check(signed(&maker, &payload(&artifact()).replacen(from, to, 1)), &anchors(&[&maker]))
    };
    assert_eq!(with("cosign container image signature", "atomic container signature"), Err(Why::Statement));
    assert_eq!(with("docker-manifest-digest", "digest"), Err(Why::Statement));
    assert_eq!(with(r#""optional""#, r#""critical":{},"optional""#), Err(Why::NotJson));
    let large = payload(&artifact()) + &" ".repeat(64 << 10);
    assert_eq!(check(signed(&maker, &large), &anchors(&[&maker])), Err(Why::TooLarge));
}

#[test]
fn a_bundle_is_no_simple_signature_nor_the_other_way_round() {
    let maker = Maker::p256();
    let statement = statement_of(&artifact()).to_string();
    assert_eq!(check(signed(&maker, &statement), &anchors(&[&maker])), Err(Why::Statement));
    let bundle = maker.bundle(&payload(&artifact()));
    assert_eq!(check(piece(&bundle), &anchors(&[&maker])), Err(Why::Statement));
}
