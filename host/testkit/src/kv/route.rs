//! From a request to the engine that answers it: the node's mode, the quota, the namespace (header joined with
//! path), the token, its policies, the mount. The order is that of the real servers, so that a sealed node answers
//! 503 before it looks at a token, and a token without rights sees 403 before it can see 404.

use std::time::Duration;

use http::request::Parts;
use serde_json::{Value, json};

use super::answer::Answer;
use super::policy::{self, Policy};
use super::state::{Engine, Mode, State, Token};
use super::{login, roles, sys, token};

/// A request, read.
#[derive(Debug)]
pub(super) struct Ask {
    pub(super) operation: Operation,
    /// The header's value.
    pub(super) namespace: String,
    /// What comes after `/v1/`, decoded.
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) body: Value,
    pub(super) token: Option<String>,
}

/// What is to be done; PUT and POST are synonyms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Read,
    List,
    Write,
    Delete,
    Patch,
    Unsupported,
}

impl Operation {
    pub(super) fn of(method: &str, query: &[(String, String)]) -> Self {
        let list = query.iter().any(|(name, value)| name == "list" && value == "true");
        match method {
            "GET" | "HEAD" if list => Self::List,
            "GET" | "HEAD" => Self::Read,
            "LIST" => Self::List,
            "POST" | "PUT" => Self::Write,
            "DELETE" => Self::Delete,
            "PATCH" => Self::Patch,
            _ => Self::Unsupported,
        }
    }

    fn capabilities(self) -> &'static [&'static str] {
        match self {
            Self::Read => &["read"],
            Self::List => &["list"],
            Self::Write => &["create", "update"],
            Self::Delete => &["delete"],
            Self::Patch => &["patch"],
            Self::Unsupported => &[],
        }
    }
}

impl Ask {
    /// Reads the head of a request.
    pub(super) fn read(head: &Parts, body: Value) -> Self {
        let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
        let query: Vec<_> = head.uri.query().unwrap_or_default().split('&').map(pair).collect();
        let bearer = header("authorization").and_then(|value| value.strip_prefix("Bearer "));
        Self {
            operation: Operation::of(head.method.as_str(), &query),
            namespace: header("x-vault-namespace").unwrap_or_default().to_owned(),
            path: decoded(head.uri.path().strip_prefix("/v1/").unwrap_or_default()),
            query,
            body,
            token: header("x-vault-token").or(bearer).map(str::to_owned),
        }
    }

    /// The value of a query member.
    pub(super) fn member(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A request within its namespace.
pub(super) struct Within<'a> {
    pub(super) ask: &'a Ask,
    pub(super) namespace: String,
    /// Relative to the namespace. A list's path ends with a slash.
    pub(super) path: String,
}

/// Answers a request as the node stands.
pub(super) fn handle(state: &mut State, ask: &Ask) -> Answer {
    if let Some(answer) = sys::node(state, ask) {
        return answer;
    }
    match state.mode.clone() {
        Mode::Sealed => return Answer::error(503, "Vault is sealed"),
        Mode::Standby(active) => return Answer::redirect(standby_location(&active, ask)),
        Mode::Behind(left) if left > 0 => {
            state.mode = Mode::Behind(left - 1);
            return Answer::error(412, "required index state not present");
        }
        Mode::Behind(_) | Mode::Active => {}
    }
    if over_quota(state, &ask.path) {
        return Answer::error(429, &format!("request path \"{}\": rate limit quota exceeded", ask.path));
    }
    admit(state, ask)
}

/// Answers a request on an active node: namespace, login, token, policies, engine.
pub(super) fn admit(state: &mut State, ask: &Ask) -> Answer {
    let within = Within::new(state, ask);
    if let Some(answer) = login::login(state, &within) {
        return answer;
    }
    let Some(id) = ask.token.as_deref() else { return Answer::error(403, "permission denied") };
    let Some(token) = token::current(state, id) else { return Answer::error(403, "permission denied") };
    if !permitted(state, &token, &within) {
        return Answer::denied();
    }
    token::spend(state, id);
    within.dispatch(state, &token, id)
}

impl<'a> Within<'a> {
    fn new(state: &State, ask: &'a Ask) -> Self {
        let header = ask.namespace.trim_matches('/');
        let joined = if header.is_empty() { ask.path.clone() } else { format!("{header}/{}", ask.path) };
        let fits = |name: &&String| name.is_empty() || joined.starts_with(&format!("{name}/"));
        let namespace = state.namespaces.keys().filter(fits).max_by_key(|name| name.len()).cloned();
        let namespace = namespace.unwrap_or_default();
        let mut path = joined.get(namespace.len()..).unwrap_or_default().trim_start_matches('/').to_owned();
        if ask.operation == Operation::List && !path.ends_with('/') {
            path.push('/');
        }
        Self { ask, namespace, path }
    }

    fn dispatch(&self, state: &mut State, token: &Token, id: &str) -> Answer {
        if self.ask.operation == Operation::Unsupported {
            return Answer::error(405, "unsupported operation");
        }
        if let Some(path) = self.path.strip_prefix("sys/") {
            return sys::system(state, self, path, token);
        }
        if let Some(path) = self.path.strip_prefix("auth/token/") {
            return token::tokens(state, self, path, id);
        }
        if let Some(path) = self.path.strip_prefix("auth/") {
            return roles::configure(state, self, path);
        }
        let now = state.now();
        let unknown = || {
            let path = &self.path;
            Answer::error(404, &format!("no handler for route \"{path}\". route entry not found."))
        };
        let Some(namespace) = state.namespaces.get_mut(&self.namespace) else { return unknown() };
        let fits = |mount: &&String| self.path.starts_with(&format!("{mount}/"));
        let Some(mount) = namespace.mounts.keys().filter(fits).max_by_key(|mount| mount.len()).cloned()
        else {
            return unknown();
        };
        let path = self.path.get(mount.len() + 1..).unwrap_or_default();
        match namespace.mounts.get_mut(&mount) {
            Some(Engine::V1(engine)) => engine.answer(self.ask, path),
            Some(Engine::V2(engine)) => engine.answer(self.ask, path, now),
            None => unknown(),
        }
    }
}

// A token works in its own namespace and below; its policies' paths are relative to its own.
fn permitted(state: &State, token: &Token, within: &Within<'_>) -> bool {
    let inner = if token.namespace.is_empty() {
        Some(within.namespace.as_str())
    } else if token.namespace == within.namespace {
        Some("")
    } else {
        within.namespace.strip_prefix(&token.namespace).and_then(|rest| rest.strip_prefix('/'))
    };
    let Some(inner) = inner else { return false };
    if token.policies.iter().any(|name| name == "root") {
        return true;
    }
    let path = if inner.is_empty() { within.path.clone() } else { format!("{inner}/{}", within.path) };
    // The preflight answers for itself.
    if path.starts_with("sys/internal/ui/mounts/") {
        return true;
    }
    policy::allows(policies(state, token).into_iter(), &path, within.ask.operation.capabilities())
}

/// The policies of a token that exist.
pub(super) fn policies<'s>(state: &'s State, token: &Token) -> Vec<&'s Policy> {
    let namespace = state.namespaces.get(&token.namespace);
    let known = |name: &String| namespace.and_then(|namespace| namespace.policies.get(name));
    token.policies.iter().filter_map(known).collect()
}

fn over_quota(state: &mut State, path: &str) -> bool {
    let now = state.now();
    let Some(quota) = state.quota.as_mut().filter(|quota| path.starts_with(&quota.path)) else {
        return false;
    };
    if now.duration_since(quota.since).unwrap_or(Duration::ZERO) >= quota.interval {
        (quota.since, quota.used) = (now, 0);
    }
    quota.used += 1;
    quota.used > quota.rate
}

fn standby_location(active: &str, ask: &Ask) -> String {
    let query: Vec<_> = ask.query.iter().filter(|(name, _)| !name.is_empty()).collect();
    let query = query.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{active}/v1/{}{mark}{query}", ask.path)
}

fn pair(text: &str) -> (String, String) {
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    (decoded(name), decoded(value))
}

fn decoded(text: &str) -> String {
    let mut bytes = text.as_bytes().iter();
    let mut out = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        let hex = bytes.as_slice().get(..2).filter(|_| *byte == b'%');
        match hex.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok()) {
            Some(value) => {
                out.push(value);
                bytes.nth(1);
            }
            None => out.push(*byte),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// `{"keys": [...]}` of names under a folder, or 404 where there are none. Folders end with a slash.
pub(super) fn listing<'k>(keys: impl Iterator<Item = &'k String>, folder: &str) -> Answer {
    let folder =
        if folder.is_empty() || folder.ends_with('/') { folder.to_owned() } else { format!("{folder}/") };
    let mut names: Vec<String> = keys
        .filter_map(|key| key.strip_prefix(&folder))
        .filter(|rest| !rest.is_empty())
        .map(|rest| rest.find('/').map_or(rest, |end| rest.get(..=end).unwrap_or(rest)).to_owned())
        .collect();
    names.sort();
    names.dedup();
    if names.is_empty() { Answer::absent() } else { Answer::data(json!({"keys": names})) }
}
