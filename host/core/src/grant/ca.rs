//! CA material (G6): the roots come from the grant; what a store says of its own must be the same set of
//! certificates. Certificates are compared as DER, never parsed here.

use std::collections::BTreeSet;

use base64::{Engine as _, engine::general_purpose::STANDARD};

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const ANY: &str = "-----BEGIN ";
const END: &str = "-----END CERTIFICATE-----";

/// The certificates of a PEM text (RFC 7468), as a set of DER; none where a block is broken or there is none.
pub(super) fn certificates(pem: &str) -> Option<BTreeSet<Vec<u8>>> {
    let mut found = BTreeSet::new();
    let mut rest = pem;
    while let Some((_, after)) = rest.split_once(BEGIN) {
        let (body, tail) = after.split_once(END)?;
        let packed: String = body.split_ascii_whitespace().collect();
        found.insert(STANDARD.decode(packed).ok().filter(|der| !der.is_empty())?);
        rest = tail;
    }
    if found.is_empty() { None } else { Some(found) }
}

/// As [`certificates`], of PEM or base64 of PEM: ESO's `caBundle` may be either.
pub(super) fn bundle(text: &str) -> Option<BTreeSet<Vec<u8>>> {
    if text.contains(BEGIN) {
        return certificates(text);
    }
    let packed: String = text.split_ascii_whitespace().collect();
    let decoded = STANDARD.decode(packed).ok()?;
    certificates(std::str::from_utf8(&decoded).ok()?)
}

/// Whether a text holds certificates and no other PEM block. A store's `caProvider` may name any key of any Secret: what
/// else is in one, such as a private key, is not for looking at.
#[must_use]
pub fn only_certificates(pem: &str) -> bool {
    pem.matches(ANY).count() == pem.matches(BEGIN).count() && certificates(pem).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pem(body: &str) -> String {
        format!("{BEGIN}\n{body}\n{END}\n")
    }

    #[test]
    fn reads_pem_and_base64_of_pem_whatever_the_line_ends() {
        let two = format!("# comment\n{}{}", pem("AAEC"), pem("AwQF"));
        let set = certificates(&two).unwrap();
        assert_eq!(set.len(), 2);
        assert_eq!(bundle(&STANDARD.encode(&two)).unwrap(), set);
        assert_eq!(certificates(&two.replace('\n', "\r\n")).unwrap(), set);
    }

    #[test]
    fn g6_allowed_and_denied_what_a_ca_provider_may_name() {
        assert!(only_certificates(&format!("# our CA\n{}{}", pem("AAEC"), pem("AwQF"))));
        let key = "-----BEGIN PRIVATE KEY-----\nAAEC\n-----END PRIVATE KEY-----\n";
        for text in ["hunter2", "", key, &format!("{}{key}", pem("AAEC")), &pem("?")] {
            assert!(!only_certificates(text), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_certificate() {
        for text in ["", "x", BEGIN, &pem("?"), &pem(""), &format!("{}{BEGIN}", pem("AAEC"))] {
            assert!(certificates(text).is_none(), "{text}");
        }
        assert!(bundle("AAEC").is_none());
    }
}
