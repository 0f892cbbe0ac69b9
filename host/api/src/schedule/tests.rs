use super::{Schedule, ScheduleError, allows};
use crate::{
    duration::GoDuration,
    external_secret::{SyncWindow, SyncWindowKind, SyncWindows},
    time::Timestamp,
};

fn at(text: &str) -> i64 {
    text.parse::<Timestamp>().unwrap().unix()
}

fn open(schedule: &str, length: &str, now: &str) -> bool {
    schedule.parse::<Schedule>().unwrap().is_open(length.parse().unwrap(), at(now))
}

/// The table of ESO's own test, and its boundaries.
#[test]
fn a_window_includes_both_ends() {
    for (now, expected) in [
        ("2026-06-01T22:00:00Z", true),
        ("2026-06-01T21:59:59Z", false),
        ("2026-06-01T22:30:00Z", true),
        ("2026-06-02T00:00:00Z", true),
        ("2026-06-02T00:00:01Z", false),
        ("2026-06-01T21:00:00Z", false),
        ("2026-06-02T03:00:00Z", false),
        ("2026-06-02T22:30:00Z", true),
    ] {
        assert_eq!(open("0 22 * * *", "2h", now), expected, "{now}");
    }
}

#[test]
fn fields_select_days() {
    for (schedule, now, expected) in [
        // 2026-06-01 is a Monday.
        ("0 22 * * 1-5", "2026-06-01T22:00:00Z", true),
        ("0 22 * * MON-FRI", "2026-06-01T22:00:00Z", true),
        ("0 22 * * 1-5", "2026-06-06T22:00:00Z", false),
        ("0 22 * * sun", "2026-06-07T22:00:00Z", true),
        ("0 22 1 * *", "2026-06-01T22:00:00Z", true),
        ("0 22 2 * *", "2026-06-01T22:00:00Z", false),
        ("0 22 * jun *", "2026-06-01T22:00:00Z", true),
        ("0 22 * 7 *", "2026-06-01T22:00:00Z", false),
        // Both named: one is enough.
        ("0 22 13 * 1", "2026-06-01T22:00:00Z", true),
        ("0 22 1 * 5", "2026-06-01T22:00:00Z", true),
        ("0 22 2 * 5", "2026-06-01T22:00:00Z", false),
        // A star with a step is no star: one is enough.
        ("0 22 */2 * 5", "2026-06-01T22:00:00Z", true),
        ("0 22 ? * 5", "2026-06-01T22:00:00Z", false),
        ("*/15 * * * *", "2026-06-01T22:45:30Z", true),
        ("*/15 * * * *", "2026-06-01T22:46:01Z", false),
        ("5/20 * * * *", "2026-06-01T22:45:00Z", true),
        ("5/20 * * * *", "2026-06-01T22:05:00Z", true),
        ("5/20 * * * *", "2026-06-01T22:00:00Z", false),
        ("1,,2, * * * *", "2026-06-01T22:02:00Z", true),
        ("1-5/2 * * * *", "2026-06-01T22:05:00Z", true),
        ("1-5/2 * * * *", "2026-06-01T22:07:00Z", false),
        ("*/60 * * * *", "2026-06-01T22:00:30Z", true),
        ("0 0 *,5 * 1", "2026-06-05T00:00:00Z", false),
        ("0 22 1-31 * 5", "2026-06-01T22:00:00Z", true),
        ("0,30 8-10,20 * * *", "2026-06-01T09:30:00Z", true),
        ("0,30 8-10,20 * * *", "2026-06-01T11:00:00Z", false),
        ("@daily", "2026-06-01T00:00:59Z", true),
        ("@hourly", "2026-06-01T07:00:59Z", true),
        ("@weekly", "2026-06-07T00:00:00Z", true),
        ("@monthly", "2026-06-02T00:00:00Z", false),
        ("@yearly", "2026-01-01T00:00:00Z", true),
        ("@every 7h", "1970-01-01T07:00:30Z", true),
        ("@every 7h", "1970-01-01T06:59:59Z", false),
    ] {
        assert_eq!(open(schedule, "1m", now), expected, "{schedule} at {now}");
    }
}

#[test]
fn looks_back_as_far_as_the_window_is_long() {
    assert!(open("0 0 29 2 *", "70080h", "2032-02-28T12:00:00Z"));
    assert!(open("0 0 29 2 *", "70092h", "1904-02-28T12:00:00Z"));
    assert!(!open("0 0 29 2 *", "70091h", "1904-02-28T12:00:00Z"));
    assert!(!open("0 0 29 2 *", "24h", "2032-02-28T12:00:00Z"));
    assert!(!open("0 0 30 2 *", "2562047h", "2032-02-28T12:00:00Z"));
    assert!(open("0 22 * * *", "0s", "2026-06-01T22:00:00Z"));
    assert!(!open("0 22 * * *", "-1s", "2026-06-01T22:00:00Z"));
    let schedule: Schedule = "0 0 1 1 *".parse().unwrap();
    for extreme in [i64::MIN / 2, i64::MAX / 2] {
        let _ = schedule.is_open(GoDuration::from_nanos(i64::MAX), extreme);
    }
}

#[test]
fn kinds_allow_or_deny() {
    let windows = |kind, schedule: &str| SyncWindows {
        kind,
        windows: vec![SyncWindow {
            schedule: schedule.parse().unwrap(),
            duration: GoDuration::from_seconds(60),
        }],
    };
    let now = at("2026-06-01T22:00:00Z");
    assert!(allows(&windows(SyncWindowKind::Allow, "0 22 * * *"), now));
    assert!(!allows(&windows(SyncWindowKind::Allow, "0 21 * * *"), now));
    assert!(!allows(&windows(SyncWindowKind::Deny, "0 22 * * *"), now));
    assert!(allows(&windows(SyncWindowKind::Deny, "0 21 * * *"), now));
    assert!(allows(&SyncWindows { kind: SyncWindowKind::Allow, windows: vec![] }, now));
}

#[test]
fn refuses_what_is_no_schedule() {
    for text in ["", "0 22 * *", "0 22 * * * *", "TZ=Asia/Tokyo 0 22 * * *"] {
        assert_eq!(text.parse::<Schedule>(), Err(ScheduleError::Fields), "{text}");
    }
    for text in ["@reboot", "@", "@every", "@every1h", "@Daily"] {
        assert_eq!(text.parse::<Schedule>(), Err(ScheduleError::Descriptor), "{text}");
    }
    for text in ["@every x", "@every 5"] {
        assert!(matches!(text.parse::<Schedule>(), Err(ScheduleError::Every(_))), "{text}");
    }
    for text in ["@every 0s", "@every 10ms", "@every -1h"] {
        assert_eq!(text.parse::<Schedule>(), Err(ScheduleError::TooOften), "{text}");
    }
    for (text, field) in [
        ("60 * * * *", "minute"),
        ("a * * * *", "minute"),
        ("-1 * * * *", "minute"),
        (", * * * *", "minute"),
        ("5-1 * * * *", "minute"),
        ("*/0 * * * *", "minute"),
        ("*/x * * * *", "minute"),
        ("*/1/2 * * * *", "minute"),
        ("1-2-3 * * * *", "minute"),
        ("99999999999 * * * *", "minute"),
        ("* 24 * * *", "hour"),
        ("* * 0 * *", "day of month"),
        ("* * 32 * *", "day of month"),
        ("* * * 13 *", "month"),
        ("* * * mon *", "month"),
        ("* * * * 7", "day of week"),
    ] {
        assert!(
            matches!(text.parse::<Schedule>(), Err(ScheduleError::Field(name, _)) if name == field),
            "{text}"
        );
    }
}
