//! The entries of a case as an ExternalSecret has them, one object for each, so that they are planned and read by the
//! functions that real objects go through.

use bailiwick_api::{
    case::CaseEntry,
    external_secret::{DataEntry, DataFrom, ExternalSecretSpec, RemoteRef, StoreRef},
};

use crate::reconcile::{EntryPlan, NotReady, planned};

/// The key of the Secret that a `key` entry fills.
pub(super) const KEY: &str = "value";

/// An ExternalSecret with this entry alone.
pub(super) fn spec(entry: &CaseEntry) -> ExternalSecretSpec {
    let store = StoreRef { name: Some("case".to_owned()), kind: None };
    let empty = ExternalSecretSpec { secret_store_ref: Some(store), ..ExternalSecretSpec::default() };
    let Some(key) = &entry.key else {
        let from =
            DataFrom { extract: entry.extract.clone(), find: entry.find.clone(), ..DataFrom::default() };
        return ExternalSecretSpec { data_from: Some(vec![from]), ..empty };
    };
    let remote_ref = RemoteRef {
        key: key.clone(),
        property: entry.property.clone(),
        version: entry.version.clone(),
        metadata_policy: entry.metadata_policy,
        ..RemoteRef::default()
    };
    let data = DataEntry { secret_key: KEY.to_owned(), remote_ref, source_ref: None };
    ExternalSecretSpec { data: Some(vec![data]), ..empty }
}

/// What a provider is told of it.
pub(super) fn plan(entry: &CaseEntry) -> Result<EntryPlan, NotReady> {
    let plans = planned(&spec(entry)).map_err(NotReady::new)?;
    plans.into_iter().next().ok_or_else(|| NotReady::new("entries: nothing is asked for"))
}
