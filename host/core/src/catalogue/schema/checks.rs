//! The checks of single settings: texts against their facets, and selectors (ESO's SecretKeySelector,
//! ServiceAccountSelector and CAProvider) against their closed lists of fields.

use std::collections::BTreeMap;

use bailiwick_api::dns::{is_data_key, is_label, is_subdomain};
use regex::Regex;
use serde_json::Value as Json;

use super::{MAX_ITEMS, MAX_TEXT, USUAL_TEXT, nearest};
use crate::catalogue::{Field, FieldKind, parse::pattern};

/// The members of a selector type.
pub(super) struct Selector {
    required: &'static [&'static str],
    texts: &'static [&'static str],
    lists: &'static [&'static str],
}

/// ESO's SecretKeySelector.
pub(super) const SECRET_KEY: Selector =
    Selector { required: &["name", "key"], texts: &["name", "key", "namespace"], lists: &[] };
/// ESO's ServiceAccountSelector.
pub(super) const SERVICE_ACCOUNT: Selector =
    Selector { required: &["name"], texts: &["name", "namespace"], lists: &["audiences"] };
/// ESO's CAProvider.
pub(super) const CA_PROVIDER: Selector =
    Selector { required: &["type", "name"], texts: &["type", "name", "key", "namespace"], lists: &[] };

/// The patterns of a pass, each compiled once, however many items it is asked of.
pub(super) type Patterns<'f> = BTreeMap<&'f str, Option<Regex>>;

type Problem = (&'static str, String);

/// What is wrong with a text.
pub(super) fn text<'f>(field: &'f Field, text: &str, patterns: &mut Patterns<'f>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let length = i64::try_from(text.len()).unwrap_or(i64::MAX);
    if length < field.min.unwrap_or(0) || length > most(field) {
        problems.push(("is too short or too long", range(field)));
    }
    if !field.one_of.is_empty() && !field.one_of.iter().any(|one| one == text) {
        problems.push((
            "is none of the values that it may have",
            format!("use one of {}", field.one_of.join(", ")),
        ));
    }
    let mut matches = |p: &'f str| {
        let compiled = patterns.entry(p).or_insert_with(|| pattern(p).ok());
        compiled.as_ref().is_some_and(|pattern| pattern.is_match(text))
    };
    if field.pattern.as_deref().is_some_and(|p| !matches(p)) {
        problems
            .push(("does not have the form that it must have", "see the provider's reference".to_owned()));
    }
    problems
}

/// The range of a field, in words.
pub(super) fn range(field: &Field) -> String {
    let measure = match field.kind {
        FieldKind::Integer => "",
        FieldKind::String => " bytes",
        _ => " items",
    };
    match (field.min, most(field)) {
        (Some(min), i64::MAX) => format!("use at least {min}{measure}"),
        (Some(min), max) => format!("use {min} to {max}{measure}"),
        (None, max) => format!("use at most {max}{measure}"),
    }
}

/// The greatest length or integer.
fn most(field: &Field) -> i64 {
    match field.kind {
        FieldKind::Integer => field.max.unwrap_or(i64::MAX),
        FieldKind::String => field.max.unwrap_or(USUAL_TEXT).min(MAX_TEXT),
        _ => field.max.unwrap_or(MAX_ITEMS).min(MAX_ITEMS),
    }
}

/// What is wrong with a selector: the member, the problem, the remedy.
pub(super) fn selector(shape: &Selector, value: &Json) -> Vec<(String, &'static str, String)> {
    let Some(members) = value.as_object() else {
        return vec![(String::new(), "is not an object", format!("write {}", shape.texts.join(", ")))];
    };
    let mut problems = Vec::new();
    for name in shape.required.iter().filter(|name| !members.contains_key(**name)) {
        problems.push(((*name).to_owned(), "is missing", "add it".to_owned()));
    }
    for (name, member) in members {
        let fits = if shape.texts.contains(&name.as_str()) {
            member.as_str().is_some_and(|text| is_reference(name, text))
        } else if shape.lists.contains(&name.as_str()) {
            member.as_array().is_some_and(|items| items.iter().all(Json::is_string))
        } else {
            let near = nearest(name, shape.texts.iter().chain(shape.lists).copied());
            let remedy =
                near.map_or_else(|| "remove it".to_owned(), |near| format!("did you mean `{near}`?"));
            problems.push((name.clone(), "is no field of this selector", remedy));
            continue;
        };
        if !fits {
            problems.push((name.clone(), "is not a valid reference", remedy(name).to_owned()));
        }
    }
    problems
}

fn remedy(member: &str) -> &'static str {
    match member {
        "type" => "use Secret or ConfigMap",
        "key" => "use letters, digits and -._, at most 253",
        "audiences" => "write a list of texts",
        _ => "use a DNS-1123 name",
    }
}

/// The patterns of eso-api: names and namespaces are DNS-1123, keys `[-._a-zA-Z0-9]+`.
fn is_reference(member: &str, text: &str) -> bool {
    match member {
        "type" => matches!(text, "Secret" | "ConfigMap"),
        "key" => is_data_key(text),
        "namespace" => is_label(text),
        _ => is_subdomain(text),
    }
}
