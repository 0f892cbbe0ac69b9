//! The one type that holds a secret value. It has no Debug, Display, Serialize or Clone and is zeroed on drop,
//! so that a value cannot reach a log, a status or an error by accident. Inside core the bytes are read by the
//! functions of `values`; outside, by [`Value::expose`] alone, which clippy's `disallowed-methods` bans but for
//! the two places that write a request body and a Secret body.

use zeroize::Zeroizing;

/// A secret value: bytes of any content.
pub struct Value(Zeroizing<Vec<u8>>);

impl Value {
    /// Takes ownership of the bytes; the caller keeps no copy.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes, for the request body and the Secret body. See the module's words on who may call this.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// How many bytes it has, for limits and buffer sizes on the host's side; never for a guest.
    #[must_use]
    pub fn size(&self) -> usize {
        self.0.len()
    }

    /// The bytes, for the transformations of this crate.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}
