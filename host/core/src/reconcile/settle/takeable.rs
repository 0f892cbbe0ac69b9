//! What the API server would refuse of a Secret, said before anything is written and for this object alone. Keys and
//! values may come from the backend or hold secrets: none is quoted.

use std::collections::BTreeMap;

use bailiwick_api::dns::{is_data_key, is_label_value, is_qualified_name};

use super::super::plan::NotReady;
use crate::values::convert::Data;

/// Bytes of all values of a Secret together; the API server takes no more.
const MAX_DATA: usize = 1 << 20;
/// Bytes of the names of its keys; above it no request would take the Secret.
const MAX_KEYS: usize = 1 << 20;
/// Bytes of all annotations together, keys and values.
const MAX_ANNOTATIONS: usize = 256 << 10;

/// Keys and sizes of the data.
pub(super) fn takeable(data: &Data) -> Result<(), NotReady> {
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
    if data.keys().map(String::len).sum::<usize>() > MAX_KEYS {
        return Err(NotReady::new("the keys together are larger than a Secret can be (1 MiB); fetch fewer"));
    }
    Ok(())
}

/// Labels and annotations: the object's, and those that are there already.
pub(super) fn takeable_meta(
    labels: &BTreeMap<String, String>,
    annotations: &BTreeMap<String, String>,
) -> Result<(), NotReady> {
    let refuse = |field: &str, why: &str| Err(NotReady::new(format!("metadata.{field}: {why}")));
    const KEY: &str =
        "a key is none that Kubernetes takes; write [PREFIX/]NAME, NAME with at most 63 characters";
    if !labels.keys().all(|key| is_qualified_name(key)) {
        return refuse("labels", KEY);
    }
    if !labels.values().all(|value| is_label_value(value)) {
        let why = "a value is none that Kubernetes takes; use at most 63 letters, digits, '-', '_' and '.'";
        return refuse("labels", why);
    }
    if !annotations.keys().all(|key| is_qualified_name(&key.to_ascii_lowercase())) {
        return refuse("annotations", KEY);
    }
    if annotations.iter().map(|(key, value)| key.len() + value.len()).sum::<usize>() > MAX_ANNOTATIONS {
        return refuse("annotations", "they are larger than 256 KiB together; take some out");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Value;

    fn one(key: &str, value: &str) -> BTreeMap<String, String> {
        BTreeMap::from([(key.to_owned(), value.to_owned())])
    }

    #[test]
    fn allowed_what_the_api_server_takes() {
        let data = Data::from([("a".to_owned(), Value::new(vec![0; 1 << 20]))]);
        assert_eq!(takeable(&data), Ok(()));
        let odd = "\u{7f}\u{fffe}\nany text";
        assert_eq!(takeable_meta(&one("a.example/B_c", "x-1"), &one("A.example/b", odd)), Ok(()));
        assert_eq!(takeable_meta(&one("a", ""), &one("a", &"x".repeat((256 << 10) - 1))), Ok(()));
    }

    #[test]
    fn denied_what_it_refuses() {
        let large = Data::from([("a".to_owned(), Value::new(vec![0; (1 << 20) + 1]))]);
        assert!(takeable(&large).unwrap_err().message.contains("1 MiB"));
        let many = (0..8000).map(|n| (format!("{n:0>200}"), Value::new(Vec::new()))).collect();
        assert!(takeable(&many).unwrap_err().message.starts_with("the keys"));
        let none = BTreeMap::new();
        for (labels, annotations, field) in [
            (one("a b", ""), none.clone(), "metadata.labels: a key"),
            (one("A.example/b", ""), none.clone(), "metadata.labels: a key"),
            (one("a", "not a label"), none.clone(), "metadata.labels: a value"),
            (one("a", &"x".repeat(64)), none.clone(), "metadata.labels: a value"),
            (none.clone(), one("a/b/c", ""), "metadata.annotations: a key"),
            (none.clone(), one("a", &"x".repeat(256 << 10)), "metadata.annotations: they"),
        ] {
            let message = takeable_meta(&labels, &annotations).unwrap_err().message;
            assert!(message.starts_with(field), "{message}");
        }
    }
}
