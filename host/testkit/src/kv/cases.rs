//! The recorded cases: what the documentation says that a server answers, with an error twin for each. They are
//! data (tests/recorded/vault/*.yaml), checked against the embedded backend and, by the same code, against a real
//! server; so the backend cannot drift into answering what no server does.
//!
//! An expected body is a pattern: an object names members that must be there, `@text`, `@number`, `@time`, `@any`
//! and `@texts` (a list with a text in it) stand for what varies, `@absent` for what must not be there.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::Value;

use super::vault::{Node, Vault};
use crate::http;

mod fixture;
mod pattern;

pub use fixture::Fixture;

/// One case and its error twin.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Unique.
    pub name: String,
    /// The document and section that it follows.
    pub follows: String,
    /// What the server must have beyond the basics.
    #[serde(default)]
    pub needs: Vec<Need>,
    /// What goes well.
    #[serde(flatten)]
    pub good: Exchange,
    /// What goes wrong.
    pub twin: Twin,
}

/// The error twin of a case.
#[derive(Debug, Deserialize)]
pub struct Twin {
    /// What is different.
    pub because: String,
    /// The request and what comes of it.
    #[serde(flatten)]
    pub bad: Exchange,
}

/// A request in its circumstances, and the response.
#[derive(Debug, Deserialize)]
pub struct Exchange {
    /// The state of the node; it is healed afterwards.
    #[serde(default)]
    pub node: Node,
    /// Requests that come first and must succeed.
    #[serde(default)]
    pub before: Vec<Step>,
    /// The request.
    pub request: Step,
    /// What must come back.
    pub response: Expected,
}

/// A request. Texts may hold `${name}` for a variable.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The method.
    pub method: String,
    /// What comes after `/v1/`.
    pub path: String,
    /// The namespace header.
    #[serde(default)]
    pub namespace: String,
    /// The token; empty sends none.
    #[serde(default)]
    pub token: String,
    /// The JSON body.
    #[serde(default)]
    pub body: Value,
    /// What the server must have, else the step is left out.
    #[serde(default)]
    pub needs: Vec<Need>,
    /// Variables to set from the reply: name to JSON pointer.
    #[serde(default)]
    pub save: BTreeMap<String, String>,
}

/// What must come back.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// The status.
    pub status: u16,
    /// Header fields.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The pattern of the body; left out where there is none.
    #[serde(default)]
    pub body: Option<Value>,
}

/// What not every server has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// Namespaces: OpenBao from 2.3, Vault Enterprise.
    Namespaces,
}

/// Values of `${name}`.
pub type Variables = BTreeMap<String, String>;

/// Reads the cases of a folder, without its set-up.
///
/// # Errors
/// Where a file is not what it should be, or a name is there twice.
pub fn load(folder: &Path) -> Result<Vec<Case>> {
    let mut files: Vec<_> = std::fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    let mut cases: Vec<Case> = Vec::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|end| end == "yaml")) {
        if file.file_stem().is_some_and(|stem| stem != "setup") {
            cases.extend(read::<Vec<Case>>(file)?);
        }
    }
    let mut names: Vec<_> = cases.iter().map(|case| &case.name).collect();
    names.sort();
    ensure!(names.windows(2).all(|pair| pair.first() != pair.last()), "two cases have one name");
    Ok(cases)
}

/// Sets a server up as `setup.yaml` of the folder says.
///
/// # Errors
/// Where a step fails.
pub fn set_up(server: &dyn Vault, folder: &Path, variables: &mut Variables) -> Result<()> {
    set_up_from(server, &folder.join("setup.yaml"), variables)
}

/// Sets a server up as a file says: a list of steps.
///
/// # Errors
/// Where a step fails.
pub fn set_up_from(server: &dyn Vault, file: &Path, variables: &mut Variables) -> Result<()> {
    for step in read::<Vec<Step>>(file)? {
        if server.offers(&step.needs) {
            succeed(server, &step, variables)?;
        }
    }
    Ok(())
}

/// Runs a case and its twin. False where the server has not what it needs.
///
/// # Errors
/// What differs, with the case's name.
pub fn run(server: &dyn Vault, case: &Case, variables: &Variables) -> Result<bool> {
    if !server.offers(&case.needs) {
        return Ok(false);
    }
    let good = exchange(server, &case.good, &mut variables.clone());
    let good = good.with_context(|| case.name.clone())?;
    let bad = exchange(server, &case.twin.bad, &mut variables.clone());
    let bad = bad.with_context(|| format!("the twin of {}: {}", case.name, case.twin.because))?;
    Ok(good && bad)
}

fn exchange(server: &dyn Vault, exchange: &Exchange, variables: &mut Variables) -> Result<bool> {
    for step in &exchange.before {
        succeed(server, step, variables)?;
    }
    if !server.enter(exchange.node)? {
        return Ok(false);
    }
    let reply = send(server, &exchange.request, variables);
    server.enter(Node::Active)?;
    let reply = reply?;
    let Expected { status, headers, body } = &exchange.response;
    ensure!(reply.status == *status, "status {} in place of {status}: {}", reply.status, reply.json());
    for (name, value) in headers {
        let found = reply.header(name);
        ensure!(found == Some(filled(value, variables).as_str()), "header {name} is {found:?}");
    }
    match body {
        Some(expected) => pattern::check(expected, &reply.json(), "")?,
        None => ensure!(reply.body.is_empty(), "a body where none should be: {}", reply.json()),
    }
    Ok(true)
}

fn succeed(server: &dyn Vault, step: &Step, variables: &mut Variables) -> Result<()> {
    let mut reply = send(server, step, variables)?;
    // A real KV v2 engine refuses writes for a moment after it was mounted.
    for _ in 0..100 {
        if reply.status != 400 || !reply.json().to_string().contains("Upgrading from non-versioned") {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
        reply = send(server, step, variables)?;
    }
    let ok = (200..300).contains(&reply.status);
    ensure!(ok, "{} {} ended with {}: {}", step.method, step.path, reply.status, reply.json());
    for (name, pointer) in &step.save {
        let body = reply.json();
        let text =
            body.pointer(pointer).and_then(Value::as_str).with_context(|| format!("no text at {pointer}"))?;
        variables.insert(name.clone(), text.to_owned());
    }
    Ok(())
}

fn send(server: &dyn Vault, step: &Step, variables: &Variables) -> Result<http::Reply> {
    let url = format!("{}/v1/{}", server.url(), filled(&step.path, variables));
    let token = filled(&step.token, variables);
    let mut headers = vec![("x-vault-request", "true")];
    for (name, value) in [("x-vault-token", &token), ("x-vault-namespace", &step.namespace)] {
        if !value.is_empty() {
            headers.push((name, value));
        }
    }
    let body = match &step.body {
        Value::Null => String::new(),
        body => pattern::each_text(body, &|text| filled(text, variables)).to_string(),
    };
    http::send(&step.method, &url, &headers, body.as_bytes())
}

fn filled(text: &str, variables: &Variables) -> String {
    variables.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("${{{name}}}"), value))
}

fn read<T: serde::de::DeserializeOwned>(file: &Path) -> Result<T> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    serde_saphyr::from_str(&text).with_context(|| format!("{} is not as it should be", file.display()))
}
