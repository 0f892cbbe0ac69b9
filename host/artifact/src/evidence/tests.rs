//! Evidence by keys. The envelopes are put together here by hand, with nothing of `sign`, so that signing and verifying
//! cannot agree on the same mistake. Keyless bundles are in `keyless`, what real cosign makes is in `cosign`.

mod cosign;
mod keyless;
mod shape;
mod simple;

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair},
};
use bailiwick_core::trust::{Anchors, Fact, Format, Signer, fact::SIGNATURE};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::*;

/// A key that signs what it is given.
enum Maker {
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl Maker {
    fn p256() -> Self {
        Self::P256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap())
    }

    fn ed25519() -> Self {
        Self::Ed25519(Ed25519KeyPair::generate().unwrap())
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::P256(pair) => pair.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec(),
            Self::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }

    /// The library's own encoding, not ours.
    fn spki(&self) -> Vec<u8> {
        use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
        let der: PublicKeyX509Der<'_> = match self {
            Self::P256(pair) => pair.public_key().as_der().unwrap(),
            Self::Ed25519(pair) => pair.public_key().as_der().unwrap(),
        };
        der.as_ref().to_vec()
    }

    fn id(&self) -> String {
        Digest::of(&self.spki()).to_string()
    }

    /// A bundle over the payload, with the right hint.
    fn bundle(&self, payload: &str) -> Value {
        let kind = "application/vnd.in-toto+json";
        let signed = format!("DSSEv1 {} {kind} {} {payload}", kind.len(), payload.len());
        json!({
            "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
            "verificationMaterial": {"publicKey": {"hint": STANDARD.encode(Sha256::digest(self.spki()))}},
            "dsseEnvelope": {
                "payload": STANDARD.encode(payload),
                "payloadType": kind,
                "signatures": [{"sig": STANDARD.encode(self.sign(signed.as_bytes()))}],
            },
        })
    }
}

fn artifact() -> Digest {
    Digest::of(b"a manifest")
}

fn statement_of(digest: &Digest) -> Value {
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "whatever", "digest": {"sha256": digest.hex()}}],
        "predicateType": SIGNATURE,
        "predicate": {},
    })
}

fn anchors(makers: &[&Maker]) -> Anchors {
    Anchors { keys: makers.iter().map(|maker| (maker.id(), maker.spki())).collect(), ..Anchors::default() }
}

fn piece(bundle: &Value) -> Evidence {
    Evidence::Bundle(bundle.to_string().into_bytes())
}

fn check(piece: Evidence, anchors: &Anchors) -> Result<Vec<Fact>, Why> {
    check_of(piece, &artifact(), anchors)
}

fn check_of(piece: Evidence, subject: &Digest, anchors: &Anchors) -> Result<Vec<Fact>, Why> {
    let mut verified = verify(&[piece], subject, anchors);
    match verified.rejected.pop() {
        Some(rejected) => {
            assert!(verified.facts.is_empty() && verified.rejected.is_empty());
            Err(rejected.why)
        }
        None => Ok(verified.facts),
    }
}

#[test]
fn a_bundle_by_a_key_is_a_fact() {
    for maker in [Maker::p256(), Maker::ed25519()] {
        let bundle = maker.bundle(&statement_of(&artifact()).to_string());
        let evidence = Digest::of(bundle.to_string().as_bytes()).to_string();
        let fact = Fact {
            signer: Signer::Key(maker.id()),
            format: Format::Bundle,
            predicate_type: SIGNATURE.into(),
            predicate: json!({}),
            log: None,
            signed_at: None,
            evidence,
        };
        assert_eq!(check(piece(&bundle), &anchors(&[&maker])), Ok(vec![fact]));
    }
}

#[test]
fn denied_another_key_and_no_key() {
    for maker in [Maker::p256(), Maker::ed25519()] {
        let bundle = maker.bundle(&statement_of(&artifact()).to_string());
        let others = anchors(&[&Maker::p256(), &Maker::ed25519()]);
        assert_eq!(check(piece(&bundle), &others), Err(Why::NoKey));
        assert_eq!(check(piece(&bundle), &Anchors::default()), Err(Why::NoKey));
    }
}

#[test]
fn the_hint_is_only_a_hint() {
    let (maker, other) = (Maker::p256(), Maker::p256());
    let mut bundle = maker.bundle(&statement_of(&artifact()).to_string());
    let foreign = other.bundle("{}")["verificationMaterial"]["publicKey"]["hint"].clone();
    for hint in [foreign, json!(""), json!("junk")] {
        bundle["verificationMaterial"]["publicKey"]["hint"] = hint;
        let facts = check(piece(&bundle), &anchors(&[&maker, &other])).unwrap();
        assert_eq!(facts[0].signer, Signer::Key(maker.id()));
        assert_eq!(check(piece(&bundle), &anchors(&[&other])), Err(Why::NoKey));
    }
}

#[test]
fn i8_a_copy_proves_the_same_and_another_signer_or_statement_does_not() {
    let (maker, other) = (Maker::p256(), Maker::p256());
    let verifier = Verifier::new(&anchors(&[&maker, &other]));
    let proofs = |bundle: &Value, blanks: &str| {
        let copy = Evidence::Bundle(format!("{bundle}{blanks}").into_bytes());
        verifier.proofs(&copy, &artifact())
    };
    let mut statement = statement_of(&artifact());
    let good = maker.bundle(&statement.to_string());
    let mut unhinted = good.clone();
    unhinted["verificationMaterial"]["publicKey"] = json!({});
    assert_eq!((proofs(&good, "").len(), proofs(&good, "  ")), (1, proofs(&unhinted, "")));
    assert_ne!(proofs(&good, ""), proofs(&other.bundle(&statement.to_string()), ""));
    statement["predicate"] = json!({"more": 1});
    assert_ne!(proofs(&good, ""), proofs(&maker.bundle(&statement.to_string()), ""));
    assert!(proofs(&Maker::p256().bundle(&statement.to_string()), "").is_empty());
}

#[test]
fn denied_a_bundle_of_another_artifact() {
    let maker = Maker::p256();
    let bundle = maker.bundle(&statement_of(&artifact()).to_string());
    let other = Digest::of(b"another manifest");
    assert!(check_of(piece(&bundle), &artifact(), &anchors(&[&maker])).is_ok());
    assert_eq!(check_of(piece(&bundle), &other, &anchors(&[&maker])), Err(Why::Subject));
}

#[test]
fn one_of_several_subjects_is_enough() {
    let maker = Maker::p256();
    let mut statement = statement_of(&Digest::of(b"another manifest"));
    let ours = statement_of(&artifact())["subject"][0].clone();
    statement["subject"].as_array_mut().unwrap().push(ours);
    assert!(check(piece(&maker.bundle(&statement.to_string())), &anchors(&[&maker])).is_ok());
    statement["subject"].as_array_mut().unwrap().pop();
    let denied = check(piece(&maker.bundle(&statement.to_string())), &anchors(&[&maker]));
    assert_eq!(denied, Err(Why::Subject));
}

#[test]
fn denied_a_flipped_byte() {
    let maker = Maker::p256();
    let good = maker.bundle(&statement_of(&artifact()).to_string());
    let payload = statement_of(&artifact()).to_string().replace("whatever", "whatevex");
    let mut of_payload = good.clone();
    of_payload["dsseEnvelope"]["payload"] = STANDARD.encode(payload).into();
    let mut of_signature = good.clone();
    let sig = &mut of_signature["dsseEnvelope"]["signatures"][0]["sig"];
    let mut bytes = STANDARD.decode(sig.as_str().unwrap()).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    *sig = STANDARD.encode(bytes).into();
    assert!(check(piece(&good), &anchors(&[&maker])).is_ok());
    for changed in [of_payload, of_signature] {
        assert_eq!(check(piece(&changed), &anchors(&[&maker])), Err(Why::NoKey));
    }
}

#[test]
fn an_attestation_is_no_signature() {
    let maker = Maker::p256();
    let mut statement = statement_of(&artifact());
    statement["predicateType"] = "https://example.test/scan/v1".into();
    statement["predicate"] = json!({"result": "CRITICAL"});
    let facts = check(piece(&maker.bundle(&statement.to_string())), &anchors(&[&maker])).unwrap();
    assert_eq!(facts[0].predicate_type, "https://example.test/scan/v1");
    assert_ne!(facts[0].predicate_type, SIGNATURE);
    assert_eq!(facts[0].predicate, json!({"result": "CRITICAL"}));
}

#[test]
fn junk_beside_good_evidence_takes_nothing_away() {
    let maker = Maker::p256();
    let good = piece(&maker.bundle(&statement_of(&artifact()).to_string()));
    let junk = [&b""[..], b"junk", b"{}", b"[]", &[0xff; 64]].map(|bytes| Evidence::Bundle(bytes.to_vec()));
    let all: Vec<Evidence> = junk.iter().cloned().chain([good]).chain(junk.iter().cloned()).collect();
    let verified = verify(&all, &artifact(), &anchors(&[&maker]));
    assert_eq!((verified.facts.len(), verified.rejected.len()), (1, 10));
    assert_eq!(verified.rejected[0].evidence, Digest::of(b"").to_string());
}

#[test]
fn anchors_that_cannot_be_used_are_named() {
    let (maker, other) = (Maker::p256(), Maker::p256());
    let mut anchors = anchors(&[&maker]);
    anchors.keys.insert("sha256:00".into(), other.spki());
    anchors.keys.insert(Digest::of(b"junk").to_string(), b"junk".to_vec());
    anchors.roots.insert("sha256:aa".into(), "{}".into());
    let verifier = Verifier::new(&anchors);
    let junk = Digest::of(b"junk").to_string();
    let mut unusable = verifier.unusable().to_vec();
    unusable.sort();
    let mut expected = vec!["sha256:00".to_owned(), junk, "sha256:aa".to_owned()];
    expected.sort();
    assert_eq!(unusable, expected);
    let statement = statement_of(&artifact()).to_string();
    assert_eq!(verifier.verify(&[piece(&maker.bundle(&statement))], &artifact()).facts.len(), 1);
    assert_eq!(verifier.verify(&[piece(&other.bundle(&statement))], &artifact()).facts.len(), 0);
}
