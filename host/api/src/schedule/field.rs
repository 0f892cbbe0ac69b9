//! One field of a cron schedule: a set of numbers. Pure.

/// A set of numbers below 64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Field {
    bits: u64,
    /// Written as `*` or `?`, without a step above one.
    pub(super) any: bool,
}

/// What a field may hold.
pub(super) struct Kind {
    pub(super) name: &'static str,
    least: u32,
    greatest: u32,
    /// Names of the numbers from `least` on.
    names: &'static [&'static str],
}

pub(super) static MINUTE: Kind = Kind { name: "minute", least: 0, greatest: 59, names: &[] };
pub(super) static HOUR: Kind = Kind { name: "hour", least: 0, greatest: 23, names: &[] };
pub(super) static DAY_OF_MONTH: Kind = Kind { name: "day of month", least: 1, greatest: 31, names: &[] };
pub(super) static MONTH: Kind = Kind {
    name: "month",
    least: 1,
    greatest: 12,
    names: &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
};
pub(super) static DAY_OF_WEEK: Kind = Kind {
    name: "day of week",
    least: 0,
    greatest: 6,
    names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
};

impl Field {
    /// A comma-separated list of `*`, `?`, `n`, `n-m`, each with an optional `/step`.
    pub(super) fn parse(text: &str, kind: &Kind) -> Result<Self, &'static str> {
        let mut field = Self { bits: 0, any: false };
        for item in text.split(',').filter(|item| !item.is_empty()) {
            let (range, step) = match item.split_once('/') {
                Some((range, step)) => (range, Some(step)),
                None => (item, None),
            };
            let step = step.map_or(Ok(1), |text| digits(text).filter(|n| *n > 0).ok_or(STEP))?;
            let (from, to, any) = bounds(range, item.contains('/'), kind)?;
            field.any |= any && step == 1;
            for number in (from..=to).step_by(usize::try_from(step).map_err(|_| STEP)?) {
                field.bits |= 1 << number;
            }
        }
        if field.bits == 0 { Err(LIST) } else { Ok(field) }
    }

    pub(super) fn has(self, number: u32) -> bool {
        self.bits >> number & 1 == 1
    }
}

/// `n/step` means from n to the greatest.
fn bounds(range: &str, stepped: bool, kind: &Kind) -> Result<(u32, u32, bool), &'static str> {
    if range == "*" || range == "?" {
        return Ok((kind.least, kind.greatest, true));
    }
    let (from, to) = match range.split_once('-') {
        Some((from, to)) => (number(from, kind)?, number(to, kind)?),
        None => {
            let from = number(range, kind)?;
            (from, if stepped { kind.greatest } else { from })
        }
    };
    if from > to { Err("a range begins after its end") } else { Ok((from, to, false)) }
}

fn number(text: &str, kind: &Kind) -> Result<u32, &'static str> {
    let named = kind.names.iter().position(|name| name.eq_ignore_ascii_case(text));
    let number = match named {
        Some(place) => u32::try_from(place).ok().map(|n| n + kind.least),
        None => digits(text),
    };
    let number = number.ok_or(LIST)?;
    if (kind.least..=kind.greatest).contains(&number) { Ok(number) } else { Err("a number is out of range") }
}

fn digits(text: &str) -> Option<u32> {
    let clean = (1..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    clean.then(|| text.parse().ok())?
}

const LIST: &str = "it is a list of numbers, ranges such as 1-5, and steps such as */15";
const STEP: &str = "a step is a whole number of 1 or more";
