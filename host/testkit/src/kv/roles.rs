//! Auth methods and what is written into them: users, roles, role and secret ids, keys. Parameters are kept as they
//! came and read at login, by the names of the documentation. (AppRole, Userpass, JWT/OIDC, Kubernetes (API).)

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::answer::Answer;
use super::json::{number, text};
use super::route::{Operation, Within};
use super::state::{State, random_id};

/// An auth method at its mount.
#[derive(Debug)]
pub(super) struct Method {
    pub(super) kind: Kind,
    pub(super) config: Value,
    /// Roles, or users, by name.
    pub(super) roles: BTreeMap<String, Role>,
}

/// The kinds that are embedded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    AppRole,
    UserPass,
    Jwt,
    Kubernetes,
}

/// A role or a user.
#[derive(Debug, Default)]
pub(super) struct Role {
    pub(super) parameters: Value,
    pub(super) role_id: String,
    /// Secret ids, with the logins left where they are counted.
    pub(super) secret_ids: BTreeMap<String, Option<u64>>,
}

impl Method {
    /// A method of that type, empty.
    pub(super) fn new(kind: &str) -> Option<Self> {
        let kind = match kind {
            "approle" => Kind::AppRole,
            "userpass" => Kind::UserPass,
            "jwt" => Kind::Jwt,
            "kubernetes" => Kind::Kubernetes,
            _ => return None,
        };
        Some(Self { kind, config: Value::Null, roles: BTreeMap::new() })
    }
}

/// Answers `auth/MOUNT/...`, but for logins.
pub(super) fn configure(state: &mut State, within: &Within<'_>, path: &str) -> Answer {
    let unsupported = || Answer::error(404, "1 error occurred:\n\t* unsupported path\n\n");
    let Some(namespace) = state.namespaces.get_mut(&within.namespace) else { return unsupported() };
    let fits = |mount: &&String| path.starts_with(&format!("{mount}/"));
    let Some(mount) = namespace.methods.keys().filter(fits).max_by_key(|mount| mount.len()).cloned() else {
        return Answer::error(404, &format!("no handler for route \"auth/{path}\". route entry not found."));
    };
    let rest = path.get(mount.len() + 1..).unwrap_or_default().trim_end_matches('/');
    let Some(method) = namespace.methods.get_mut(&mount) else { return unsupported() };
    let parts: Vec<&str> = rest.split('/').collect();
    match (parts.as_slice(), within.ask.operation) {
        (["config"], Operation::Write) => {
            method.config = within.ask.body.clone();
            Answer::empty()
        }
        (["role" | "users", name], Operation::Write) => method.write(name, &within.ask.body),
        (["role", name, what], operation) if method.kind == Kind::AppRole => {
            let Some(role) = method.roles.get_mut(*name) else { return Answer::absent() };
            role.identifiers(what, operation, &within.ask.body)
        }
        _ => unsupported(),
    }
}

impl Method {
    fn write(&mut self, name: &str, parameters: &Value) -> Answer {
        let role = self.roles.entry(name.to_owned()).or_default();
        role.parameters = parameters.clone();
        if role.role_id.is_empty() {
            role.role_id = random_id();
        }
        Answer::empty()
    }
}

impl Role {
    fn identifiers(&mut self, what: &str, operation: Operation, body: &Value) -> Answer {
        match (what, operation) {
            ("role-id", Operation::Read) => Answer::data(json!({"role_id": self.role_id})),
            ("role-id", Operation::Write) => {
                text(body, "role_id").clone_into(&mut self.role_id);
                Answer::empty()
            }
            ("secret-id", Operation::Write) => self.add_secret_id(random_id()),
            ("custom-secret-id", Operation::Write) => self.add_secret_id(text(body, "secret_id").to_owned()),
            _ => Answer::error(405, "1 error occurred:\n\t* unsupported operation\n\n"),
        }
    }

    fn add_secret_id(&mut self, id: String) -> Answer {
        let uses = number(&self.parameters, "secret_id_num_uses").filter(|uses| *uses > 0);
        let answer = json!({
            "secret_id": id,
            "secret_id_accessor": random_id(),
            "secret_id_num_uses": uses.unwrap_or(0),
            "secret_id_ttl": 0,
        });
        self.secret_ids.insert(id, uses);
        Answer::data(answer)
    }
}
