use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::json;

use super::*;

const ONE: &str = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
const TWO: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn statement(bundle: &str) -> Value {
    let bundle: Value = serde_json::from_str(bundle).unwrap();
    assert_eq!(bundle["mediaType"], "application/vnd.dev.sigstore.bundle.v0.3+json");
    let payload = BASE64_STANDARD.decode(bundle["dsseEnvelope"]["payload"].as_str().unwrap()).unwrap();
    serde_json::from_slice(&payload).unwrap()
}

#[test]
fn all_bundles_of_all_digests_are_made_and_no_others() {
    let Some(made) = Sigstore::make(&Signer::default(), &[ONE, TWO]).unwrap() else { return };
    for digest in [ONE, TWO] {
        for bundle in Bundle::GOOD.into_iter().chain(Bundle::ODD) {
            let text = made.bundle(digest, bundle).unwrap();
            assert_eq!(statement(&text)["subject"][0]["digest"]["sha256"], *digest, "{}", bundle.name());
            let bundle_is_keyed = text.contains("\"publicKey\"");
            assert_eq!(bundle.is_keyed(), bundle_is_keyed, "{}", bundle.name());
        }
    }
    let bundles = Bundle::GOOD.len() + Bundle::ODD.len();
    assert_eq!(made.folder.files().unwrap().len(), 2 * bundles + 4);
    assert_ne!(made.trusted_root().unwrap(), made.other_root().unwrap());
    assert!(made.public_key().unwrap().starts_with("-----BEGIN PUBLIC KEY-----"));
}

#[test]
fn an_attestation_has_the_predicate_that_was_asked_for_and_a_signature_has_not() {
    let predicate = json!({"scanner": "x", "result": "CRITICAL"});
    let signer = Signer {
        predicate_type: "https://example.test/scan/v1",
        predicate: Some(&predicate),
        claims: &[("sourceRepositoryURI", "https://example.test/acme")],
        ..Signer::default()
    };
    let Some(made) = Sigstore::make(&signer, &[ONE]).unwrap() else { return };
    let of = |bundle| statement(&made.bundle(ONE, bundle).unwrap());
    assert_eq!(of(Bundle::Attestation)["predicateType"], "https://example.test/scan/v1");
    assert_eq!(of(Bundle::AttestationKey)["predicate"], predicate);
    assert_eq!(of(Bundle::Keyless)["predicateType"], "https://sigstore.dev/cosign/sign/v1");
}

#[test]
fn what_the_tool_does_not_know_it_refuses() {
    let signer = Signer { claims: &[("noSuchClaim", "x")], ..Signer::default() };
    match Sigstore::make(&signer, &[ONE]) {
        Ok(None) => {}
        Ok(Some(_)) => panic!("a claim that there is not"),
        Err(error) => assert!(error.to_string().contains("noSuchClaim"), "{error:#}"),
    }
    assert!(!matches!(Sigstore::make(&Signer::default(), &["abc"]), Ok(Some(_))));
}
