//! Where a request may go: origins and URLs in canonical form, names that nobody may be granted, classes of
//! addresses. Pure: the broker resolves and dials, and asks here first (I1, I6).
//!
//! What is not canonical is denied, never repaired: two parsers that repair differently see two hosts.

pub mod address;
mod authority;
pub mod names;
pub mod origin;
pub(crate) mod render;
pub mod url;

#[cfg(test)]
mod tests;
