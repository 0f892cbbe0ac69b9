//! A growing buffer for text that may hold secrets: growth zeroes what it leaves behind, which a `Vec` does not.

use zeroize::Zeroizing;

use crate::secret::Value;

/// Bytes, zeroed on growth and on drop.
pub(crate) struct Buffer(Zeroizing<Vec<u8>>);

impl Buffer {
    /// An empty buffer with room for `bytes`.
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self(Zeroizing::new(Vec::with_capacity(bytes)))
    }

    /// Appends.
    pub(crate) fn push(&mut self, more: impl AsRef<[u8]>) {
        let more = more.as_ref();
        let needed = self.0.len() + more.len();
        if needed > self.0.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(needed.max(2 * self.0.capacity())));
            larger.extend_from_slice(&self.0);
            self.0 = larger;
        }
        self.0.extend_from_slice(more);
    }

    /// What it holds.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// What it holds, without a copy.
    pub(crate) fn into_value(mut self) -> Value {
        Value::new(std::mem::take(&mut *self.0))
    }
}

impl From<&str> for Buffer {
    fn from(text: &str) -> Self {
        Self(Zeroizing::new(text.as_bytes().to_vec()))
    }
}
