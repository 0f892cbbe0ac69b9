//! `bailiwick grant explain`: for one ExternalSecret which request would leave, to where, admitted by which line, or
//! why not. Nothing is sent, and no credential is read.

use anyhow::{Context, anyhow};
use bailiwick_core::grant::{Explained, Sent};
use bailiwick_sync::{pass::explain::EntryExplained, standalone};
use serde_json::json;

use crate::{
    args::{Format, InputArgs},
    report, sync,
};

/// Explains one object.
pub(crate) fn run(args: &InputArgs, object: &str, output: Format) -> anyhow::Result<u8> {
    let (namespace, name) = object.split_once('/').context("write the ExternalSecret as NAMESPACE/NAME")?;
    let input = sync::input(args)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let explained = runtime.block_on(standalone::explain(&input, namespace, name));
    let (entries, errors) = explained.map_err(|error| anyhow!(error))?;
    for error in &errors {
        report::complain(&format!("error: {error}"));
    }
    let entries = match entries {
        Ok(entries) => entries,
        Err(not_ready) => {
            report::say(&format!("{object}: {}: {}", not_ready.reason, not_ready.message))?;
            return Ok(crate::FAILED);
        }
    };
    match output {
        Format::Json => report::json(&entries.iter().map(as_json).collect::<Vec<_>>())?,
        Format::Table => report::say(&entries.iter().map(as_words).collect::<Vec<_>>().join("\n"))?,
    }
    let admitted = entries.iter().all(|entry| entry.explained.as_ref().is_ok_and(|e| e.chosen.is_ok()));
    Ok(match (errors.is_empty(), admitted) {
        (false, _) => crate::BAD_INPUT,
        (true, false) => crate::FAILED,
        (true, true) => crate::OK,
    })
}

fn as_words(entry: &EntryExplained) -> String {
    let explained = match &entry.explained {
        Ok(explained) => explained,
        Err(not_ready) => {
            return format!("{}\n  denied: {}: {}", entry.path, not_ready.reason, not_ready.message);
        }
    };
    let mut lines = vec![entry.path.clone()];
    for (index, grant) in explained.grants.iter().enumerate() {
        let chosen = if explained.chosen.as_ref() == Ok(&index) { " (serves this entry)" } else { "" };
        lines.push(format!("  CapabilityGrant {}{chosen}", grant.grant));
        match &grant.verdict {
            Ok(requests) => requests.iter().for_each(|sent| lines.push(request(sent))),
            Err(denial) => {
                lines.push(format!("    denied: {}: {}: {}", denial.reason, denial.field, denial.remedy))
            }
        }
    }
    if let (Err(denial), true) = (&explained.chosen, explained.grants.is_empty()) {
        lines.push(format!("  denied: {}: {}: {}", denial.reason, denial.field, denial.remedy));
    }
    lines.join("\n")
}

fn request(sent: &Sent) -> String {
    let each = if sent.each_name { ", for each listed name that the keys admit" } else { "" };
    let looked_up =
        sent.looked_up.as_ref().map(|name| format!("\n      looked up as {name}")).unwrap_or_default();
    format!(
        "    {} {}{each}{looked_up}\n      operation {}, admitted by {}",
        sent.method,
        sent.url,
        sent.operation,
        sent.lines.join(", ")
    )
}

fn as_json(entry: &EntryExplained) -> serde_json::Value {
    match &entry.explained {
        Err(not_ready) => {
            json!({"entry": entry.path, "reason": not_ready.reason, "message": not_ready.message})
        }
        Ok(explained) => json!({"entry": entry.path, "grants": grants(explained)}),
    }
}

fn grants(explained: &Explained) -> Vec<serde_json::Value> {
    let of = |(index, grant): (usize, &bailiwick_core::grant::Explanation)| {
        let serves = explained.chosen.as_ref() == Ok(&index);
        match &grant.verdict {
            Err(denial) => json!({
                "grant": grant.grant, "serves": serves,
                "denied": {"reason": denial.reason.as_str(), "field": denial.field, "remedy": denial.remedy},
            }),
            Ok(requests) => json!({
                "grant": grant.grant, "serves": serves,
                "requests": requests.iter().map(|sent| json!({
                    "operation": sent.operation, "method": sent.method, "url": sent.url, "headers": sent.headers,
                    "lookedUpAs": sent.looked_up, "body": sent.body, "admittedBy": sent.lines, "eachName": sent.each_name,
                })).collect::<Vec<_>>(),
            }),
        }
    };
    explained.grants.iter().enumerate().map(of).collect()
}
