//! The component's side: generated bindings, the imports behind [`crate::Host`] and the exports in front of a
//! [`Provider`]. Only the macro's output, which marshals between the component and the host, and the heap are unsafe.

mod heap;

use std::marker::PhantomData;

use bindings::{
    bailiwick::provider::{answers, calls, credentials, outcomes, values},
    exports::bailiwick::provider::provider as exports,
};

use crate::{
    CallError, Codec, Entry, Failure, Find, Host, Outcome, Part, Provider, PushEntry, Reference, Shape,
    Unreadable, Value,
    boundary::{Boundary, RawArg, RawReply, RawRequest},
    provider,
};

#[doc(hidden)]
pub use bindings::export_blind;

/// What wit-bindgen makes of `wit/bailiwick.wit`.
#[allow(missing_docs, unsafe_code, clippy::all, reason = "generated")]
pub mod bindings {
    wit_bindgen::generate!({
        path: "wit",
        world: "blind",
        pub_export_macro: true,
        export_macro_name: "export_blind",
    });
}

/// The imports of the `blind` world.
pub(crate) struct Imports;

impl Boundary for Imports {
    type Value = values::Value;
    type Credential = credentials::Credential;

    fn named(&self, name: &str) -> Option<Self::Credential> {
        credentials::named(name)
    }

    fn expires_in(credential: &Self::Credential) -> Option<u32> {
        credential.expires_in()
    }

    fn at(value: &Self::Value, pointer: &str) -> Self::Value {
        value.at(pointer)
    }

    fn find(value: &Self::Value, member: &str, equals: &str) -> Self::Value {
        value.find(member, equals)
    }

    fn decode(value: &Self::Value, how: Codec) -> Self::Value {
        value.decode(how.into())
    }

    fn shape(value: &Self::Value) -> Result<Shape, Unreadable> {
        value.shape().map(Into::into).map_err(Into::into)
    }

    fn names(value: &Self::Value) -> Result<Vec<String>, Unreadable> {
        value.names().map_err(Into::into)
    }

    fn text(value: &Self::Value) -> Result<String, Unreadable> {
        value.text().map_err(Into::into)
    }

    fn call(&self, request: RawRequest<'_, Self>) -> RawReply<Self> {
        reply(calls::call(&lower(request)))
    }

    fn call_all(&self, requests: Vec<RawRequest<'_, Self>>) -> Vec<RawReply<Self>> {
        let requests: Vec<_> = requests.into_iter().map(lower).collect();
        calls::call_all(&requests).into_iter().map(reply).collect()
    }

    fn exchange(&self, request: RawRequest<'_, Self>) -> Result<Self::Credential, CallError> {
        calls::exchange(&lower(request)).map_err(Into::into)
    }

    fn config(&self, pointer: &str) -> Option<Self::Value> {
        answers::config(pointer)
    }

    fn wanted(&self, entry: u32, name: &str) -> bool {
        answers::wanted(entry, name)
    }

    fn deliver(&self, entry: u32, value: &Self::Value) {
        answers::deliver(entry, value);
    }

    fn deliver_named(&self, entry: u32, name: &Self::Value, value: &Self::Value) {
        answers::deliver_named(entry, name, value);
    }

    fn absent(&self, entry: u32) {
        answers::absent(entry);
    }

    fn failed(&self, entry: u32, why: Failure) {
        answers::failed(entry, why.into());
    }
}

fn reply(reply: Result<calls::Reply, calls::CallError>) -> RawReply<Imports> {
    reply.map(|reply| (reply.outcome.into(), reply.body)).map_err(Into::into)
}

fn lower(request: RawRequest<'_, Imports>) -> calls::Request<'_> {
    calls::Request {
        operation: request.operation.into(),
        args: request.args.into_iter().map(|(slot, arg)| (slot.into(), lower_arg(arg))).collect(),
        by: request.by,
    }
}

fn lower_arg(arg: RawArg<'_, Imports>) -> calls::Arg<'_> {
    match arg {
        RawArg::Entry(entry, part) => calls::Arg::Entry((entry, part.into())),
        RawArg::Settings(pointer) => calls::Arg::Settings(pointer.into()),
        RawArg::Echo(value) => calls::Arg::Echo(value),
        RawArg::Text(text) => calls::Arg::Text(text.into()),
        RawArg::Secret(value) => calls::Arg::Secret(value),
    }
}

/// The exports of the `blind` world, made of a provider. Used by [`crate::export!`] only.
#[doc(hidden)]
pub struct Component<P>(PhantomData<P>);

impl<P: Provider> exports::Guest for Component<P> {
    fn validate(settings: String) -> Result<(), outcomes::Failure> {
        with::<P, _>(&settings, |host, settings| P::validate(host, settings))
    }

    fn fetch(settings: String, entries: Vec<exports::Entry>) -> Result<(), outcomes::Failure> {
        let entries: Vec<Entry> = entries.into_iter().map(Into::into).collect();
        with::<P, _>(&settings, |host, settings| P::fetch(host, settings, &entries))
    }

    fn push(settings: String, entries: Vec<exports::PushEntry>) -> Result<(), outcomes::Failure> {
        let entries: Vec<PushEntry> = entries.into_iter().map(Into::into).collect();
        with::<P, _>(&settings, |host, settings| P::push(host, settings, &entries))
    }

    fn remove(settings: String, entries: Vec<exports::Reference>) -> Result<(), outcomes::Failure> {
        let entries: Vec<Reference> = entries.into_iter().map(Into::into).collect();
        with::<P, _>(&settings, |host, settings| P::remove(host, settings, &entries))
    }

    fn exists(settings: String, entries: Vec<exports::Reference>) -> Result<Vec<bool>, outcomes::Failure> {
        let entries: Vec<Reference> = entries.into_iter().map(Into::into).collect();
        with::<P, _>(&settings, |host, settings| P::exists(host, settings, &entries))
    }
}

fn with<P: Provider, T>(
    settings: &str,
    run: impl FnOnce(&Host, &P::Settings) -> Result<T, Failure>,
) -> Result<T, outcomes::Failure> {
    let settings = provider::settings::<P>(settings)?;
    Ok(run(&Host(Imports), &settings)?)
}

impl From<exports::Reference> for Reference {
    fn from(r: exports::Reference) -> Self {
        Self { key: r.key, property: r.property, version: r.version, metadata: r.metadata }
    }
}

impl From<exports::PushEntry> for PushEntry {
    fn from(entry: exports::PushEntry) -> Self {
        Self { reference: entry.reference.into(), value: Value(entry.value) }
    }
}

impl From<exports::Entry> for Entry {
    fn from(entry: exports::Entry) -> Self {
        match entry {
            exports::Entry::Secret(reference) => Self::Secret(reference.into()),
            exports::Entry::Extract(reference) => Self::Extract(reference.into()),
            exports::Entry::Find(find) => Self::Find(Find { path: find.path, by_tags: find.by_tags }),
        }
    }
}

/// One conversion for each word; the match is exhaustive, so that ours and the WIT's cannot drift apart.
macro_rules! convert {
    ($from:ty => $to:ty: $($word:ident)*) => {
        impl From<$from> for $to {
            fn from(word: $from) -> Self {
                match word { $(<$from>::$word => Self::$word,)* }
            }
        }
    };
}

convert!(Part => calls::Part: Key Property Version Path);
convert!(Codec => values::Codec: Base64 Base64url Hex Json Pem Pkcs12);
convert!(values::Shape => Shape: Absent Null Object Array Text Number Boolean);
convert!(values::Unreadable => Unreadable: NotPublic Absent WrongShape Budget);
convert!(calls::Outcome => Outcome: Ok Absent Conflict Refused Throttled Failed);
convert!(calls::CallError => CallError: Denied Unreachable TimedOut TooLarge Malformed Budget);
convert!(Failure => outcomes::Failure:
    NotFound Refused Throttled Unavailable Misconfigured UnexpectedResponse Denied);
