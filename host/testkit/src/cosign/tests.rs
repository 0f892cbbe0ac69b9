use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Value, json};

use super::*;
use crate::http;
use crate::registry::{Referrers, Registry};

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

fn hex(bytes: &[u8]) -> String {
    digest(&SHA256, bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

// A manifest without layers, and the reference to it.
fn artifact(registry: &Registry) -> String {
    let url = |path: &str| format!("http://{}/v2/acme/x/{path}", registry.host());
    let empty = format!("sha256:{}", hex(b"{}"));
    http::send("POST", &url(&format!("blobs/uploads/?digest={empty}")), &[], b"{}").unwrap();
    let config = json!({"mediaType": "application/vnd.oci.empty.v1+json", "digest": empty, "size": 2});
    let body = json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": []}).to_string();
    let put = http::send("PUT", &url("manifests/1"), &[("content-type", MANIFEST)], body.as_bytes()).unwrap();
    assert_eq!(put.status, 201);
    format!("{}/acme/x@sha256:{}", registry.host(), hex(body.as_bytes()))
}

fn tags(registry: &Registry) -> Vec<String> {
    let url = format!("http://{}/v2/acme/x/tags/list", registry.host());
    let list = http::send("GET", &url, &[], b"").unwrap().json();
    list["tags"].as_array().unwrap().iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

#[test]
fn what_it_signs_it_accepts_and_with_another_key_it_does_not() {
    let (Some(cosign), Some(other)) =
        (Cosign::with_new_key("secret").unwrap(), Cosign::with_new_key("").unwrap())
    else {
        return;
    };
    for referrers in [Referrers::Api, Referrers::Absent] {
        let Some(registry) = Registry::start(referrers).unwrap() else { return };
        let reference = artifact(&registry);
        assert!(cosign.verify(&cosign.public_key(), &reference).is_err(), "nothing is signed yet");
        cosign.sign(&cosign.private_key(), Format::Bundle, &reference).unwrap();
        cosign.verify(&cosign.public_key(), &reference).unwrap();
        assert!(cosign.verify(&other.public_key(), &reference).is_err());
        let fallback = reference.split_once('@').unwrap().1.replace(':', "-");
        assert_eq!(tags(&registry).contains(&fallback), referrers == Referrers::Absent);
    }
}

#[test]
fn it_attests_and_signs_as_it_did_before() {
    let Some(cosign) = Cosign::with_new_key("").unwrap() else { return };
    let Some(registry) = Registry::start(Referrers::Api).unwrap() else { return };
    let reference = artifact(&registry);
    let predicate = cosign.home.write("predicate.json", r#"{"x":1}"#).unwrap();
    cosign.attest("https://example.test/v1", &predicate, &reference).unwrap();
    let verified = |kind: &str| cosign.verify_attestation(&cosign.public_key(), kind, &reference).is_ok();
    assert!(verified("https://example.test/v1"));
    assert!(!verified("https://example.test/v2"));
    assert!(!tags(&registry).iter().any(|tag| tag.ends_with(".sig")));
    cosign.sign(&cosign.private_key(), Format::Legacy, &reference).unwrap();
    assert!(tags(&registry).iter().any(|tag| tag.ends_with(".sig")));
}
