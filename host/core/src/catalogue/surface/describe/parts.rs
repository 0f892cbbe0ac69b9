//! Words for the parts of operations and auth methods: slots, policies, tags and outcomes. What is shown is what the
//! rules look at, so that nothing that was granted was out of sight.

use super::line;
use crate::catalogue::{Class, GrantSlot, OutcomeName, OutcomeRule, Policy, Slot, TagsRule};

/// What a slot may hold and how it is written.
pub(super) fn slot_words(slot: &Slot) -> String {
    let mut words = held(slot.class, slot.multi, slot.optional);
    for prefix in &slot.strip {
        words.push_str(&format!(", without a first `{prefix}`"));
    }
    if let Some(at) = &slot.prepend {
        words.push_str(&format!(", behind the store's {at}"));
    }
    if !slot.before.is_empty() {
        words.push_str(&format!(", behind `{}`", slot.before));
    }
    if let Some(at) = &slot.strip_unless {
        words.push_str(&format!(", which stands there in every store without {at}"));
    }
    if slot.clean_slashes {
        words.push_str(", needless `/` ignored");
    }
    if slot.leading_slash {
        words.push_str(", its first `/` is kept and not matched");
    }
    words
}

/// What an account or auth slot may hold.
pub(super) fn grant_slot(slot: &GrantSlot) -> String {
    let mut words = held(slot.class, slot.multi, slot.optional);
    if let Some(at) = &slot.settings {
        words.push_str(&format!(", the store's {at} may repeat it"));
    }
    if let Some(default) = &slot.default {
        words.push_str(&format!(", else `{default}`"));
    }
    words
}

fn held(class: Class, multi: bool, optional: bool) -> String {
    let class = match class {
        Class::Segment => "letters, digits and _.@+=-",
        Class::SecretName => "letters, digits and _.@+=!-",
        Class::Wide => "printable ASCII without / \\ % ? #",
        Class::Digits => "digits",
        Class::Name => "letters, digits and _.-",
        Class::Arn => "an ARN",
        Class::Token => "a token",
        Class::Text => "any text",
    };
    let several = if multi { " in segments" } else { "" };
    let absent = if optional { ", may be absent" } else { "" };
    format!("{class}{several}{absent}")
}

/// The statements of a session policy.
pub(super) fn policy(text: &mut String, policy: &Policy) {
    for statement in &policy.statements {
        let actions = statement.actions.join(", ");
        line(text, &format!("    {}: {actions} on {}", statement.authority, statement.resource));
    }
}

/// Where tags stand.
pub(super) fn tags_words(rule: &TagsRule) -> String {
    match (&rule.key, &rule.value) {
        (Some(key), Some(value)) => format!("{key} and {value} of the items of {}", rule.at),
        _ => format!("the members of {}", rule.at),
    }
}

/// What the provider learns of a reply, in one line.
pub(super) fn outcomes(rules: &[OutcomeRule]) -> String {
    let one = |rule: &OutcomeRule| {
        let outcome = match rule.outcome {
            OutcomeName::Ok => "ok",
            OutcomeName::Absent => "absent",
            OutcomeName::Conflict => "conflict",
            OutcomeName::Refused => "refused",
            OutcomeName::Throttled => "throttled",
            OutcomeName::Failed => "failed",
        };
        let compared = [("ends with", &rule.ends_with), ("contains", &rule.contains)];
        let how = compared.into_iter().filter_map(|(how, text)| Some(format!("{how} `{}`", text.as_ref()?)));
        let how: Vec<String> = how.collect();
        let at = rule.at.as_ref().map(|at| format!(" whose {at} {}", how.join(" and ")));
        format!("{}{} is {outcome}", rule.status, at.unwrap_or_default())
    };
    rules.iter().map(one).collect::<Vec<_>>().join("; ")
}
