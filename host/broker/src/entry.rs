//! The entries of a run as the broker knows them: what the guest was told, and the conditions of a find, which
//! the guest was not. Pure.

use std::collections::BTreeMap;

use bailiwick_boundary::{Entry, Find, Reference};
use bailiwick_core::values::pattern;
use regex::Regex;

/// Tags of a key.
pub(crate) type Tags = BTreeMap<String, String>;

/// One entry of a run.
pub struct OpenEntry {
    entry: Entry,
    name: Option<Regex>,
    tags: Tags,
}

/// `find.name.regexp` is not an expression, or too large a one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("find.name.regexp is not a valid expression (RE2 syntax)")]
pub struct BadExpression;

impl OpenEntry {
    /// An entry without conditions of its own.
    #[must_use]
    pub fn new(entry: Entry) -> Self {
        Self { entry, name: None, tags: Tags::new() }
    }

    /// A find with what selects: an expression over names, and tags that must all be there and equal.
    ///
    /// # Errors
    /// The expression does not compile.
    pub fn find(find: Find, name: Option<&str>, tags: Tags) -> Result<Self, BadExpression> {
        let name = name.map(pattern::compile).transpose().map_err(|_| BadExpression)?;
        Ok(Self { entry: Entry::Find(find), name, tags })
    }

    /// What the guest was told.
    #[must_use]
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// The reference of a data or extract entry.
    pub(crate) fn reference(&self) -> Option<&Reference> {
        match &self.entry {
            Entry::Secret(reference) | Entry::Extract(reference) => Some(reference),
            Entry::Find(_) => None,
        }
    }

    /// Whether it is a find.
    pub(crate) fn is_find(&self) -> bool {
        matches!(self.entry, Entry::Find(_))
    }

    /// Whether a name is what this find selects. Tags that are not known yet do not stand against it. `folders`:
    /// the backend has folders, so that a path ends at a slash; else it is any beginning of a name.
    pub(crate) fn selects(&self, name: &str, tags: Option<&Tags>, folders: bool) -> bool {
        let Entry::Find(find) = &self.entry else { return false };
        let tagged = tags.is_none_or(|own| self.tags.iter().all(|(key, value)| own.get(key) == Some(value)));
        tagged
            && self.name.as_ref().is_none_or(|expression| expression.is_match(name))
            && find.path.as_deref().is_none_or(|path| below(name, path, folders))
    }

    /// Whether it selects by tags, so that those of a name must be known before it is delivered.
    pub(crate) fn needs_tags(&self) -> bool {
        !self.tags.is_empty()
    }
}

/// Whether `name` is below `path`. Slashes around either do not count.
fn below(name: &str, path: &str, folders: bool) -> bool {
    let (name, path) = (name.trim_start_matches('/'), path.trim_matches('/'));
    let rest = name.strip_prefix(path);
    rest.is_some_and(|rest| !folders || path.is_empty() || rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(path: Option<&str>, name: Option<&str>, tags: &[(&str, &str)]) -> OpenEntry {
        let find = Find { path: path.map(str::to_owned), by_tags: !tags.is_empty() };
        OpenEntry::find(find, name, owned(tags)).unwrap()
    }

    fn owned(tags: &[(&str, &str)]) -> Tags {
        tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn b3_allowed_names_that_meet_every_condition() {
        assert!(find(None, None, &[]).selects("a/b", None, true));
        assert!(find(Some("team/"), Some("^team/db-.*$"), &[]).selects("team/db-1", None, true));
        assert!(find(Some("/team"), None, &[]).selects("/team/db", None, true));
        assert!(find(Some("team"), None, &[]).selects("teamwork", None, false), "no folders");
        let tagged = find(None, None, &[("env", "prod")]);
        assert!(tagged.selects("a", None, true), "not known yet");
        assert!(tagged.selects("a", Some(&owned(&[("env", "prod"), ("x", "y")])), true));
    }

    #[test]
    fn b3_denied_names_that_miss_one_condition() {
        assert!(!find(Some("team"), None, &[]).selects("other/db", None, true));
        assert!(!find(Some("team"), None, &[]).selects("teamwork/db", None, true));
        assert!(!find(None, Some("^db"), &[]).selects("a-db", None, true));
        let tagged = find(None, None, &[("env", "prod")]);
        assert!(!tagged.selects("a", Some(&owned(&[("env", "test")])), true));
        assert!(!tagged.selects("a", Some(&Tags::new()), true));
        let data = Reference { key: "a".into(), property: None, version: None, metadata: false };
        assert!(!OpenEntry::new(Entry::Secret(data)).selects("a", None, true));
    }

    #[test]
    fn an_expression_that_is_none_is_refused() {
        let find = Find { path: None, by_tags: false };
        assert!(OpenEntry::find(find, Some("("), Tags::new()).is_err());
    }
}
