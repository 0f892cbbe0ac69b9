//! Artifacts from and to places: registries over the distribution API, and OCI image layouts in a folder or a tar. What
//! is read is bounded and hashed; what it is worth is decided elsewhere. Rules of who may be asked for what (addresses,
//! token realms, redirects) are core's (`trust::access`); nothing here decides whether an artifact is trusted.
//!
//! A client of our own and not a crate's, since every one that is to be had follows realms and redirects anywhere or
//! reads without a bound (oci-signing.md 1.3).

pub mod client;
mod endpoint;
pub mod error;
mod gather;
pub mod layout;
pub mod manifest;
mod names;
pub mod pack;
pub mod place;
pub mod pull_secret;
mod push;
mod session;
mod tls;
mod turns;
mod wire;

pub use client::{Limits, Registry, RegistryOptions};
pub use error::{FetchError, Part, Why};
pub use gather::Worth;
pub use layout::Layout;
pub use names::{Looking, Names, SystemNames};
pub use pack::pack;
pub use place::{Copied, Place};
pub use pull_secret::{PullSecret, PullSecretError};
pub use session::Credentials;
pub use wire::Timing;
