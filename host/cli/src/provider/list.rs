//! `bailiwick provider list`: what became of each Provider at the last sync, as the state folder has it. Nothing is asked
//! of a registry, and nothing is judged here.

use std::path::PathBuf;

use anyhow::anyhow;
use bailiwick_api::condition::{Condition, ConditionStatus, ConditionType};
use bailiwick_sync::{folder::records::FolderRecords, records::ProviderStatus};
use clap::Args;
use serde::Serialize;

use crate::{args::Format, report};

/// Digits of a digest in the table.
const DIGITS: usize = 19;

/// `bailiwick provider list`.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// The folder that `sync --state` was given
    #[arg(long, value_name = "DIR")]
    state: PathBuf,
    /// How results are printed
    #[arg(short, long, value_enum, default_value_t = Format::Table)]
    output: Format,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    name: String,
    #[serde(flatten)]
    status: ProviderStatus,
}

/// Prints the Providers; 1 where one is not ready.
pub(crate) fn run(args: &ListArgs) -> anyhow::Result<u8> {
    if !args.state.is_dir() {
        return Err(anyhow!(
            "{}: there is no such folder: name the one that sync --state was given",
            args.state.display()
        ));
    }
    let records = FolderRecords::open(Some(&args.state), true, false)?;
    let listed: Vec<Listed> =
        records.providers()?.into_iter().map(|(name, status)| Listed { name, status }).collect();
    match args.output {
        Format::Json => report::json(&listed)?,
        Format::Table if listed.is_empty() => {
            report::complain(&format!("{}: no Provider is remembered here", args.state.display()));
        }
        Format::Table => report::say(&table(&listed))?,
    }
    let ready = |one: &Listed| status(&one.status.conditions, ConditionType::Ready) == "True";
    Ok(if listed.iter().all(ready) { crate::OK } else { crate::FAILED })
}

fn table(listed: &[Listed]) -> String {
    let header = ["NAME", "VERSION", "DIGEST", "RESOLVED", "VERIFIED", "COMPATIBLE", "READY", "MESSAGE"];
    let row = |one: &Listed| {
        let ProviderStatus { version, running, conditions, .. } = &one.status;
        let digest = running.as_deref().unwrap_or("-");
        let mut cells = vec![
            one.name.clone(),
            version.clone().unwrap_or_else(|| "-".to_owned()),
            short(digest).to_owned(),
        ];
        let kinds = [
            ConditionType::Resolved,
            ConditionType::Verified,
            ConditionType::Compatible,
            ConditionType::Ready,
        ];
        cells.extend(kinds.map(|kind| status(conditions, kind).to_owned()));
        cells.push(message(&one.status));
        cells
    };
    report::table(&header, &listed.iter().map(row).collect::<Vec<_>>())
}

fn short(digest: &str) -> &str {
    digest.get(..DIGITS).unwrap_or(digest)
}

fn of(conditions: &[Condition], kind: ConditionType) -> Option<&Condition> {
    conditions.iter().find(|condition| condition.kind == kind)
}

fn status(conditions: &[Condition], kind: ConditionType) -> &'static str {
    match of(conditions, kind).map(|condition| condition.status) {
        Some(ConditionStatus::True) => "True",
        Some(ConditionStatus::False) => "False",
        Some(ConditionStatus::Unknown) | None => "Unknown",
    }
}

/// What is worth a look: the first that does not hold, what waits, and else who signed.
fn message(status: &ProviderStatus) -> String {
    let failed = status.conditions.iter().find(|condition| condition.status == ConditionStatus::False);
    let verified = of(&status.conditions, ConditionType::Verified);
    let condition = failed.or(verified);
    let mut text = condition.map(|condition| {
        let reason = condition.reason.as_deref().unwrap_or_default();
        format!("{reason}: {}", condition.message.as_deref().unwrap_or_default())
    });
    if let (Some(pending), text) = (&status.pending, &mut text) {
        let waits = format!("{} waits for spec.approve", short(pending));
        // Where nothing runs yet, that is what was said already.
        let said = status.running.is_none();
        *text = Some(
            text.take().filter(|_| !said).map_or_else(|| waits.clone(), |text| format!("{text}; {waits}")),
        );
    }
    text.unwrap_or_default()
}
