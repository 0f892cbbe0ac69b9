//! Names as Kubernetes has them: RFC 1123 labels and subdomains, and the keys of Secrets. Pure.

/// RFC 1123 label: lower-case letters, digits and `-` inside, at most 63. Namespaces.
#[must_use]
pub fn is_label(text: &str) -> bool {
    text.len() <= 63 && is_part(text)
}

/// RFC 1123 subdomain: labels (of any length) with dots between them, at most 253. All other objects.
#[must_use]
pub fn is_subdomain(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(is_part)
}

/// A key of a Secret or ConfigMap: `[-._a-zA-Z0-9]{1,253}`, but neither `.` nor anything that begins with `..`.
#[must_use]
pub fn is_data_key(text: &str) -> bool {
    let inside = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    (1..=253).contains(&text.len()) && text.bytes().all(inside) && text != "." && !text.starts_with("..")
}

/// The key of a label or annotation: `[PREFIX/]NAME`, the prefix a subdomain, the name at most 63.
#[must_use]
pub fn is_qualified_name(text: &str) -> bool {
    let (prefix, name) = text.split_once('/').map_or((None, text), |(prefix, name)| (Some(prefix), name));
    prefix.is_none_or(is_subdomain) && !name.is_empty() && is_label_value(name)
}

/// The value of a label: empty, or at most 63 letters, digits, `-`, `_` and `.`, the first and last alphanumeric.
#[must_use]
pub fn is_label_value(text: &str) -> bool {
    let inside = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    let ends = text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.ends_with(|c: char| c.is_ascii_alphanumeric());
    text.is_empty() || (text.len() <= 63 && ends && text.bytes().all(inside))
}

/// A label of any length.
fn is_part(text: &str) -> bool {
    let inside = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let ends = [text.bytes().next(), text.bytes().next_back()];
    ends.into_iter().all(|b| b.is_some_and(inside)) && text.bytes().all(|b| inside(b) || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::{is_data_key, is_label, is_label_value, is_qualified_name, is_subdomain};

    #[test]
    fn labels() {
        for text in ["a", "team-a", "0", "a--b"] {
            assert!(is_label(text), "{text}");
        }
        for text in ["", "-a", "a-", "A", "a.b", "a_b", "ä", "a/b", &"a".repeat(64)] {
            assert!(!is_label(text), "{text}");
        }
    }

    #[test]
    fn subdomains() {
        for text in ["a", "a.b", "db.team-a", &"a".repeat(253)] {
            assert!(is_subdomain(text), "{text}");
        }
        for text in ["", ".", "a.", ".a", "a..b", "a.-b", "a.b-", "A", "a/b", "..", &"a".repeat(254)] {
            assert!(!is_subdomain(text), "{text}");
        }
    }

    #[test]
    fn data_keys() {
        for text in ["a", "A_b-c.d", ".dockerconfigjson", &"a".repeat(253)] {
            assert!(is_data_key(text), "{text}");
        }
        for text in ["", ".", "..", "..a", "a/b", "a b", "ä", &"a".repeat(254)] {
            assert!(!is_data_key(text), "{text}");
        }
    }

    #[test]
    fn qualified_names_and_label_values() {
        for text in ["a", "A_b.c-d", "a.example/B", &"a".repeat(63)] {
            assert!(is_qualified_name(text), "{text}");
        }
        for text in ["", "/", "a/", "/a", "a/b/c", "A.example/b", "-a", "a b", "ä", &"a".repeat(64)] {
            assert!(!is_qualified_name(text), "{text}");
        }
        for (text, valid) in [("", true), ("a.B_1", true), ("-", false), ("a/b", false), ("a ", false)] {
            assert_eq!(is_label_value(text), valid, "{text}");
        }
    }
}
