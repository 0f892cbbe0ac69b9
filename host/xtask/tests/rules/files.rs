//! What a file looks like: a module opens with what lives in it, files are short, `foo.rs` stands beside `foo/`,
//! nothing is left to be done. And what the whole looks like: the pure part is not a corner of the host.

use crate::{Source, sources};

/// The longest file.
const LINES: usize = 400;
/// No reason is good enough for more.
const NEVER: usize = 600;

/// Files that are longer than [`LINES`], each with its reason.
const LONG: [(&str, &str); 0] = [];

fn complaints(source: &Source) -> Vec<String> {
    let Source { path, text } = source;
    let lines = text.lines().count();
    let reason = LONG.iter().find(|(long, _)| long == path);
    // A module of tests is told by its parent.
    let tests = path.ends_with("/tests.rs");
    let unfinished = ["TODO", "FIXME", "XXX"].into_iter().find(|mark| has_word(text, mark));
    let found = [
        (!tests && !text.starts_with("//!")).then(|| "does not open with `//!`".to_owned()),
        path.ends_with("/mod.rs").then(|| "is a mod.rs: name it after its module".to_owned()),
        (lines > LINES && reason.is_none())
            .then(|| format!("has {lines} lines and no reason for more than {LINES}")),
        (lines > NEVER).then(|| format!("has {lines} lines: {NEVER} is too long for any reason")),
        (lines <= LINES && reason.is_some()).then(|| "needs no reason any more".to_owned()),
        unfinished.map(|mark| format!("has a {mark}")),
    ];
    found.into_iter().flatten().map(|complaint| format!("{path} {complaint}")).collect()
}

fn has_word(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric()).any(|found| found == word)
}

#[test]
fn each_file_is_as_it_should_be() {
    // This file names the marks that it looks for.
    let others = sources().into_iter().filter(|source| !source.path.ends_with("rules/files.rs"));
    assert_eq!(others.flat_map(|source| complaints(&source)).collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn a_file_that_is_not_as_it_should_be_is_found() {
    let of = |path: &str, text: &str| complaints(&Source { path: path.into(), text: text.into() }).len();
    assert_eq!(of("host/a.rs", "//! Fine.\n"), 0);
    assert_eq!(of("host/a/tests.rs", "use super::*;\n"), 0);
    assert_eq!(of("host/a.rs", "use b;\n"), 1);
    assert_eq!(of("host/a/mod.rs", "//! Fine.\n"), 1);
    assert_eq!(of("host/a.rs", "//! Fine.\n// TODO: more\n"), 1);
    assert_eq!(of("host/a.rs", &format!("//! Long.\n{}", "x\n".repeat(LINES))), 1);
    assert_eq!(of("host/a.rs", &format!("//! Long.\n{}", "x\n".repeat(NEVER))), 2);
}

#[test]
fn core_is_a_fifth_of_the_host_or_more() {
    let is_code = |source: &&Source| source.path.contains("/src/") && !source.path.ends_with("/tests.rs");
    let sources = sources();
    let lines = |prefix: &str| {
        let within = sources.iter().filter(|source| source.path.starts_with(prefix)).filter(is_code);
        within.map(|source| source.text.lines().count()).sum::<usize>()
    };
    let (core, host) = (lines("host/core/"), lines("host/"));
    assert!(core * 5 >= host, "{core} of {host} lines");
}
