//! Quantities (`8Ki`, `16Mi`) and rates (`10/s`) of grants and Providers. A small part of Kubernetes' grammar:
//! whole numbers only, since a limit is never half a byte. Pure.

/// Why a text is no quantity or rate. The text itself is never part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// Not a whole number with a known suffix.
    #[error(
        "not a quantity: write a whole number and none of, or one of, k M G T Ki Mi Gi Ti, such as 512Ki"
    )]
    Malformed,
    /// Not `N/s`.
    #[error("not a rate: write a whole number of 1 or more a second, such as 10/s")]
    MalformedRate,
    /// Does not fit into 63 bits, or a rate into 32.
    #[error("the number is too large")]
    TooLarge,
}

/// A number of bytes: digits and none of, or one of, `k M G T` (powers of 1000) and `Ki Mi Gi Ti` (of 1024).
///
/// # Errors
/// Anything else, and what does not fit into 63 bits.
pub fn bytes(text: &str) -> Result<u64, QuantityError> {
    let (number, suffix) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let unit: u64 = match suffix {
        "" => 1,
        "k" => 1_000,
        "M" => 1_000_000,
        "G" => 1_000_000_000,
        "T" => 1_000_000_000_000,
        "Ki" => 1 << 10,
        "Mi" => 1 << 20,
        "Gi" => 1 << 30,
        "Ti" => 1 << 40,
        _ => return Err(QuantityError::Malformed),
    };
    let number = whole(number).ok_or(QuantityError::Malformed)??;
    number.checked_mul(unit).filter(|n| i64::try_from(*n).is_ok()).ok_or(QuantityError::TooLarge)
}

/// A number a second: `10/s`; zero is refused, since it would never let anything through.
///
/// # Errors
/// Anything else, and what does not fit into 32 bits.
pub fn rate(text: &str) -> Result<u32, QuantityError> {
    let number = text.strip_suffix("/s").ok_or(QuantityError::MalformedRate)?;
    match whole(number).ok_or(QuantityError::MalformedRate)?? {
        0 => Err(QuantityError::MalformedRate),
        number => u32::try_from(number).map_err(|_| QuantityError::TooLarge),
    }
}

/// Digits only; none where there is anything else.
fn whole(text: &str) -> Option<Result<u64, QuantityError>> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().map_err(|_| QuantityError::TooLarge))
}

#[cfg(test)]
mod tests {
    use super::{QuantityError, bytes, rate};

    #[test]
    fn reads_bytes() {
        for (text, value) in [
            ("0", 0),
            ("17", 17),
            ("8k", 8_000),
            ("8Ki", 8_192),
            ("1Mi", 1_048_576),
            ("3M", 3_000_000),
            ("2G", 2_000_000_000),
            ("2Gi", 2_147_483_648),
            ("1T", 1_000_000_000_000),
            ("1Ti", 1_099_511_627_776),
            ("9223372036854775807", i64::MAX.unsigned_abs()),
        ] {
            assert_eq!(bytes(text), Ok(value), "{text}");
        }
        for text in ["", "Ki", "1KiB", "1.5Mi", "-1", "+1", "1 Ki", "1ki", "1m", "1e3", "１"] {
            assert_eq!(bytes(text), Err(QuantityError::Malformed), "{text}");
        }
        for text in ["9223372036854775808", "99999999999999999999", "8388608Ti"] {
            assert_eq!(bytes(text), Err(QuantityError::TooLarge), "{text}");
        }
    }

    #[test]
    fn reads_rates() {
        assert_eq!(rate("10/s"), Ok(10));
        assert_eq!(rate("4294967295/s"), Ok(u32::MAX));
        assert_eq!(rate("4294967296/s"), Err(QuantityError::TooLarge));
        for text in ["", "10", "/s", "0/s", "10/m", "10 /s", "1.5/s", "-1/s", "10/s "] {
            assert_eq!(rate(text), Err(QuantityError::MalformedRate), "{text}");
        }
    }
}
