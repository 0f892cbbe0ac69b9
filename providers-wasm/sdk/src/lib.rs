//! Write a Bailiwick provider: implement [`Provider`], end the crate with [`export!`], describe the requests in
//! `provider.toml`. A provider sees neither credentials nor secret values: both are handles, and it only says which
//! operation of its catalogue to send and which part of a reply answers an entry.
//!
//! In the component the handles are the host's; in a native `cargo test` they belong to [`testing::Script`], which
//! plays the host from canned replies and checks the provider against its own catalogue. Nothing here does IO.
//!
//! ```
//! use bailiwick_sdk::{Entry, Failure, Host, Provider, Reply, Request, export, testing};
//!
//! pub struct Acme;
//! export!(Acme);
//!
//! impl Provider for Acme {
//!     type Settings = serde_json::Value;
//!
//!     fn validate(host: &Host, _: &Self::Settings) -> Result<(), Failure> {
//!         host.named("token").map(drop).ok_or(Failure::Misconfigured)
//!     }
//!
//!     fn fetch(host: &Host, _: &Self::Settings, entries: &[Entry]) -> Result<(), Failure> {
//!         let token = host.named("token").ok_or(Failure::Misconfigured)?;
//!         for (entry, _) in (0..).zip(entries) {
//!             let reply = host.call(&Request::new("get").key(entry).by(&token));
//!             let found = reply.map_err(Failure::from).and_then(Reply::found);
//!             host.answer(entry, found.map(|body| body.map(|body| body.at("/value"))));
//!         }
//!         Ok(())
//!     }
//! }
//!
//! // As far as a script looks; `bailiwick provider build` wants all of it.
//! let catalogue = r#"
//!     settings.type = "object"
//!     auth.token = { credential = "token", operations = ["get"] }
//!     operations.get = { class = "read", key = ["key"], slots.key.source = "key" }
//! "#;
//! let run = testing::Script::new(catalogue)
//!     .credential("token")
//!     .reply("get key=entry0.key by token", serde_json::json!({"value": "x"}))
//!     .fetch::<Acme>(serde_json::json!({}), [testing::secret("db")]);
//! assert_eq!(run.answers, ["deliver 0 #1/value"]);
//! ```

mod boundary;
#[cfg(target_arch = "wasm32")]
pub mod guest;
mod host;
mod provider;
mod request;
mod steps;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;
mod vocabulary;

pub use host::{Credential, Host, Value};
pub use provider::Provider;
pub use request::{Arg, Reply, Request};
pub use steps::found_at;
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
