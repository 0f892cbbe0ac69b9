//! Names for what only the broker holds. A handle is 128 random bits drawn by the broker for one run: the
//! runner can neither guess another one nor learn anything from it. Selectors are collected on the runner's
//! side and cross with the handle when something is finally done with the value.

use serde::{Deserialize, Serialize};

/// The most selectors one [`ValueRef`] may carry; the broker ends a run that sends more.
pub const MAX_STEPS: usize = 32;

/// A credential or the root of a reply, by a random name that is valid in one run only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Handle(pub [u8; 16]);

/// A value, as a root and the selectors applied to it. Nothing is evaluated until it is delivered or read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueRef {
    /// The reply, config value or pushed value that the selectors start from.
    pub root: Handle,
    /// At most [`MAX_STEPS`], applied in order.
    pub steps: Vec<Step>,
}

/// One lazy selector (WIT `value.at`, `value.find`, `value.decode`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// A JSON pointer (RFC 6901).
    At(String),
    /// In an array of objects, the first whose `member` is the text `equals`.
    Find {
        /// The member compared.
        member: String,
        /// The text it must be equal to.
        equals: String,
    },
    /// The value decoded.
    Decode(Codec),
}

/// How [`Step::Decode`] decodes (WIT `codec`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Codec {
    /// RFC 4648 section 4, padded.
    Base64,
    /// RFC 4648 section 5, padding optional.
    Base64Url,
    /// RFC 4648 section 8, either case.
    Hex,
    /// The text is JSON; selectors that follow apply to what it holds.
    Json,
    /// RFC 7468: the bytes of the first block.
    Pem,
    /// PKCS#12 (RFC 7292): named by the world, not served yet, so it reads as a wrong shape.
    Pkcs12,
}
