//! The first half of a golden file. Three words spare long hashes: `current` for a `syncedResourceVersion` or a
//! data-hash that fits, `own` for the created-by label of the object itself.

use std::collections::BTreeMap;

use bailiwick_api::{
    external_secret::ExternalSecretSpec,
    meta::Object,
    names::{ANNOTATION_DATA_HASH, LABEL_CREATED_BY},
    status::ExternalSecretStatus,
    time::Timestamp,
};
use bailiwick_boundary::Failure;
use serde::Deserialize;

use super::super::{Managed, Observed, TargetState, created_by};
use crate::{
    catalogue::ValueRule,
    fetched::{EntryFailure, EntryResult, Sourced},
    reason::{Denial, Reason},
    secret::Value,
    values::hash,
};

pub(super) struct Case {
    pub(super) object: Object<ExternalSecretSpec>,
    pub(super) status: Option<ExternalSecretStatus>,
    pub(super) now: Timestamp,
    pub(super) target: Option<TargetState>,
    pub(super) fetched: Option<Vec<Sourced>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    object: Object<ExternalSecretSpec>,
    status: Option<ExternalSecretStatus>,
    now: Option<Timestamp>,
    target: Option<Target>,
    fetched: Option<Vec<Result>>,
    #[serde(default)]
    values: ValueRule,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Target {
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    immutable: bool,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
    #[serde(default)]
    data: BTreeMap<String, String>,
    #[serde(default)]
    managed: Vec<String>,
    #[serde(default)]
    managed_labels: BTreeMap<String, String>,
    #[serde(default)]
    managed_annotations: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum Result {
    Value(String),
    Named(BTreeMap<String, String>),
    Absent,
    Unanswered,
    WrongShape,
    Failed(Failure),
    Denied,
}

impl Case {
    pub(super) fn read(text: &str) -> Self {
        let input: Input = serde_saphyr::from_str(text).unwrap_or_else(|e| panic!("{e}\n{text}"));
        let now = input.now.unwrap_or_else(|| "2026-06-01T12:00:00Z".parse().unwrap());
        let observed = Observed { object: &input.object, status: None, target: None, now: now.unix() };
        let (version, created_by) = (observed.version(), created_by(&input.object));
        let mut status = input.status;
        if let Some(synced) = status.as_mut().and_then(|status| status.synced_resource_version.as_mut()) {
            resolve(synced, "current", version);
        }
        let target = input.target.map(|target| target.state(created_by));
        let sourced = |result: Result| Sourced { result: result.result(), values: input.values };
        let fetched = input.fetched.map(|results| results.into_iter().map(sourced).collect());
        Self { object: input.object, status, now, target, fetched }
    }
}

impl Target {
    fn state(self, created_by: String) -> TargetState {
        let value = |(key, text): (String, String)| (key, Value::new(text.into_bytes()));
        let mut state = TargetState {
            kind: self.kind,
            immutable: self.immutable,
            labels: self.labels,
            annotations: self.annotations,
            data: self.data.into_iter().map(value).collect(),
            managed: Managed {
                keys: self.managed,
                labels: self.managed_labels,
                annotations: self.managed_annotations,
            },
        };
        if let Some(owner) = state.labels.get_mut(LABEL_CREATED_BY) {
            resolve(owner, "own", created_by);
        }
        if let Some(hash) = state.annotations.get_mut(ANNOTATION_DATA_HASH) {
            resolve(hash, "current", hash::data(&state.data));
        }
        state
    }
}

impl Result {
    fn result(self) -> EntryResult {
        let value = |text: String| Value::new(text.into_bytes());
        match self {
            Self::Value(text) => EntryResult::Value(value(text)),
            Self::Named(named) => {
                EntryResult::Named(named.into_iter().map(|(name, text)| (name, value(text))).collect())
            }
            Self::Absent => EntryResult::Absent,
            Self::Unanswered => EntryResult::Unanswered,
            Self::WrongShape => EntryResult::Failed(EntryFailure::WrongShape),
            Self::Failed(failure) => EntryResult::Failed(EntryFailure::Provider(failure)),
            Self::Denied => EntryResult::Failed(EntryFailure::Denied(Denial::new(
                Reason::KeyNotGranted,
                "targets[0].keys",
                "name the key",
            ))),
        }
    }
}

fn resolve(text: &mut String, word: &str, meant: String) {
    if text == word {
        *text = meant;
    }
}
