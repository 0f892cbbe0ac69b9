//! How a module gets here: registries and layouts, digests, the catalogue's custom section, building a component from a
//! core module, saying what one holds, and the content-addressed folder. Nothing here runs or compiles a component, and nothing
//! decides what one may do: that is a grant's business.

pub mod artifact;
pub mod build;
pub mod cache;
pub mod digest;
pub mod evidence;
pub mod inspect;
pub mod oci;
pub mod pulled;
pub mod section;
pub mod sign;
pub mod store;
mod world;

pub use artifact::{Artifact, ArtifactError};
pub use build::build;
pub use cache::ArtifactCache;
pub use digest::Digest;
pub use inspect::{Inspection, inspect};
pub use pulled::{Evidence, Pulled};
pub use section::read as catalogue_section;
pub use store::ContentStore;

/// The largest component that is read, in bytes (16 MiB). A provider written in Rust is about 30 kB.
pub const MAX_COMPONENT: usize = 16 << 20;
