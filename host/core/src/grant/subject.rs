//! Subjects (G5): the namespace of the requesting object, by name or by labels that tenants cannot set. An empty list
//! or item admits nobody: it does not compile.

use std::collections::{BTreeMap, BTreeSet};

use bailiwick_api::{
    dns::is_label,
    grant::Subject,
    meta::{LabelRequirement, LabelSelector},
};

use super::Namespace;
use crate::reason::{Denial, Reason};

/// The label that the API server sets on each Namespace.
const NAME_LABEL: &str = "kubernetes.io/metadata.name";

/// Whether the list of subjects means something.
///
/// # Errors
/// The first item that does not compile.
pub(super) fn check(subjects: &[Subject], trusted: &BTreeSet<String>) -> Result<(), Denial> {
    if subjects.is_empty() {
        return Err(refused("subjects".into(), "name at least one namespace or selector"));
    }
    for (n, subject) in subjects.iter().enumerate() {
        item(&format!("subjects[{n}]"), subject, trusted)?;
    }
    Ok(())
}

/// Whether a namespace is a subject; [`check`] has passed.
pub(super) fn admits(subjects: &[Subject], namespace: &Namespace<'_>) -> Result<(), Denial> {
    if subjects.iter().any(|subject| matches(subject, namespace)) {
        Ok(())
    } else {
        let remedy = format!("the grant does not name the namespace {}", namespace.name);
        Err(refused("subjects".into(), &remedy))
    }
}

fn refused(field: String, remedy: &str) -> Denial {
    Denial::new(Reason::SubjectNotGranted, field, remedy)
}

fn item(path: &str, subject: &Subject, trusted: &BTreeSet<String>) -> Result<(), Denial> {
    if subject.namespaces.is_empty() && subject.namespace_selector.is_none() {
        return Err(refused(path.into(), "is empty: name namespaces or a selector"));
    }
    for (n, name) in subject.namespaces.iter().enumerate() {
        if !is_label(name) {
            return Err(refused(format!("{path}.namespaces[{n}]"), "write one namespace's name, no pattern"));
        }
    }
    subject
        .namespace_selector
        .as_ref()
        .map_or(Ok(()), |s| selector(&format!("{path}.namespaceSelector"), s, trusted))
}

fn selector(path: &str, selector: &LabelSelector, trusted: &BTreeSet<String>) -> Result<(), Denial> {
    let keys = selector.match_labels.keys().chain(selector.match_expressions.iter().map(|e| &e.key));
    for key in keys {
        if key != NAME_LABEL && !trusted.contains(key) {
            let remedy = "uses a label that tenants can set: use one of --trusted-namespace-labels";
            return Err(refused(path.into(), remedy));
        }
    }
    for (n, expression) in selector.match_expressions.iter().enumerate() {
        let valued = matches!(expression.operator.as_str(), "In" | "NotIn");
        let known = valued || matches!(expression.operator.as_str(), "Exists" | "DoesNotExist");
        if !known || valued == expression.values.is_empty() {
            let remedy = "use In or NotIn with values, Exists or DoesNotExist without";
            return Err(refused(format!("{path}.matchExpressions[{n}]"), remedy));
        }
    }
    // Only absent labels would admit every namespace that nobody labelled; and each has a name.
    let asks = |e: &LabelRequirement| e.operator == "In" || e.operator == "Exists" && e.key != NAME_LABEL;
    let positive = !selector.match_labels.is_empty() || selector.match_expressions.iter().any(asks);
    if positive { Ok(()) } else { Err(refused(path.into(), "needs one label that must be there")) }
}

fn matches(subject: &Subject, namespace: &Namespace<'_>) -> bool {
    let named = subject.namespaces.is_empty() || subject.namespaces.iter().any(|name| name == namespace.name);
    let selected = subject.namespace_selector.as_ref().is_none_or(|selector| selects(selector, namespace));
    let says_something = !subject.namespaces.is_empty() || subject.namespace_selector.is_some();
    says_something && named && selected
}

pub(crate) fn selects(selector: &LabelSelector, namespace: &Namespace<'_>) -> bool {
    let value = |key: &str| label(namespace.labels, key, namespace.name);
    let labels = selector.match_labels.iter().all(|(key, wanted)| value(key) == Some(wanted));
    let says_something = !selector.match_labels.is_empty() || !selector.match_expressions.is_empty();
    says_something && labels && selector.match_expressions.iter().all(|e| holds(e, value(&e.key)))
}

/// The name is what the API server would set, whatever the labels at hand say.
fn label<'a>(labels: &'a BTreeMap<String, String>, key: &str, name: &'a str) -> Option<&'a str> {
    if key == NAME_LABEL { Some(name) } else { labels.get(key).map(String::as_str) }
}

/// `metav1.LabelSelectorRequirement`: NotIn holds where the label is absent.
fn holds(expression: &LabelRequirement, value: Option<&str>) -> bool {
    let listed = value.is_some_and(|value| expression.values.iter().any(|wanted| wanted == value));
    match expression.operator.as_str() {
        "In" => listed,
        "NotIn" => !listed,
        "Exists" => value.is_some(),
        "DoesNotExist" => value.is_none(),
        _ => false,
    }
}
