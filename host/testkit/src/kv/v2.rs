//! The KV secrets engine, version 2: versions that can be deleted, undeleted and destroyed, metadata with custom
//! fields, check-and-set, lists. (KV secrets engine, version 2 (API).)

use std::collections::BTreeMap;
use std::time::SystemTime;

use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::json::{number, text};
use super::route::{Ask, Operation, listing};
use super::state::timestamp;

/// One mount.
#[derive(Debug, Default)]
pub(super) struct V2 {
    secrets: BTreeMap<String, Secret>,
}

#[derive(Debug, Default)]
struct Secret {
    versions: BTreeMap<u64, Version>,
    current: u64,
    created: String,
    updated: String,
    custom: Option<Map<String, Value>>,
    max_versions: u64,
    cas_required: bool,
}

#[derive(Debug)]
struct Version {
    data: Value,
    created: String,
    /// Empty while it is not deleted.
    deleted: String,
    destroyed: bool,
}

/// Versions kept where nothing else is said.
const KEPT: u64 = 10;

/// Answer to a path outside the engine's own.
const INVALID: &str = "Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints to use.";

impl V2 {
    /// Answers a request for a path below the mount.
    pub(super) fn answer(&mut self, ask: &Ask, path: &str, now: SystemTime) -> Answer {
        let (area, key) = path.split_once('/').unwrap_or((path, ""));
        let now = timestamp(now);
        match (area, ask.operation) {
            ("metadata", Operation::List) => listing(self.secrets.keys(), key),
            _ if key.is_empty() => Answer::warned(INVALID),
            ("data", Operation::Read) => self.read(key, ask.member("version")),
            ("data", Operation::Write) => self.write(key, &ask.body, now),
            ("data", Operation::Patch) => self.patch(key, &ask.body, now),
            ("data", Operation::Delete) => {
                let current = self.secrets.get(key).map_or(0, |secret| secret.current);
                self.each(key, &[current], |version| version.delete(&now))
            }
            ("delete", Operation::Write) => {
                self.each(key, &versions(&ask.body), |version| version.delete(&now))
            }
            ("undelete", Operation::Write) => {
                self.each(key, &versions(&ask.body), |version| version.deleted.clear())
            }
            ("destroy", Operation::Write) => self.each(key, &versions(&ask.body), |version| {
                (version.data, version.destroyed) = (Value::Null, true);
            }),
            ("metadata", Operation::Read) => {
                self.secrets.get(key).map_or_else(Answer::absent, |secret| Answer::data(secret.metadata()))
            }
            ("metadata", Operation::Write) => self.write_metadata(key, &ask.body, &now),
            ("metadata", Operation::Delete) => {
                self.secrets.remove(key);
                Answer::empty()
            }
            _ => Answer::warned(INVALID),
        }
    }

    fn read(&self, key: &str, version: Option<&str>) -> Answer {
        let Some(secret) = self.secrets.get(key) else { return Answer::absent() };
        let number = match version.map(str::parse::<u64>) {
            None | Some(Ok(0)) => secret.current,
            Some(Ok(number)) => number,
            Some(Err(_)) => return Answer::error(400, "error converting input for field \"version\""),
        };
        let Some(version) = secret.versions.get(&number) else { return Answer::absent() };
        let data = json!({"data": version.shown(), "metadata": secret.of_version(number, version)});
        if version.is_gone() { Answer::gone(data) } else { Answer::data(data) }
    }

    fn write(&mut self, key: &str, body: &Value, now: String) -> Answer {
        let Some(data @ Value::Object(_)) = body.get("data") else {
            return Answer::error(400, "no data provided");
        };
        let known = self.secrets.get(key);
        if let Err(refusal) = check_and_set(body, known) {
            return refusal;
        }
        let secret = self.secrets.entry(key.to_owned()).or_insert_with(|| Secret::new(&now));
        Answer::data(secret.add(data.clone(), now))
    }

    fn patch(&mut self, key: &str, body: &Value, now: String) -> Answer {
        let Some(change @ Value::Object(_)) = body.get("data") else {
            return Answer::error(400, "no data provided");
        };
        let Some(secret) = self.secrets.get_mut(key) else { return Answer::absent() };
        if let Err(refusal) = check_and_set(body, Some(secret)) {
            return refusal;
        }
        let number = secret.current;
        let Some(version) = secret.versions.get(&number) else { return Answer::absent() };
        if version.is_gone() {
            return Answer::gone(secret.of_version(number, version));
        }
        let mut data = version.data.clone();
        merge(&mut data, change);
        Answer::data(secret.add(data, now))
    }

    fn each(&mut self, key: &str, numbers: &[u64], mut change: impl FnMut(&mut Version)) -> Answer {
        let Some(secret) = self.secrets.get_mut(key) else { return Answer::empty() };
        for number in numbers {
            if let Some(version) = secret.versions.get_mut(number) {
                change(version);
            }
        }
        Answer::empty()
    }

    fn write_metadata(&mut self, key: &str, body: &Value, now: &str) -> Answer {
        let secret = self.secrets.entry(key.to_owned()).or_insert_with(|| Secret::new(now));
        if let Some(Value::Object(custom)) = body.get("custom_metadata") {
            secret.custom = Some(custom.clone());
        }
        if let Some(max) = number(body, "max_versions") {
            secret.max_versions = max;
        }
        if let Some(required) = body.get("cas_required").and_then(Value::as_bool) {
            secret.cas_required = required;
        }
        now.clone_into(&mut secret.updated);
        Answer::empty()
    }
}

impl Secret {
    fn new(now: &str) -> Self {
        Self { created: now.to_owned(), updated: now.to_owned(), ..Self::default() }
    }

    // One more version; the oldest go where there are too many.
    fn add(&mut self, data: Value, now: String) -> Value {
        self.current += 1;
        self.updated.clone_from(&now);
        let version = Version { data, created: now, deleted: String::new(), destroyed: false };
        let answer = self.of_version(self.current, &version);
        self.versions.insert(self.current, version);
        let kept = if self.max_versions == 0 { KEPT } else { self.max_versions };
        self.versions.retain(|number, _| *number + kept > self.current);
        answer
    }

    fn of_version(&self, number: u64, version: &Version) -> Value {
        json!({
            "version": number,
            "created_time": version.created,
            "deletion_time": version.deleted,
            "destroyed": version.destroyed,
            "custom_metadata": self.custom,
        })
    }

    fn metadata(&self) -> Value {
        let oldest = self.versions.keys().next().copied().filter(|oldest| *oldest > 1).unwrap_or(0);
        let versions = self.versions.iter().map(|(number, version)| {
            let times = json!({
                "created_time": version.created,
                "deletion_time": version.deleted,
                "destroyed": version.destroyed,
            });
            (number.to_string(), times)
        });
        json!({
            "cas_required": self.cas_required,
            "created_time": self.created,
            "current_version": self.current,
            "custom_metadata": self.custom,
            "delete_version_after": "0s",
            "max_versions": self.max_versions,
            "oldest_version": oldest,
            "updated_time": self.updated,
            "versions": versions.collect::<Map<_, _>>(),
        })
    }
}

impl Version {
    fn is_gone(&self) -> bool {
        self.destroyed || !self.deleted.is_empty()
    }

    fn shown(&self) -> Value {
        if self.is_gone() { Value::Null } else { self.data.clone() }
    }

    fn delete(&mut self, now: &str) {
        if !self.is_gone() {
            now.clone_into(&mut self.deleted);
        }
    }
}

fn check_and_set(body: &Value, secret: Option<&Secret>) -> Result<(), Answer> {
    let current = secret.map_or(0, |secret| secret.current);
    let options = body.get("options").unwrap_or(&Value::Null);
    match number(options, "cas") {
        Some(cas) if cas == current => Ok(()),
        Some(_) => Err(Answer::error(400, "check-and-set parameter did not match the current version")),
        None if !text(options, "cas").is_empty() => {
            Err(Answer::error(400, "error parsing check-and-set parameter"))
        }
        None if secret.is_some_and(|secret| secret.cas_required) => {
            Err(Answer::error(400, "check-and-set parameter required for this call"))
        }
        None => Ok(()),
    }
}

fn versions(body: &Value) -> Vec<u64> {
    let items = body.get("versions").and_then(Value::as_array).into_iter().flatten();
    items.filter_map(|item| item.as_u64().or_else(|| item.as_str()?.parse().ok())).collect()
}

// JSON merge patch (RFC 7396).
fn merge(target: &mut Value, change: &Value) {
    let Value::Object(change) = change else {
        change.clone_into(target);
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(members) = target else { return };
    for (name, value) in change {
        if value.is_null() {
            members.remove(name);
        } else {
            merge(members.entry(name.clone()).or_insert(Value::Null), value);
        }
    }
}
