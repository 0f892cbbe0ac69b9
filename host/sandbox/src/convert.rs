//! Between the types that the engine generates and those of the boundary. They mirror each other one to one; every
//! match here is complete, so that a change to the world does not compile until both sides have it.

use bailiwick_boundary as boundary;

use crate::bindings::{
    bailiwick::provider::{calls, outcomes::Failure, values},
    exports::bailiwick::provider::provider,
};

/// From one enum to its mirror image.
macro_rules! mirror {
    ($from:path => $to:path { $($variant:ident),+ $(,)? }) => {
        impl From<$from> for $to {
            fn from(value: $from) -> Self {
                match value { $(<$from>::$variant => <$to>::$variant),+ }
            }
        }
    };
}

mirror!(boundary::Shape => values::Shape { Absent, Null, Object, Array, Text, Number, Boolean });
mirror!(boundary::Unreadable => values::Unreadable { NotPublic, Absent, WrongShape, Budget });
mirror!(calls::Part => boundary::Part { Key, Property, Version, Path });
mirror!(boundary::Outcome => calls::Outcome { Ok, Absent, Conflict, Refused, Throttled, Failed });
mirror!(boundary::CallError => calls::CallError { Denied, Unreachable, TimedOut, TooLarge, Malformed, Budget });
mirror!(Failure => boundary::Failure {
    NotFound, Refused, Throttled, Unavailable, Misconfigured, UnexpectedResponse, Denied,
});

impl From<values::Codec> for boundary::Codec {
    fn from(codec: values::Codec) -> Self {
        match codec {
            values::Codec::Base64 => Self::Base64,
            values::Codec::Base64url => Self::Base64Url,
            values::Codec::Hex => Self::Hex,
            values::Codec::Json => Self::Json,
            values::Codec::Pem => Self::Pem,
            values::Codec::Pkcs12 => Self::Pkcs12,
        }
    }
}

impl From<boundary::Entry> for provider::Entry {
    fn from(entry: boundary::Entry) -> Self {
        match entry {
            boundary::Entry::Secret(reference) => Self::Secret(reference.into()),
            boundary::Entry::Extract(reference) => Self::Extract(reference.into()),
            boundary::Entry::Find(boundary::Find { path, by_tags }) => {
                Self::Find(provider::Find { path, by_tags })
            }
        }
    }
}

impl From<boundary::Reference> for provider::Reference {
    fn from(reference: boundary::Reference) -> Self {
        let boundary::Reference { key, property, version, metadata } = reference;
        Self { key, property, version, metadata }
    }
}
