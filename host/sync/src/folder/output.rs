//! A Secret as a YAML file, `<namespace>.<name>.yaml`. This is one of the two places where a value is exposed: the
//! Secret body. How files are written is the business of `dir`.

use std::collections::BTreeMap;

use bailiwick_core::{reconcile::DesiredSecret, secret::Value};
use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

/// What goes into a Secret file.
pub(super) struct SecretFile<'a> {
    /// Namespace of the Secret.
    pub(super) namespace: &'a str,
    /// Name of the Secret.
    pub(super) name: &'a str,
    /// Everything else.
    pub(super) secret: &'a DesiredSecret,
}

/// The name of a Secret's file. A namespace is a DNS label and has no dot, so the first dot separates.
#[must_use]
pub(super) fn file_name(namespace: &str, name: &str) -> String {
    format!("{namespace}.{name}.yaml")
}

/// Namespace and name of a Secret's file; none for files of other names.
#[must_use]
pub(super) fn split_name(file: &str) -> Option<(&str, &str)> {
    let (namespace, name) = file.strip_suffix(".yaml")?.split_once('.')?;
    (!namespace.is_empty() && !name.is_empty()).then_some((namespace, name))
}

/// The file's text. Scalars are written as JSON strings, which YAML reads as they are.
#[must_use]
pub(super) fn render(file: &SecretFile<'_>) -> Zeroizing<Vec<u8>> {
    let SecretFile { namespace, name, secret } = file;
    // One allocation of the full size: a buffer that grows leaves copies of what it held behind.
    let mut out = Zeroizing::new(Vec::with_capacity(size(secret)));
    push(&mut out, "apiVersion: v1\nkind: Secret\nmetadata:\n");
    push(&mut out, &format!("  name: {}\n  namespace: {}\n", quote(name), quote(namespace)));
    push_map(&mut out, "labels", &secret.labels);
    push_map(&mut out, "annotations", &secret.annotations);
    push(&mut out, &format!("type: {}\n", quote(&secret.kind)));
    if secret.immutable {
        push(&mut out, "immutable: true\n");
    }
    push_data(&mut out, &secret.data);
    out
}

#[expect(clippy::disallowed_methods, reason = "the Secret body is one of the two places that expose a value")]
fn push_data(out: &mut Vec<u8>, data: &BTreeMap<String, Value>) {
    push(out, if data.is_empty() { "data: {}\n" } else { "data:\n" });
    for (key, value) in data {
        // In quotes: base64 can look like a number or a boolean.
        push(out, &format!("  {}: \"", quote(key)));
        out.extend_from_slice(Zeroizing::new(STANDARD.encode(value.expose())).as_bytes());
        push(out, "\"\n");
    }
}

fn push_map(out: &mut Vec<u8>, title: &str, map: &BTreeMap<String, String>) {
    if map.is_empty() {
        return;
    }
    push(out, &format!("  {title}:\n"));
    for (key, value) in map {
        push(out, &format!("    {}: {}\n", quote(key), quote(value)));
    }
}

fn size(secret: &DesiredSecret) -> usize {
    let data: usize = secret.data.iter().map(|(key, value)| 6 * key.len() + value.size() * 4 / 3 + 24).sum();
    1024 + data + map_size(&secret.labels) + map_size(&secret.annotations)
}

fn map_size(map: &BTreeMap<String, String>) -> usize {
    map.iter().map(|(k, v)| 6 * (k.len() + v.len()) + 16).sum()
}

fn push(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
}

fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
