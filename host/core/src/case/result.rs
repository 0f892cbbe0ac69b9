//! What the entries of a case came to, against what it expects. Values go through the steps that they would go through
//! on their way into a Secret: property, members, conversion. Failures are compared by their codes.

use std::collections::{BTreeMap, BTreeSet};

use bailiwick_api::case::{Case, CaseEntry};
use bailiwick_boundary::Failure;
use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{Difference, entry};
use crate::{
    catalogue::ValueRule,
    fetched::{EntryFailure, EntryResult, Fetched, RunFailure, Sourced, Trouble},
    reconcile::settle::{gathered, words},
    secret::Value,
};

/// What one entry came to.
enum Came {
    Values(BTreeMap<String, Value>),
    Absent,
    Failed(String, String),
}

/// What differs between the results of a run and what the case expects.
#[must_use]
pub fn judge(case: &Case, fetched: Fetched, values: ValueRule) -> Vec<Difference> {
    let Fetched { entries, run } = fetched;
    let ended = run.as_ref().err().map(code);
    if ended.as_deref() != case.failure.as_deref() {
        let why = run.as_ref().err().map(|failure| format!(": {failure}")).unwrap_or_default();
        let got = ended.map_or_else(|| "a result for each entry".to_owned(), |code| format!("{code}{why}"));
        let expected = case.failure.as_deref().unwrap_or("a result for each entry");
        return vec![Difference::new("the run", expected, got)];
    }
    if ended.is_some() {
        return Vec::new();
    }
    let compared = case.entries.iter().zip(entries).enumerate();
    compared.flat_map(|(index, (entry, result))| compare(index, entry, came(entry, result, values))).collect()
}

/// The code of a run's failure, as a case writes it.
fn code(failure: &RunFailure) -> String {
    match failure {
        RunFailure::Provider(failure) => kebab(*failure).to_owned(),
        RunFailure::Backend(trouble) => trouble_code(*trouble),
        RunFailure::BrokeRule(rule) => format!("broke-rule-{rule}"),
        RunFailure::Stopped(_) => "stopped".to_owned(),
        RunFailure::Material { .. } => "no-credential".to_owned(),
        RunFailure::Denied(denial) => denial.reason.as_str().to_owned(),
    }
}

const fn kebab(failure: Failure) -> &'static str {
    match failure {
        Failure::NotFound => "not-found",
        Failure::Refused => "refused",
        Failure::Throttled => "throttled",
        Failure::Unavailable => "unavailable",
        Failure::Misconfigured => "misconfigured",
        Failure::UnexpectedResponse => "unexpected-response",
        Failure::Denied => "denied",
    }
}

fn trouble_code(trouble: Trouble) -> String {
    let code = match trouble {
        Trouble::Unresolved => "unresolved",
        Trouble::Unreachable => "unreachable",
        Trouble::Closed => "closed",
        Trouble::TimedOut => "timed-out",
        Trouble::TooLarge => "too-large",
        Trouble::Malformed => "malformed",
        Trouble::LoginRefused => "login-refused",
        Trouble::Status(status) => return format!("status-{status}"),
    };
    code.to_owned()
}

fn failed(failure: &EntryFailure) -> Came {
    match failure {
        EntryFailure::Provider(failure) => {
            Came::Failed(kebab(*failure).to_owned(), words(*failure).to_owned())
        }
        EntryFailure::Denied(denial) => Came::Failed(denial.reason.as_str().to_owned(), denial.to_string()),
        EntryFailure::Backend(trouble) => Came::Failed(trouble_code(*trouble), trouble.to_string()),
        EntryFailure::WrongShape => {
            Came::Failed("wrong-shape".to_owned(), "the answer has not the shape that is expected".to_owned())
        }
        EntryFailure::Unproven => {
            let why = "the provider says that it is not there, but no response of the case does";
            Came::Failed("unproven".to_owned(), why.to_owned())
        }
    }
}

fn came(entry: &CaseEntry, result: EntryResult, values: ValueRule) -> Came {
    match result {
        EntryResult::Failed(failure) => failed(&failure),
        EntryResult::Unanswered => {
            Came::Failed("unanswered".to_owned(), "the provider did not answer this entry".to_owned())
        }
        EntryResult::Absent => Came::Absent,
        result => match gathered(&entry::spec(entry), Sourced { result, values }) {
            Ok(Some(data)) => Came::Values(data),
            Ok(None) => Came::Absent,
            Err(not_ready) => Came::Failed("unusable".to_owned(), not_ready.message),
        },
    }
}

fn compare(index: usize, entry: &CaseEntry, came: Came) -> Vec<Difference> {
    let at = format!("entries[{index}]");
    let expected = expected(entry);
    match (came, entry) {
        (Came::Absent, CaseEntry { absent: Some(true), .. }) => Vec::new(),
        (Came::Failed(code, _), CaseEntry { failed: Some(own), .. }) if code == *own => Vec::new(),
        (Came::Values(data), CaseEntry { names: Some(names), .. }) => {
            let (own, other): (BTreeSet<&String>, BTreeSet<&String>) =
                (names.iter().collect(), data.keys().collect());
            let words = |names: BTreeSet<&String>| names.into_iter().cloned().collect::<Vec<_>>().join(", ");
            if own == other { Vec::new() } else { vec![Difference::new(at, words(own), words(other))] }
        }
        (Came::Values(data), CaseEntry { value: Some(value), .. }) => {
            let own = BTreeMap::from([(entry::KEY, value.as_str())]);
            members(&at, &own, &data)
        }
        (Came::Values(data), CaseEntry { values: Some(values), .. }) => {
            let own = values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            members(&at, &own, &data)
        }
        (Came::Values(data), _) => {
            let keys: Vec<&str> = data.keys().map(String::as_str).collect();
            vec![Difference::new(at, expected, format!("values: {}", keys.join(", ")))]
        }
        (Came::Absent, _) => vec![Difference::new(at, expected, "absent")],
        (Came::Failed(code, why), _) => vec![Difference::new(at, expected, format!("failed {code}: {why}"))],
    }
}

fn members(at: &str, expected: &BTreeMap<&str, &str>, got: &BTreeMap<String, Value>) -> Vec<Difference> {
    let names: BTreeSet<&str> = expected.keys().copied().chain(got.keys().map(String::as_str)).collect();
    let differs =
        |name: &&str| expected.get(name).map(|text| text.as_bytes()) != got.get(*name).map(Value::bytes);
    let words = |name: &str| {
        Difference::new(
            format!("{at} {name}"),
            expected.get(name).map_or_else(|| "nothing".to_owned(), |text| format!("{text:?}")),
            got.get(name).map_or_else(|| "nothing".to_owned(), text),
        )
    };
    names.into_iter().filter(differs).map(words).collect()
}

/// A value of the case's own response.
fn text(value: &Value) -> String {
    match std::str::from_utf8(value.bytes()) {
        Ok(text) => format!("{text:?}"),
        Err(_) => format!("no text; in base64 {}", STANDARD.encode(value.bytes())),
    }
}

fn expected(entry: &CaseEntry) -> String {
    if let Some(code) = &entry.failed {
        return format!("failed {code}");
    }
    match (entry.absent, &entry.value) {
        (Some(_), _) => "absent".to_owned(),
        (_, Some(value)) => format!("{value:?}"),
        _ => "values".to_owned(),
    }
}
