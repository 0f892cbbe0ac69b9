//! DSSE and in-toto as both sides need them: the bytes that are signed, and the names of the types. What a bundle and a
//! statement must look like is read in `bundle` and `statement`.

/// The payload type of an in-toto statement (in-toto attestation framework, "Envelope layer").
pub(crate) const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";
/// The type of a statement (in-toto attestation framework, "Statement layer").
pub(crate) const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";
/// The largest predicate, in bytes (64 KiB).
pub(crate) const MAX_PREDICATE: usize = 64 << 10;

/// The bytes that a signature of DSSE is over (DSSE v1 protocol, "Signature Definition"):
/// `DSSEv1 LEN(type) type LEN(payload) payload`, here for an in-toto payload.
pub(crate) fn pae(payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {PAYLOAD_TYPE} {} ", PAYLOAD_TYPE.len(), payload.len());
    [head.as_bytes(), payload].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signed_bytes_are_those_of_the_protocol() {
        assert_eq!(pae(b"{}"), b"DSSEv1 28 application/vnd.in-toto+json 2 {}");
        assert_ne!(pae(b"{} "), pae(b"{}"));
    }
}
