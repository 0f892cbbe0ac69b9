//! Client tokens: made, looked up, renewed, revoked, expired. (Token auth method (API).)

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::answer::Answer;
use super::json::{list, number, seconds, text};
use super::route::{Operation, Within};
use super::state::{State, Token, random_id, timestamp};

/// How long a login's token lasts where nothing else is said: 32 days.
const DEFAULT_TTL: u64 = 2_764_800;

/// The token as it stands, if it is good.
pub(super) fn current(state: &mut State, id: &str) -> Option<Token> {
    let now = state.now();
    let token = state.tokens.get(id)?;
    if token.left(now) == Some(Duration::ZERO) || token.uses == Some(0) {
        state.tokens.remove(id);
        return None;
    }
    Some(token.clone())
}

/// Counts one use, where uses are counted.
pub(super) fn spend(state: &mut State, id: &str) {
    if let Some(uses) = state.tokens.get_mut(id).and_then(|token| token.uses.as_mut()) {
        *uses = uses.saturating_sub(1);
    }
}

/// What a login hands out, made from the role's `token_*` parameters.
pub(super) struct Issue<'a> {
    pub(super) namespace: &'a str,
    pub(super) path: String,
    pub(super) display_name: String,
    pub(super) role: &'a Value,
    pub(super) meta: BTreeMap<String, String>,
}

/// Makes the token of a login and the answer that holds it.
pub(super) fn issue(state: &mut State, issue: Issue<'_>) -> Answer {
    let named = list(issue.role, "token_policies");
    let named = if named.is_empty() { list(issue.role, "policies") } else { named };
    let ttl = seconds(issue.role, "token_ttl").or_else(|| seconds(issue.role, "ttl")).filter(|ttl| *ttl > 0);
    let token = Token {
        accessor: random_id(),
        namespace: issue.namespace.to_owned(),
        policies: with_default(named),
        path: issue.path,
        display_name: issue.display_name,
        created: state.now(),
        ttl: Some(Duration::from_secs(ttl.unwrap_or(DEFAULT_TTL))),
        uses: number(issue.role, "token_num_uses").filter(|uses| *uses > 0),
        batch: text(issue.role, "token_type") == "batch",
        meta: issue.meta,
    };
    let id = if token.batch { format!("hvb.{}", random_id()) } else { format!("hvs.{}", random_id()) };
    let answer = Answer::auth(token.auth(&id));
    state.tokens.insert(id, token);
    answer
}

/// Answers `auth/token/...`; `id` is the token that asks.
pub(super) fn tokens(state: &mut State, within: &Within<'_>, path: &str, id: &str) -> Answer {
    let named = text(&within.ask.body, "token").to_owned();
    match (path, within.ask.operation) {
        ("create" | "create-orphan", Operation::Write) => create(state, within),
        ("lookup-self", Operation::Read | Operation::Write) => look_up(state, id),
        ("lookup", Operation::Write) => look_up(state, &named),
        ("renew-self", Operation::Write) => renew(state, id),
        ("revoke-self", Operation::Write) => revoke(state, id),
        ("revoke", Operation::Write) => revoke(state, &named),
        _ => Answer::error(404, "1 error occurred:\n\t* unsupported path\n\n"),
    }
}

impl Token {
    fn auth(&self, id: &str) -> Value {
        json!({
            "client_token": id,
            "accessor": if self.batch { "" } else { &self.accessor },
            "policies": self.policies,
            "token_policies": self.policies,
            "metadata": self.meta,
            "lease_duration": self.ttl.map_or(0, |ttl| ttl.as_secs()),
            "renewable": !self.batch && self.ttl.is_some(),
            "entity_id": "",
            "token_type": self.kind(),
            "orphan": true,
            "mfa_requirement": null,
            "num_uses": self.uses.unwrap_or(0),
        })
    }

    fn kind(&self) -> &'static str {
        if self.batch { "batch" } else { "service" }
    }
}

fn create(state: &mut State, within: &Within<'_>) -> Answer {
    let body = &within.ask.body;
    let policies = list(body, "policies");
    let root = policies.iter().any(|name| name == "root");
    let ttl = seconds(body, "ttl").or((!root).then_some(DEFAULT_TTL));
    let named = text(body, "id");
    let id = if named.is_empty() { format!("hvs.{}", random_id()) } else { named.to_owned() };
    let display = text(body, "display_name");
    let token = Token {
        accessor: random_id(),
        namespace: within.namespace.clone(),
        policies: if root { policies } else { with_default(policies) },
        path: "auth/token/create".into(),
        display_name: if display.is_empty() { "token".into() } else { format!("token-{display}") },
        created: state.now(),
        ttl: ttl.filter(|ttl| *ttl > 0).map(Duration::from_secs),
        uses: number(body, "num_uses").filter(|uses| *uses > 0),
        batch: text(body, "type") == "batch",
        meta: BTreeMap::new(),
    };
    let answer = Answer::auth(token.auth(&id));
    state.tokens.insert(id, token);
    answer
}

fn look_up(state: &mut State, id: &str) -> Answer {
    let now = state.now();
    let Some(token) = state.tokens.get(id) else { return Answer::error(403, "bad token") };
    let expires = token.ttl.map(|ttl| timestamp(token.created + ttl));
    let unix = token.created.duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs();
    Answer::data(json!({
        "accessor": if token.batch { "" } else { &token.accessor },
        "creation_time": unix,
        "creation_ttl": token.ttl.map_or(0, |ttl| ttl.as_secs()),
        "display_name": token.display_name,
        "entity_id": "",
        "expire_time": expires,
        "explicit_max_ttl": 0,
        "id": id,
        "issue_time": timestamp(token.created),
        "meta": token.meta,
        "num_uses": token.uses.unwrap_or(0),
        "orphan": true,
        "path": token.path,
        "policies": token.policies,
        "renewable": !token.batch && token.ttl.is_some(),
        "ttl": token.left(now).map_or(0, |left| left.as_secs()),
        "type": token.kind(),
    }))
}

fn renew(state: &mut State, id: &str) -> Answer {
    let now = state.now();
    let Some(token) = state.tokens.get_mut(id) else { return Answer::error(403, "permission denied") };
    if token.batch {
        return Answer::error(400, "batch tokens cannot be renewed");
    }
    token.created = now;
    Answer::auth(token.auth(id))
}

fn revoke(state: &mut State, id: &str) -> Answer {
    if state.tokens.get(id).is_some_and(|token| token.batch) {
        return Answer::error(400, "batch tokens cannot be revoked");
    }
    state.tokens.remove(id);
    Answer::empty()
}

fn with_default(mut policies: Vec<String>) -> Vec<String> {
    policies.push("default".into());
    policies.sort();
    policies.dedup();
    policies
}
