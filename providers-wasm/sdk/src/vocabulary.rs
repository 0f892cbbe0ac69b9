//! The words of the boundary, as `wit/bailiwick.wit` has them: codes and references, never a value or a text that
//! could reach a log. Documentation of each word stands in the WIT, what it means for a provider stands here.

use crate::Value;

/// What to fetch for one entry of an object. Entries are named by their index in the list given to `fetch`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// `data[]`: deliver one value.
    Secret(Reference),
    /// `dataFrom[].extract`: deliver one value that is an object.
    Extract(Reference),
    /// `dataFrom[].find`: deliver many values by name.
    Find(Find),
}

/// Which secret. Its texts may be read to choose an operation; into a request they go as [`crate::Arg::Entry`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reference {
    /// `remoteRef.key`.
    pub key: String,
    /// `remoteRef.property`, where the catalogue says `resolves-property`; else the host applies it.
    pub property: Option<String>,
    /// `remoteRef.version`.
    pub version: Option<String>,
    /// `metadataPolicy: Fetch`: deliver the metadata instead of the value.
    pub metadata: bool,
}

/// Many by name. The regular expression and the tags stay with the host: ask [`crate::Host::wanted`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Find {
    /// `find.path`.
    pub path: Option<String>,
    /// Read what carries the tags before a value is delivered.
    pub by_tags: bool,
}

/// One thing to push.
pub struct PushEntry {
    /// Where to.
    pub reference: Reference,
    /// What: goes into a body as [`crate::Arg::Secret`].
    pub value: Value,
}

/// A part of an entry's reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// `remoteRef.key`.
    Key,
    /// `remoteRef.property`.
    Property,
    /// `remoteRef.version`.
    Version,
    /// `find.path`.
    Path,
}

/// How [`Value::decode`] decodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    /// RFC 4648 section 4.
    Base64,
    /// RFC 4648 section 5.
    Base64url,
    /// RFC 4648 section 8.
    Hex,
    /// A text that holds JSON.
    Json,
    /// RFC 7468.
    Pem,
    /// RFC 7292.
    Pkcs12,
}

/// What a public member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Not there.
    Absent,
    /// JSON null.
    Null,
    /// A JSON object.
    Object,
    /// A JSON array.
    Array,
    /// A JSON string.
    Text,
    /// A JSON number.
    Number,
    /// true or false.
    Boolean,
}

/// Why a member cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// The catalogue does not declare it public.
    NotPublic,
    /// Not there.
    Absent,
    /// Not of the kind that was asked for.
    WrongShape,
    /// Too many or too large.
    Budget,
}

/// What a request came to, as the catalogue maps statuses and error codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It succeeded.
    Ok,
    /// There is no such thing.
    Absent,
    /// Somebody else changed it, or the backend has not caught up.
    Conflict,
    /// The backend did not allow it.
    Refused,
    /// The backend asks to slow down.
    Throttled,
    /// Anything else.
    Failed,
}

/// Why there is no reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallError {
    /// The grant does not admit it; the host knows why and says it to whom it concerns.
    Denied,
    /// No connection.
    Unreachable,
    /// A deadline passed.
    TimedOut,
    /// The reply is over its limit.
    TooLarge,
    /// The reply is not what the catalogue says.
    Malformed,
    /// The run has no calls left.
    Budget,
}

/// How an entry or a run fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// What was asked for is not there.
    NotFound,
    /// The backend did not allow it.
    Refused,
    /// The backend asks to slow down.
    Throttled,
    /// The backend could not be reached or is not able to answer.
    Unavailable,
    /// The store's settings do not fit together, or ask for what this provider cannot do.
    Misconfigured,
    /// The backend answered something else than its documentation says.
    UnexpectedResponse,
    /// The grant does not admit it.
    Denied,
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Denied | CallError::Budget => Self::Denied,
            CallError::Unreachable | CallError::TimedOut => Self::Unavailable,
            CallError::TooLarge | CallError::Malformed => Self::UnexpectedResponse,
        }
    }
}

impl From<Unreadable> for Failure {
    fn from(error: Unreadable) -> Self {
        match error {
            Unreadable::NotPublic => Self::Misconfigured,
            Unreadable::Absent | Unreadable::WrongShape => Self::UnexpectedResponse,
            Unreadable::Budget => Self::Denied,
        }
    }
}
