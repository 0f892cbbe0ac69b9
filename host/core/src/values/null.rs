//! `nullBytePolicy`: whether a value may hold a null byte, which many readers of environment variables and files
//! cut at.

use bailiwick_api::external_secret::NullBytePolicy;

use crate::secret::Value;

/// A value with a null byte, and `nullBytePolicy: Fail`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the value has a null byte")]
pub struct NullByte;

/// Checks one value.
///
/// # Errors
/// The policy is Fail and there is a null byte.
pub fn check(value: &Value, policy: NullBytePolicy) -> Result<(), NullByte> {
    match policy {
        NullBytePolicy::Fail if value.bytes().contains(&0) => Err(NullByte),
        NullBytePolicy::Fail | NullBytePolicy::Ignore => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fails_on_null_bytes_only_where_told() {
        let with = Value::new(b"a\0b".to_vec());
        let without = Value::new(b"ab".to_vec());
        assert_eq!(check(&with, NullBytePolicy::Fail), Err(NullByte));
        assert_eq!(check(&with, NullBytePolicy::Ignore), Ok(()));
        assert_eq!(check(&without, NullBytePolicy::Fail), Ok(()));
    }
}
