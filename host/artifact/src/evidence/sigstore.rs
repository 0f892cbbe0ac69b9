//! The one place that names the crates of Sigstore: chain, code signing, SCT, log entry, checkpoint, timestamp and
//! times of a bundle, under one trust root. Nothing is fetched. Their texts end here, only a kind of failure leaves,
//! and a panic of theirs is a refusal. Their version is pinned; the tamper suite in the tests is what a new one passes.

use std::panic::{AssertUnwindSafe, catch_unwind};

use sigstore_verify::{
    CertificateError, Error, PublicKeyVerificationPolicy, TransparencyLogError, VerificationPolicy,
    VerificationResult, Verifier,
    trust_root::TrustedRoot,
    types::{Bundle, DerPublicKey, Sha256Hash},
};

use crate::Digest;

/// Why a root does not vouch for a bundle, in the order in which verification goes on: the greatest came furthest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Refused {
    /// The library panicked over it.
    #[error("it could not be read")]
    Panicked,
    /// Malformed, or of a kind that is not served.
    #[error("it is malformed, or of a kind that is not served")]
    Malformed,
    /// No trusted time, or one that lies where it may not.
    #[error("no timestamp, or one that does not hold")]
    Time,
    /// The certificate is of another authority, for another use, or was not valid at that time.
    #[error("the certificate does not hold")]
    Certificate,
    /// Not exactly one certificate timestamp of a known log.
    #[error("the certificate's log entry (SCT) does not hold")]
    Sct,
    /// The log entry, its proof, its promise or the checkpoint does not hold, or is of another signature.
    #[error("no log entry, or one that does not hold")]
    Log,
    /// The signature does not verify.
    #[error("the signature does not verify")]
    Signature,
    /// The statement is about another artifact.
    #[error("the statement is about another artifact")]
    Subject,
}

/// A trust root, ready for use.
pub(super) struct Root(Verifier);

/// A bundle as the library reads it.
pub(super) struct Parsed(Bundle);

impl Parsed {
    /// Reads a bundle that was read strictly before.
    pub(super) fn new(json: &str) -> Result<Self, Refused> {
        guarded(|| Bundle::from_json(json).map(Self).map_err(|_| Refused::Malformed))
    }
}

impl Root {
    /// Reads a `trusted_root.json`; none where it cannot be used.
    pub(super) fn parse(json: &str) -> Option<Self> {
        let verifier = || {
            let root = TrustedRoot::from_json(json).map_err(|_| Refused::Malformed)?;
            Verifier::new(&root).map_err(|error| refused(&error))
        };
        guarded(verifier).ok().map(Self)
    }

    /// Verifies a bundle with a certificate; says when it was signed (seconds of the Unix epoch).
    pub(super) fn keyless(&self, bundle: &Parsed, subject: &Digest) -> Result<i64, Refused> {
        let policy = VerificationPolicy::any_identity();
        guarded(|| {
            let found = self.0.verify(hash(subject)?, &bundle.0, &policy).map_err(|error| refused(&error))?;
            // Holds by the policy; asked again, since all depends on it.
            if !(found.certificate_verified() && found.sct_verified() && found.tlog_verified()) {
                return Err(Refused::Certificate);
            }
            earliest(&found).ok_or(Refused::Time)
        })
    }

    /// Verifies a bundle that was signed with this key, log entry included; says when, if the log says so.
    pub(super) fn logged(
        &self,
        bundle: &Parsed,
        subject: &Digest,
        spki: &[u8],
    ) -> Result<Option<i64>, Refused> {
        let policy = PublicKeyVerificationPolicy::new(DerPublicKey::new(spki.to_vec()));
        guarded(|| {
            let found = self.0.verify(hash(subject)?, &bundle.0, &policy).map_err(|error| refused(&error))?;
            if found.tlog_verified() { Ok(earliest(&found)) } else { Err(Refused::Log) }
        })
    }
}

/// The earliest time that a log or a timestamp authority vouches for. All of them were checked.
fn earliest(found: &VerificationResult) -> Option<i64> {
    found.verified_timestamps().iter().map(|time| time.as_second()).min()
}

fn hash(subject: &Digest) -> Result<Sha256Hash, Refused> {
    Sha256Hash::from_hex(&subject.hex()).map_err(|_| Refused::Malformed)
}

fn guarded<T>(verify: impl FnOnce() -> Result<T, Refused>) -> Result<T, Refused> {
    // Nothing of it is used after a panic: verification changes nothing.
    catch_unwind(AssertUnwindSafe(verify)).unwrap_or(Err(Refused::Panicked))
}

fn refused(error: &Error) -> Refused {
    match error {
        Error::Certificate(CertificateError::Sct(_)) => Refused::Sct,
        Error::Certificate(_) => Refused::Certificate,
        Error::TransparencyLog(TransparencyLogError::IntegratedTime(_)) | Error::Timestamp(_) => {
            Refused::Time
        }
        Error::TransparencyLog(_) => Refused::Log,
        Error::SignatureInvalid(_) => Refused::Signature,
        Error::ArtifactMismatch(_) => Refused::Subject,
        _ => Refused::Malformed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_of_the_library_is_a_refusal() {
        assert_eq!(guarded(|| Ok(7)), Ok(7));
        let panics = || -> Result<(), Refused> { panic!("on purpose, as a dependency might") };
        assert_eq!(guarded(panics), Err(Refused::Panicked));
    }
}
