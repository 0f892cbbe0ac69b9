//! The Secret that should be there, from the data, the policies and the Secret that is there. Owner and Orphan leave
//! exactly the data that was gathered; Merge and CreateOrMerge keep foreign keys.

use std::collections::BTreeMap;

use bailiwick_api::{
    condition::phrase,
    dns::is_data_key,
    external_secret::{CreationPolicy, ExternalSecretSpec},
    meta::Object,
    names::{
        ANNOTATION_DATA_HASH, ANNOTATION_LAST_APPLIED, LABEL_CREATED_BY, LABEL_MANAGED, LABEL_MANAGED_VALUE,
    },
};

use super::{
    super::{
        checks::policies,
        observed::{Managed, TargetState, created_by},
        plan::NotReady,
    },
    Change, DesiredSecret,
};
use crate::values::{convert::Data, hash};

/// Bytes of all values of a Secret together; the API server takes no more.
const MAX_DATA: usize = 1 << 20;
/// Labels and annotations that only we set: none is copied from an object.
const RESERVED: &str = "reconcile.external-secrets.io/";

/// What follows from the data.
pub(super) enum Outcome {
    /// Write this.
    Write(DesiredSecret),
    /// It is as it should be.
    Keep,
    /// Merge, and there is nothing to merge into.
    Missing,
}

pub(super) fn desired(
    object: &Object<ExternalSecretSpec>,
    data: Data,
    target: Option<TargetState>,
) -> Result<Outcome, NotReady> {
    let (creation, _) = policies(object.spec.target.as_ref());
    let before = match (creation, target) {
        (CreationPolicy::None, _) => return Ok(Outcome::Keep),
        (CreationPolicy::Merge, None) => return Ok(Outcome::Missing),
        (_, target) => target,
    };
    let existed = before.is_some();
    let (secret, same) = build(object, creation, data, before.unwrap_or_default())?;
    Ok(if existed && same { Outcome::Keep } else { Outcome::Write(secret) })
}

/// The Secret, and whether it is the one that is there.
fn build(
    object: &Object<ExternalSecretSpec>,
    creation: CreationPolicy,
    data: Data,
    mut before: TargetState,
) -> Result<(DesiredSecret, bool), NotReady> {
    let keys: Vec<String> = data.keys().cloned().collect();
    let mut changes = changes(&before.data, &data);
    let mut all = data;
    if matches!(creation, CreationPolicy::Merge | CreationPolicy::CreateOrMerge) {
        keep_foreign(&mut all, &mut changes, &mut before);
    }
    takeable(&all)?;
    let same_data = changes.values().all(|change| *change == Change::Same);
    if before.immutable && !same_data {
        return Err(NotReady::new(phrase::IMMUTABLE));
    }
    let owned = creation == CreationPolicy::Owner;
    let (labels, own_labels) = labels(object, &before, owned);
    let (annotations, own_annotations) = annotations(object, &before, &all);
    let managed = Managed { keys, labels: own_labels, annotations: own_annotations };
    // What is immutable once cannot be made mutable again.
    let immutable =
        before.immutable || object.spec.target.as_ref().and_then(|t| t.immutable).unwrap_or(false);
    let same_meta = labels == before.labels && annotations == before.annotations;
    let same = same_data && same_meta && immutable == before.immutable;
    let kind = if before.kind.is_empty() { "Opaque".to_owned() } else { before.kind };
    Ok((DesiredSecret { kind, immutable, owned, labels, annotations, data: all, managed, changes }, same))
}

/// Keys that somebody else wrote stay; keys that we wrote before and have no more go.
fn keep_foreign(all: &mut Data, changes: &mut BTreeMap<String, Change>, before: &mut TargetState) {
    for (key, value) in std::mem::take(&mut before.data) {
        if !all.contains_key(&key) && !before.managed.keys.contains(&key) {
            changes.insert(key.clone(), Change::Same);
            all.insert(key, value);
        }
    }
}

/// What the API server would refuse, said before anything is written. Keys may come from the backend: not quoted.
fn takeable(data: &Data) -> Result<(), NotReady> {
    if !data.keys().all(|key| is_data_key(key)) {
        let why =
            "a key has other characters than letters, digits, '-', '_' and '.'; replace them by rewrite";
        return Err(NotReady::new(format!("spec.dataFrom: {why}")));
    }
    if data.values().map(|value| value.bytes().len()).sum::<usize>() > MAX_DATA {
        return Err(NotReady::new(
            "the values together are larger than a Secret can be (1 MiB); fetch fewer",
        ));
    }
    Ok(())
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

/// Labels or annotations.
type Texts = BTreeMap<String, String>;

/// Those that are there, the object's over them, ours over both; and those that were copied. Leaving Owner takes the
/// owner's label off.
fn labels(object: &Object<ExternalSecretSpec>, before: &TargetState, owned: bool) -> (Texts, Texts) {
    let own = created_by(object);
    let (mut labels, copied) = merged(&before.labels, &before.managed.labels, &object.metadata.labels);
    labels.insert(LABEL_MANAGED.to_owned(), LABEL_MANAGED_VALUE.to_owned());
    if owned {
        labels.insert(LABEL_CREATED_BY.to_owned(), own);
    } else if labels.get(LABEL_CREATED_BY) == Some(&own) {
        labels.remove(LABEL_CREATED_BY);
    }
    (labels, copied)
}

/// As labels; kubectl's copy of the manifest is not carried over, which ESO does to its users' surprise.
fn annotations(object: &Object<ExternalSecretSpec>, before: &TargetState, data: &Data) -> (Texts, Texts) {
    let (mut annotations, copied) =
        merged(&before.annotations, &before.managed.annotations, &object.metadata.annotations);
    annotations.insert(ANNOTATION_DATA_HASH.to_owned(), hash::data(data));
    (annotations, copied)
}

/// What is there without what we `wrote`, and the object's `own` over it; and those of its own that nobody else has
/// set so already. ESO does the same by managedFields.
fn merged(there: &Texts, wrote: &Texts, own: &Texts) -> (Texts, Texts) {
    let reserved = |key: &str| key.starts_with(RESERVED) || key == ANNOTATION_LAST_APPLIED;
    let mut all = there.clone();
    all.retain(|key, value| wrote.get(key) != Some(value) || reserved(key));
    let mut copied = own.clone();
    copied.retain(|key, value| all.get(key) != Some(value) && !reserved(key));
    all.extend(copied.clone());
    (all, copied)
}
