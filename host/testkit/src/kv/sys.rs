//! System paths: health and seal, and what sets the backend up (mounts, auth methods, policies, namespaces,
//! quotas). Only root comes this far in tests, as only root's policies name these paths. (System backend (API).)

use std::time::Duration;

use serde_json::{Value, json};

use super::answer::Answer;
use super::json::{seconds, text};
use super::policy::{self, Policy};
use super::roles::Method;
use super::route::{Ask, Operation, Within, policies};
use super::state::{Engine, Mode, Namespace, Quota, State, Token};
use super::v1::V1;
use super::v2::V2;

/// The key of its one-share seal.
pub(super) const UNSEAL_KEY: &str = "dev-unseal-key";

/// Paths that a node answers in any mode and without a token.
pub(super) fn node(state: &mut State, ask: &Ask) -> Option<Answer> {
    match (ask.path.as_str(), ask.operation) {
        ("sys/health", Operation::Read) => Some(health(&state.mode)),
        ("sys/seal-status", Operation::Read) => Some(seal_status(&state.mode)),
        ("sys/unseal", Operation::Write) => Some(unseal(state, &ask.body)),
        _ => None,
    }
}

/// Answers `sys/...` on an active node.
pub(super) fn system(state: &mut State, within: &Within<'_>, path: &str, token: &Token) -> Answer {
    let body = &within.ask.body;
    if let Some(mount) = path.strip_prefix("internal/ui/mounts/") {
        return mount_information(state, within, mount.trim_matches('/'), token);
    }
    let (area, name) = path.split_once('/').unwrap_or((path, ""));
    let name = name.trim_matches('/').to_owned();
    match (area, within.ask.operation) {
        ("seal", Operation::Write) => {
            state.mode = Mode::Sealed;
            Answer::empty()
        }
        ("mounts", Operation::Write) => mount(state, within, name, body),
        ("mounts", Operation::Delete) => {
            change(state, within, |namespace| drop(namespace.mounts.remove(&name)))
        }
        ("auth", Operation::Write) => enable(state, within, name, body),
        ("policies" | "policy", Operation::Write) => write_policy(state, within, &name, body),
        ("namespaces", Operation::Write) => add_namespace(state, within, &name),
        ("quotas", Operation::Write) => {
            let interval = Duration::from_secs(seconds(body, "interval").unwrap_or(1));
            let rate = body.get("rate").and_then(Value::as_f64).unwrap_or_default() as u64;
            state.quota = Some(Quota {
                path: text(body, "path").to_owned(),
                rate,
                interval,
                since: state.now(),
                used: 0,
            });
            Answer::empty()
        }
        ("quotas", Operation::Delete) => {
            state.quota = None;
            Answer::empty()
        }
        _ => Answer::error(404, "1 error occurred:\n\t* unsupported path\n\n"),
    }
}

fn health(mode: &Mode) -> Answer {
    let status = match mode {
        Mode::Sealed => 503,
        Mode::Standby(_) => 429,
        Mode::Active | Mode::Behind(_) => 200,
    };
    let (sealed, standby) = (*mode == Mode::Sealed, matches!(mode, Mode::Standby(_)));
    let body = json!({
        "initialized": true,
        "sealed": sealed,
        "standby": standby,
        "performance_standby": false,
        "version": "0.0.0-testkit",
    });
    Answer::bare(status, body)
}

fn seal_status(mode: &Mode) -> Answer {
    Answer::bare(
        200,
        json!({"type": "shamir", "initialized": true, "sealed": *mode == Mode::Sealed, "t": 1, "n": 1}),
    )
}

fn unseal(state: &mut State, body: &Value) -> Answer {
    if text(body, "key") != UNSEAL_KEY {
        return Answer::error(400, "'key' must be a valid hex or base64 string");
    }
    state.mode = Mode::Active;
    seal_status(&state.mode)
}

fn mount(state: &mut State, within: &Within<'_>, path: String, body: &Value) -> Answer {
    let version = body.get("options").map_or("", |options| text(options, "version"));
    let engine = match (text(body, "type"), version) {
        ("kv", "2") | ("kv-v2", _) => Engine::V2(V2::default()),
        ("kv", _) | ("kv-v1", _) => Engine::V1(V1::default()),
        (other, _) => return Answer::error(400, &format!("unknown secrets engine type: {other}")),
    };
    let Some(namespace) = state.namespaces.get_mut(&within.namespace) else { return Answer::absent() };
    if namespace.mounts.contains_key(&path) {
        return Answer::error(400, &format!("path is already in use at {path}/"));
    }
    namespace.mounts.insert(path, engine);
    Answer::empty()
}

fn enable(state: &mut State, within: &Within<'_>, path: String, body: &Value) -> Answer {
    let Some(method) = Method::new(text(body, "type")) else {
        return Answer::error(400, &format!("unknown auth method type: {}", text(body, "type")));
    };
    let Some(namespace) = state.namespaces.get_mut(&within.namespace) else { return Answer::absent() };
    if namespace.methods.contains_key(&path) {
        return Answer::error(400, &format!("path is already in use at {path}/"));
    }
    namespace.methods.insert(path, method);
    Answer::empty()
}

fn write_policy(state: &mut State, within: &Within<'_>, name: &str, body: &Value) -> Answer {
    let Some(policy) = Policy::read(text(body, "policy")) else {
        return Answer::error(400, "failed to parse policy: the embedded backend reads policies in JSON");
    };
    let name = name.trim_start_matches("acl/").to_owned();
    change(state, within, |namespace| drop(namespace.policies.insert(name, policy)))
}

fn add_namespace(state: &mut State, within: &Within<'_>, name: &str) -> Answer {
    let outer = &within.namespace;
    let path = if outer.is_empty() { name.to_owned() } else { format!("{outer}/{name}") };
    state.namespaces.entry(path.clone()).or_insert_with(Namespace::new);
    Answer::data(json!({"id": super::state::random_id(), "path": format!("{path}/")}))
}

// What a client asks before it reads: the engine and version at a path, if its policies touch the mount at all.
fn mount_information(state: &State, within: &Within<'_>, path: &str, token: &Token) -> Answer {
    let refusal =
        "preflight capability check returned 403, please ensure client's policies grant access to path";
    let Some(namespace) = state.namespaces.get(&within.namespace) else { return Answer::absent() };
    let fits =
        |(mount, _): &(&String, &Engine)| path == mount.as_str() || path.starts_with(&format!("{mount}/"));
    let found = namespace.mounts.iter().filter(fits).max_by_key(|(mount, _)| mount.len());
    let Some((mount, engine)) = found else { return Answer::error(403, &format!("{refusal} \"{path}/\"")) };
    let root = token.policies.iter().any(|name| name == "root");
    if !root && !policy::touches(policies(state, token).into_iter(), &format!("{mount}/")) {
        return Answer::error(403, &format!("{refusal} \"{path}/\""));
    }
    let version = if matches!(engine, Engine::V2(_)) { "2" } else { "1" };
    Answer::data(json!({"path": format!("{mount}/"), "type": "kv", "options": {"version": version}}))
}

fn change(state: &mut State, within: &Within<'_>, change: impl FnOnce(&mut Namespace)) -> Answer {
    let Some(namespace) = state.namespaces.get_mut(&within.namespace) else { return Answer::absent() };
    change(namespace);
    Answer::empty()
}
