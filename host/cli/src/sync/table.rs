//! What came of a sync as a table: one row an object, by names alone. A value is never among what is handed to it.

use bailiwick_core::reconcile::settle::Change;
use bailiwick_sync::pass::{Did, Outcome};

use crate::report;

/// A row for each object.
pub(super) fn of(objects: &[Outcome], dry_run: bool) -> String {
    let row = |o: &Outcome| {
        let ready = match (o.ready, o.action) {
            (true, _) => "True",
            (false, Did::Skipped) => "-",
            (false, _) => "False",
        };
        vec![
            o.namespace.clone(),
            o.name.clone(),
            ready.to_owned(),
            o.reason.clone(),
            did(o.action, dry_run).to_owned(),
            if o.ready { keys(o) } else { o.message.clone() },
        ]
    };
    let header = ["NAMESPACE", "NAME", "READY", "REASON", "SECRET", "KEYS"];
    report::table(&header, &objects.iter().map(row).collect::<Vec<_>>())
}

const fn did(action: Did, dry_run: bool) -> &'static str {
    match (action, dry_run) {
        (Did::Kept, _) => "unchanged",
        (Did::Written, false) => "written",
        (Did::Written, true) => "would be written",
        (Did::Deleted, false) => "deleted",
        (Did::Deleted, true) => "would be deleted",
        (Did::Nothing, _) => "-",
        (Did::Skipped, _) => "skipped",
    }
}

/// Key names with what happens to them: `+` added, `~` changed, `-` removed, nothing for the same; and entries that
/// the backend does not have.
fn keys(outcome: &Outcome) -> String {
    let mark = |change| match change {
        Change::Added => "+",
        Change::Changed => "~",
        Change::Removed => "-",
        Change::Same => "",
    };
    let keys = outcome.keys.iter().map(|(key, change)| format!("{}{key}", mark(*change)));
    let missing = outcome.missing.iter().map(|entry| format!("({entry} is missing)"));
    keys.chain(missing).collect::<Vec<_>>().join(" ")
}
