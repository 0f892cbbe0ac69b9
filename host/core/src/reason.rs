//! Why something is refused: a closed set (rule G13), the same in status, events, metrics, audit and
//! `grant explain`. A [`Denial`] names the place in our own objects; it never quotes guest or backend text.

use std::fmt;

/// The closed set of reasons. `as_str` is API surface: dashboards and tests compare it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// No grant covers this object (G1).
    NotGranted,
    /// The module asks for another surface than the granted one (G3).
    SurfaceNotGranted,
    /// The module was not signed by whom the grant or the policy names (G4).
    SignerNotGranted,
    /// The namespace is not a subject of the grant (G5).
    SubjectNotGranted,
    /// The origin is not a target of the grant (G6).
    HostNotGranted,
    /// The host resolves to an address of a class that is not granted (I6).
    AddressNotGranted,
    /// The operation or its class is not granted (G10).
    OperationNotGranted,
    /// An account or auth slot differs from the grant, or the account could not be proven (G7, G8).
    AccountNotGranted,
    /// The key is not matched by the target's keys (G9).
    KeyNotGranted,
    /// The auth method, service account or Secret is not granted (G8).
    AuthMethodNotGranted,
    /// Another field of the store contradicts the grant (G6).
    StoreConflicts,
    /// A budget of the run is spent: calls, bytes, rate, free bits, time (G1).
    BudgetExhausted,
    /// The grant, store, provider or namespace changed while the run was open (G11).
    GrantChanged,
    /// A slot's content comes from elsewhere than the catalogue says, or is outside its character class (B1).
    SlotNotAllowed,
    /// A credential is expired, foreign, or not bound to this operation (B6).
    CredentialNotAllowed,
    /// The audit record of what left before cannot be written, so nothing more may leave.
    AuditFailed,
}

impl Reason {
    /// The reason as written in status, events, metrics and audit.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotGranted => "NotGranted",
            Self::SurfaceNotGranted => "SurfaceNotGranted",
            Self::SignerNotGranted => "SignerNotGranted",
            Self::SubjectNotGranted => "SubjectNotGranted",
            Self::HostNotGranted => "HostNotGranted",
            Self::AddressNotGranted => "AddressNotGranted",
            Self::OperationNotGranted => "OperationNotGranted",
            Self::AccountNotGranted => "AccountNotGranted",
            Self::KeyNotGranted => "KeyNotGranted",
            Self::AuthMethodNotGranted => "AuthMethodNotGranted",
            Self::StoreConflicts => "StoreConflicts",
            Self::BudgetExhausted => "BudgetExhausted",
            Self::GrantChanged => "GrantChanged",
            Self::SlotNotAllowed => "SlotNotAllowed",
            Self::CredentialNotAllowed => "CredentialNotAllowed",
            Self::AuditFailed => "AuditFailed",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A refusal: the reason, the field of our own objects it is about, and what would mend it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}: {field}: {remedy}")]
pub struct Denial {
    /// Why.
    pub reason: Reason,
    /// The field, as a path in the object that holds it: `spec.provider.vault.namespace`, `targets[0].keys`.
    pub field: String,
    /// What to change, in at most 200 bytes; may quote names from manifests and policies, never a value.
    pub remedy: String,
}

impl Denial {
    /// A refusal about `field`.
    pub fn new(reason: Reason, field: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { reason, field: field.into(), remedy: remedy.into() }
    }
}
