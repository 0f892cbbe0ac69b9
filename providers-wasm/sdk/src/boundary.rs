//! What the two hosts have in common: the component's imports (`guest`) and the script of native tests (`testing`)
//! both implement [`Boundary`], one function for each function of the WIT. Providers never name it.

use crate::{CallError, Codec, Failure, Outcome, Part, Shape, Unreadable};

/// An argument with the implementation's own handles.
pub(crate) enum RawArg<'a, B: Boundary + ?Sized> {
    Entry(u32, Part),
    Settings(&'a str),
    Echo(&'a B::Value),
    Text(&'a str),
    Secret(&'a B::Value),
}

/// A request with the implementation's own handles.
pub(crate) struct RawRequest<'a, B: Boundary + ?Sized> {
    pub(crate) operation: &'a str,
    pub(crate) args: Vec<(&'a str, RawArg<'a, B>)>,
    pub(crate) by: Option<&'a B::Credential>,
}

/// The outcome and the body of a reply, or why there is none.
pub(crate) type RawReply<B> = Result<(Outcome, <B as Boundary>::Value), CallError>;

/// The functions of the `blind` world.
pub(crate) trait Boundary {
    type Value;
    type Credential;

    fn named(&self, name: &str) -> Option<Self::Credential>;
    fn expires_in(credential: &Self::Credential) -> Option<u32>;

    fn at(value: &Self::Value, pointer: &str) -> Self::Value;
    fn find(value: &Self::Value, member: &str, equals: &str) -> Self::Value;
    fn decode(value: &Self::Value, how: Codec) -> Self::Value;
    fn shape(value: &Self::Value) -> Result<Shape, Unreadable>;
    fn names(value: &Self::Value) -> Result<Vec<String>, Unreadable>;
    fn text(value: &Self::Value) -> Result<String, Unreadable>;

    fn call(&self, request: RawRequest<'_, Self>) -> RawReply<Self>
    where
        Self: Sized;
    fn call_all(&self, requests: Vec<RawRequest<'_, Self>>) -> Vec<RawReply<Self>>
    where
        Self: Sized;
    fn exchange(&self, request: RawRequest<'_, Self>) -> Result<Self::Credential, CallError>;

    fn config(&self, pointer: &str) -> Option<Self::Value>;
    fn wanted(&self, entry: u32, name: &str) -> bool;
    fn deliver(&self, entry: u32, value: &Self::Value);
    fn deliver_named(&self, entry: u32, name: &Self::Value, value: &Self::Value);
    fn absent(&self, entry: u32);
    fn failed(&self, entry: u32, why: Failure);
}
