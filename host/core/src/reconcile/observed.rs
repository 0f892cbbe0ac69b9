//! What a pass starts from: the object, what is known of its last pass, and the Secret that is there. Gathered by
//! the shell; nothing here reads anything.

use std::collections::BTreeMap;

use bailiwick_api::{external_secret::ExternalSecretSpec, meta::Object, status::ExternalSecretStatus};
use serde::{Deserialize, Serialize};

use crate::{secret::Value, values::hash};

/// Everything that `plan` looks at.
pub struct Observed<'a> {
    /// The object.
    pub object: &'a Object<ExternalSecretSpec>,
    /// Its status after the last pass; none on the first.
    pub status: Option<&'a ExternalSecretStatus>,
    /// The Secret that is there under the target's name.
    pub target: Option<&'a TargetState>,
    /// Now, in seconds of the Unix epoch.
    pub now: i64,
}

/// A Secret that is there.
#[derive(Default)]
pub struct TargetState {
    /// `type`.
    pub kind: String,
    /// `immutable`.
    pub immutable: bool,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// Annotations.
    pub annotations: BTreeMap<String, String>,
    /// Data.
    pub data: BTreeMap<String, Value>,
    /// What of it this object wrote before.
    pub managed: Managed,
}

/// What of a Secret an object wrote, and takes away again when it no longer has it; all else is somebody else's and
/// stays. In a cluster: managedFields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Managed {
    /// The keys of its data.
    #[serde(default)]
    pub keys: Vec<String>,
    /// Labels that it copied; one that has another value by now was set by somebody else since.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// As labels.
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
}

impl TargetState {
    /// Recalls what the object wrote at its last pass, if that was into this Secret.
    pub fn recall(&mut self, name: &str, status: &ExternalSecretStatus, managed: &Managed) {
        let last = status.binding.as_ref().and_then(|binding| binding.name.as_deref());
        if last == Some(name) {
            self.managed.clone_from(managed);
        }
    }
}

impl Observed<'_> {
    /// As [`created_by`].
    #[must_use]
    pub fn created_by(&self) -> String {
        created_by(self.object)
    }

    /// Namespace and name of the Secret.
    #[must_use]
    pub fn place(&self) -> (&str, &str) {
        place(self.object)
    }

    /// ESO's `syncedResourceVersion`: the generation, and a hash of labels and annotations.
    #[must_use]
    pub fn version(&self) -> String {
        let meta = &self.object.metadata;
        format!("{}-{}", meta.generation.unwrap_or(0), hash::meta(&meta.annotations, &meta.labels))
    }
}

/// The value of the created-by label of an object's Secrets.
#[must_use]
pub fn created_by(object: &Object<ExternalSecretSpec>) -> String {
    label(place(object).0, &object.metadata.name)
}

/// As [`created_by`], by namespace and name.
#[must_use]
pub fn label(namespace: &str, name: &str) -> String {
    hash::text(&format!("{namespace}/{name}"))
}

/// Namespace and name of an object's Secret: the namespace is always the object's own (G5).
#[must_use]
pub fn place(object: &Object<ExternalSecretSpec>) -> (&str, &str) {
    let target = object.spec.target.as_ref().and_then(|target| target.name.as_deref());
    let name = target.filter(|name| !name.is_empty()).unwrap_or(&object.metadata.name);
    (object.metadata.namespace.as_deref().unwrap_or("default"), name)
}
