//! The host as a provider sees it: requests go out by it, handles come back, entries are answered to it. Thin
//! wrappers over [`Boundary`], whose implementation is chosen by the target.

use crate::{
    Arg, CallError, Codec, Failure, Reply, Request, Shape, Unreadable,
    boundary::{Boundary, RawArg, RawReply, RawRequest},
};

#[cfg(target_arch = "wasm32")]
type Side = crate::guest::Imports;
#[cfg(not(target_arch = "wasm32"))]
type Side = crate::testing::Stage;

/// Requests in one message to the host, which takes 64 at most.
const BATCH: usize = 64;

/// The host of this run.
pub struct Host(pub(crate) Side);

/// A credential: it can be attached to a request, and nothing else.
pub struct Credential(<Side as Boundary>::Credential);

/// A value or a part of one. Selectors never fail and tell nothing: what goes wrong shows on the host's side when
/// the value is delivered.
pub struct Value(pub(crate) <Side as Boundary>::Value);

impl Credential {
    /// Seconds left, rounded down to minutes; none where it does not expire.
    #[must_use]
    pub fn expires_in(&self) -> Option<u32> {
        Side::expires_in(&self.0)
    }
}

impl Value {
    /// The part at a JSON pointer (RFC 6901).
    #[must_use]
    pub fn at(&self, pointer: &str) -> Self {
        Self(Side::at(&self.0, pointer))
    }

    /// In an array of objects, the first whose `member` is the text `equals`.
    #[must_use]
    pub fn find(&self, member: &str, equals: &str) -> Self {
        Self(Side::find(&self.0, member, equals))
    }

    /// The value decoded.
    #[must_use]
    pub fn decode(&self, how: Codec) -> Self {
        Self(Side::decode(&self.0, how))
    }

    /// What a public member is.
    ///
    /// # Errors
    /// It is not public.
    pub fn shape(&self) -> Result<Shape, Unreadable> {
        Side::shape(&self.0)
    }

    /// A public object's member names, or an array's indices as decimal text.
    ///
    /// # Errors
    /// It is not public, not there or neither object nor array.
    pub fn names(&self) -> Result<Vec<String>, Unreadable> {
        Side::names(&self.0)
    }

    /// The text of a public member.
    ///
    /// # Errors
    /// It is not public, not there or no text.
    pub fn text(&self) -> Result<String, Unreadable> {
        Side::text(&self.0)
    }
}

impl Host {
    /// What the store's auth method provides under the catalogue's name; none where the store uses another method.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<Credential> {
        self.0.named(name).map(Credential)
    }

    /// Sends one request.
    ///
    /// # Errors
    /// There is no reply.
    pub fn call(&self, request: &Request<'_>) -> Result<Reply, CallError> {
        reply(self.0.call(raw(request)))
    }

    /// Sends several, as many at once as the grant's limits allow; replies are in the order of the requests.
    #[must_use]
    pub fn call_all(&self, requests: &[Request<'_>]) -> Vec<Result<Reply, CallError>> {
        let batches = requests.chunks(BATCH).map(|batch| batch.iter().map(raw).collect());
        batches.flat_map(|batch| self.0.call_all(batch)).map(reply).collect()
    }

    /// Turns one credential into another, by an operation of class exchange. Its reply stays with the host.
    ///
    /// # Errors
    /// There is no credential in the reply, or no reply.
    pub fn exchange(&self, request: &Request<'_>) -> Result<Credential, CallError> {
        self.0.exchange(raw(request)).map(Credential)
    }

    /// Static data of the store, by a JSON pointer into the settings, as the catalogue's `config` allows.
    #[must_use]
    pub fn config(&self, pointer: &str) -> Option<Value> {
        self.0.config(pointer).map(Value)
    }

    /// Whether a name can match what a find entry asks for: a hint, so that nothing is read in vain.
    #[must_use]
    pub fn wanted(&self, entry: u32, name: &str) -> bool {
        self.0.wanted(entry, name)
    }

    /// The value of an entry, read by that entry's own reference.
    pub fn deliver(&self, entry: u32, value: &Value) {
        self.0.deliver(entry, &value.0);
    }

    /// One of the values of a find entry: its name from a list reply, its value from reading that key.
    pub fn deliver_named(&self, entry: u32, name: &Value, value: &Value) {
        self.0.deliver_named(entry, &name.0, &value.0);
    }

    /// There is no such secret; of a find entry: nothing matches.
    pub fn absent(&self, entry: u32) {
        self.0.absent(entry);
    }

    /// One entry failed; the others go on.
    pub fn failed(&self, entry: u32, why: Failure) {
        self.0.failed(entry, why);
    }

    /// Answers an entry by what was found.
    pub fn answer(&self, entry: u32, found: Result<Option<Value>, Failure>) {
        match found {
            Ok(Some(value)) => self.deliver(entry, &value),
            Ok(None) => self.absent(entry),
            Err(why) => self.failed(entry, why),
        }
    }
}

fn reply(reply: RawReply<Side>) -> Result<Reply, CallError> {
    reply.map(|(outcome, body)| Reply { outcome, body: Value(body) })
}

fn raw<'a>(request: &'a Request<'_>) -> RawRequest<'a, Side> {
    RawRequest {
        operation: request.operation,
        args: request.args.iter().map(|(slot, arg)| (*slot, raw_arg(arg))).collect(),
        by: request.by.map(|credential| &credential.0),
    }
}

fn raw_arg<'a>(arg: &'a Arg<'_>) -> RawArg<'a, Side> {
    match arg {
        Arg::Entry(entry, part) => RawArg::Entry(*entry, *part),
        Arg::Settings(pointer) => RawArg::Settings(pointer),
        Arg::Echo(value) => RawArg::Echo(&value.0),
        Arg::Text(text) => RawArg::Text(text),
        Arg::Secret(value) => RawArg::Secret(&value.0),
    }
}
