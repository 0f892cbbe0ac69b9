//! Reads a policy's ceiling: names of worlds and classes, canonical origins, namespaces. What has no meaning is a fault,
//! so that nobody believes in a bound that is none.

use std::collections::BTreeSet;

use bailiwick_api::{dns::is_label, trust_policy::Ceiling as Spec};

use super::Bounds;
use crate::{
    catalogue::OperationClass,
    egress::origin::{OriginOptions, parse},
    trust::policy::Faults,
};

/// Reads one; faults are collected.
pub(in crate::trust) fn read(policy: &str, spec: Option<&Spec>, faults: &mut Faults) -> Bounds {
    let none = Spec::default();
    let spec = spec.unwrap_or(&none);
    let mut bounds = Bounds {
        policy: policy.to_owned(),
        worlds: BTreeSet::from(["blind".to_owned()]),
        operations: BTreeSet::from([OperationClass::Read, OperationClass::List]),
        origins: spec.origins.clone(),
        subjects: spec.subjects.clone(),
        wasi: spec.wasi.iter().flatten().cloned().collect(),
    };
    if let Some(worlds) = &spec.worlds {
        check("worlds", worlds, faults, "write blind or wasi", |world| matches!(world, "blind" | "wasi"));
        bounds.worlds = worlds.iter().cloned().collect();
    }
    if let Some(classes) = &spec.operations {
        let remedy = "write classes: read, list, write, delete";
        check("operations", classes, faults, remedy, |word| class(word).is_some());
        bounds.operations = classes.iter().filter_map(|word| class(word)).collect();
    }
    let remedy = "write https://host[:port] in canonical form, * for one whole label of the host";
    check("origins", spec.origins.iter().flatten(), faults, remedy, is_origin);
    let remedy = "write a namespace, or its beginning and *";
    check("subjects", spec.subjects.iter().flatten(), faults, remedy, is_subject);
    let remedy = "write an interface, such as wasi:clocks/monotonic-clock";
    check("wasi", spec.wasi.iter().flatten(), faults, remedy, is_interface);
    bounds
}

fn check<'a>(
    list: &str,
    items: impl IntoIterator<Item = &'a String>,
    faults: &mut Faults,
    remedy: &str,
    formed: impl Fn(&str) -> bool,
) {
    for (n, item) in items.into_iter().enumerate() {
        if !formed(item) {
            faults.add(format!("ceiling.{list}[{n}]"), remedy);
        }
    }
}

fn class(word: &str) -> Option<OperationClass> {
    Some(match word {
        "read" => OperationClass::Read,
        "list" => OperationClass::List,
        "write" => OperationClass::Write,
        "delete" => OperationClass::Delete,
        _ => return None,
    })
}

/// With a plain label in each star's place it is an origin.
fn is_origin(text: &str) -> bool {
    let options = OriginOptions { allow_http: true, allow_ip_literal: true, allow_cluster: true };
    let host = text.split_once("://").map_or("", |(_, rest)| rest.split(':').next().unwrap_or_default());
    let stars = text.matches('*').count();
    let whole = host.split('.').filter(|label| *label == "*").count();
    stars == whole
        && parse(&text.replace('*', "x"), options).is_ok_and(|origin| stars == 0 || origin.literal.is_none())
}

fn is_subject(text: &str) -> bool {
    let bare = text.strip_suffix('*').unwrap_or(text);
    let begins = |text: &str| is_label(&format!("{text}x"));
    if bare.len() == text.len() { is_label(text) } else { bare.is_empty() || begins(bare) }
}

fn is_interface(text: &str) -> bool {
    let within = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b":/-.@".contains(&b);
    (1..=128).contains(&text.len()) && text.contains(':') && text.bytes().all(within)
}
