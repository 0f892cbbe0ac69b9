//! Values: reading what backends answer and turning it into Secret data, as ESO does (design, section 5). Pure
//! functions over bytes. What may hold a secret stays in [`crate::secret::Value`] or in a buffer that is zeroed on
//! drop; errors here say what is wrong and where in our own objects, and never quote what they read.

mod buffer;
pub mod convert;
pub mod decode;
pub mod hash;
pub mod json;
pub mod list;
pub mod marshal;
pub mod null;
pub mod pattern;
pub mod property;
pub mod read;
pub mod rewrite;
pub mod select;

#[cfg(test)]
mod tests;
