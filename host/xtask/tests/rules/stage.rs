//! The broker's stage, which takes the network's place for an author's recorded cases, is entered from one place alone:
//! nothing that syncs leads to it.

use crate::{Source, sources};

/// Who may name these words: the constructor of a broker on a stage, and what runs cases on it.
const MAY: [(&str, &[&str]); 2] = [
    ("on_stage(", &["host/broker/src/broker.rs", "host/sync/src/rehearsal.rs"]),
    ("rehearsal::", &["host/cli/src/cases.rs"]),
];

fn strangers<'s>(sources: &'s [Source]) -> Vec<&'s str> {
    let names = |source: &&'s Source| {
        let stranger = |(word, may): &(&str, &[&str])| {
            source.text.contains(word) && !may.contains(&source.path.as_str())
        };
        source.path.contains("/src/") && MAY.iter().any(stranger)
    };
    sources.iter().filter(names).map(|source| source.path.as_str()).collect()
}

#[test]
fn only_recorded_cases_enter_the_stage() {
    let sources = sources();
    assert_eq!(strangers(&sources), Vec::<&str>::new());
    for (word, may) in MAY {
        let named = |path: &&str| sources.iter().any(|s| s.path == **path && s.text.contains(word));
        assert!(may.iter().all(named), "{word} is not where it was");
    }
}

#[test]
fn a_sync_that_enters_the_stage_is_found() {
    let source = |path: &str, text: &str| Source { path: path.to_owned(), text: text.to_owned() };
    let text = "let broker = Broker::on_stage(stage, audit, clock);";
    assert_eq!(strangers(&[source("host/cli/src/sync.rs", text)]), ["host/cli/src/sync.rs"]);
    assert!(strangers(&[source("host/sync/src/rehearsal.rs", text)]).is_empty());
}
