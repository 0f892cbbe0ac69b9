//! The messages themselves. They mirror the WIT of the `blind` world one to one, so that the runner adds no
//! meaning of its own: every rule about them is the broker's.

use std::{future::Future, pin::Pin};

use serde::{Deserialize, Serialize};

use crate::{Failure, Handle, ValueRef};

/// What the runner asks. Sizes are bounded by the broker before anything is looked up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ask {
    /// `credentials.named`.
    Named(String),
    /// `credential.expires-in`.
    ExpiresIn(Handle),
    /// `calls.call` (one request) and `calls.call-all`.
    Call(Vec<Request>),
    /// `calls.exchange`.
    Exchange(Request),
    /// `value.shape`.
    Shape(ValueRef),
    /// `value.names`: an object's member names; an array's indices as decimal text.
    Names(ValueRef),
    /// `value.text`.
    Text(ValueRef),
    /// `answers.config`.
    Config(String),
    /// `answers.wanted`.
    Wanted {
        /// Index into the task's entries.
        entry: u32,
        /// The name of a listed item, relative to nothing: as `deliver-named` would state it.
        name: String,
    },
    /// `answers.deliver`.
    Deliver {
        /// Index into the task's entries.
        entry: u32,
        /// What to deliver.
        value: ValueRef,
    },
    /// `answers.deliver-named`.
    DeliverNamed {
        /// Index into the task's entries.
        entry: u32,
        /// A member of a list reply of this run.
        name: ValueRef,
        /// What reading that key gave.
        value: ValueRef,
    },
    /// `answers.absent`.
    Absent(u32),
    /// `answers.failed`.
    Failed {
        /// Index into the task's entries.
        entry: u32,
        /// Why, as a code.
        why: Failure,
    },
}

/// What the broker answers: the variant that belongs to the [`Ask`], or [`Answer::Over`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// To [`Ask::Named`]: a credential, or none of that name.
    Named(Option<Handle>),
    /// To [`Ask::ExpiresIn`]: seconds, rounded down to minutes.
    ExpiresIn(Option<u32>),
    /// To [`Ask::Call`]: one result a request, in order.
    Call(Vec<Result<Reply, CallError>>),
    /// To [`Ask::Exchange`].
    Exchange(Result<Handle, CallError>),
    /// To [`Ask::Shape`].
    Shape(Result<Shape, Unreadable>),
    /// To [`Ask::Names`].
    Names(Result<Vec<String>, Unreadable>),
    /// To [`Ask::Text`].
    Text(Result<String, Unreadable>),
    /// To [`Ask::Config`].
    Config(Option<Handle>),
    /// To [`Ask::Wanted`].
    Wanted(bool),
    /// To the four asks that answer an entry.
    Done,
    /// The run has ended (a broken rule, a spent budget, a changed grant): the runner must trap the guest.
    Over,
}

/// One request, named by the catalogue's operation; the host builds the bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The catalogue's id of the operation.
    pub operation: String,
    /// Slot name and where its content comes from; several of one name are its segments in order.
    pub args: Vec<(String, Arg)>,
    /// The credential to attach.
    pub by: Option<Handle>,
}

/// Where a slot's content comes from (rule B1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Arg {
    /// From the reference of entry n.
    Entry(u32, Part),
    /// A JSON pointer into the store's settings.
    Settings(String),
    /// A public member of a reply of this run, byte for byte.
    Echo(ValueRef),
    /// Free text: counts against the grant's `freeBits`.
    Text(String),
    /// A value to push: body slots of write operations only.
    Secret(ValueRef),
}

/// A part of an entry's reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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

/// What a request came to, as the catalogue maps statuses and error codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Outcome {
    /// The operation succeeded.
    Ok,
    /// There is no such thing.
    Absent,
    /// Somebody else changed it.
    Conflict,
    /// The backend did not allow it.
    Refused,
    /// The backend asks to slow down.
    Throttled,
    /// Anything else.
    Failed,
}

/// A reply, whose body stays with the broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// All that the guest learns of an operation that bears values (rule B4).
    pub outcome: Outcome,
    /// The body's root.
    pub body: Handle,
}

/// Why there is no reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CallError {
    /// The program does not admit it; the audit record says why.
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

/// The shape of a public member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Unreadable {
    /// The operation does not declare it public.
    NotPublic,
    /// Not there.
    Absent,
    /// Not an object, array or text, as was asked.
    WrongShape,
    /// Too many or too large.
    Budget,
}

/// The answer to come; boxed, so that a store can hold any broker.
pub type BrokerFuture<'a> = Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

/// The runner's end of a run's channel. In one process the broker implements it directly; between two
/// processes a pipe does.
pub trait Broker: Send {
    /// Asks once. The answer is of the variant that belongs to `ask`, or [`Answer::Over`].
    fn ask(&mut self, ask: Ask) -> BrokerFuture<'_>;
}
