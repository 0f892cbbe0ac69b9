//! The first pure step: what to do about an ExternalSecret. An ordered list of small named checks, each of which may
//! end the matter with a reason and a message; what passes all of them is fetched if it is due.

use bailiwick_api::condition::reason;

use super::{
    checks::CHECKS,
    entries::{EntryPlan, entries},
    observed::Observed,
    refresh,
};
use crate::{reason::Denial, text::escaped};

/// The longest message of a status, in bytes.
pub const MAX_MESSAGE: usize = 256;

/// What to do.
#[derive(Debug, PartialEq, Eq)]
pub enum Plan {
    /// Nothing is due; the Secret and the status stay as they are.
    Keep,
    /// The object cannot be synced as it is.
    Fail(NotReady),
    /// Fetch these, then settle.
    Fetch(FetchPlan),
}

/// What to fetch.
#[derive(Debug, PartialEq, Eq)]
pub struct FetchPlan {
    /// In the order in which they are applied.
    pub entries: Vec<EntryPlan>,
}

/// Why an object is not ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotReady {
    /// `SecretSyncedError`, or a reason of the closed set of denials (G13).
    pub reason: &'static str,
    /// Made from codes and from fields of the object; at most [`MAX_MESSAGE`] bytes.
    pub message: String,
}

impl NotReady {
    /// An error of ESO's kind.
    pub fn new(message: impl Into<String>) -> Self {
        Self { reason: reason::SECRET_SYNCED_ERROR, message: cut(message.into()) }
    }

    /// The same, and what else went wrong.
    #[must_use]
    pub fn and(self, more: &str) -> Self {
        Self { message: cut(format!("{}; {more}", self.message)), ..self }
    }
}

impl From<&Denial> for NotReady {
    fn from(denial: &Denial) -> Self {
        Self { reason: denial.reason.as_str(), message: cut(format!("{}: {}", denial.field, denial.remedy)) }
    }
}

/// Decides from what was observed.
#[must_use]
pub fn plan(observed: &Observed<'_>) -> Plan {
    if let Some(not_ready) = CHECKS.iter().find_map(|(_, check)| check(observed)) {
        return Plan::Fail(not_ready);
    }
    match entries(&observed.object.spec) {
        Err(message) => Plan::Fail(NotReady::new(message)),
        Ok(_) if !refresh::due(observed) => Plan::Keep,
        Ok(entries) => Plan::Fetch(FetchPlan { entries }),
    }
}

/// Escapes what is not plain, and cuts at a character boundary.
fn cut(text: String) -> String {
    let mut text = escaped(&text).into_owned();
    if text.len() > MAX_MESSAGE {
        let end = (0..=MAX_MESSAGE - 3).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
        text.truncate(end);
        text.push_str("...");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{MAX_MESSAGE, NotReady};

    #[test]
    fn denied_a_message_that_draws_a_row_of_its_own() {
        let message = NotReady::new("spec.a\nteam-b db True\u{1b}[2K").message;
        assert_eq!(message, "spec.a\\u000ateam-b db True\\u001b[2K");
        assert!(NotReady::new("\u{1b}".repeat(200)).message.len() <= MAX_MESSAGE);
    }
}
