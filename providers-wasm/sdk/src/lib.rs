//! Write a Bailiwick provider: implement [`Provider`], end the crate with [`export!`], describe the requests in
//! `provider.toml`. A provider sees neither credentials nor secret values: both are handles, and it only says which
//! operation of its catalogue to send and which part of a reply answers an entry.
//!
//! In the component the handles are the host's; in a native `cargo test` they belong to [`testing::Script`], which
//! plays the host from canned replies and checks the provider against its own catalogue. Nothing here does IO.

mod boundary;
#[cfg(target_arch = "wasm32")]
pub mod guest;
mod host;
mod provider;
mod request;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;
mod vocabulary;

pub use host::{Credential, Host, Value};
pub use provider::Provider;
pub use request::{Arg, Reply, Request};
pub use vocabulary::{
    CallError, Codec, Entry, Failure, Find, Outcome, Part, PushEntry, Reference, Shape, Unreadable,
};

/// Makes a [`Provider`] what the component exports. In native builds it is nothing, so that tests link.
#[macro_export]
macro_rules! export {
    ($provider:ty) => {
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            type Exported = $crate::guest::Component<$provider>;
    $crate::guest::export_blind!(Exported with_types_in $crate::guest::bindings);
        };
    };
}
