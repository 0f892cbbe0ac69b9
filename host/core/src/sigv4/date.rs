//! The two forms of a time in a signature: `20150830` of the scope and `20150830T123600Z` of the header.

const DAY: u64 = 86_400;

/// A point in time, as a signature writes it.
pub(super) struct Stamp {
    /// `YYYYMMDD`.
    pub(super) date: String,
    /// `YYYYMMDDTHHMMSSZ`.
    pub(super) time: String,
}

impl Stamp {
    /// Of seconds since 1970, UTC.
    pub(super) fn of(unix: u64) -> Self {
        let (year, month, day) = civil(unix / DAY);
        let date = format!("{year:04}{month:02}{day:02}");
        let second = unix % DAY;
        let time = format!("{date}T{:02}{:02}{:02}Z", second / 3600, second / 60 % 60, second % 60);
        Self { date, time }
    }
}

/// Year, month and day of the proleptic Gregorian calendar. Years are counted from March, so that the leap day is
/// the last of its year; 400 years are 146097 days.
fn civil(days: u64) -> (u64, u64, u64) {
    // From 0000-03-01.
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}
