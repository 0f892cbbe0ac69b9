//! What was fetched of one artifact, from a registry or from a layout: bytes whose digests were checked, and the
//! evidence that lay beside them. Nothing of it is trusted yet: who signed is found by `evidence::verify`, whether that
//! is enough by core.

use crate::Digest;

/// The media type of a component in an artifact (CNCF TAG Runtime, "Wasm OCI artifact layout").
pub const LAYER_TYPE: &str = "application/wasm";
/// The media type of its config.
pub const CONFIG_TYPE: &str = "application/vnd.wasm.config.v0+json";
/// The media type of a Sigstore bundle, and the artifact type of the manifest that carries it.
pub const BUNDLE_TYPE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
/// The annotation with the provider's name.
pub const NAME: &str = "dev.bailiwick.provider.name";
/// The annotation with the repository that the artifact was made for.
pub const REPOSITORY: &str = "dev.bailiwick.repository";
/// The annotation with the version (OCI image specification, "Pre-Defined Annotation Keys").
pub const VERSION: &str = "org.opencontainers.image.version";

/// One artifact: manifest, config and component are of the digests that name them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pulled {
    /// The manifest's bytes.
    pub manifest: Vec<u8>,
    /// Their digest.
    pub digest: Digest,
    /// The config's bytes.
    pub config: Vec<u8>,
    /// The component.
    pub component: Vec<u8>,
    /// Signatures and attestations, in the order they were found.
    pub evidence: Vec<Evidence>,
    /// There was more evidence than is read.
    pub capped: bool,
    /// The mirror or layout that it came from; none for the registry itself.
    pub via: Option<String>,
}

/// One piece of evidence as it was found, foreign junk included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// The JSON text of a Sigstore bundle.
    Bundle(Vec<u8>),
    /// A layer of a `.sig` tag.
    SimpleSigning {
        /// What was signed.
        payload: Vec<u8>,
        /// `dev.cosignproject.cosign/signature`: base64.
        signature: String,
    },
}

impl Evidence {
    /// The name of a piece of evidence: a bundle's digest; of a simple signature that of the payload and the signature's
    /// text after it, since several may be made of one payload.
    #[must_use]
    pub fn digest(&self) -> Digest {
        match self {
            Self::Bundle(bytes) => Digest::of(bytes),
            Self::SimpleSigning { payload, signature } => {
                Digest::of(&[payload.as_slice(), signature.as_bytes()].concat())
            }
        }
    }
}
