use super::{DurationError, GoDuration, seconds_or_days};

fn nanos(text: &str) -> Result<i64, DurationError> {
    text.parse::<GoDuration>().map(GoDuration::nanos)
}

/// Text, nanoseconds and canonical form as Go 1.26 gives them.
#[test]
fn reads_and_writes_what_go_does() {
    for (text, value, canonical) in [
        ("0", 0, "0s"),
        ("-0", 0, "0s"),
        ("+5s", 5_000_000_000, "5s"),
        ("1h0m0s", 3_600_000_000_000, "1h0m0s"),
        ("1h", 3_600_000_000_000, "1h0m0s"),
        ("90m", 5_400_000_000_000, "1h30m0s"),
        ("1.5h", 5_400_000_000_000, "1h30m0s"),
        (".5s", 500_000_000, "500ms"),
        ("1.s", 1_000_000_000, "1s"),
        ("30s30s", 60_000_000_000, "1m0s"),
        ("1.1s", 1_100_000_000, "1.1s"),
        ("100us", 100_000, "100µs"),
        ("100µs", 100_000, "100µs"),
        ("100μs", 100_000, "100µs"),
        ("7ns", 7, "7ns"),
        ("1.000000001s", 1_000_000_001, "1.000000001s"),
        ("0.0000000001s", 0, "0s"),
        ("0.5ns", 0, "0s"),
        ("1.1ns", 1, "1ns"),
        ("1.7us", 1_700, "1.7µs"),
        ("1.005ms", 1_005_000, "1.005ms"),
        ("59.999999999s", 59_999_999_999, "59.999999999s"),
        ("0.999999999999999999999999h", 3_600_000_000_000, "1h0m0s"),
        ("-1m1.5s", -61_500_000_000, "-1m1.5s"),
        ("2562047h47m16.854775807s", i64::MAX, "2562047h47m16.854775807s"),
        ("-2562047h47m16.854775808s", i64::MIN, "-2562047h47m16.854775808s"),
    ] {
        assert_eq!(nanos(text), Ok(value), "{text}");
        assert_eq!(GoDuration::from_nanos(value).to_string(), canonical, "{text}");
    }
}

#[test]
fn refuses_what_go_refuses() {
    for (text, error) in [
        ("", DurationError::Malformed),
        ("-", DurationError::Malformed),
        (".", DurationError::Malformed),
        (".s", DurationError::Malformed),
        ("s", DurationError::Malformed),
        (" 1s", DurationError::Malformed),
        ("--1s", DurationError::Malformed),
        ("60", DurationError::MissingUnit),
        ("1h30", DurationError::MissingUnit),
        ("1d", DurationError::UnknownUnit),
        ("1 s", DurationError::UnknownUnit),
        ("1H", DurationError::UnknownUnit),
        ("2562047h47m16.854775808s", DurationError::TooLong),
        ("99999999999999999999999999999999999999999h", DurationError::TooLong),
        ("9999999999999999h", DurationError::TooLong),
    ] {
        assert_eq!(nanos(text), Err(error), "{text}");
    }
}

#[test]
fn seconds_saturate() {
    assert_eq!(GoDuration::from_seconds(i64::MAX).nanos(), i64::MAX);
    assert_eq!(GoDuration::from_seconds(-61).seconds(), -61);
    assert_eq!(GoDuration::from_nanos(1_999_999_999).millis(), 1999);
}

#[test]
fn whole_days_are_read_where_fields_are_our_own() {
    for (text, seconds) in [("1d", 86_400), ("400d", 34_560_000), ("0d", 0), ("1h30m", 5400), ("-1h", -3600)]
    {
        assert_eq!(seconds_or_days(text), Ok(seconds), "{text}");
    }
    for text in ["d", "-1d", "+1d", "1.5d", "1d12h", "1D", "99999999999d", "7"] {
        assert!(seconds_or_days(text).is_err(), "{text}");
    }
}
