//! A Secret as a YAML file, `<namespace>.<name>.yaml`. This is one of the two places where a value is exposed: the
//! Secret body. How files are written is the business of `dir`, and what they are called of `names`.

use std::collections::BTreeMap;

use bailiwick_core::{reconcile::DesiredSecret, secret::Value, text::escaped};
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

/// The file's text. Scalars are written as JSON strings, which YAML reads as they are once what it does not call
/// printable is escaped too.
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
    escaped(&serde_json::Value::from(text).to_string()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::target;

    fn there_and_back(secret: &DesiredSecret) -> Option<bailiwick_core::reconcile::TargetState> {
        target::read(&render(&SecretFile { namespace: "a", name: "b", secret }), "a", "b")
    }

    fn secret(data: BTreeMap<String, Value>, annotation: &str) -> DesiredSecret {
        DesiredSecret {
            kind: "Opaque".into(),
            immutable: false,
            owned: true,
            labels: BTreeMap::new(),
            annotations: BTreeMap::from([("note".to_owned(), annotation.to_owned())]),
            data,
            managed: Default::default(),
            changes: BTreeMap::new(),
        }
    }

    /// What is written once must be readable for ever: else the object can never be synced again.
    #[test]
    fn the_largest_secret_is_read_back() {
        let one = BTreeMap::from([("a".to_owned(), Value::new(vec![0xff; 1 << 20]))]);
        assert_eq!(there_and_back(&secret(one, "")).unwrap().data["a"].size(), 1 << 20);
        let many: BTreeMap<_, _> = (0..100_000).map(|n| (format!("k{n}"), Value::new(vec![b'x']))).collect();
        assert_eq!(there_and_back(&secret(many, "")).unwrap().data.len(), 100_000);
    }

    #[test]
    fn any_annotation_is_read_back() {
        let odd: String = (0..0x2_0000).filter_map(char::from_u32).collect();
        for text in [odd.as_str(), "yes", "0777", "#", "\u{7f}\u{85}\u{9f}\u{2028}\u{feff}\u{fffe}\u{ffff}"] {
            let back = there_and_back(&secret(BTreeMap::new(), text)).unwrap();
            assert!(back.annotations["note"] == text, "{:.20?}", text);
        }
    }

    #[test]
    fn denied_a_file_that_is_another_secret() {
        let text = render(&SecretFile { namespace: "a", name: "b", secret: &secret(BTreeMap::new(), "") });
        assert!(target::read(&text, "a", "c").is_none() && target::read(&text, "c", "b").is_none());
    }
}
