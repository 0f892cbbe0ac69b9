//! The Secret that should be there, from the data, the policies and the Secret that is there. Owner and Orphan leave
//! exactly the data that was gathered; Merge and CreateOrMerge keep foreign keys.

use std::collections::BTreeMap;

use bailiwick_api::{
    condition::phrase,
    external_secret::CreationPolicy,
    names::{
        ANNOTATION_DATA_HASH, ANNOTATION_LAST_APPLIED, LABEL_CREATED_BY, LABEL_MANAGED, LABEL_MANAGED_VALUE,
    },
};

use super::{
    super::{
        checks::policies,
        observed::{Observed, TargetState},
        plan::NotReady,
    },
    Change, DesiredSecret,
};
use crate::{secret::Value, values::hash};

/// What follows from the data.
pub(super) enum Outcome {
    /// Write this.
    Write(DesiredSecret),
    /// It is as it should be.
    Keep,
    /// Merge, and there is nothing to merge into.
    Missing,
}

type Data = BTreeMap<String, Value>;

pub(super) fn desired(
    observed: &Observed<'_>,
    data: Data,
    target: Option<TargetState>,
) -> Result<Outcome, NotReady> {
    let (creation, _) = policies(observed.object.spec.target.as_ref());
    match (creation, &target) {
        (CreationPolicy::None, _) => return Ok(Outcome::Keep),
        (CreationPolicy::Merge, None) => return Ok(Outcome::Missing),
        _ => {}
    }
    let existed = target.is_some();
    match build(observed, creation, data, target.unwrap_or_default()) {
        Built { frozen: true, changed: true, .. } => Err(NotReady::new(phrase::IMMUTABLE)),
        Built { changed: false, .. } if existed => Ok(Outcome::Keep),
        Built { secret, .. } => Ok(Outcome::Write(secret)),
    }
}

struct Built {
    secret: DesiredSecret,
    /// It is there and immutable.
    frozen: bool,
    /// It differs from what is there.
    changed: bool,
}

fn build(observed: &Observed<'_>, creation: CreationPolicy, data: Data, mut before: TargetState) -> Built {
    let managed: Vec<String> = data.keys().cloned().collect();
    let mut changes = changes(&before.data, &data);
    let mut all = data;
    if matches!(creation, CreationPolicy::Merge | CreationPolicy::CreateOrMerge) {
        keep_foreign(&mut all, &mut changes, &mut before);
    }
    let owned = creation == CreationPolicy::Owner;
    let labels = labels(observed, &before, owned);
    let annotations = annotations(observed, &before, &all);
    let immutable = observed.object.spec.target.as_ref().and_then(|t| t.immutable).unwrap_or(false);
    let same_data = changes.values().all(|change| *change == Change::Same);
    let changed = !same_data
        || labels != before.labels
        || annotations != before.annotations
        || immutable != before.immutable;
    let kind = if before.kind.is_empty() { "Opaque".to_owned() } else { before.kind };
    let secret = DesiredSecret { kind, immutable, owned, labels, annotations, data: all, managed, changes };
    Built { frozen: before.immutable, changed, secret }
}

/// Keys that somebody else wrote stay; keys that we wrote before and have no more go.
fn keep_foreign(all: &mut Data, changes: &mut BTreeMap<String, Change>, before: &mut TargetState) {
    for (key, value) in std::mem::take(&mut before.data) {
        if !all.contains_key(&key) && !before.managed.contains(&key) {
            changes.insert(key.clone(), Change::Same);
            all.insert(key, value);
        }
    }
}

fn changes(before: &Data, after: &Data) -> BTreeMap<String, Change> {
    let removed =
        before.keys().filter(|key| !after.contains_key(*key)).map(|key| (key.clone(), Change::Removed));
    let kept = after.iter().map(|(key, value)| {
        let change = match before.get(key) {
            None => Change::Added,
            Some(old) if old.bytes() == value.bytes() => Change::Same,
            Some(_) => Change::Changed,
        };
        (key.clone(), change)
    });
    removed.chain(kept).collect()
}

/// Those that are there, the object's over them, ours over both. Leaving Owner takes the owner's label off.
fn labels(observed: &Observed<'_>, before: &TargetState, owned: bool) -> BTreeMap<String, String> {
    let mut labels = before.labels.clone();
    labels.extend(observed.object.metadata.labels.clone());
    labels.insert(LABEL_MANAGED.to_owned(), LABEL_MANAGED_VALUE.to_owned());
    if owned {
        labels.insert(LABEL_CREATED_BY.to_owned(), observed.created_by());
    } else if labels.get(LABEL_CREATED_BY).is_some_and(|owner| *owner == observed.created_by()) {
        labels.remove(LABEL_CREATED_BY);
    }
    labels
}

/// As labels; kubectl's copy of the manifest is not carried over, which ESO does to its users' surprise.
fn annotations(observed: &Observed<'_>, before: &TargetState, data: &Data) -> BTreeMap<String, String> {
    let mut annotations = before.annotations.clone();
    let own = observed.object.metadata.annotations.iter().filter(|(key, _)| *key != ANNOTATION_LAST_APPLIED);
    annotations.extend(own.map(|(key, value)| (key.clone(), value.clone())));
    annotations.insert(ANNOTATION_DATA_HASH.to_owned(), hash::data(data));
    annotations
}
