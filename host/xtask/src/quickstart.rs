//! The quick start: a development backend, a provider that is signed with a key made on the spot, a sync, and attempts
//! that are denied. It works on a copy of examples/quickstart under target/quickstart, changed in two places only: the
//! backend's address, and a Secret with the tenant's token, which a cluster would have.

mod backend;
mod signing;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::place;
use crate::providers::{self, signing::trusted};
use crate::run::{plain, read, say, shown, succeed, title};
use backend::Backend;

/// The address that the example's files name.
const ADDRESS: &str = "http://127.0.0.1:8200";

/// The attempts, in `denied/`, and the reason of each.
const DENIED: [(&str, &str, &str); 3] = [
    ("host", "a store that names another server", "HostNotGranted"),
    ("account", "a store that names another team's Vault namespace", "AccountNotGranted"),
    ("key", "a key outside the grant", "KeyNotGranted"),
];

/// The tenant's token for the backend, made by backend/setup.yaml of the example.
const SECRET: &str = "\
apiVersion: v1
kind: Secret
metadata:
  name: vault-token
  namespace: team-a
stringData:
  token: quickstart-reader
";

/// Sets up, builds, and shows.
pub(crate) fn run() -> Result<()> {
    providers::run()?;
    show()
}

/// Shows, with everything built.
pub(crate) fn show() -> Result<()> {
    title("The quick start");
    let example = place::root().join("examples/quickstart");
    let folder = place::target().join("quickstart");
    let backend = Backend::start(&example.join("backend/setup.yaml"))?;
    say(&format!("a KV v2 backend for development listens at {}", backend.address()));
    copy(&example, &folder, backend.address())?;
    std::fs::write(folder.join("manifests/vault-token.yaml"), SECRET)?;
    title("The grant, checked, with the module's signers and surface filled in");
    check(&folder)?;
    title("The sync");
    succeed(sync(&folder, &place::providers(), &[]).args(["--output", "table"]))?;
    keys(&folder.join("out"))?;
    for (name, what, reason) in DENIED {
        denied(&folder, name, what, reason)?;
    }
    signing::denied(&folder)
}

// The surface in words is long: what a newcomer needs is that there is one, and how to see it.
fn check(folder: &Path) -> Result<()> {
    let mut command = bailiwick(&["grant", "check", "--write"], folder, &place::providers());
    say(&format!("$ {}", shown(&command)));
    let text = read(&mut command)?;
    let (words, lines): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.starts_with("    "));
    lines.iter().for_each(|line| say(line));
    say(&format!("    ... and in words: {} lines, which `grant check --surface` prints again", words.len()));
    Ok(())
}

fn denied(folder: &Path, name: &str, what: &str, reason: &str) -> Result<()> {
    title(&format!("Denied: {what}"));
    let extra = folder.join("denied").join(format!("{name}.yaml"));
    let mut command = sync(folder, &place::providers(), &[extra]);
    let output = command.args(["--output", "json"]).output().context("cannot start bailiwick")?;
    let text = String::from_utf8_lossy(&output.stdout);
    ensure!(
        output.status.code() == Some(1),
        "exit status {}, where 1 (some failed) was due: {text}",
        output.status
    );
    let results: Value = serde_json::from_str(&text).context("bailiwick sync -o json printed no JSON")?;
    let lines = refusals(&results, reason);
    if lines.is_empty() {
        bail!("the sync did not say {reason}: {text}");
    }
    lines.iter().for_each(|line| say(line));
    Ok(())
}

// The objects that failed for that reason.
fn refusals(results: &Value, reason: &str) -> Vec<String> {
    let objects = results.get("objects").and_then(Value::as_array).into_iter().flatten();
    let text =
        |object: &Value, name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let refused = objects.filter(|object| text(object, "reason") == reason);
    refused
        .map(|object| ["namespace", "name", "reason", "message"].map(|name| text(object, name)).join("  "))
        .collect()
}

// Names of the keys only: a value has no place on a terminal.
fn keys(out: &Path) -> Result<()> {
    title("The Secrets' keys");
    let mut files = files(out)?;
    files.retain(|file| file.extension().is_some_and(|end| end == "yaml"));
    files.sort();
    ensure!(!files.is_empty(), "no Secret was written to {}", out.display());
    for file in files {
        let text = std::fs::read_to_string(&file)?;
        say(&format!("{}: {}", file.strip_prefix(out).unwrap_or(&file).display(), names(&text).join(", ")));
    }
    Ok(())
}

// The keys under `data:` of a Secret as sync writes it.
fn names(secret: &str) -> Vec<&str> {
    let data = secret.lines().skip_while(|line| line.trim_end() != "data:").skip(1);
    let entries = data.take_while(|line| line.starts_with(' '));
    entries.filter_map(|line| Some(line.split_once(':')?.0.trim().trim_matches('"'))).collect()
}

// A sync of the example, and of manifests beside it.
fn sync(folder: &Path, modules: &Path, more: &[PathBuf]) -> Command {
    let mut command = bailiwick(&["sync"], folder, modules);
    command.args(["--init-state", "--state"]).arg(folder.join("state"));
    command.arg("--manifests").arg(folder.join("manifests")).args(more);
    command.arg("--out").arg(folder.join("out"));
    command
}

// Under the example's policy, and the one that trusts the key.
fn bailiwick(words: &[&str], folder: &Path, modules: &Path) -> Command {
    let mut command = plain(&program().to_string_lossy(), &place::root());
    command.args(words).arg("--policy").arg(folder.join("policy")).arg("--policy").arg(trusted());
    command.arg("--provider-dir").arg(modules);
    command
}

fn program() -> PathBuf {
    place::program("bailiwick")
}

fn copy(from: &Path, to: &Path, address: &str) -> Result<()> {
    if to.exists() {
        std::fs::remove_dir_all(to)?;
    }
    for file in files(from)? {
        let target = to.join(file.strip_prefix(from)?);
        std::fs::create_dir_all(target.parent().unwrap_or(to))?;
        let text = std::fs::read_to_string(&file)?.replace(ADDRESS, address);
        std::fs::write(target, text)?;
    }
    Ok(())
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_refusal_is_shown_by_its_reason_and_no_other_object_is() {
        let object =
            |name, reason| json!({"namespace": "team-a", "name": name, "reason": reason, "message": "why"});
        let results =
            json!({"objects": [object("shop", "SecretSynced"), object("other-key", "KeyNotGranted")]});
        assert_eq!(refusals(&results, "KeyNotGranted"), ["team-a  other-key  KeyNotGranted  why"]);
        assert!(refusals(&results, "HostNotGranted").is_empty());
        assert!(refusals(&json!({}), "KeyNotGranted").is_empty());
    }

    #[test]
    fn keys_are_shown_and_values_are_not() {
        let secret =
            "kind: Secret\nmetadata:\n  name: shop\ndata:\n  \"db\": c2VjcmV0\n  smtp: eA==\ntype: Opaque\n";
        assert_eq!(names(secret), ["db", "smtp"]);
        assert!(names("kind: Secret\n").is_empty());
    }
}
