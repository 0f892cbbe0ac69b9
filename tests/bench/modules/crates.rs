//! How many crates signed modules added: those that artifact needs now, less those that it needed before it could fetch or
//! verify anything (crates-before.txt).

use std::{collections::BTreeSet, path::Path, process::Command};

use crate::table::{Goal, Table};

const BEFORE: &str = include_str!("crates-before.txt");

pub(crate) fn measure(table: &mut Table) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let arguments = [
        "tree",
        "--locked",
        "-e",
        "normal",
        "-p",
        "bailiwick-artifact",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ];
    let output = Command::new("cargo").args(arguments).current_dir(root).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let name = |line: &str| line.split(' ').next().map(str::to_owned);
    let now: BTreeSet<String> = text.lines().filter_map(name).collect();
    let before: BTreeSet<String> = BEFORE.lines().filter_map(name).collect();
    table.add(
        "crates that artifact needs more",
        now.difference(&before).count() as f64,
        "",
        Goal::AtMost(90.0),
    );
}
