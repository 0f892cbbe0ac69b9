//! A Secret file that is there, as the state that a pass starts from. It is read by the same reader as any manifest.

use std::collections::BTreeMap;

use super::dir::MAX_FILE;
use bailiwick_api::{
    manifest::{AnyObject, Bounds, load_within},
    secret::Secret,
};
use bailiwick_core::{
    reconcile::{Managed, TargetState},
    secret::Value,
};

/// What we write ourselves is larger than what people write.
const BOUNDS: Bounds = Bounds { bytes: MAX_FILE as usize, nodes: MAX_FILE as usize, text: MAX_FILE as usize };

/// Reads the file; none where it is not one Secret of that namespace and name.
pub(super) fn read(bytes: &[u8], namespace: &str, name: &str) -> Option<TargetState> {
    let (mut manifests, errors) = load_within(std::str::from_utf8(bytes).ok()?, name, BOUNDS);
    let (true, Some(manifest), true) = (errors.is_empty(), manifests.pop(), manifests.is_empty()) else {
        return None;
    };
    let AnyObject::Secret(Secret { metadata, secret_type, data, immutable }) = manifest.object else {
        return None;
    };
    let named = metadata.name == name && metadata.namespace.as_deref() == Some(namespace);
    named.then(|| TargetState {
        kind: secret_type.unwrap_or_else(|| "Opaque".to_owned()),
        immutable: immutable.unwrap_or(false),
        labels: metadata.labels,
        annotations: metadata.annotations,
        data: values(data),
        managed: Managed::default(),
    })
}

fn values(data: BTreeMap<String, bailiwick_api::secret::SecretBytes>) -> BTreeMap<String, Value> {
    data.into_iter().map(|(key, bytes)| (key, Value::new(bytes.expose().to_vec()))).collect()
}
