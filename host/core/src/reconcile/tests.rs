//! The two steps on cases as data: each file of `tests/golden` is what was observed and fetched, a line `---`, and
//! what is planned and settled, with values as hashes. `BAILIWICK_UPDATE_GOLDEN=1` writes the second half anew.

mod case;
mod render;

use std::{collections::BTreeMap, env, fs, path::PathBuf};

use bailiwick_api::status::{ExternalSecretStatus, LocalObjectReference};

use super::{Managed, Observed, Plan, TargetState, plan, settle};
use case::Case;

const SEPARATOR: &str = "\n---\n";

/// Path and both halves of each file, by name; the second is empty in a new one.
fn cases() -> Vec<(PathBuf, String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    let halves = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let (input, output) = text.split_once(SEPARATOR).unwrap_or((text.trim_end(), ""));
        (path, input.to_owned(), output.to_owned())
    };
    files.into_iter().map(halves).collect()
}

fn run(input: &str) -> String {
    let Case { object, status, now, target, fetched } = Case::read(input);
    let now = now.unix();
    let planned = plan(&Observed { object: &object, status: status.as_ref(), target: target.as_ref(), now });
    let mut out = render::plan(&planned);
    if let (Plan::Fetch(fetch), Some(results)) = (&planned, fetched) {
        let observed = Observed { object: &object, status: status.as_ref(), target: None, now };
        out.push_str(&render::settled(&settle(&observed, fetch, results, target)));
    }
    out
}

#[test]
fn golden() {
    let update = env::var_os("BAILIWICK_UPDATE_GOLDEN").is_some();
    let cases = cases();
    assert!(cases.len() >= 40);
    for (path, input, expected) in cases {
        let output = run(&input);
        if update {
            fs::write(&path, format!("{input}{SEPARATOR}{output}")).unwrap();
        } else {
            assert_eq!(output, expected, "{}", path.display());
        }
    }
}

/// Cases are in groups by the first word of their names; each group has one that fails or is held back.
#[test]
fn every_group_has_a_failing_twin() {
    let mut groups: BTreeMap<String, bool> = BTreeMap::new();
    for (path, _, output) in cases() {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let group = name.split('-').next().unwrap();
        // Where the matter is whether something is due, "not now" is the refusal; elsewhere it says nothing.
        let held = ["refresh", "window", "drift"].contains(&group) && output.contains("plan: keep");
        let fails = ["plan: fail", "\nready: False"].iter().any(|mark| output.contains(mark));
        *groups.entry(group.to_owned()).or_default() |= fails || held;
    }
    assert!(groups.len() > 15);
    for (group, fails) in groups {
        assert!(fails, "{group} has no failing twin");
    }
}

/// What was written into another Secret says nothing of this one.
#[test]
fn only_what_was_written_into_this_secret_is_recalled() {
    let wrote = Managed { keys: vec!["password".into()], ..Managed::default() };
    let status = |name: Option<&str>| ExternalSecretStatus {
        binding: Some(LocalObjectReference { name: name.map(str::to_owned) }),
        ..ExternalSecretStatus::default()
    };
    for (status, recalled) in [
        (status(Some("app")), true),
        (status(Some("other")), false),
        (status(None), false),
        (ExternalSecretStatus::default(), false),
    ] {
        let mut target = TargetState::default();
        target.recall("app", &status, &wrote);
        assert_eq!(target.managed == wrote, recalled, "{status:?}");
    }
}
