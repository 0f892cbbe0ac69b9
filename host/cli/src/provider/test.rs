//! `bailiwick provider test`: a component against recorded cases, with no network; and what it asked for over all of
//! them. What differs is core's word; here it is written for people or programs.

use std::path::PathBuf;

use bailiwick_core::{
    case::{Difference, Place, Usage, Used},
    catalogue::Catalogue,
    text::escaped,
};
use clap::Args;
use serde_json::{Value, json};

use crate::{
    args::Format,
    cases::{self, CasesArgs, Played, Rehearsal},
    report,
};

/// `bailiwick provider test`.
#[derive(Debug, Args)]
pub(crate) struct TestArgs {
    #[command(flatten)]
    cases: CasesArgs,
    /// Run all cases under the CapabilityGrant of this file, in place of one that is made from each case
    #[arg(long, value_name = "FILE")]
    grant: Option<PathBuf>,
    /// How results are printed
    #[arg(short, long, value_enum, default_value_t = Format::Table)]
    output: Format,
}

/// Runs the cases and prints what came of them.
pub(super) fn run(args: &TestArgs) -> anyhow::Result<u8> {
    let rehearsal = cases::play(&args.cases, args.grant.as_deref())?;
    match args.output {
        Format::Json => report::json(&as_json(&rehearsal))?,
        Format::Table => report::say(&words(&rehearsal))?,
    }
    let passed = rehearsal.played.iter().all(|case| case.differences.is_empty());
    Ok(if passed { crate::OK } else { crate::FAILED })
}

fn words(rehearsal: &Rehearsal) -> String {
    let Rehearsal { component, played, usage, .. } = rehearsal;
    let mut lines: Vec<String> = played.iter().flat_map(of_case).collect();
    let failed = played.iter().filter(|case| !case.differences.is_empty()).count();
    lines.push(String::new());
    lines.push(format!("{} cases: {} ok, {failed} failed", played.len(), played.len() - failed));
    lines.push(String::new());
    lines.extend(asked(usage));
    lines.extend(unused(usage, &component.catalogue));
    lines.join("\n")
}

/// The lines of one case; also what `grant suggest` says of one that failed.
pub(crate) fn of_case(case: &Played) -> Vec<String> {
    let verdict = if case.differences.is_empty() { "ok    " } else { "FAILED" };
    let place = format!("{}:{}", case.origin.file, case.origin.line);
    let mut lines = vec![format!("{verdict}  {}: {}", escaped(&place), escaped(&case.name))];
    for Difference { at, expected, got } in &case.differences {
        lines.push(format!("  {at}"));
        lines.push(format!("    expected  {expected}"));
        lines.push(format!("    got       {got}"));
    }
    lines
}

fn asked(usage: &Usage) -> Vec<String> {
    let mut lines = vec!["Asked for, over all cases:".to_owned()];
    lines.push(row("operations", &or_none(usage.operations.iter().map(String::as_str))));
    for (Place { authority, origin, account }, used) in &usage.places {
        let account: Vec<String> = account.iter().map(|(slot, value)| format!("{slot}={value}")).collect();
        lines.push(row("origin", &format!("{origin} ({authority})")));
        if !account.is_empty() {
            lines.push(row("  account", &account.join(", ")));
        }
        let keys: Vec<String> = keys(used);
        if !keys.is_empty() {
            lines.push(row("  keys", &keys.join(", ")));
        }
    }
    lines.push(row("auth", &or_none(usage.auth.iter().map(|auth| auth.method.as_str()))));
    lines
}

/// Keys that were read, and prefixes that were listed, which end in `/`.
fn keys(used: &Used) -> Vec<String> {
    let listed = used.prefixes.iter().map(|prefix| format!("{}/", prefix.join("/")));
    used.keys.iter().map(|key| key.join("/")).chain(listed).map(|key| escaped(&key).into_owned()).collect()
}

fn unused(usage: &Usage, catalogue: &Catalogue) -> Vec<String> {
    let (operations, auth) = (usage.unused_operations(catalogue), usage.unused_auth(catalogue));
    if operations.is_empty() && auth.is_empty() {
        return Vec::new();
    }
    let mut lines = vec!["Declared in the catalogue, and used by no case:".to_owned()];
    if !operations.is_empty() {
        lines.push(row("operations", &operations.join(", ")));
    }
    if !auth.is_empty() {
        lines.push(row("auth", &auth.join(", ")));
    }
    lines
}

fn row(name: &str, text: &str) -> String {
    format!("  {name:<10}  {}", escaped(text))
}

fn or_none<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let words: Vec<&str> = words.collect();
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

fn as_json(rehearsal: &Rehearsal) -> Value {
    let Rehearsal { component, played, usage, .. } = rehearsal;
    let difference = |d: &Difference| json!({"at": d.at, "expected": d.expected, "got": d.got});
    let case = |case: &Played| {
        json!({
            "file": case.origin.file, "line": case.origin.line, "name": case.name,
            "ok": case.differences.is_empty(),
            "differences": case.differences.iter().map(difference).collect::<Vec<_>>(),
        })
    };
    let place = |(place, used): (&Place, &Used)| {
        json!({
            "authority": place.authority, "origin": place.origin, "account": place.account, "keys": keys(used),
        })
    };
    let auth = |auth: &bailiwick_core::program::Auth| json!({"method": auth.method, "slots": auth.slots});
    json!({
        "component": component.digest.to_string(),
        "cases": played.iter().map(case).collect::<Vec<_>>(),
        "asked": {
            "operations": usage.operations,
            "targets": usage.places.iter().map(place).collect::<Vec<_>>(),
            "auth": usage.auth.iter().map(auth).collect::<Vec<_>>(),
        },
        "unused": {
            "operations": usage.unused_operations(&component.catalogue),
            "auth": usage.unused_auth(&component.catalogue),
        },
    })
}
