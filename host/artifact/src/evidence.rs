//! Who signed a manifest: bundles and simple signatures are read strictly, verified against the keys and trust roots at
//! hand, and become facts. Nothing is fetched, and nothing that was found beside an artifact is an error: what does not
//! verify is set aside with the reason, since whoever may push could else stop an artifact. Whether facts are enough
//! is core's business, and the crates of Sigstore are named in `sigstore` only.

mod bundle;
pub(crate) mod envelope;
mod identity;
pub mod keys;
mod proof;
mod sigstore;
mod simple;
mod statement;

use bailiwick_core::trust::{Anchors, Fact, Format, RootId, Signer, fact::SIGNATURE};
use serde_json::Value as Json;

use self::bundle::{Bundle, Material};
use self::keys::{Key, Keys};
pub use self::proof::Proof;
pub use self::sigstore::Refused;
use crate::{Digest, Evidence};

/// The largest bundle that is read, in bytes (1 MiB). One with a log entry has about 5 kB.
pub const MAX_BUNDLE: usize = 1 << 20;

/// What is known after verification.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Verified {
    /// Signatures that hold, in the order of the evidence.
    pub facts: Vec<Fact>,
    /// Evidence that holds for nobody.
    pub rejected: Vec<Rejected>,
}

/// A piece of evidence that says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// `sha256:<hex>` of its bytes.
    pub evidence: String,
    /// Why.
    pub why: Why,
}

/// Why a piece of evidence says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// Over [`MAX_BUNDLE`]; a payload of simple signing over 64 KiB.
    #[error("it is too large")]
    TooLarge,
    /// Not JSON read strictly: duplicate names, too deep, not UTF-8.
    #[error("it is not JSON, read strictly")]
    NotJson,
    /// Another media type than that of a bundle v0.3.
    #[error("its media type is not that of a bundle v0.3")]
    MediaType,
    /// No DSSE envelope with an in-toto payload: a `messageSignature`, or another payload type.
    #[error("it holds no in-toto statement in a DSSE envelope")]
    Content,
    /// Not exactly one signature, or not base64.
    #[error("it must hold exactly one signature")]
    Signatures,
    /// Not exactly one of a certificate and a key's hint; chains are refused (bundle v0.3).
    #[error("it must hold one certificate or name one key")]
    Material,
    /// Not an in-toto Statement v1, or not a payload of simple signing.
    #[error("what was signed is not a statement about an artifact")]
    Statement,
    /// It is about another artifact.
    #[error("it is about another artifact")]
    Subject,
    /// The predicate is over 64 KiB.
    #[error("its predicate is too large")]
    Predicate,
    /// No key at hand made it.
    #[error("no trusted key made the signature")]
    NoKey,
    /// There is no trust root at hand.
    #[error("there is no trust root to verify it under")]
    NoRoot,
    /// The certificate does not name its owner as Fulcio does.
    #[error("its certificate does not say who signed")]
    Identity,
    /// No trust root vouches for it; this is the reason of the one that came furthest.
    #[error("no trust root vouches for it: {0}")]
    Refused(Refused),
}

/// Keys and roots, parsed once and used for many artifacts.
pub struct Verifier {
    keys: Keys,
    roots: Vec<(RootId, sigstore::Root)>,
    unusable: Vec<String>,
}

/// Verifies all evidence about the manifest of that digest. For several artifacts make one [`Verifier`].
#[must_use]
pub fn verify(evidence: &[Evidence], subject: &Digest, anchors: &Anchors) -> Verified {
    Verifier::new(anchors).verify(evidence, subject)
}

impl Verifier {
    /// Parses the anchors. One that cannot be used vouches for nothing and is in [`Self::unusable`].
    #[must_use]
    pub fn new(anchors: &Anchors) -> Self {
        let (keys, mut unusable) = Keys::new(&anchors.keys);
        let mut roots = Vec::new();
        for (id, json) in &anchors.roots {
            match sigstore::Root::parse(json) {
                Some(root) => roots.push((id.clone(), root)),
                None => unusable.push(id.clone()),
            }
        }
        Self { keys, roots, unusable }
    }

    /// Identifiers of keys and roots that could not be read, or are of an algorithm that is not served.
    #[must_use]
    pub fn unusable(&self) -> &[String] {
        &self.unusable
    }

    /// Verifies all evidence about the manifest of that digest.
    #[must_use]
    pub fn verify(&self, evidence: &[Evidence], subject: &Digest) -> Verified {
        let mut verified = Verified::default();
        for piece in evidence {
            let id = piece.digest().to_string();
            match self.facts(piece, subject, &id) {
                Ok(facts) => verified.facts.extend(facts),
                Err(why) => verified.rejected.push(Rejected { evidence: id, why }),
            }
        }
        verified
    }

    /// What one piece proves about the manifest of that digest; nothing where it holds for nobody.
    #[must_use]
    pub fn proofs(&self, piece: &Evidence, subject: &Digest) -> Vec<Proof> {
        let facts = self.facts(piece, subject, "").unwrap_or_default();
        facts.iter().map(Proof::of).collect()
    }

    fn facts(&self, piece: &Evidence, subject: &Digest, id: &str) -> Result<Vec<Fact>, Why> {
        match piece {
            Evidence::Bundle(bytes) => self.bundle(bytes, subject, id),
            Evidence::SimpleSigning { payload, signature } => {
                let key = self.simple(payload, signature, subject)?;
                Ok(vec![Fact {
                    signer: Signer::Key(key.id.clone()),
                    format: Format::SimpleSigning,
                    predicate_type: SIGNATURE.into(),
                    predicate: Json::Null,
                    log: None,
                    signed_at: None,
                    evidence: id.to_owned(),
                }])
            }
        }
    }

    /// A simple signature by a key. Its keyless form (certificate and log entry in annotations) is not served: cosign
    /// writes bundles for those.
    fn simple(&self, payload: &[u8], signature: &str, subject: &Digest) -> Result<&Key, Why> {
        let signature = simple::read(payload, signature, subject)?;
        self.keys.signer(None, payload, &signature).ok_or(Why::NoKey)
    }

    fn bundle(&self, bytes: &[u8], subject: &Digest, id: &str) -> Result<Vec<Fact>, Why> {
        let bundle = bundle::read(bytes)?;
        let statement = statement::read(&bundle.payload, subject)?;
        let found = match &bundle.material {
            Material::Key(hint) => self.by_key(&bundle, hint, subject)?,
            Material::Certificate(der) => self.by_identity(&bundle, der, subject)?,
        };
        let fact = |found: Found| Fact {
            signer: found.signer,
            format: Format::Bundle,
            predicate_type: statement.predicate_type.clone(),
            predicate: statement.predicate.clone(),
            log: found.log,
            signed_at: found.signed_at,
            evidence: id.to_owned(),
        };
        Ok(found.into_iter().map(fact).collect())
    }

    /// One fact for each root whose log holds the signature, or one without a log. A log entry that no root knows takes
    /// nothing away: it could as well have been cut off.
    fn by_key(&self, bundle: &Bundle<'_>, hint: &str, subject: &Digest) -> Result<Vec<Found>, Why> {
        let key = self.keys.signer(Some(hint), &bundle.signed(), &bundle.signature).ok_or(Why::NoKey)?;
        let signer = Signer::Key(key.id.clone());
        let logged = self.logged(bundle, key, subject).into_iter();
        let mut found: Vec<Found> = logged
            .map(|(log, signed_at)| Found { signer: signer.clone(), log: Some(log), signed_at })
            .collect();
        if found.is_empty() {
            found.push(Found { signer, log: None, signed_at: None });
        }
        Ok(found)
    }

    fn logged(&self, bundle: &Bundle<'_>, key: &Key, subject: &Digest) -> Vec<(RootId, Option<i64>)> {
        if self.roots.is_empty() || !bundle.logged() {
            return Vec::new();
        }
        let Ok(parsed) = sigstore::Parsed::new(bundle.json) else { return Vec::new() };
        let vouches = |(id, root): &(RootId, sigstore::Root)| {
            Some((id.clone(), root.logged(&parsed, subject, &key.spki).ok()?))
        };
        self.roots.iter().filter_map(vouches).collect()
    }

    fn by_identity(&self, bundle: &Bundle<'_>, der: &[u8], subject: &Digest) -> Result<Vec<Found>, Why> {
        if self.roots.is_empty() {
            return Err(Why::NoRoot);
        }
        if !bundle.logged() {
            return Err(Why::Refused(Refused::Log));
        }
        let parsed = sigstore::Parsed::new(bundle.json).map_err(Why::Refused)?;
        let tried = self.roots.iter().map(|(id, root)| (id, root.keyless(&parsed, subject)));
        let (held, refused): (Vec<_>, Vec<_>) = tried.partition(|(_, result)| result.is_ok());
        if held.is_empty() {
            let furthest = refused.into_iter().filter_map(|(_, result)| result.err()).max();
            return Err(furthest.map_or(Why::NoRoot, Why::Refused));
        }
        let identity = identity::read(der).ok_or(Why::Identity)?;
        let found = held.into_iter().map(|(id, result)| Found {
            signer: Signer::Keyless(identity.under(id)),
            log: Some(id.clone()),
            signed_at: result.ok(),
        });
        Ok(found.collect())
    }
}

/// What is different between the facts of one bundle.
struct Found {
    signer: Signer,
    log: Option<RootId>,
    signed_at: Option<i64>,
}

#[cfg(test)]
mod tests;
