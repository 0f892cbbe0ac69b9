//! Status and error code to outcome, by the catalogue's rules; the first that matches wins.

use bailiwick_boundary::Outcome;
use bailiwick_core::{
    catalogue::{OutcomeName, OutcomeRule, ReplyRule},
    values::json::{Json, Kind},
};

/// The outcome of a response. `json` is its body, where that is JSON.
pub(super) fn of(rule: &ReplyRule, status: u16, json: Option<&Json<'_>>) -> Outcome {
    let named = rule.outcomes.iter().find(|outcome| fits(outcome, status, json));
    let outcome = named.map_or_else(|| by_status(status), |outcome| translate(outcome.outcome));
    if outcome == Outcome::Ok && json.is_some_and(|json| is_absent(rule, json)) {
        return Outcome::Absent;
    }
    outcome
}

fn fits(rule: &OutcomeRule, status: u16, json: Option<&Json<'_>>) -> bool {
    if rule.status != status {
        return false;
    }
    let Some(at) = &rule.at else { return true };
    let Some(text) = json.and_then(|json| json.pointer(at)).and_then(|node| node.text()) else {
        return false;
    };
    rule.ends_with.as_ref().is_none_or(|end| text.ends_with(end))
        && rule.contains.as_ref().is_none_or(|part| text.contains(part))
}

fn by_status(status: u16) -> Outcome {
    match status {
        200..=299 => Outcome::Ok,
        401 | 403 => Outcome::Refused,
        409 | 412 => Outcome::Conflict,
        429 => Outcome::Throttled,
        _ => Outcome::Failed,
    }
}

fn translate(name: OutcomeName) -> Outcome {
    match name {
        OutcomeName::Ok => Outcome::Ok,
        OutcomeName::Absent => Outcome::Absent,
        OutcomeName::Conflict => Outcome::Conflict,
        OutcomeName::Refused => Outcome::Refused,
        OutcomeName::Throttled => Outcome::Throttled,
        OutcomeName::Failed => Outcome::Failed,
    }
}

fn is_absent(rule: &ReplyRule, json: &Json<'_>) -> bool {
    rule.absent_when.iter().any(|at| json.pointer(at).is_none_or(|node| node.kind() == Kind::Null))
}
