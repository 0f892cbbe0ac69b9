//! Who a Fulcio certificate says its owner is (Fulcio, "Sigstore OID information"). Read strictly: one subject, the
//! issuer in its current extension, no extension twice. Whether the certificate holds was found before.

use std::collections::BTreeMap;

use bailiwick_core::trust::{Identity, fact::CLAIMS};
use x509_cert::{
    Certificate,
    der::{Decode, asn1::Utf8StringRef, oid::ObjectIdentifier},
    ext::{
        Extension,
        pkix::{SubjectAltName, name::GeneralName},
    },
};

/// subjectAltName (RFC 5280, section 4.2.1.6).
const SUBJECT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.17");
/// Fulcio's extensions.
const FULCIO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.57264.1");
/// The last arc of the issuer's extension.
const ISSUER: u32 = 8;
/// The last arc of the first claim's; the others follow.
const FIRST: u32 = 9;

/// What a certificate says, whoever vouches for it.
pub(super) struct Claimed {
    issuer: String,
    subject: String,
    claims: BTreeMap<String, String>,
}

impl Claimed {
    /// The identity that a root vouches for.
    pub(super) fn under(&self, root: &str) -> Identity {
        let Self { issuer, subject, claims } = self;
        let root = root.to_owned();
        Identity { root, issuer: issuer.clone(), subject: subject.clone(), claims: claims.clone() }
    }
}

/// Reads it; none where it is not said as Fulcio says it.
pub(super) fn read(der: &[u8]) -> Option<Claimed> {
    let certificate = Certificate::from_der(der).ok()?;
    let mut by_id: BTreeMap<ObjectIdentifier, &Extension> = BTreeMap::new();
    for extension in certificate.tbs_certificate.extensions.iter().flatten() {
        if by_id.insert(extension.extn_id, extension).is_some() {
            return None;
        }
    }
    let fulcio = |arc: u32| FULCIO.push_arc(arc).ok().and_then(|id| by_id.get(&id));
    let issuer = utf8(fulcio(ISSUER)?)?;
    let subject = subject(by_id.get(&SUBJECT)?)?;
    let mut claims = BTreeMap::new();
    for (arc, name) in (FIRST..).zip(CLAIMS) {
        if let Some(extension) = fulcio(arc) {
            claims.insert(name.to_owned(), utf8(extension)?);
        }
    }
    Some(Claimed { issuer, subject, claims })
}

/// The one name, an address or a URI.
fn subject(extension: &Extension) -> Option<String> {
    let SubjectAltName(names) = SubjectAltName::from_der(extension.extn_value.as_bytes()).ok()?;
    match names.as_slice() {
        [GeneralName::Rfc822Name(name) | GeneralName::UniformResourceIdentifier(name)] => {
            Some(name.as_str().to_owned())
        }
        _ => None,
    }
}

fn utf8(extension: &Extension) -> Option<String> {
    let text = Utf8StringRef::from_der(extension.extn_value.as_bytes()).ok()?;
    Some(text.as_str().to_owned())
}
