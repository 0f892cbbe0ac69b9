//! What is known of an artifact and its signatures once bytes were hashed and signatures were verified. A fact says who
//! signed what; it does not say that this is enough.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::Reference;
use crate::catalogue::World;

/// The predicate type of a signature by cosign 3 (its bundle, DSSE over in-toto Statement v1).
pub const SIGNATURE: &str = "https://sigstore.dev/cosign/sign/v1";

/// Names of the claims in a certificate, as Fulcio documents them: those of its extensions 1.3.6.1.4.1.57264.1.9 and on, in
/// that order (Fulcio, "Sigstore OID information").
pub const CLAIMS: [&str; 14] = [
    "buildSignerURI",
    "buildSignerDigest",
    "runnerEnvironment",
    "sourceRepositoryURI",
    "sourceRepositoryDigest",
    "sourceRepositoryRef",
    "sourceRepositoryIdentifier",
    "sourceRepositoryOwnerURI",
    "sourceRepositoryOwnerIdentifier",
    "buildConfigURI",
    "buildConfigDigest",
    "buildTrigger",
    "runInvocationURI",
    "sourceRepositoryVisibilityAtSigning",
];

/// `sha256:<hex>` of a public key's SubjectPublicKeyInfo (DER).
pub type KeyId = String;

/// `sha256:<hex>` of a `trusted_root.json`, as text.
pub type RootId = String;

/// Whom evidence is verified against: all keys and trust roots of the policies at hand. Which of them counts is decided
/// later, so that artifact needs no policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Anchors {
    /// Public keys as SubjectPublicKeyInfo (DER).
    pub keys: BTreeMap<KeyId, Vec<u8>>,
    /// Trust roots as JSON text.
    pub roots: BTreeMap<RootId, String>,
}

/// How evidence is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// A Sigstore bundle v0.3 with a DSSE envelope.
    Bundle,
    /// cosign's older `.sig` tag: simple signing.
    SimpleSigning,
}

/// One signature that holds, by one signer, over the manifest at hand.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// Who.
    pub signer: Signer,
    /// How it was written.
    pub format: Format,
    /// What was said; [`SIGNATURE`] for a signature of either format.
    pub predicate_type: String,
    /// The statement's predicate; null where there is none.
    pub predicate: Json,
    /// The root whose log (or timestamp authority) vouches for the signature; none where no log was asked or there is no
    /// entry. Always set for [`Signer::Keyless`].
    pub log: Option<RootId>,
    /// When it was signed, in seconds of the Unix epoch, by the log or a timestamp authority and nobody else.
    pub signed_at: Option<i64>,
    /// `sha256:<hex>` of the evidence's bytes.
    pub evidence: String,
}

/// Who signed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Signer {
    /// A key of [`Anchors::keys`].
    Key(KeyId),
    /// An identity that the root's certificate authority vouches for.
    Keyless(Identity),
}

/// What a certificate says.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identity {
    /// The root it was verified under.
    pub root: RootId,
    /// The OIDC issuer (OID 1.3.6.1.4.1.57264.1.8).
    pub issuer: String,
    /// The subject alternative name.
    pub subject: String,
    /// Fulcio's claims, by their names in [`CLAIMS`].
    pub claims: BTreeMap<String, String>,
}

/// All that is known of one artifact. Name, version and repository are annotations of the manifest, which the signature
/// covers; imports and world were computed from the component's bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// As the Provider names it, before any mirror.
    pub reference: Reference,
    /// `sha256:<hex>` of the manifest.
    pub manifest: String,
    /// `sha256:<hex>` of the component.
    pub component: String,
    /// Bytes of the component.
    pub size: u64,
    /// `dev.bailiwick.provider.name`.
    pub name: Option<String>,
    /// `org.opencontainers.image.version`.
    pub version: Option<String>,
    /// `dev.bailiwick.repository`: what a layout's `as` must equal.
    pub repository: Option<String>,
    /// Whether it came from a layout, which nobody but the signature vouches for.
    pub layout: bool,
    /// The component's world.
    pub world: World,
    /// The component's imports.
    pub imports: BTreeSet<String>,
    /// What was verified.
    pub facts: Vec<Fact>,
    /// How many pieces of evidence there were that verified for nobody.
    pub rejected: usize,
    /// There were more pieces of evidence than are looked at.
    pub capped: bool,
}
