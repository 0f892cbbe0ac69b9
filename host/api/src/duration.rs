//! Go durations (`1h30m`, `1.5h`, `250ms`), as Kubernetes writes them, read and written exactly as Go does: the
//! text of a duration is part of hashes and of what users compare. Pure.

use std::{fmt, str::FromStr};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, Visitor},
};

/// A Go `time.Duration`: nanoseconds, negative ones too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GoDuration(i64);

/// Why a text is no duration. The text itself is never part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// No number, or something between number and unit.
    #[error("not a duration: write a number and a unit, such as 90s, 30m or 1h30m")]
    Malformed,
    /// A number without a unit.
    #[error("a duration needs a unit: ns, us, ms, s, m or h")]
    MissingUnit,
    /// A unit that Go does not have.
    #[error("unknown unit of a duration: use ns, us, ms, s, m or h")]
    UnknownUnit,
    /// Above 292 years.
    #[error("a duration is at most 2562047h")]
    TooLong,
}

impl GoDuration {
    /// From nanoseconds.
    #[must_use]
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// From seconds; saturates at Go's bounds.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(SECOND))
    }

    /// In nanoseconds.
    #[must_use]
    pub const fn nanos(self) -> i64 {
        self.0
    }

    /// In milliseconds, towards zero.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0 / MILLISECOND
    }

    /// In seconds, towards zero.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0 / SECOND
    }

    /// Below zero.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }
}

/// In seconds, what is a duration of Go, or whole days: `400d`. For fields of our own kinds; those of ESO have no days.
///
/// # Errors
/// It is neither.
pub fn seconds_or_days(text: &str) -> Result<i64, DurationError> {
    let days = text.strip_suffix('d').filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
    match days.map(str::parse::<u32>) {
        Some(Ok(days)) => Ok(i64::from(days).saturating_mul(DAY)),
        _ => text.parse().map(GoDuration::seconds),
    }
}

impl FromStr for GoDuration {
    type Err = DurationError;

    fn from_str(text: &str) -> Result<Self, DurationError> {
        let (negative, unsigned) = match text.as_bytes().first() {
            Some(b'-') => (true, text.get(1..).unwrap_or_default()),
            Some(b'+') => (false, text.get(1..).unwrap_or_default()),
            _ => (false, text),
        };
        let nanos = if unsigned == "0" { 0 } else { terms(unsigned)? };
        let signed = if negative { -nanos } else { nanos };
        i64::try_from(signed).map(Self).map_err(|_| DurationError::TooLong)
    }
}

/// The sum of all terms, in nanoseconds; at least one.
fn terms(mut rest: &str) -> Result<i128, DurationError> {
    if rest.is_empty() {
        return Err(DurationError::Malformed);
    }
    let mut total: i128 = 0;
    while !rest.is_empty() {
        let (nanos, after) = term(rest)?;
        total = total.checked_add(nanos).filter(|sum| *sum <= MAX).ok_or(DurationError::TooLong)?;
        rest = after;
    }
    Ok(total)
}

/// One number with its unit, and what follows it.
fn term(text: &str) -> Result<(i128, &str), DurationError> {
    let (whole, rest) = digits(text);
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(after) => digits(after),
        None => ("", rest),
    };
    if whole.is_empty() && fraction.is_empty() {
        return Err(DurationError::Malformed);
    }
    let end = rest.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(rest.len());
    let (name, rest) = rest.split_at(end);
    let unit = i128::from(unit(name)?);
    let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| DurationError::TooLong)? };
    let nanos = whole.checked_mul(unit).filter(|n| *n <= MAX).ok_or(DurationError::TooLong)?;
    Ok((nanos + part(fraction, unit), rest))
}

/// `0.fraction` of a unit in whole nanoseconds, with Go's own rounding: digits while they fit, then floating point.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
fn part(fraction: &str, unit: i128) -> i128 {
    let (mut value, mut scale) = (0_u64, 1.0_f64);
    for digit in fraction.bytes() {
        let longer = value.checked_mul(10).and_then(|v| v.checked_add(u64::from(digit - b'0')));
        match longer.filter(|v| *v <= 1 << 63) {
            Some(longer) => (value, scale) = (longer, scale * 10.0),
            None => break,
        }
    }
    (value as f64 * (unit as f64 / scale)) as i128
}

fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
}

fn unit(name: &str) -> Result<i64, DurationError> {
    match name {
        "" => Err(DurationError::MissingUnit),
        "ns" => Ok(1),
        "us" | "\u{b5}s" | "\u{3bc}s" => Ok(1_000),
        "ms" => Ok(MILLISECOND),
        "s" => Ok(SECOND),
        "m" => Ok(60 * SECOND),
        "h" => Ok(3600 * SECOND),
        _ => Err(DurationError::UnknownUnit),
    }
}

/// As Go's `String`: `1h0m0s`, `1.5s`, `250ms`, `0s`.
impl fmt::Display for GoDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.0.unsigned_abs();
        if self.is_negative() {
            f.write_str("-")?;
        }
        if nanos == 0 {
            return f.write_str("0s");
        }
        if nanos < SECOND.unsigned_abs() {
            let (unit, name) = match nanos {
                0..1_000 => (1, "ns"),
                1_000..1_000_000 => (1_000, "µs"),
                _ => (1_000_000, "ms"),
            };
            return decimal(f, nanos, unit).and_then(|()| f.write_str(name));
        }
        let (minutes, rest) = (nanos / 60_000_000_000, nanos % 60_000_000_000);
        if minutes >= 60 {
            write!(f, "{}h", minutes / 60)?;
        }
        if minutes > 0 {
            write!(f, "{}m", minutes % 60)?;
        }
        decimal(f, rest, 1_000_000_000).and_then(|()| f.write_str("s"))
    }
}

/// `nanos / unit` without trailing zeros.
fn decimal(f: &mut fmt::Formatter<'_>, nanos: u64, unit: u64) -> fmt::Result {
    write!(f, "{}", nanos / unit)?;
    let (mut fraction, mut scale) = (nanos % unit, unit / 10);
    if fraction == 0 {
        return Ok(());
    }
    f.write_str(".")?;
    while fraction > 0 {
        write!(f, "{}", fraction / scale)?;
        fraction %= scale;
        scale /= 10;
    }
    Ok(())
}

impl Serialize for GoDuration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for GoDuration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = GoDuration;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a duration as text, such as \"1h30m\"")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<GoDuration, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// Seconds of a day.
const DAY: i64 = 86_400;
const MILLISECOND: i64 = 1_000_000;
const SECOND: i64 = 1_000_000_000;
/// One above Go's greatest, so that its least is still read.
const MAX: i128 = 1 << 63;

#[cfg(test)]
mod tests;
