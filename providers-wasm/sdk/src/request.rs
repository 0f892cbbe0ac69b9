//! Requests by the operations of the catalogue, and their replies. A request says where each slot's content comes
//! from; the bytes are built by the host, which also fills the slots that belong to the grant.

use crate::{Credential, Failure, Outcome, Part, Value};

/// Where a slot's content comes from. Each slot has one source, declared in the catalogue.
#[derive(Clone, Copy)]
pub enum Arg<'a> {
    /// A part of the reference of entry n.
    Entry(u32, Part),
    /// A JSON pointer into the store's settings.
    Settings(&'a str),
    /// A public member of a reply of this run, byte for byte.
    Echo(&'a Value),
    /// The provider's own text: needs `freeBits` in the grant, which few will give.
    Text(&'a str),
    /// A value to push.
    Secret(&'a Value),
}

/// One request.
pub struct Request<'a> {
    pub(crate) operation: &'a str,
    pub(crate) args: Vec<(&'a str, Arg<'a>)>,
    pub(crate) by: Option<&'a Credential>,
}

impl<'a> Request<'a> {
    /// A request for an operation of the catalogue.
    #[must_use]
    pub fn new(operation: &'a str) -> Self {
        Self { operation, args: Vec::new(), by: None }
    }

    /// Fills a slot; several of one name are its segments in order.
    #[must_use]
    pub fn arg(mut self, slot: &'a str, arg: Arg<'a>) -> Self {
        self.args.push((slot, arg));
        self
    }

    /// Fills the slot `key` from the key of entry n.
    #[must_use]
    pub fn key(self, entry: u32) -> Self {
        self.arg("key", Arg::Entry(entry, Part::Key))
    }

    /// Fills the slot `version` from the version of entry n; left out where it names none.
    #[must_use]
    pub fn version(self, entry: u32) -> Self {
        self.arg("version", Arg::Entry(entry, Part::Version))
    }

    /// Attaches a credential.
    #[must_use]
    pub fn by(mut self, credential: &'a Credential) -> Self {
        self.by = Some(credential);
        self
    }
}

/// A reply.
pub struct Reply {
    /// All there is to learn of an operation that bears values.
    pub outcome: Outcome,
    /// The body, as a handle.
    pub body: Value,
}

impl Reply {
    /// The body, or none where there is no such thing.
    ///
    /// # Errors
    /// The failure that the outcome stands for.
    pub fn found(self) -> Result<Option<Value>, Failure> {
        match self.outcome {
            Outcome::Ok => Ok(Some(self.body)),
            Outcome::Absent => Ok(None),
            Outcome::Refused => Err(Failure::Refused),
            Outcome::Throttled => Err(Failure::Throttled),
            Outcome::Conflict | Outcome::Failed => Err(Failure::Unavailable),
        }
    }
}
