//! Why something could not be fetched or stored. The variants are what callers tell apart: a registry that is busy,
//! away or closed to us must never read as an artifact without a signature. No text of a registry is in here: a status,
//! and words of ours.

use std::{path::PathBuf, time::Duration};

use bailiwick_core::trust::Reason;

use super::manifest::Fault;

/// Why a registry or a layout did not give what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// 429. The wait is the registry's `Retry-After` in seconds, at most an hour.
    #[error("the registry is throttling (429): ask again later")]
    Throttled {
        /// How long it asks to wait.
        retry_after: Option<Duration>,
    },
    /// No answer, or none that counts.
    #[error("the registry cannot be reached: {0}")]
    Unreachable(Why),
    /// 401 from the registry or its token service.
    #[error("the registry does not take these credentials (401): check the pull secret")]
    Unauthorized,
    /// 403 from the registry or its token service.
    #[error("the registry does not admit this (403): check the rights of the pull secret")]
    Forbidden,
    /// 404, or a blob that a layout does not have.
    #[error("{0} is not there")]
    NotFound(Part),
    /// A tag that a layout does not have.
    #[error("nothing is tagged `{0}` there")]
    NotTagged(String),
    /// No tag of the repository is a version in the range.
    #[error("no tag is a version in this range")]
    NoVersion,
    /// A status that this request has no meaning for.
    #[error("the registry answered {0}")]
    Status(u16),
    /// What came is not what it has to be.
    #[error("{0} does not hold")]
    Malformed(Part, #[source] Fault),
    /// Other bytes than their digest says.
    #[error("{0} is not what its digest says")]
    DigestMismatch(Part),
    /// More bytes than are read.
    #[error("{0} is over its limit of {1} bytes")]
    TooLarge(Part, u64),
    /// The name leads to an address that is not admitted (I6).
    #[error("the registry's address is not admitted: see addresses in RegistryConfig")]
    AddressNotAllowed,
    /// The registry wants a token asked for elsewhere.
    #[error("the registry's token service is at another host: name it in authHosts of RegistryConfig")]
    RealmNotAllowed,
    /// A redirect leads away from TLS, is one too many, or stands where none may.
    #[error("the registry redirects where it may not")]
    RedirectNotAllowed,
    /// The PEM roots, or the platform's, cannot be used.
    #[error("the trust roots for the registry cannot be used")]
    Roots,
    /// A layout that is not there.
    #[error(
        "there is no file or folder {}: layout.path of a Provider is relative to --provider-dir, and where that is absent to \
         the first --policy", .0.display()
    )]
    NoLayout(PathBuf),
    /// A file of a layout.
    #[error("the layout cannot be {0}")]
    File(&'static str),
}

/// How the network failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// The name has no address.
    #[error("its name does not resolve")]
    Name,
    /// No connection, TLS included.
    #[error("no connection (network or certificate)")]
    Connect,
    /// It took too long.
    #[error("it took too long")]
    Timeout,
    /// The answer broke off.
    #[error("the answer broke off")]
    Cut,
    /// A status of its own trouble.
    #[error("it answered {0}")]
    Status(u16),
}

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Part {
    /// The manifest.
    #[error("the manifest")]
    Manifest,
    /// The config.
    #[error("the config")]
    Config,
    /// The layer.
    #[error("the component")]
    Component,
    /// The list of tags.
    #[error("the list of tags")]
    Tags,
    /// Referrers, and the index under their tag.
    #[error("the list of referrers")]
    Referrers,
    /// A bundle or a legacy signature.
    #[error("the evidence")]
    Evidence,
    /// A token.
    #[error("the token")]
    Token,
    /// An upload.
    #[error("the upload")]
    Upload,
    /// `oci-layout`, `index.json` or the tar itself.
    #[error("the layout")]
    Layout,
}

impl FetchError {
    /// The reason in a Provider's conditions. What keeps us from asking is as good as no answer: it says nothing of the
    /// bytes, and does not end what runs.
    #[must_use]
    pub const fn reason(&self) -> Reason {
        match self {
            Self::Throttled { .. } => Reason::Throttled,
            Self::Unreachable(_)
            | Self::Status(_)
            | Self::AddressNotAllowed
            | Self::RealmNotAllowed
            | Self::RedirectNotAllowed
            | Self::Roots
            | Self::NoLayout(_)
            | Self::File(_) => Reason::Unreachable,
            Self::Unauthorized | Self::Forbidden => Reason::Unauthorized,
            Self::NotFound(_) | Self::NotTagged(_) | Self::NoVersion => Reason::NotFound,
            Self::Malformed(..) => Reason::Malformed,
            Self::DigestMismatch(_) => Reason::DigestMismatch,
            Self::TooLarge(..) => Reason::TooLarge,
        }
    }
}
