//! The Secret that should be there, from the data, the policies and the Secret that is there. Owner and Orphan leave
//! exactly the data that was gathered; Merge and CreateOrMerge keep foreign keys.

use std::collections::BTreeMap;

use bailiwick_api::{
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
    takeable::{takeable, takeable_meta},
};
use crate::values::{convert::Data, hash};

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
    /// The data of an immutable Secret would change: what is written, if anything, are labels and annotations.
    Immutable(Option<DesiredSecret>),
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
    let Built { secret, same, frozen } = build(object, creation, data, before.unwrap_or_default())?;
    let keep = existed && same;
    Ok(match (frozen, keep) {
        (true, keep) => Outcome::Immutable((!keep).then_some(secret)),
        (false, true) => Outcome::Keep,
        (false, false) => Outcome::Write(secret),
    })
}

struct Built {
    secret: DesiredSecret,
    /// It is the one that is there.
    same: bool,
    /// Its data are those that are there, since they cannot change.
    frozen: bool,
}

fn build(
    object: &Object<ExternalSecretSpec>,
    creation: CreationPolicy,
    data: Data,
    mut before: TargetState,
) -> Result<Built, NotReady> {
    let merges = matches!(creation, CreationPolicy::Merge | CreationPolicy::CreateOrMerge);
    let mut keys: Vec<String> = data.keys().cloned().collect();
    let mut changes = changes(&before, &data, merges);
    let same_data = changes.values().all(|change| *change == Change::Same);
    let frozen = before.immutable && !same_data;
    let mut all = data;
    if frozen {
        keys.clone_from(&before.managed.keys);
        all = std::mem::take(&mut before.data);
        changes = all.keys().map(|key| (key.clone(), Change::Same)).collect();
    } else {
        let stays = |key: &String| changes.get(key) == Some(&Change::Same);
        let there = std::mem::take(&mut before.data);
        let foreign: Vec<_> =
            there.into_iter().filter(|(key, _)| stays(key) && !all.contains_key(key)).collect();
        all.extend(foreign);
    }
    takeable(&all)?;
    let owned = creation == CreationPolicy::Owner;
    let (labels, own_labels) = labels(object, &before, owned);
    let (annotations, own_annotations) = annotations(object, &before, &all);
    let managed = Managed { keys, labels: own_labels, annotations: own_annotations };
    // What is immutable once cannot be made mutable again.
    let immutable =
        before.immutable || object.spec.target.as_ref().and_then(|t| t.immutable).unwrap_or(false);
    let same_meta = labels == before.labels && annotations == before.annotations;
    takeable_meta(&labels, &annotations)?;
    let same = (same_data || frozen) && same_meta && immutable == before.immutable;
    let kind = if before.kind.is_empty() { "Opaque".to_owned() } else { before.kind };
    let secret = DesiredSecret { kind, immutable, owned, labels, annotations, data: all, managed, changes };
    Ok(Built { secret, same, frozen })
}

/// Where data are merged, keys that somebody else wrote stay; keys that we wrote before and have no more go.
fn changes(before: &TargetState, after: &Data, merges: bool) -> BTreeMap<String, Change> {
    let gone = before.data.keys().filter(|key| !after.contains_key(*key));
    let removed = gone.map(|key| {
        let foreign = merges && !before.managed.keys.contains(key);
        (key.clone(), if foreign { Change::Same } else { Change::Removed })
    });
    let kept = after.iter().map(|(key, value)| {
        let change = match before.data.get(key) {
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
