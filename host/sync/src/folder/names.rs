//! Names of the files that are ours: `<namespace>.<name>.yaml` for a Secret, `<namespace>.<name>.json` for what is
//! remembered of an object, and a dot before and `.partial` after while one of them is being written. Whatever has
//! another name is somebody else's and is left alone. Pure.

use bailiwick_api::dns::{is_label, is_subdomain};

/// What a file that is being written ends with; one that is found later was left by a crash.
const PARTIAL: &str = ".partial";
/// The longest name that file systems take, in bytes.
const MAX_NAME: usize = 255;

/// The file would have too long a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("namespace and name together are longer than a file's name can be (240 characters); shorten one")]
pub(super) struct TooLong;

/// The file of a Secret.
pub(super) fn secret(namespace: &str, name: &str) -> Result<String, TooLong> {
    named(namespace, name, "yaml")
}

/// The file of what is remembered of an object.
pub(super) fn state(namespace: &str, name: &str) -> Result<String, TooLong> {
    named(namespace, name, "json")
}

/// Namespace and name of the object that a file remembers.
pub(super) fn split_state(file: &str) -> Option<(&str, &str)> {
    split(file.strip_suffix(".json")?)
}

/// The name of a file while it is written.
pub(super) fn partial(file: &str) -> String {
    format!(".{file}{PARTIAL}")
}

/// Whether a file was left half written by us.
pub(super) fn is_partial(file: &str) -> bool {
    let whole = file.strip_prefix('.').and_then(|file| file.strip_suffix(PARTIAL));
    let stem = whole.and_then(|file| file.strip_suffix(".yaml").or_else(|| file.strip_suffix(".json")));
    stem.and_then(split).is_some()
}

fn named(namespace: &str, name: &str, extension: &str) -> Result<String, TooLong> {
    let file = format!("{namespace}.{name}.{extension}");
    if partial(&file).len() > MAX_NAME { Err(TooLong) } else { Ok(file) }
}

/// A namespace is a DNS label and has no dot, so the first dot separates.
fn split(stem: &str) -> Option<(&str, &str)> {
    stem.split_once('.').filter(|(namespace, name)| is_label(namespace) && is_subdomain(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_both_ways() {
        assert_eq!(secret("team-a", "my.db").unwrap(), "team-a.my.db.yaml");
        assert_eq!(split_state(&state("team-a", "my.db").unwrap()), Some(("team-a", "my.db")));
        assert!(is_partial(&partial(&secret("team-a", "db").unwrap())));
        assert!(is_partial(&partial(&state("team-a", "db").unwrap())));
        assert_eq!(secret("a", &"b".repeat(239)).map(|name| name.len()), Ok(246));
    }

    #[test]
    fn denied_names_of_others() {
        for name in ["notes.json", "My.Values.json", "a.b.yaml", "_.b.json", "a..json"] {
            assert_eq!(split_state(name), None, "{name}");
        }
        for name in [".big-download.partial", ".a.b.txt.partial", "a.b.yaml.partial", ".a.b.yaml"] {
            assert!(!is_partial(name), "{name}");
        }
        assert_eq!(secret("a", &"b".repeat(240)), Err(TooLong));
        assert_eq!(state(&"a".repeat(63), &"b".repeat(253)), Err(TooLong));
    }
}
