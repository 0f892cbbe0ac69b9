//! The bundles that the tool writes, by name. All are of version 0.3, DSSE over an in-toto statement v1; signatures have
//! cosign's predicateType, attestations the signer's. The names of the files stand in `tests/tools/sigstore/scene.go`.

/// One of them. `Odd...` are refused by a verifier that wants chain, SCT and code signing of a certificate, a log entry and,
/// of a certificate, a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bundle {
    /// Keyless, in a log of version 1: promise (which is the time), proof, checkpoint.
    Keyless,
    /// The same with an RFC 3161 timestamp.
    KeylessTimestamp,
    /// Keyless, in a log of version 2 (proof and checkpoint), with a timestamp.
    KeylessV2,
    /// Keyless with a timestamp and no log entry: good where no log is wanted. The same as [`Self::OddTimestampNoLog`],
    /// which is where one is.
    KeylessNoLog,
    /// By key alone: no log, no time.
    Key,
    /// By key, in a log of version 1.
    KeyLog,
    /// By key, with a timestamp.
    KeyTimestamp,
    /// An attestation like [`Self::Keyless`].
    Attestation,
    /// An attestation like [`Self::Key`].
    AttestationKey,
    /// An attestation like [`Self::KeyLog`].
    AttestationKeyLog,
    /// A certificate without SCT.
    OddNoSct,
    /// An SCT of a CT log that the root does not name.
    OddForeignSct,
    /// A certificate for TLS clients.
    OddOtherUsage,
    /// A certificate of a CA that the root does not name.
    OddForeignIssuer,
    /// An entry of a log that the root does not name.
    OddForeignLog,
    /// Version 2, with a timestamp of a TSA that the root does not name.
    OddForeignTimestamp,
    /// Version 2, with a timestamp over other bytes.
    OddOtherTimestamp,
    /// Version 2 without a timestamp, which has no time then.
    OddV2NoTimestamp,
    /// Keyless, neither log nor time.
    OddNoLog,
    /// Keyless, a timestamp only.
    OddTimestampNoLog,
    /// Logged after the certificate's end.
    OddExpired,
    /// Logged before the certificate's start.
    OddNotYetValid,
    /// By key, no log entry, where one is wanted.
    OddKeyNoLog,
    /// By key, in a log that the root does not name.
    OddKeyForeignLog,
}

impl Bundle {
    /// All that are refused.
    pub const ODD: [Self; 14] = [
        Self::OddNoSct,
        Self::OddForeignSct,
        Self::OddOtherUsage,
        Self::OddForeignIssuer,
        Self::OddForeignLog,
        Self::OddForeignTimestamp,
        Self::OddOtherTimestamp,
        Self::OddV2NoTimestamp,
        Self::OddNoLog,
        Self::OddTimestampNoLog,
        Self::OddExpired,
        Self::OddNotYetValid,
        Self::OddKeyNoLog,
        Self::OddKeyForeignLog,
    ];

    /// All others.
    pub const GOOD: [Self; 10] = [
        Self::Keyless,
        Self::KeylessTimestamp,
        Self::KeylessV2,
        Self::KeylessNoLog,
        Self::Key,
        Self::KeyLog,
        Self::KeyTimestamp,
        Self::Attestation,
        Self::AttestationKey,
        Self::AttestationKeyLog,
    ];

    /// Whether the key signed it, and no certificate is in it.
    #[must_use]
    pub fn is_keyed(self) -> bool {
        self.name().split('-').any(|word| word == "key")
    }

    /// Its file without `.json`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Keyless => "keyless",
            Self::KeylessTimestamp => "keyless-timestamp",
            Self::KeylessV2 => "keyless-v2",
            Self::KeylessNoLog => "keyless-no-log",
            Self::Key => "key",
            Self::KeyLog => "key-log",
            Self::KeyTimestamp => "key-timestamp",
            Self::Attestation => "attestation",
            Self::AttestationKey => "attestation-key",
            Self::AttestationKeyLog => "attestation-key-log",
            Self::OddNoSct => "odd-no-sct",
            Self::OddForeignSct => "odd-foreign-sct",
            Self::OddOtherUsage => "odd-other-usage",
            Self::OddForeignIssuer => "odd-foreign-issuer",
            Self::OddForeignLog => "odd-foreign-log",
            Self::OddForeignTimestamp => "odd-foreign-timestamp",
            Self::OddOtherTimestamp => "odd-other-timestamp",
            Self::OddV2NoTimestamp => "odd-v2-no-timestamp",
            Self::OddNoLog => "odd-no-log",
            Self::OddTimestampNoLog => "odd-timestamp-no-log",
            Self::OddExpired => "odd-expired",
            Self::OddNotYetValid => "odd-not-yet-valid",
            Self::OddKeyNoLog => "odd-key-no-log",
            Self::OddKeyForeignLog => "odd-key-foreign-log",
        }
    }
}
