//! The Go that builds the tools: the first on PATH or in /usr/local/go that is new enough. `GOTOOLCHAIN=local`
//! everywhere, since Go would else download another version of itself without being asked.

use std::path::{Path, PathBuf};

use crate::place;
use crate::run::{plain, read};

/// The minor version, as in `tests/tools/go.mod`: Go 1.N.
pub(super) const OLDEST: Version = Version { major: 1, minor: 26 };

/// A version of Go, as far as it counts here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version {
    major: u32,
    minor: u32,
}

impl std::fmt::Display for Version {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "{}.{}", self.major, self.minor)
    }
}

/// The `go` program, where there is one that is new enough.
pub(super) fn find() -> Option<PathBuf> {
    let candidates = place::on_path(&["go"]).into_iter().chain([PathBuf::from("/usr/local/go/bin/go")]);
    candidates.into_iter().find(|go| version_of(go).is_some_and(|version| version >= OLDEST))
}

fn version_of(go: &Path) -> Option<Version> {
    let mut command = plain(&go.to_string_lossy(), &place::root());
    parse(&read(command.args(["env", "GOVERSION"]).env("GOTOOLCHAIN", "local")).ok()?)
}

// As in `go1.26.8` or `go1.27rc1`.
fn parse(text: &str) -> Option<Version> {
    let (major, rest) = text.trim().strip_prefix("go")?.split_once('.')?;
    let minor: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Some(Version { major: major.parse().ok()?, minor: minor.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_counts_by_its_numbers() {
        assert_eq!(parse("go1.26.8\n"), Some(OLDEST));
        assert!(parse("go1.27rc1").is_some_and(|version| version > OLDEST));
        assert!(parse("go2.0").is_some_and(|version| version > OLDEST));
        assert!(parse("go1.9").is_some_and(|version| version < OLDEST));
        assert_eq!(parse("devel +abc"), None);
    }

    #[test]
    fn the_tools_want_the_go_that_is_looked_for() {
        let text = std::fs::read_to_string(place::root().join("tests/tools/go.mod")).unwrap();
        assert!(text.lines().any(|line| line == format!("go {OLDEST}")), "{text}");
    }
}
