//! What the cache keeps: pure. By last use, newest first, up to a size in all; what is older than the rest goes. Files
//! that nobody here made are never among what goes.

use std::time::Duration;

/// Bytes that are kept in all. A provider's code takes about 0.4 MB.
pub(super) const MAX_TOTAL: u64 = 512 << 20;
/// What was not used for so long is of a version that is gone.
pub(super) const MAX_AGE: Duration = Duration::from_secs(90 * 24 * 3600);
/// A file that is being written is not so old.
pub(super) const MAX_WRITING: Duration = Duration::from_secs(24 * 3600);

/// Length of a name of ours: SHA-256 in hex.
const NAME: usize = 64;
/// What `tempfile` calls a file that is being written.
const WRITING: &str = ".tmp";

/// A regular file of the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) name: String,
    pub(super) size: u64,
    /// Since its last use.
    pub(super) age: Duration,
}

/// The names of the files that go.
pub(super) fn surplus(mut files: Vec<Kept>) -> Vec<String> {
    files.sort_by_key(|file| file.age);
    let mut total = 0_u64;
    let mut goes = |file: &Kept| {
        if file.name.starts_with(WRITING) {
            return file.age > MAX_WRITING;
        }
        if file.name.len() != NAME || !file.name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return false;
        }
        total = total.saturating_add(file.size);
        total > MAX_TOTAL || file.age > MAX_AGE
    };
    files.retain(|file| goes(file));
    files.into_iter().map(|file| file.name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(24 * 3600);

    fn file(name: &str, size: u64, age: Duration) -> Kept {
        Kept { name: name.to_owned(), size, age }
    }

    fn code(letter: &str, size: u64, age: Duration) -> Kept {
        file(&letter.repeat(NAME), size, age)
    }

    #[test]
    fn the_least_recently_used_goes_beyond_the_size() {
        let files =
            vec![code("a", MAX_TOTAL / 2, DAY * 3), code("b", MAX_TOTAL / 2, DAY), code("c", 1, DAY * 2)];
        assert_eq!(surplus(files.clone()), ["a".repeat(NAME)]);
        assert_eq!(surplus(files.into_iter().skip(1).collect()), Vec::<String>::new());
    }

    #[test]
    fn what_is_old_goes_and_what_is_used_stays() {
        assert_eq!(surplus(vec![code("a", 1, MAX_AGE)]), Vec::<String>::new());
        assert_eq!(surplus(vec![code("a", 1, MAX_AGE + DAY)]), ["a".repeat(NAME)]);
        assert_eq!(surplus(vec![file(".tmpA1b2", 1, DAY * 2)]), [".tmpA1b2"]);
        assert_eq!(surplus(vec![file(".tmpA1b2", 1, DAY)]), Vec::<String>::new());
    }

    #[test]
    fn what_nobody_here_made_is_left_alone() {
        let files =
            vec![file("notes.txt", MAX_TOTAL * 2, MAX_AGE * 2), file(&"z".repeat(NAME), 1, MAX_AGE * 2)];
        assert_eq!(surplus(files), Vec::<String>::new());
    }
}
