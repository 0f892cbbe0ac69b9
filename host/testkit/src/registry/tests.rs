use serde_json::{Value, json};

use super::*;
use crate::http::{self, Reply};

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
// sha256 of `{}`.
const EMPTY: &str = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

// Pushes a manifest that refers to another one; what the push and the list of referrers were answered.
fn referred(registry: &Registry) -> (Reply, Reply) {
    let url = |path: &str| format!("http://{}/v2/acme/x/{path}", registry.host());
    let pushed = http::send("POST", &url(&format!("blobs/uploads/?digest={EMPTY}")), &[], b"{}").unwrap();
    assert_eq!(pushed.status, 201);
    let config = json!({"mediaType": "application/vnd.oci.empty.v1+json", "digest": EMPTY, "size": 2});
    let manifest = json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": "application/a", "config": config,
        "layers": [], "subject": {"mediaType": MANIFEST, "digest": EMPTY, "size": 2},
    });
    let body = manifest.to_string();
    let put = http::send("PUT", &url("manifests/t"), &[("content-type", MANIFEST)], body.as_bytes()).unwrap();
    assert_eq!(put.status, 201);
    (put, http::send("GET", &url(&format!("referrers/{EMPTY}")), &[], b"").unwrap())
}

#[test]
fn a_referrer_is_listed_with_its_own_type_and_acknowledged() {
    let Some(registry) = Registry::start(Referrers::Api).unwrap() else { return };
    let (put, list) = referred(&registry);
    assert_eq!(put.header("oci-subject"), Some(EMPTY));
    assert_eq!(list.status, 200);
    let list = list.json();
    let types: Vec<&Value> =
        list["manifests"].as_array().unwrap().iter().map(|of| &of["artifactType"]).collect();
    assert_eq!(types, ["application/a"]);
    let url = format!("http://{}/v2/", registry.host());
    drop(registry);
    assert!(http::send("GET", &url, &[], b"").is_err());
}

#[test]
fn without_the_api_nothing_is_listed_nor_acknowledged() {
    let Some(registry) = Registry::start(Referrers::Absent).unwrap() else { return };
    let (put, list) = referred(&registry);
    assert_eq!((put.header("oci-subject"), list.status), (None, 404));
}
