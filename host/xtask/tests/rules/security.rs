//! SECURITY.md's table of threats: each row says proven, partial or planned, and a proven row links to the tests
//! that prove it, as `[name_of_the_test](path/of/its/file.rs)`. A link to a test that is not there is no proof.

use std::collections::BTreeSet;
use std::path::Path;

use crate::root;

/// The rows that the table must have.
const IDS: [&str; 18] = [
    "T01", "T02", "T03", "T04", "T05-1", "T05-2", "T05-3", "T06", "T07", "C01", "C02", "C03", "C04", "C05",
    "A01", "A02", "A03", "A04",
];

// What is wrong with the table.
fn complaints(text: &str, root: &Path) -> Vec<String> {
    let rows: Vec<Vec<&str>> = text.lines().filter_map(row).collect();
    let ids: BTreeSet<&str> =
        rows.iter().filter_map(|row| row.first()).flat_map(|ids| ids.split(", ")).collect();
    let mut found: Vec<String> =
        IDS.iter().filter(|id| !ids.contains(*id)).map(|id| format!("{id} is missing")).collect();
    for row in &rows {
        let (id, status, answer) =
            (row.first().unwrap_or(&""), row.get(2).unwrap_or(&""), row.get(3).unwrap_or(&""));
        match *status {
            "proven" => found.extend(unproven(answer, root).into_iter().map(|why| format!("{id}: {why}"))),
            "partial" | "planned" if !answer.is_empty() => {}
            other => {
                found.push(format!("{id}: `{other}` is none of proven, partial, planned with an answer"))
            }
        }
    }
    found
}

// The cells of a row of the table: those whose first cell names threats or controls.
fn row(line: &str) -> Option<Vec<&str>> {
    let cells: Vec<&str> =
        line.trim().strip_prefix('|')?.trim_end_matches('|').split('|').map(str::trim).collect();
    let first = cells.first()?;
    let is_id =
        |id: &str| id.starts_with(['T', 'C', 'A']) && id.get(1..3).is_some_and(|n| n.parse::<u8>().is_ok());
    first.split(", ").all(is_id).then_some(cells)
}

fn unproven(answer: &str, root: &Path) -> Vec<String> {
    let links: Vec<(&str, &str)> =
        answer.split("](").zip(answer.split("](").skip(1)).filter_map(link).collect();
    if links.is_empty() {
        return vec!["proven, but it links to no test".into()];
    }
    let broken = links.into_iter().filter(|(test, file)| {
        let text = std::fs::read_to_string(root.join(file)).unwrap_or_default();
        !text.contains(&format!("fn {test}("))
    });
    broken.map(|(test, file)| format!("{file} has no test {test}")).collect()
}

fn link<'a>((before, after): (&'a str, &'a str)) -> Option<(&'a str, &'a str)> {
    let test = before.rsplit('[').next()?.trim_matches('`');
    Some((test, after.split(')').next()?))
}

#[test]
fn proven_threats_link_to_tests_that_are_there() {
    let text = std::fs::read_to_string(root().join("SECURITY.md")).unwrap();
    assert_eq!(complaints(&text, &root()), Vec::<String>::new());
}

#[test]
fn a_proof_that_is_not_there_is_found() {
    let here = "host/xtask/tests/rules/security.rs";
    let row = |status: &str, answer: &str| {
        let text = format!("| {} | what | {status} | {answer} |\n", IDS.join(", "));
        complaints(&text, &root()).len()
    };
    assert_eq!(row("proven", &format!("[`a_proof_that_is_not_there_is_found`]({here})")), 0);
    assert_eq!(row("proven", &format!("[a_proof_that_is_not_there_is_found]({here}), [nothing]({here})")), 1);
    assert_eq!(row("proven", "trust us"), 1);
    assert_eq!(row("planned", "later"), 0);
    assert_eq!(row("planned", ""), 1);
    assert_eq!(row("done", "x"), 1);
    assert_eq!(complaints("| T01 | what | planned | later |", &root()).len(), IDS.len() - 1);
}
