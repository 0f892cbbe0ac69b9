//! The rules of ESO's webhook and CRD for an ExternalSecret.

use super::{Checker, Fault};
use crate::external_secret::{
    CreationPolicy, DataEntry, DataFrom, DeletionPolicy, ExternalSecretSpec, GeneratorRef, MergeStrategy,
    Rewrite, SourceRef, StoreRef, Target,
};

pub(super) fn check(checker: &mut Checker<'_>, spec: &ExternalSecretSpec) {
    let data = spec.data.as_deref().unwrap_or_default();
    let data_from = spec.data_from.as_deref().unwrap_or_default();
    if data.is_empty() && data_from.is_empty() {
        checker.invalid("spec", "fetches nothing: needs data, dataFrom, or both");
    }
    if let Some(store) = &spec.secret_store_ref {
        store_ref(checker, "spec.secretStoreRef", store);
    }
    if let Some(target) = &spec.target {
        check_target(checker, target);
    }
    if spec.sync_windows.as_ref().is_some_and(|w| w.windows.is_empty()) {
        checker.invalid("spec.syncWindows.windows", "needs at least one window");
    }
    let store = spec.secret_store_ref.as_ref().is_some_and(|s| s.name.is_some());
    for (index, entry) in data.iter().enumerate() {
        check_data(checker, &format!("spec.data[{index}]"), entry, store);
    }
    for (index, entry) in data_from.iter().enumerate() {
        check_data_from(checker, &format!("spec.dataFrom[{index}]"), entry, store);
    }
    twice(checker, spec, data);
}

/// One key for two entries: refused where ESO refuses it, which is with `deletionPolicy: Retain`.
fn twice(checker: &mut Checker<'_>, spec: &ExternalSecretSpec, data: &[DataEntry]) {
    let policy = spec.target.as_ref().and_then(|t| t.deletion_policy).unwrap_or_default();
    let mut first = std::collections::BTreeMap::new();
    for (index, entry) in data.iter().enumerate() {
        let earlier = *first.entry(&entry.secret_key).or_insert(index);
        if earlier != index && policy == DeletionPolicy::Retain {
            let why = format!("the same key as data[{earlier}]: give each its own");
            checker.invalid(&format!("spec.data[{index}].secretKey"), &why);
        }
    }
}

fn check_target(checker: &mut Checker<'_>, target: &Target) {
    if let Some(name) = &target.name {
        checker.subdomain("spec.target.name", name);
    }
    let creation = target.creation_policy.unwrap_or_default();
    let why = match target.deletion_policy.unwrap_or_default() {
        DeletionPolicy::Delete if !matches!(creation, CreationPolicy::Owner | CreationPolicy::Orphan) => {
            "Delete needs creationPolicy Owner or Orphan: with another it would delete what is not ours"
        }
        DeletionPolicy::Merge if creation == CreationPolicy::None => {
            "Merge needs a creationPolicy other than None: there is nothing to merge into"
        }
        _ => return,
    };
    checker.invalid("spec.target.deletionPolicy", why);
}

fn check_data(checker: &mut Checker<'_>, path: &str, entry: &DataEntry, store: bool) {
    checker.data_key(&format!("{path}.secretKey"), &entry.secret_key);
    if entry.remote_ref.key.is_empty() {
        checker.fail(&format!("{path}.remoteRef.key"), Fault::Missing);
    }
    source(checker, path, entry.source_ref.as_ref(), store);
}

fn check_data_from(checker: &mut Checker<'_>, path: &str, entry: &DataFrom, store: bool) {
    source(checker, path, entry.source_ref.as_ref(), store);
    if entry.source().is_none() {
        checker.invalid(path, "needs exactly one of extract, find, sourceRef.generatorRef");
    }
    if entry.extract.as_ref().is_some_and(|extract| extract.key.is_empty()) {
        checker.fail(&format!("{path}.extract.key"), Fault::Missing);
    }
    for (index, rewrite) in entry.rewrite.iter().flatten().enumerate() {
        let Rewrite::Merge(merge) = rewrite else { continue };
        let json = merge.strategy.unwrap_or_default() == MergeStrategy::Json;
        if json && merge.into.as_deref().unwrap_or_default().is_empty() {
            checker.fail(&format!("{path}.rewrite[{index}].merge.into"), Fault::Missing);
        }
    }
}

/// Every entry has a source: its own, or the object's store.
fn source(checker: &mut Checker<'_>, path: &str, source: Option<&SourceRef>, store: bool) {
    match source {
        Some(SourceRef::StoreRef(own)) => {
            let path = format!("{path}.sourceRef.storeRef");
            store_ref(checker, &path, own);
            if own.name.is_none() && !store {
                checker.fail(&format!("{path}.name"), Fault::Missing);
            }
        }
        Some(SourceRef::GeneratorRef(generator)) => generator_ref(checker, path, generator),
        None if store => {}
        None => checker.invalid(path, "has no store: set spec.secretStoreRef.name, or sourceRef here"),
    }
}

fn store_ref(checker: &mut Checker<'_>, path: &str, store: &StoreRef) {
    if let Some(name) = &store.name {
        checker.subdomain(&format!("{path}.name"), name);
    }
}

fn generator_ref(checker: &mut Checker<'_>, path: &str, generator: &GeneratorRef) {
    checker.subdomain(&format!("{path}.sourceRef.generatorRef.name"), &generator.name);
}
