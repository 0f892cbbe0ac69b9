//! Where in a manifest something is wrong: `spec.data[2].remoteRef.property`. Keys are scalars too, and a slip of
//! indentation can make a secret one: a key is shown where it looks like the name of a field, else as `?`.

use std::fmt::Write;

/// A path as text.
#[derive(Clone, Default)]
pub(super) struct Path(String);

impl Path {
    /// One member further.
    pub(super) fn field(&mut self, key: &str) {
        if !self.0.is_empty() {
            self.0.push('.');
        }
        self.0.push_str(shown(key));
    }

    /// One item further.
    pub(super) fn index(&mut self, index: usize) {
        // Writing to a String does not fail.
        let _ = write!(self.0, "[{index}]");
    }

    pub(super) fn into_text(self) -> String {
        self.0
    }
}

/// A key as it may be shown: itself where it looks like the name of a field, else `?`.
#[must_use]
pub fn shown(key: &str) -> &str {
    if is_name(key) { key } else { "?" }
}

/// Letters, and at most two digits after them: no token or password worth its name.
fn is_name(key: &str) -> bool {
    let letters = key.trim_end_matches(|c: char| c.is_ascii_digit());
    let formed = letters.bytes().all(|b| b.is_ascii_alphabetic()) && key.len() - letters.len() <= 2;
    formed && (1..=40).contains(&letters.len())
}

#[cfg(test)]
mod tests {
    use super::Path;

    #[test]
    fn shows_names_and_nothing_else() {
        let mut path = Path::default();
        for key in
            ["spec", "provider", "tls12", "app.kubernetes.io/name", "hvs.CAESI", "s3cr3t", "a123", "ä", ""]
        {
            path.field(key);
        }
        path.index(2);
        path.field(&"a".repeat(41));
        assert_eq!(path.into_text(), "spec.provider.tls12.?.?.?.?.?.?[2].?");
    }
}
