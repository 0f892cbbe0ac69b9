//! Prefixes of references, on whole path segments: `ghcr.io/acme` is for `ghcr.io/acme/x` and never for
//! `ghcr.io/acme-evil/x`. Nothing else of a reference is matched.

use super::reference::{is_registry, is_repository};

/// `registry[/path]` without a slash at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Prefix(String);

impl Prefix {
    /// Reads one; a slash at the end changes nothing.
    pub(super) fn read(text: &str) -> Option<Self> {
        let bare = text.strip_suffix('/').unwrap_or(text);
        (is_registry(bare) || is_repository(bare)).then(|| Self(bare.to_owned()))
    }

    /// Its length, where it is a prefix of `registry/path`. Of prefixes of one repository, the longer is the narrower.
    pub(super) fn of(&self, repository: &str) -> Option<usize> {
        let rest = repository.strip_prefix(&self.0)?;
        (rest.is_empty() || rest.starts_with('/')).then_some(self.0.len())
    }
}

/// The longest of `prefixes` that is one of `repository`.
pub(super) fn longest(prefixes: &[Prefix], repository: &str) -> Option<usize> {
    prefixes.iter().filter_map(|prefix| prefix.of(repository)).max()
}

#[cfg(test)]
mod tests {
    use super::Prefix;

    fn of(prefix: &str, repository: &str) -> Option<usize> {
        Prefix::read(prefix).unwrap().of(repository)
    }

    #[test]
    fn allowed_whole_segments() {
        assert_eq!(of("ghcr.io/acme/", "ghcr.io/acme/x"), Some(12));
        assert_eq!(of("ghcr.io/acme", "ghcr.io/acme"), Some(12));
        assert_eq!(of("ghcr.io", "ghcr.io/acme/x"), Some(7));
        assert_eq!(of("r.example:5000/a", "r.example:5000/a/b"), Some(16));
    }

    #[test]
    fn denied_parts_of_segments_and_other_registries() {
        assert_eq!(of("ghcr.io/acme/", "ghcr.io/acme-evil/x"), None);
        assert_eq!(of("ghcr.io/acme", "ghcr.io/acmex"), None);
        assert_eq!(of("ghcr.io", "ghcr.io.evil.example/x"), None);
        assert_eq!(of("ghcr.io", "ghcr.io:5000/x"), None);
        assert_eq!(of("ghcr.io/a/b", "ghcr.io/a"), None);
    }

    #[test]
    fn denied_texts_that_are_no_prefix() {
        for text in
            ["", "/", "ghcr.io//", "GHCR.io", "https://ghcr.io", "ghcr.io/a:1", "ghcr.io/*", "ghcr.io/a//b"]
        {
            assert_eq!(Prefix::read(text), None, "{text}");
        }
    }
}
