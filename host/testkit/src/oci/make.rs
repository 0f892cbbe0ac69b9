//! Artifacts made on the spot: a component's manifest as the CNCF layout has it, and bundles beside it. Written here anew
//! and not with the code under test, so that the two have to agree on the format and not on each other.

use aws_lc_rs::digest::{SHA256, digest as hash};
use serde_json::{Value, json};

use super::OciRegistry;

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
const EMPTY: &str = "application/vnd.oci.empty.v1+json";

/// One artifact.
#[derive(Clone, Debug)]
pub struct Artifact {
    /// The manifest as JSON.
    pub manifest: Value,
    /// Its digest, as it was stored.
    pub digest: String,
    /// The component.
    pub component: Vec<u8>,
}

/// `sha256:<hex>`.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    let hex: String = hash(&SHA256, bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

fn descriptor(media_type: &str, bytes: &[u8]) -> Value {
    json!({"mediaType": media_type, "digest": digest(bytes), "size": bytes.len()})
}

/// The manifest of a component with this config.
#[must_use]
pub fn manifest_of(config: &[u8], component: &[u8]) -> Value {
    json!({
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": descriptor("application/vnd.wasm.config.v0+json", config),
        "layers": [descriptor("application/wasm", component)],
        "annotations": {"dev.bailiwick.provider.name": "vault", "org.opencontainers.image.version": "1.2.0"},
    })
}

impl OciRegistry {
    /// Stores a component under a tag.
    pub fn component(&self, repository: &str, tag: &str, component: &[u8]) -> Artifact {
        let config =
            json!({"architecture": "wasm", "os": "wasip2", "layerDigests": [digest(component)]}).to_string();
        let manifest = manifest_of(config.as_bytes(), component);
        self.blob(repository, config.as_bytes());
        self.blob(repository, component);
        let digest = self.store(repository, tag, &manifest);
        Artifact { manifest, digest, component: component.to_vec() }
    }

    /// Stores a blob; its digest.
    pub fn blob(&self, repository: &str, bytes: &[u8]) -> String {
        self.state().put_blob(repository, bytes.to_vec())
    }

    /// Stores a manifest as it is under a tag or a digest; its digest.
    pub fn store(&self, repository: &str, reference: &str, manifest: &Value) -> String {
        let media_type = manifest.get("mediaType").and_then(Value::as_str).unwrap_or(MANIFEST).to_owned();
        self.state().put_manifest(repository, reference, (manifest.to_string().into_bytes(), media_type))
    }

    /// Stores a bundle beside the manifest `subject`, and lists it under the fallback tag where there is no API.
    pub fn bundle(&self, repository: &str, subject: &str, bundle: &[u8]) -> String {
        self.blob(repository, bundle);
        self.blob(repository, b"{}");
        let size = self.manifest(repository, subject).map_or(1, |bytes| bytes.len());
        let manifest = json!({
            "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": BUNDLE,
            "config": descriptor(EMPTY, b"{}"),
            "layers": [descriptor(BUNDLE, bundle)],
            "subject": {"mediaType": MANIFEST, "digest": subject, "size": size},
        });
        let digest = self.store(repository, "sha256:any", &manifest);
        if !self.state().options.referrers {
            self.list(repository, subject);
        }
        digest
    }

    /// Writes the index under the fallback tag of `subject` anew.
    pub fn list(&self, repository: &str, subject: &str) {
        let list = self.state().referrers(repository, subject);
        let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": list});
        self.store(repository, &subject.replace(':', "-"), &index);
    }
}
