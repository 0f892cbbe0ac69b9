//! The second half of a golden file: YAML that is written by hand, so that it changes only where the decision does.

use std::{collections::BTreeMap, fmt::Write};

use super::super::{Action, DesiredSecret, EntryPlan, Managed, Plan, Settled};
use crate::{secret::Value, values::hash};

pub(super) fn plan(plan: &Plan) -> String {
    match plan {
        Plan::Keep => "plan: keep\n".into(),
        Plan::Fail(why) => format!("plan: fail\nfail: {}\nmessage: {:?}\n", why.reason, why.message),
        Plan::Fetch(fetch) => {
            let entries: String = fetch.entries.iter().map(entry).collect();
            format!("plan: fetch\nentries:\n{entries}")
        }
    }
}

fn entry(entry: &EntryPlan) -> String {
    let EntryPlan { source, store, entry, name, tags } = entry;
    let mut out = format!("- {}: {:?}/{} {:?}", source.path(), store.kind, store.name, entry);
    if let Some(name) = name {
        let _ = write!(out, " named {name:?}");
    }
    if !tags.is_empty() {
        let _ = write!(out, " tagged {tags:?}");
    }
    out.replace("None", "-") + "\n"
}

pub(super) fn settled(settled: &Settled) -> String {
    let Settled { action, ready, missing } = settled;
    let mut out = match action {
        Action::Keep => "settled: keep\n".into(),
        Action::Delete => "settled: delete\n".into(),
        Action::Write(secret) => format!("settled: write\n{}", written(secret)),
    };
    let _ = match ready {
        Ok(ready) => writeln!(out, "ready: True\nreason: {}\nmessage: {:?}", ready.reason, ready.message),
        Err(why) => writeln!(out, "ready: False\nreason: {}\nmessage: {:?}", why.reason, why.message),
    };
    if !missing.is_empty() {
        let _ = writeln!(out, "missing: {missing:?}");
    }
    out
}

fn written(secret: &DesiredSecret) -> String {
    let DesiredSecret { kind, immutable, owned, labels, annotations, data, managed, changes } = secret;
    let Managed { keys, labels: own_labels, annotations: own_annotations } = managed;
    let mut out = format!("type: {kind}\nimmutable: {immutable}\nowned: {owned}\nmanaged: {keys:?}\n");
    for (name, own) in [("managedLabels", own_labels), ("managedAnnotations", own_annotations)] {
        if !own.is_empty() {
            out.push_str(&map(name, own));
        }
    }
    out.push_str(&map("labels", labels));
    out.push_str(&map("annotations", annotations));
    out.push_str("data:\n");
    for (key, value) in data {
        let change = changes.get(key).map(|change| format!("{change:?}")).unwrap_or_default();
        let _ = writeln!(out, "  {key}: {} # {change}", fingerprint(value));
    }
    for (key, change) in changes.iter().filter(|(key, _)| !data.contains_key(*key)) {
        let _ = writeln!(out, "  # {key}: {change:?}");
    }
    out
}

fn map(name: &str, map: &BTreeMap<String, String>) -> String {
    let lines: String = map.iter().map(|(key, value)| format!("  {key}: {value:?}\n")).collect();
    format!("{name}:\n{lines}")
}

/// Length and the start of a hash: enough to see a difference, nothing to read.
fn fingerprint(value: &Value) -> String {
    let text = hash::text(&String::from_utf8_lossy(value.bytes()));
    format!("{} bytes, {}", value.bytes().len(), text.get(..16).unwrap_or_default())
}
