//! `bailiwick provider list`: what became of each Provider at the last sync, as the state folder has it. Nothing is asked
//! of a registry, and nothing is judged here; only the clock is looked at, since what was kept for a while may have ended.

use std::path::PathBuf;

use anyhow::anyhow;
use bailiwick_api::condition::{Condition, ConditionStatus, ConditionType};
use bailiwick_sync::{
    folder::{self, records::FolderRecords},
    records::ProviderStatus,
};
use clap::Args;
use serde::Serialize;

use crate::{args::Format, report};

/// Digits of a digest in the table.
const DIGITS: usize = 19;
/// The reason of what is kept for a while.
const KEPT: &str = "KeptRunning";

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
    /// What ran last, where nothing runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_ran: Option<String>,
    #[serde(flatten)]
    status: ProviderStatus,
}

impl Listed {
    /// What is remembered stays when it is refused, or no sync saw the end of what was kept: it is not called running then.
    fn new(name: String, mut status: ProviderStatus, now: i64) -> Self {
        if status.stops_at.is_some_and(|at| at.unix() <= now) {
            let ready =
                status.conditions.iter_mut().filter(|condition| condition.kind == ConditionType::Ready);
            ready.for_each(end);
        }
        let last_ran = if ready(&status) { None } else { status.running.take() };
        Self { name, last_ran, status }
    }
}

fn end(kept: &mut Condition) {
    if kept.status == ConditionStatus::True {
        kept.status = ConditionStatus::False;
        kept.message = Some(format!("ended; it ran on {}", kept.message.as_deref().unwrap_or_default()));
    }
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
    let now = folder::now();
    let listed: Vec<Listed> =
        records.providers()?.into_iter().map(|(name, status)| Listed::new(name, status, now)).collect();
    match args.output {
        Format::Json => report::json(&listed)?,
        Format::Table if listed.is_empty() => {
            report::complain(&format!("{}: no Provider is remembered here", args.state.display()));
        }
        Format::Table => report::say(&table(&listed))?,
    }
    Ok(if listed.iter().all(|one| ready(&one.status) || gone(&one.status)) {
        crate::OK
    } else {
        crate::FAILED
    })
}

/// Taken out of the policy: what is remembered of it is no failure. One that cannot be read there fails the sync.
fn gone(status: &ProviderStatus) -> bool {
    let mut conditions = status.conditions.iter();
    conditions.any(|condition| condition.reason.as_deref() == Some("NotInPolicy"))
}

fn ready(status: &ProviderStatus) -> bool {
    self::status(&status.conditions, ConditionType::Ready) == "True"
}

fn table(listed: &[Listed]) -> String {
    let header = ["NAME", "VERSION", "DIGEST", "RESOLVED", "VERIFIED", "COMPATIBLE", "READY", "MESSAGE"];
    let row = |one: &Listed| {
        let ProviderStatus { version, running, conditions, .. } = &one.status;
        let version = version.as_deref().filter(|_| running.is_some());
        let runs = [version, running.as_deref().map(short)].map(|cell| cell.unwrap_or("-").to_owned());
        let mut cells = vec![one.name.clone()];
        cells.extend(runs);
        let kinds = [
            ConditionType::Resolved,
            ConditionType::Verified,
            ConditionType::Compatible,
            ConditionType::Ready,
        ];
        cells.extend(kinds.map(|kind| status(conditions, kind).to_owned()));
        cells.push(message(one));
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

/// What is worth a look: what ended, the first that does not hold, what waits, and else who signed. A digest that waits is
/// whole: it is copied into `spec.approve`.
fn message(Listed { status, last_ran, .. }: &Listed) -> String {
    let mut failed = status.conditions.iter().filter(|condition| condition.status == ConditionStatus::False);
    let ended = failed.clone().find(|condition| condition.reason.as_deref() == Some(KEPT));
    let verified = of(&status.conditions, ConditionType::Verified);
    let condition = ended.or_else(|| failed.next()).or(verified);
    let mut text = condition.map(|condition| {
        let reason = condition.reason.as_deref().unwrap_or_default();
        format!("{reason}: {}", condition.message.as_deref().unwrap_or_default())
    });
    if let (Some(pending), text) = (&status.pending, &mut text) {
        let waits = format!("{pending} waits for spec.approve");
        // Where nothing ran yet, that is what was said already.
        let said = status.running.is_none() && last_ran.is_none();
        *text = Some(
            text.take().filter(|_| !said).map_or_else(|| waits.clone(), |text| format!("{text}; {waits}")),
        );
    }
    text.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use bailiwick_api::time::Timestamp;

    use super::*;

    fn condition(kind: ConditionType, holds: bool, reason: &str, message: &str) -> Condition {
        Condition {
            kind,
            status: if holds { ConditionStatus::True } else { ConditionStatus::False },
            reason: Some(reason.to_owned()),
            message: Some(message.to_owned()),
            last_transition_time: None,
            observed_generation: None,
        }
    }

    #[test]
    fn what_is_kept_is_ready_until_it_ends() {
        let listed = |now| {
            let conditions = vec![
                condition(ConditionType::Verified, false, "Stale", "too old"),
                condition(ConditionType::Ready, true, KEPT, "until 1970-01-01T00:01:00Z: Stale: too old"),
            ];
            let running = Some("sha256:1".to_owned());
            let stops_at = Some(Timestamp::from_unix(60));
            let status = ProviderStatus { running, stops_at, conditions, ..ProviderStatus::default() };
            Listed::new("fake".into(), status, now)
        };
        let kept = listed(59);
        assert!(ready(&kept.status) && kept.status.running.is_some() && kept.last_ran.is_none());
        assert_eq!(message(&kept), "Stale: too old");
        let ended = listed(60);
        assert!(!ready(&ended.status) && ended.status.running.is_none() && ended.last_ran.is_some());
        let said = "KeptRunning: ended; it ran on until 1970-01-01T00:01:00Z: Stale: too old";
        assert_eq!(message(&ended), said);
    }

    #[test]
    fn a_digest_that_waits_is_whole() {
        let digest = format!("sha256:{}", "a".repeat(64));
        for running in [None, Some("sha256:1".to_owned())] {
            let status =
                ProviderStatus { pending: Some(digest.clone()), running, ..ProviderStatus::default() };
            let said = message(&Listed::new("fake".into(), status, 0));
            assert!(said.contains(&format!("{digest} waits for spec.approve")), "{said}");
        }
    }
}
