//! What the backend knows: namespaces with their mounts, auth methods and policies; tokens; its mode and its clock.
//! Data and the questions about it that need no request.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::policy::Policy;
use super::roles::Method;
use super::v1::V1;
use super::v2::V2;

/// Everything.
#[derive(Debug)]
pub(super) struct State {
    /// By path without slashes at the ends; the root is "".
    pub(super) namespaces: BTreeMap<String, Namespace>,
    pub(super) tokens: BTreeMap<String, Token>,
    pub(super) mode: Mode,
    pub(super) quota: Option<Quota>,
    pub(super) skew: Duration,
}

/// How it stands in its cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Active,
    Sealed,
    /// The active node's URL.
    Standby(String),
    /// So many more requests miss an index.
    Behind(u32),
}

/// A rate-limit quota: so many requests in each interval, for paths that start so.
#[derive(Clone, Debug)]
pub(super) struct Quota {
    pub(super) path: String,
    pub(super) rate: u64,
    pub(super) interval: Duration,
    pub(super) since: SystemTime,
    pub(super) used: u64,
}

/// One namespace.
#[derive(Debug)]
pub(super) struct Namespace {
    pub(super) mounts: BTreeMap<String, Engine>,
    pub(super) methods: BTreeMap<String, Method>,
    pub(super) policies: BTreeMap<String, Policy>,
}

/// A secrets engine.
#[derive(Debug)]
pub(super) enum Engine {
    V1(V1),
    V2(V2),
}

/// A client token.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) accessor: String,
    pub(super) namespace: String,
    pub(super) policies: Vec<String>,
    /// The path of its making, such as `auth/approle/login`.
    pub(super) path: String,
    pub(super) display_name: String,
    pub(super) created: SystemTime,
    pub(super) ttl: Option<Duration>,
    /// Requests left; none where they are not counted.
    pub(super) uses: Option<u64>,
    pub(super) batch: bool,
    pub(super) meta: BTreeMap<String, String>,
}

impl Namespace {
    /// An empty namespace: the `default` policy and nothing else.
    pub(super) fn new() -> Self {
        let policies = BTreeMap::from([("default".to_owned(), Policy::default_policy())]);
        Self { mounts: BTreeMap::new(), methods: BTreeMap::new(), policies }
    }
}

impl State {
    /// An empty backend.
    pub(super) fn new(root_token: &str) -> Self {
        let root = Token {
            accessor: random_id(),
            namespace: String::new(),
            policies: vec!["root".into()],
            path: "auth/token/root".into(),
            display_name: "root".into(),
            created: SystemTime::now(),
            ttl: None,
            uses: None,
            batch: false,
            meta: BTreeMap::new(),
        };
        Self {
            namespaces: BTreeMap::from([(String::new(), Namespace::new())]),
            tokens: BTreeMap::from([(root_token.to_owned(), root)]),
            mode: Mode::Active,
            quota: None,
            skew: Duration::ZERO,
        }
    }

    /// The time, by its own clock.
    pub(super) fn now(&self) -> SystemTime {
        SystemTime::now() + self.skew
    }

    /// Tokens of logins that are still good.
    pub(super) fn minted(&self) -> usize {
        let now = self.now();
        let logins = self.tokens.values().filter(|token| token.path.contains("/login"));
        logins.filter(|token| token.left(now) != Some(Duration::ZERO)).count()
    }
}

impl Token {
    /// The time that is left; none where it does not expire.
    pub(super) fn left(&self, now: SystemTime) -> Option<Duration> {
        let age = now.duration_since(self.created).unwrap_or_default();
        self.ttl.map(|ttl| ttl.saturating_sub(age))
    }
}

/// A random text in the form of a UUID.
pub(super) fn random_id() -> String {
    let mut bytes = [0_u8; 16];
    // Identifiers of a test backend: were there no randomness, TLS would have failed long before.
    let _ = aws_lc_rs::rand::fill(&mut bytes);
    bytes.iter().enumerate().fold(String::with_capacity(36), |mut out, (n, byte)| {
        let dash = if matches!(n, 4 | 6 | 8 | 10) { "-" } else { "" };
        let _ = write!(out, "{dash}{byte:02x}");
        out
    })
}

/// RFC 3339 in UTC with nanoseconds, as the API writes times.
pub(super) fn timestamp(time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let (days, second) = (since.as_secs() / 86_400, since.as_secs() % 86_400);
    // Days to a date by the era method: years begin in March, so that leap days come last.
    let shifted = days + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    let (hour, minute) = (second / 3600, second / 60 % 60);
    format!(
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{:02}.{:09}Z",
        second % 60,
        since.subsec_nanos()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_dates() {
        let at = |seconds| timestamp(UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(at(0), "1970-01-01T00:00:00.000000000Z");
        assert_eq!(at(951_782_400), "2000-02-29T00:00:00.000000000Z");
        assert_eq!(at(1_767_225_599), "2025-12-31T23:59:59.000000000Z");
    }

    #[test]
    fn identifiers_look_like_uuids_and_differ() {
        let (one, two) = (random_id(), random_id());
        assert_eq!(one.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
        assert_ne!(one, two);
    }
}
