//! Why a module is not loaded: a closed set, the same in conditions of Providers, events, metrics and messages. Faults
//! of fetching are in it beside those of trust, so that a throttled registry never reads as an unsigned module. Messages
//! are ours: no text of a registry, a certificate or a predicate is in them, except escaped and cut identities.

use std::fmt;

use super::{Reference, stated::SHOWN};
use crate::text;

/// Bytes of a [`Refusal`]'s message.
pub const MAX_MESSAGE: usize = 256;

/// The closed set of reasons. `as_str` is API surface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// The registry asks for patience.
    Throttled,
    /// No registry or mirror answered.
    Unreachable,
    /// The registry wants other credentials.
    Unauthorized,
    /// Nothing is there.
    NotFound,
    /// What is there has another form than a module's.
    Malformed,
    /// Bytes are not those of their digest.
    DigestMismatch,
    /// More bytes than the policy's, or the host's, limit.
    TooLarge,
    /// A `file:` module: nobody signs those.
    Unsigned,
    /// No signature at all that a policy looks at.
    NoSignature,
    /// There is evidence, and none of it verifies for anybody.
    SignatureInvalid,
    /// There are signatures, and not those that the policy requires.
    PolicyUnsatisfied,
    /// A statement that the policy requires is not there.
    AttestationMissing,
    /// It is there, and a rule about it does not hold.
    AttestationRefused,
    /// No policy is for this reference.
    NoPolicy,
    /// A policy that is, or may be, for this reference does not compile.
    PolicyInvalid,
    /// The policy denies this digest.
    Denied,
    /// The Provider names other digests.
    NotPinned,
    /// The signed name is missing or another Provider's.
    NameMismatch,
    /// The signed repository is missing or another one.
    RepositoryMismatch,
    /// The signed version is missing or no semantic version.
    VersionMissing,
    /// The signed version is not that of the tag or range.
    VersionMismatch,
    /// Below a floor.
    BelowFloor,
    /// Below the highest version that ran.
    RolledBack,
    /// What ran before cannot be known.
    StateMissing,
    /// Signature or statement are older than the policy allows, or of unknown age.
    Stale,
    /// Manual activation waits for `spec.approve`.
    AwaitingApproval,
}

impl Reason {
    /// The reason as written in conditions, events and metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Throttled => "Throttled",
            Self::Unreachable => "Unreachable",
            Self::Unauthorized => "Unauthorized",
            Self::NotFound => "NotFound",
            Self::Malformed => "Malformed",
            Self::DigestMismatch => "DigestMismatch",
            Self::TooLarge => "TooLarge",
            Self::Unsigned => "Unsigned",
            Self::NoSignature => "NoSignature",
            Self::SignatureInvalid => "SignatureInvalid",
            Self::PolicyUnsatisfied => "PolicyUnsatisfied",
            Self::AttestationMissing => "AttestationMissing",
            Self::AttestationRefused => "AttestationRefused",
            Self::NoPolicy => "NoPolicy",
            Self::PolicyInvalid => "PolicyInvalid",
            Self::Denied => "Denied",
            Self::NotPinned => "NotPinned",
            Self::NameMismatch => "NameMismatch",
            Self::RepositoryMismatch => "RepositoryMismatch",
            Self::VersionMissing => "VersionMissing",
            Self::VersionMismatch => "VersionMismatch",
            Self::BelowFloor => "BelowFloor",
            Self::RolledBack => "RolledBack",
            Self::StateMissing => "StateMissing",
            Self::Stale => "Stale",
            Self::AwaitingApproval => "AwaitingApproval",
        }
    }

    /// Faults of the way to the bytes, which say nothing about them and never unload what runs.
    #[must_use]
    pub const fn is_transient(self) -> bool {
        matches!(self, Self::Throttled | Self::Unreachable | Self::Unauthorized | Self::NotFound)
    }

    /// Nobody whom a policy knows signed it, or it must not run whoever did: its bytes are not worth a look.
    #[must_use]
    pub const fn is_before_bytes(self) -> bool {
        matches!(
            self,
            Self::NoPolicy | Self::PolicyInvalid | Self::NoSignature | Self::SignatureInvalid | Self::Denied
        )
    }

    /// Other evidence than what is at hand could change the verdict.
    #[must_use]
    pub const fn is_of_evidence(self) -> bool {
        matches!(
            self,
            Self::NoSignature
                | Self::SignatureInvalid
                | Self::PolicyUnsatisfied
                | Self::AttestationMissing
                | Self::AttestationRefused
                | Self::Stale
        )
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether `KeepRunning` may cover a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Never.
    Always,
    /// It is about age alone.
    Freshness,
}

/// A module that may not run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}: {message}")]
pub struct Refusal {
    /// Why.
    pub reason: Reason,
    /// The policy that refuses, where it is one.
    pub policy: Option<String>,
    /// What is missing, in at most 256 bytes.
    pub message: String,
    /// Whether `KeepRunning` may cover it.
    pub kind: Kind,
}

impl Refusal {
    /// A refusal that nothing covers. The message is escaped and cut.
    pub fn new(reason: Reason, message: impl AsRef<str>) -> Self {
        Self { reason, policy: None, message: cut(message.as_ref(), MAX_MESSAGE), kind: Kind::Always }
    }

    /// Nobody says who may sign this.
    pub(super) fn no_policy(reference: &Reference) -> Self {
        let repository = cut(&reference.repository(), SHOWN);
        let remedy = "write one, as `bailiwick trust suggest` does";
        Self::new(Reason::NoPolicy, format!("no TrustPolicy is for {repository}: {remedy}"))
    }

    /// A refusal about age.
    pub(super) fn stale(message: impl AsRef<str>) -> Self {
        Self { kind: Kind::Freshness, ..Self::new(Reason::Stale, message) }
    }

    /// The message, and which policy it is of.
    #[must_use]
    pub fn words(&self) -> String {
        match &self.policy {
            Some(policy) => format!("TrustPolicy {policy}: {}", self.message),
            None => self.message.clone(),
        }
    }

    /// Reason, policy and message.
    #[must_use]
    pub fn said(&self) -> String {
        format!("{}: {}", self.reason, self.words())
    }

    /// By this policy.
    pub(super) fn by(self, policy: &str) -> Self {
        Self { policy: Some(policy.to_owned()), ..self }
    }
}

/// Escaped, and at most `most` bytes.
pub(super) fn cut(raw: &str, most: usize) -> String {
    let escaped = text::escaped(raw);
    if escaped.len() <= most {
        return escaped.into_owned();
    }
    let mut end = most.saturating_sub(3);
    while !escaped.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}...", escaped.get(..end).unwrap_or_default())
}
