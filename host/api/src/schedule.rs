//! Schedules of sync windows: five-field cron in UTC, `@daily` and the like, `@every 1h`; the grammar is that of
//! robfig/cron, which ESO uses. A schedule that cannot be read is an error, where ESO ignores it: a window that
//! silently never closes is worse. `@every` counts from 1970-01-01T00:00:00Z, so that it needs no memory. Pure.

use std::{fmt, str::FromStr};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, Visitor},
};

use crate::{
    duration::{DurationError, GoDuration},
    external_secret::{SyncWindowKind, SyncWindows},
    time::{DAY, civil},
};

use self::field::Field;

mod field;

/// When a window opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    text: String,
    rule: Rule,
}

/// Why a text is no schedule. The text itself is never part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// Not five fields.
    #[error("a schedule has five fields: minute, hour, day of month, month, day of week; in UTC")]
    Fields,
    /// A field is out of its grammar or its bounds.
    #[error("the field {0} of the schedule is not valid: {1}")]
    Field(&'static str, &'static str),
    /// An unknown `@` name.
    #[error("unknown schedule: use @yearly, @monthly, @weekly, @daily, @hourly or @every with a duration")]
    Descriptor,
    /// `@every` without a duration.
    #[error("@every needs a duration such as 1h30m")]
    Every(#[source] DurationError),
    /// `@every` with less than a second.
    #[error("@every needs a duration of at least 1s")]
    TooOften,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Rule {
    Cron(Cron),
    /// Seconds.
    Every(i64),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Cron {
    minute: Field,
    hour: Field,
    day_of_month: Field,
    month: Field,
    day_of_week: Field,
}

/// Whether a periodic refresh may happen at `now` (Unix seconds): ESO's rule, both ends of a window inclusive.
#[must_use]
pub fn allows(windows: &SyncWindows, now: i64) -> bool {
    let open = windows.windows.iter().any(|w| w.schedule.is_open(w.duration, now));
    match windows.kind {
        SyncWindowKind::Allow => open || windows.windows.is_empty(),
        SyncWindowKind::Deny => !open,
    }
}

impl Schedule {
    /// Whether a window of this schedule and length is open at `now` (Unix seconds), both ends inclusive.
    #[must_use]
    pub fn is_open(&self, length: GoDuration, now: i64) -> bool {
        let opened = match &self.rule {
            Rule::Every(seconds) => Some(now - now.rem_euclid(*seconds)),
            Rule::Cron(cron) => cron.last(now, length.seconds()),
        };
        opened.is_some_and(|at| !length.is_negative() && now - at <= length.seconds())
    }
}

impl Cron {
    /// The last time at or before `now`, looking back `seconds` at most, and never beyond [`LOOK_BACK_DAYS`].
    fn last(&self, now: i64, seconds: i64) -> Option<i64> {
        let today = now.div_euclid(DAY);
        let earliest = now.saturating_sub(seconds).div_euclid(DAY).max(today - LOOK_BACK_DAYS);
        (earliest..=today).rev().filter(|day| self.on_day(*day)).find_map(|day| {
            let until = if day == today { now.rem_euclid(DAY) } else { DAY - 1 };
            Some(day * DAY + self.last_of_day(until)?)
        })
    }

    /// As cron has it: of day of month and day of week both must fit where one is `*`, else one is enough.
    fn on_day(&self, day: i64) -> bool {
        let (_, month, date) = civil(day);
        // 1970-01-01 was a Thursday.
        let weekday = u32::try_from((day + 4).rem_euclid(7)).unwrap_or_default();
        let (by_date, by_weekday) = (self.day_of_month.has(date), self.day_of_week.has(weekday));
        let fits = match self.day_of_month.any || self.day_of_week.any {
            true => by_date && by_weekday,
            false => by_date || by_weekday,
        };
        fits && self.month.has(month)
    }

    /// The last second of a day, at or before `until`, at which it fires.
    fn last_of_day(&self, until: i64) -> Option<i64> {
        (0..=until / 60).rev().map(|minute| (minute / 60, minute % 60)).find_map(|(hour, minute)| {
            let fires =
                self.hour.has(u32::try_from(hour).ok()?) && self.minute.has(u32::try_from(minute).ok()?);
            fires.then_some(hour * 3600 + minute * 60)
        })
    }
}

impl FromStr for Schedule {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        let rule = match text.strip_prefix('@') {
            Some(name) => descriptor(name)?,
            None => Rule::Cron(cron(text)?),
        };
        Ok(Self { text: text.to_owned(), rule })
    }
}

fn descriptor(name: &str) -> Result<Rule, ScheduleError> {
    let fields = match name {
        "yearly" | "annually" => "0 0 1 1 *",
        "monthly" => "0 0 1 * *",
        "weekly" => "0 0 * * 0",
        "daily" | "midnight" => "0 0 * * *",
        "hourly" => "0 * * * *",
        _ => return every(name.strip_prefix("every ").ok_or(ScheduleError::Descriptor)?),
    };
    cron(fields).map(Rule::Cron)
}

/// Whole seconds, at least one, as robfig/cron has it.
fn every(text: &str) -> Result<Rule, ScheduleError> {
    let seconds = text.trim().parse::<GoDuration>().map_err(ScheduleError::Every)?.seconds();
    (seconds >= 1).then_some(Rule::Every(seconds)).ok_or(ScheduleError::TooOften)
}

fn cron(text: &str) -> Result<Cron, ScheduleError> {
    let fields: Vec<&str> = text.split_ascii_whitespace().collect();
    let [minute, hour, day_of_month, month, day_of_week] = fields[..] else {
        return Err(ScheduleError::Fields);
    };
    let parse = |text, kind: &'static field::Kind| {
        Field::parse(text, kind).map_err(|why| ScheduleError::Field(kind.name, why))
    };
    Ok(Cron {
        minute: parse(minute, &field::MINUTE)?,
        hour: parse(hour, &field::HOUR)?,
        day_of_month: parse(day_of_month, &field::DAY_OF_MONTH)?,
        month: parse(month, &field::MONTH)?,
        day_of_week: parse(day_of_week, &field::DAY_OF_WEEK)?,
    })
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for Schedule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Schedule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Schedule;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a schedule as text, such as \"0 22 * * 1-5\"")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Schedule, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// Eight years: what may lie between two 29ths of February.
const LOOK_BACK_DAYS: i64 = 8 * 366;

#[cfg(test)]
mod tests;
