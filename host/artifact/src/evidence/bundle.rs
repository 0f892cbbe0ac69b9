//! A Sigstore bundle v0.3 with a DSSE envelope, read strictly and before any other parser sees it: exact media type, one
//! signature, one kind of material, no name twice. What passes here reads alike for every parser. No cryptography,
//! and no trust: a key's hint is a hint.

use std::borrow::Cow;

use bailiwick_core::values::json::{Json, Kind, Node};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{MAX_BUNDLE, Why, envelope};
use crate::pulled::BUNDLE_TYPE;

/// Log entries and timestamps that one bundle may hold of each; cosign writes one.
const MAX_VOUCHERS: usize = 4;

/// What a bundle says.
pub(super) struct Bundle<'b> {
    /// The whole text.
    pub json: &'b str,
    /// What was signed, within the envelope.
    pub payload: Vec<u8>,
    /// The one signature.
    pub signature: Vec<u8>,
    /// By whom it claims to be.
    pub material: Material,
    entries: usize,
    proven: usize,
}

/// Whose signature it claims to be.
pub(super) enum Material {
    /// A key, with the hint that says which.
    Key(String),
    /// A certificate (DER).
    Certificate(Vec<u8>),
}

impl Bundle<'_> {
    /// The bytes that were signed.
    pub(super) fn signed(&self) -> Vec<u8> {
        envelope::pae(&self.payload)
    }

    /// Whether there are log entries, each with a proof. One without would be believed by its neighbour's.
    pub(super) fn logged(&self) -> bool {
        self.entries > 0 && self.entries == self.proven
    }
}

/// Reads a bundle.
pub(super) fn read(bytes: &[u8]) -> Result<Bundle<'_>, Why> {
    if bytes.len() > MAX_BUNDLE {
        return Err(Why::TooLarge);
    }
    let json = Json::parse(bytes).map_err(|_| Why::NotJson)?;
    let root = json.root();
    if text(root, "mediaType").as_deref() != Some(BUNDLE_TYPE) {
        return Err(Why::MediaType);
    }
    if root.member("messageSignature").is_some() {
        return Err(Why::Content);
    }
    let (payload, signature) = signed(root.member("dsseEnvelope").ok_or(Why::Content)?)?;
    let material = root.member("verificationMaterial").ok_or(Why::Material)?;
    let (entries, proven) = entries(material)?;
    Ok(Bundle { json: json.text(), payload, signature, material: whose(material)?, entries, proven })
}

fn signed(dsse: Node<'_>) -> Result<(Vec<u8>, Vec<u8>), Why> {
    if text(dsse, "payloadType").as_deref() != Some(envelope::PAYLOAD_TYPE) {
        return Err(Why::Content);
    }
    let payload = bytes(dsse, "payload").ok_or(Why::Content)?;
    let mut signatures = dsse.member("signatures").ok_or(Why::Signatures)?.items();
    let (Some(one), None) = (signatures.next(), signatures.next()) else { return Err(Why::Signatures) };
    Ok((payload, bytes(one, "sig").ok_or(Why::Signatures)?))
}

fn whose(material: Node<'_>) -> Result<Material, Why> {
    let chain = material.member("x509CertificateChain");
    match (material.member("certificate"), material.member("publicKey"), chain) {
        (Some(certificate), None, None) => {
            bytes(certificate, "rawBytes").map(Material::Certificate).ok_or(Why::Material)
        }
        (None, Some(key), None) if key.kind() == Kind::Object => {
            Ok(Material::Key(text(key, "hint").unwrap_or_default().into_owned()))
        }
        _ => Err(Why::Material),
    }
}

/// How many log entries there are, and how many of them have a proof.
fn entries(material: Node<'_>) -> Result<(usize, usize), Why> {
    let items = |node: Option<Node<'_>>| node.map_or(0, |node| node.items().count());
    let entries = material.member("tlogEntries");
    let times = material.pointer("/timestampVerificationData/rfc3161Timestamps");
    if items(entries) > MAX_VOUCHERS || items(times) > MAX_VOUCHERS {
        return Err(Why::Material);
    }
    let is_proven = |entry: &Node<'_>| {
        entry.member("inclusionProof").is_some_and(|proof| proof.pointer("/checkpoint/envelope").is_some())
    };
    let proven = entries.map_or(0, |node| node.items().filter(is_proven).count());
    Ok((items(entries), proven))
}

fn text<'n>(node: Node<'n>, name: &str) -> Option<Cow<'n, str>> {
    node.member(name)?.text()
}

/// Standard base64 with its padding, the only spelling that every parser reads alike.
fn bytes(node: Node<'_>, name: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text(node, name)?.as_bytes()).ok()
}
