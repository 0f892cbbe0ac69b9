//! Points in time as Kubernetes writes them: RFC 3339 in UTC, whole seconds. No clock is read here: a time is
//! always an argument. Pure.

use std::{fmt, str::FromStr};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, Visitor},
};

/// Seconds since 1970-01-01T00:00:00Z, between the years 1 and 9999.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(i64);

/// Not a time in RFC 3339.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a time: write it as 2026-01-31T12:00:00Z")]
pub struct TimestampError;

impl Timestamp {
    /// From Unix seconds, held within the years 1 to 9999.
    #[must_use]
    pub fn from_unix(seconds: i64) -> Self {
        Self(seconds.clamp(LEAST, GREATEST))
    }

    /// Unix seconds.
    #[must_use]
    pub const fn unix(self) -> i64 {
        self.0
    }
}

/// Year, month (1-12) and day (1-31) of a day since 1970-01-01, in the proleptic Gregorian calendar.
pub(crate) fn civil(days: i64) -> (i64, u32, u32) {
    // Years begin in March, so that the leap day is the last one.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, small(month), small(day))
}

/// Day since 1970-01-01; the inverse of [`civil`].
fn days(year: i64, month: u32, day: u32) -> i64 {
    let year = year - i64::from(month <= 2);
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let month_from_march = i64::from((month + 9) % 12);
    let of_year = (153 * month_from_march + 2) / 5 + i64::from(day) - 1;
    let of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;
    era * 146_097 + of_era - 719_468
}

fn small(number: i64) -> u32 {
    u32::try_from(number).unwrap_or_default()
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    /// `2026-01-31T12:00:00[.digits](Z|+hh:mm|-hh:mm)`; fractions are cut off.
    fn from_str(text: &str) -> Result<Self, TimestampError> {
        read(text).filter(|t| (LEAST..=GREATEST).contains(t)).map(Self).ok_or(TimestampError)
    }
}

fn read(text: &str) -> Option<i64> {
    let (date, time) = (text.get(..10)?, text.get(11..19)?);
    let (year, month, day) = (number(date, 0, 4)?, number(date, 5, 7)?, number(date, 8, 10)?);
    let (hour, minute, second) = (number(time, 0, 2)?, number(time, 3, 5)?, number(time, 6, 8)?);
    let marks = [text.get(4..5)?, text.get(7..8)?, text.get(10..11)?, text.get(13..14)?, text.get(16..17)?];
    let since = days(year, small(month), small(day));
    let real = civil(since) == (year, small(month), small(day));
    if marks != ["-", "-", "T", ":", ":"] || !real || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let zone = text.get(19..)?;
    let zone = match zone.strip_prefix('.') {
        Some(fraction) if fraction.starts_with(|c: char| c.is_ascii_digit()) => {
            fraction.trim_start_matches(|c: char| c.is_ascii_digit())
        }
        Some(_) => return None,
        None => zone,
    };
    Some(since * DAY + hour * 3600 + minute * 60 + second - offset(zone)?)
}

/// Seconds east of UTC.
fn offset(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let sign = match zone.get(..1)? {
        "+" => 1,
        "-" => -1,
        _ => return None,
    };
    let (hour, minute) = (number(zone, 1, 3)?, number(zone, 4, 6)?);
    let formed = zone.len() == 6 && zone.get(3..4) == Some(":") && hour <= 23 && minute <= 59;
    formed.then_some(sign * (hour * 3600 + minute * 60))
}

fn number(text: &str, from: usize, to: usize) -> Option<i64> {
    let digits = text.get(from..to)?;
    digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())?
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil(self.0.div_euclid(DAY));
        let rest = self.0.rem_euclid(DAY);
        let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Timestamp;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time as text, such as \"2026-01-31T12:00:00Z\"")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Timestamp, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// Seconds of a day.
pub(crate) const DAY: i64 = 86_400;
/// 0001-01-01T00:00:00Z.
const LEAST: i64 = -62_135_596_800;
/// 9999-12-31T23:59:59Z.
const GREATEST: i64 = 253_402_300_799;

#[cfg(test)]
mod tests {
    use super::Timestamp;

    #[test]
    fn reads_and_writes_rfc_3339() {
        for (text, unix, canonical) in [
            ("1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"),
            ("2026-06-01T22:00:00Z", 1_780_351_200, "2026-06-01T22:00:00Z"),
            ("2024-02-29T23:59:59Z", 1_709_251_199, "2024-02-29T23:59:59Z"),
            ("2026-06-01T22:00:00.999Z", 1_780_351_200, "2026-06-01T22:00:00Z"),
            ("2026-06-02T00:30:00+02:30", 1_780_351_200, "2026-06-01T22:00:00Z"),
            ("2026-06-01T21:00:00-01:00", 1_780_351_200, "2026-06-01T22:00:00Z"),
            ("1969-12-31T23:59:59Z", -1, "1969-12-31T23:59:59Z"),
            ("0001-01-01T00:00:00Z", -62_135_596_800, "0001-01-01T00:00:00Z"),
            ("9999-12-31T23:59:59Z", 253_402_300_799, "9999-12-31T23:59:59Z"),
        ] {
            let time: Timestamp = text.parse().unwrap();
            assert_eq!(time.unix(), unix, "{text}");
            assert_eq!(time.to_string(), canonical, "{text}");
        }
    }

    #[test]
    fn refuses_everything_else() {
        for text in [
            "",
            "2026-06-01",
            "2026-06-01 22:00:00Z",
            "2026-06-01T22:00:00",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-06-31T00:00:00Z",
            "2026-06-01T24:00:00Z",
            "2026-06-01T22:60:00Z",
            "2026-06-01T22:00:60Z",
            "2026-06-01T22:00:00.Z",
            "2026-06-01T22:00:00z",
            "2026-06-01T22:00:00+0100",
            "2026-06-01T22:00:00+01:00Z",
            "+026-06-01T22:00:00Z",
            "0000-06-01T22:00:00Z",
            "２026-06-01T22:00:00Z",
        ] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
    }

    /// Every day of 800 years: the two directions agree and each day follows the one before.
    #[test]
    fn days_and_dates_agree() {
        let mut before = super::civil(-150_000);
        for day in -149_999..150_000 {
            let (year, month, date) = super::civil(day);
            assert_eq!(super::days(year, month, date), day);
            let next = date == before.2 + 1 && (year, month) == (before.0, before.1);
            let first = date == 1 && (month == before.1 + 1 || (month == 1 && year == before.0 + 1));
            assert!(next || first);
            before = (year, month, date);
        }
    }
}
