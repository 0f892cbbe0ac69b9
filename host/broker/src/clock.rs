//! Time as an argument: the broker asks a [`Clock`] wherever time decides something (expiry, rate, signatures, the
//! audit), so that tests can set it. Deadlines of sockets are the runtime's and stand with the sockets.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The time of day, and a time that never goes back.
pub trait Clock: Send + Sync {
    /// The time of day, for signatures and the audit.
    fn wall(&self) -> SystemTime;
    /// Time since some fixed moment, for rates and lifetimes.
    fn monotonic(&self) -> Duration;
}

/// The system's clocks.
pub struct SystemClock(Instant);

impl SystemClock {
    /// Starts its monotonic half at zero.
    #[must_use]
    pub fn new() -> Self {
        Self(Instant::now())
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn wall(&self) -> SystemTime {
        SystemTime::now()
    }

    fn monotonic(&self) -> Duration {
        self.0.elapsed()
    }
}

/// A moment in UTC as numbers: year, month, day, hour, minute, second, millisecond.
fn utc(at: SystemTime) -> [u64; 7] {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    let (days, rest) = (since.as_secs() / 86_400, since.as_secs() % 86_400);
    let [year, month, day] = civil(days);
    [year, month, day, rest / 3600, rest / 60 % 60, rest % 60, u64::from(since.subsec_millis())]
}

/// Days since 1970 as a date (H. Hinnant, "chrono-compatible low-level date algorithms", civil_from_days).
fn civil(days: u64) -> [u64; 3] {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    [year_of_era + era * 400 + u64::from(month <= 2), month, day]
}

/// RFC 3339 with milliseconds: `2026-11-24T14:50:00.123Z`.
pub(crate) fn rfc3339(at: SystemTime) -> String {
    let [year, month, day, hour, minute, second, milli] = utc(at);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_in_utc() {
        let at = |seconds, milli| UNIX_EPOCH + Duration::from_secs(seconds) + Duration::from_millis(milli);
        for (moment, text) in [
            (at(0, 0), "1970-01-01T00:00:00.000Z"),
            (at(951_782_400, 7), "2000-02-29T00:00:00.007Z"),
            (at(1_440_938_160, 0), "2015-08-30T12:36:00.000Z"),
            (at(4_107_542_399, 999), "2100-02-28T23:59:59.999Z"),
        ] {
            assert_eq!(rfc3339(moment), text);
        }
    }
}
