//! The checks of `plan`, in their order. Each looks at one thing and says what is wrong and what would mend it; most
//! are those that ESO's webhook makes, which we have none of, so they are made here at the point of use.

use std::collections::BTreeSet;

use bailiwick_api::{
    condition::phrase,
    dns::is_data_key,
    external_secret::{CreationPolicy, DeletionPolicy, Target},
    names::LABEL_CREATED_BY,
    served::unserved,
};

use super::{
    observed::{Observed, created_by},
    plan::NotReady,
};

/// Types of Secrets that we never write to.
const REFUSED_TYPES: [&str; 2] = ["kubernetes.io/service-account-token", "bootstrap.kubernetes.io/token"];

type Check = fn(&Observed<'_>) -> Option<NotReady>;

/// Name and check, in order.
pub(super) const CHECKS: &[(&str, Check)] = &[
    ("served", served),
    ("something-to-fetch", something_to_fetch),
    ("policies-fit", policies_fit),
    ("keys-valid", keys_valid),
    ("keys-unique", keys_unique),
    ("target-type", target_type),
    ("owner", owner),
];

fn served(observed: &Observed<'_>) -> Option<NotReady> {
    let refused = unserved(&observed.object.spec);
    let first = refused.first()?;
    Some(NotReady::new(format!("{}: {}", first.path, first.remedy)))
}

fn something_to_fetch(observed: &Observed<'_>) -> Option<NotReady> {
    let spec = &observed.object.spec;
    let empty =
        spec.data.iter().flatten().next().is_none() && spec.data_from.iter().flatten().next().is_none();
    empty.then(|| NotReady::new("spec: has neither data nor dataFrom; name at least one"))
}

fn policies_fit(observed: &Observed<'_>) -> Option<NotReady> {
    let (creation, deletion) = policies(observed.object.spec.target.as_ref());
    match (deletion, creation) {
        (
            DeletionPolicy::Delete,
            CreationPolicy::Merge | CreationPolicy::None | CreationPolicy::CreateOrMerge,
        ) => Some(NotReady::new("spec.target.deletionPolicy: Delete needs creationPolicy Owner")),
        (DeletionPolicy::Merge, CreationPolicy::None) => {
            Some(NotReady::new("spec.target.deletionPolicy: Merge cannot be used with creationPolicy None"))
        }
        _ => None,
    }
}

/// As ESO: only with Retain, since the other policies let an entry be missing.
fn keys_unique(observed: &Observed<'_>) -> Option<NotReady> {
    if policies(observed.object.spec.target.as_ref()).1 != DeletionPolicy::Retain {
        return None;
    }
    let mut seen = BTreeSet::new();
    let entries = observed.object.spec.data.iter().flatten().enumerate();
    let (index, _) = entries.into_iter().find(|(_, entry)| !seen.insert(entry.secret_key.as_str()))?;
    Some(NotReady::new(format!(
        "spec.data[{index}].secretKey: an earlier entry has the same key; choose another"
    )))
}

/// The keys of `data[]` are literal; those of `dataFrom[]` are known when they are fetched.
fn keys_valid(observed: &Observed<'_>) -> Option<NotReady> {
    let index =
        observed.object.spec.data.iter().flatten().position(|entry| !is_data_key(&entry.secret_key))?;
    Some(NotReady::new(format!(
        "spec.data[{index}].secretKey: use letters, digits, '-', '_' and '.', at most 253"
    )))
}

/// Tokens that make somebody else of whoever holds them (CVE-2026-42876): never written to, whoever made them.
fn target_type(observed: &Observed<'_>) -> Option<NotReady> {
    let refused = REFUSED_TYPES.contains(&observed.target?.kind.as_str());
    refused.then(|| {
        NotReady::new("spec.target.name: the Secret of this name holds a token; choose another name")
    })
}

/// Whatever the policy, since two objects that write one Secret undo each other.
fn owner(observed: &Observed<'_>) -> Option<NotReady> {
    let (creation, _) = policies(observed.object.spec.target.as_ref());
    let owner = observed.target?.labels.get(LABEL_CREATED_BY)?;
    let foreign = creation != CreationPolicy::None && *owner != created_by(observed.object);
    foreign.then(|| NotReady::new(phrase::OWNED_BY_ANOTHER))
}

/// Creation and deletion policy, with ESO's defaults.
pub(super) fn policies(target: Option<&Target>) -> (CreationPolicy, DeletionPolicy) {
    let creation = target.and_then(|target| target.creation_policy).unwrap_or_default();
    let deletion = target.and_then(|target| target.deletion_policy).unwrap_or_default();
    (creation, deletion)
}
