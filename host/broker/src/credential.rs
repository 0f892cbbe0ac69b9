//! Credentials. The bytes are in a type of their own that has no Debug, Display, Serialize or Clone and is zeroed
//! on drop; they are read in one place, `attach`, which writes them into a request.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use bailiwick_core::program::Binding;
use tokio::sync::OnceCell;
use zeroize::Zeroizing;

use crate::key::CacheKey;

/// The bytes of a credential, and what they were read from.
pub struct Credential {
    bytes: Zeroizing<Vec<u8>>,
    source: String,
}

impl Credential {
    /// Takes ownership of the bytes; the caller keeps no copy. Line ends behind them are cut off: files and
    /// Secrets often carry one that was never meant. `source` is the uid and resourceVersion of what they were
    /// read from (G12): equal only for equal bytes.
    #[must_use]
    pub fn new(bytes: Vec<u8>, source: impl Into<String>) -> Self {
        let mut bytes = Zeroizing::new(bytes);
        let end = bytes.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n')).map_or(0, |last| last + 1);
        bytes.truncate(end);
        Self { bytes, source: source.into() }
    }

    /// What it was read from.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The bytes, for `attach` and the scrub.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// A credential in a run: bound at birth to operations, a way of being attached, and a lifetime (B6).
pub(crate) struct Held {
    pub(crate) binding: Binding,
    /// By the names that `binding.attach` uses.
    pub(crate) inputs: BTreeMap<String, Credential>,
    /// By the monotonic clock; none where it does not expire.
    pub(crate) expires: Option<Duration>,
    /// The G12 key of whatever is shared on its behalf.
    pub(crate) shared: Arc<CacheKey>,
    /// The operation that ends it, for a minted one.
    pub(crate) revoke: Option<String>,
    /// Whether its account is the granted one (G7); asked once, before its first use.
    pub(crate) proven: OnceCell<bool>,
}

impl Held {
    pub(crate) fn expired(&self, now: Duration) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }

    /// Seconds left, rounded down to minutes.
    pub(crate) fn seconds_left(&self, now: Duration) -> Option<u32> {
        let left = self.expires?.saturating_sub(now).as_secs();
        Some(u32::try_from(left / 60 * 60).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_behind_a_credential_are_cut_off() {
        for (given, kept) in
            [("s.token\r\n", "s.token"), ("a\nb\n\n", "a\nb"), (" pass ", " pass "), ("\n", "")]
        {
            assert_eq!(Credential::new(given.into(), "").bytes(), kept.as_bytes());
        }
    }
}
