//! Real cosign, both ways: what it signs we accept, what we sign it does, and a key of either signs in the other. Against
//! a real registry, spoken to by hand here. Without Go the tests say that they are skipped; with `CI=true` they fail.

use bailiwick_testkit::{
    cosign::{Cosign, Format as Stored},
    http,
    registry::{Referrers, Registry},
    temp::Folder,
};

use super::*;
use crate::sign::{self, PrivateKey};

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
const PASSPHRASE: &str = "correct horse";

/// cosign and a registry; none where one cannot be had.
struct Scene {
    cosign: Cosign,
    registry: Registry,
}

impl Scene {
    fn new() -> Option<Self> {
        let cosign = Cosign::with_new_key(PASSPHRASE).unwrap()?;
        let registry = Registry::start(Referrers::Api).unwrap()?;
        Some(Self { cosign, registry })
    }

    fn url(&self, rest: &str) -> String {
        format!("http://{}/v2/acme/thing/{rest}", self.registry.host())
    }

    fn reference(&self, digest: &Digest) -> String {
        format!("{}/acme/thing@{digest}", self.registry.host())
    }

    fn blob(&self, bytes: &[u8]) -> Value {
        let start = http::send("POST", &self.url("blobs/uploads/"), &[], b"").unwrap();
        let to = start.header("location").unwrap().to_owned();
        let to = if to.starts_with('/') { format!("http://{}{to}", self.registry.host()) } else { to };
        let mark = if to.contains('?') { '&' } else { '?' };
        let digest = Digest::of(bytes);
        let put = http::send("PUT", &format!("{to}{mark}digest={digest}"), &[], bytes).unwrap();
        assert_eq!(put.status, 201);
        json!({"digest": digest.to_string(), "size": bytes.len()})
    }

    fn manifest(&self, manifest: &Value) -> Digest {
        let bytes = manifest.to_string().into_bytes();
        let digest = Digest::of(&bytes);
        let to = self.url(&format!("manifests/{digest}"));
        let put = http::send("PUT", &to, &[("content-type", MANIFEST)], &bytes).unwrap();
        assert_eq!(put.status, 201);
        digest
    }

    /// An artifact to sign; each has other bytes.
    fn artifact(&self, content: &str) -> Digest {
        let (mut config, mut layer) = (self.blob(b"{}"), self.blob(content.as_bytes()));
        config["mediaType"] = "application/vnd.wasm.config.v0+json".into();
        layer["mediaType"] = "application/wasm".into();
        self.manifest(
            &json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer]}),
        )
    }

    /// Puts a bundle beside an artifact.
    fn attach(&self, subject: &Digest, bundle: &[u8]) {
        let size = self.get(&format!("manifests/{subject}")).len();
        let (mut config, mut layer) = (self.blob(b"{}"), self.blob(bundle));
        config["mediaType"] = "application/vnd.oci.empty.v1+json".into();
        layer["mediaType"] = BUNDLE.into();
        let subject = json!({"mediaType": MANIFEST, "digest": subject.to_string(), "size": size});
        self.manifest(&json!({
            "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": BUNDLE,
            "config": config, "layers": [layer], "subject": subject,
        }));
    }

    fn get(&self, rest: &str) -> Vec<u8> {
        let reply = http::send("GET", &self.url(rest), &[("accept", "*/*")], b"").unwrap();
        assert_eq!(reply.status, 200, "{rest}");
        reply.body.to_vec()
    }

    fn json(&self, rest: &str) -> Value {
        serde_json::from_slice(&self.get(rest)).unwrap()
    }

    /// The bundles beside an artifact.
    fn bundles(&self, subject: &Digest) -> Vec<Evidence> {
        let index = self.json(&format!("referrers/{subject}"));
        let referrers = index["manifests"].as_array().unwrap().iter();
        let bundle = |entry: &Value| {
            let manifest = self.json(&format!("manifests/{}", entry["digest"].as_str().unwrap()));
            let layer = manifest["layers"][0]["digest"].as_str().unwrap().to_owned();
            Evidence::Bundle(self.get(&format!("blobs/{layer}")))
        };
        referrers.map(bundle).collect()
    }
}

fn anchor(file: &std::path::Path) -> Anchors {
    let key = keys::public(&std::fs::read(file).unwrap()).unwrap();
    Anchors { keys: [key].into(), ..Anchors::default() }
}

#[test]
fn what_cosign_signs_we_accept() {
    let Some(scene) = Scene::new() else { return };
    let (one, two) = (scene.artifact("one"), scene.artifact("two"));
    let key = scene.cosign.private_key();
    scene.cosign.sign(&key, Stored::Bundle, &scene.reference(&one)).unwrap();
    let evidence = scene.bundles(&one);
    let anchors = anchor(&scene.cosign.public_key());
    let verified = verify(&evidence, &one, &anchors);
    assert_eq!((verified.facts.len(), verified.rejected.as_slice()), (1, &[][..]));
    assert_eq!(verified.facts[0].predicate_type, SIGNATURE);
    assert_eq!(verified.facts[0].predicate, json!({}));
    // Of another artifact, and by another key.
    assert_eq!(verify(&evidence, &two, &anchors).rejected[0].why, Why::Subject);
    assert_eq!(verify(&evidence, &one, &super::anchors(&[&Maker::p256()])).rejected[0].why, Why::NoKey);
}

#[test]
fn what_cosign_attests_is_no_signature() {
    let Some(scene) = Scene::new() else { return };
    let one = scene.artifact("attested");
    let folder = Folder::new().unwrap();
    let predicate = folder.write("scan.json", r#"{"result": "CRITICAL"}"#).unwrap();
    scene.cosign.attest("https://example.test/scan/v1", &predicate, &scene.reference(&one)).unwrap();
    let facts = verify(&scene.bundles(&one), &one, &anchor(&scene.cosign.public_key())).facts;
    assert_eq!(facts.len(), 1);
    assert_ne!(facts[0].predicate_type, SIGNATURE);
    assert_eq!(facts[0].predicate["result"], "CRITICAL");
}

#[test]
fn what_cosign_signs_in_its_older_form_we_accept() {
    let Some(scene) = Scene::new() else { return };
    let one = scene.artifact("older");
    let key = scene.cosign.private_key();
    scene.cosign.sign(&key, Stored::Legacy, &scene.reference(&one)).unwrap();
    let manifest = scene.json(&format!("manifests/sha256-{}.sig", one.hex()));
    let layer = &manifest["layers"][0];
    let signature = layer["annotations"]["dev.cosignproject.cosign/signature"].as_str().unwrap().to_owned();
    let payload = scene.get(&format!("blobs/{}", layer["digest"].as_str().unwrap()));
    let evidence = [Evidence::SimpleSigning { payload, signature }];
    let anchors = anchor(&scene.cosign.public_key());
    let facts = verify(&evidence, &one, &anchors).facts;
    assert_eq!((facts.len(), facts[0].format), (1, Format::SimpleSigning));
    // A's signature copied to B's tag.
    let two = scene.artifact("another");
    assert_eq!(verify(&evidence, &two, &anchors).rejected[0].why, Why::Subject);
}

#[test]
fn what_we_sign_cosign_accepts() {
    let Some(scene) = Scene::new() else { return };
    let (one, two) = (scene.artifact("ours"), scene.artifact("moved"));
    let folder = Folder::new().unwrap();
    let key = PrivateKey::generate().unwrap();
    let public = folder.write("ours.pub", key.public_pem().unwrap()).unwrap();
    let bundle = sign::bundle(&key, &one, SIGNATURE, &json!({})).unwrap();
    scene.attach(&one, &bundle);
    scene.cosign.verify(&public, &scene.reference(&one)).unwrap();
    // cosign refuses it by another key, and beside another artifact: the check above says something.
    assert!(scene.cosign.verify(&scene.cosign.public_key(), &scene.reference(&one)).is_err());
    scene.attach(&two, &bundle);
    assert!(scene.cosign.verify(&public, &scene.reference(&two)).is_err());
}

#[test]
fn a_key_of_either_signs_in_the_other() {
    let Some(scene) = Scene::new() else { return };
    let folder = Folder::new().unwrap();
    // cosign's key in our hand.
    let one = scene.artifact("by cosign's key");
    let file = std::fs::read(scene.cosign.private_key()).unwrap();
    let key = PrivateKey::from_pem(&file, PASSPHRASE.as_bytes()).unwrap();
    assert!(PrivateKey::from_pem(&file, b"wrong").is_err());
    scene.attach(&one, &sign::bundle(&key, &one, SIGNATURE, &json!({})).unwrap());
    scene.cosign.verify(&scene.cosign.public_key(), &scene.reference(&one)).unwrap();
    // Our key in cosign's hand, encrypted.
    let two = scene.artifact("by our key");
    let ours = PrivateKey::generate().unwrap();
    let private = ours.to_encrypted_pem(PASSPHRASE.as_bytes()).unwrap();
    let private = folder.write("ours.key", private).unwrap();
    let public = folder.write("ours.pub", ours.public_pem().unwrap()).unwrap();
    scene.cosign.sign(&private, Stored::Bundle, &scene.reference(&two)).unwrap();
    assert_eq!(verify(&scene.bundles(&two), &two, &anchor(&public)).facts.len(), 1);
    assert_eq!(verify(&scene.bundles(&two), &two, &anchor(&scene.cosign.public_key())).facts, []);
}
