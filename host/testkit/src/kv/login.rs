//! Logins: the only paths of an active node that need no token. What is checked, in which order and with which
//! status a failure ends, follows the real methods: 400 for a role or credential that is wrong, 403 where a
//! Kubernetes token is not what the role is bound to. The Kubernetes method asks no API server here: it verifies
//! against the keys in its config (`pem_keys`), which is the documented part that needs none.

use std::collections::BTreeMap;
use std::time::SystemTime;

use serde_json::Value;

use super::answer::Answer;
use super::json::{list, text};
use super::roles::{Kind, Method};
use super::route::{Operation, Within};
use super::state::State;
use super::token::{Issue, issue};
use crate::jwt;

/// Answers a login; none where the path is none.
pub(super) fn login(state: &mut State, within: &Within<'_>) -> Option<Answer> {
    let path = within.path.strip_prefix("auth/")?;
    let namespace = state.namespaces.get_mut(&within.namespace)?;
    let is_login = |rest: &str| rest == "login" || rest.starts_with("login/");
    let fits = |mount: &&String| path.strip_prefix(&format!("{mount}/")).is_some_and(is_login);
    let mount = namespace.methods.keys().filter(fits).max_by_key(|mount| mount.len())?.clone();
    let method = namespace.methods.get_mut(&mount)?;
    if within.ask.operation != Operation::Write {
        return Some(Answer::error(405, "1 error occurred:\n\t* unsupported operation\n\n"));
    }
    let user = path.rsplit_once("/login/").map_or("", |(_, user)| user);
    let skewed = SystemTime::now() + state.skew;
    let verdict = match method.kind {
        Kind::AppRole => app_role(method, &within.ask.body),
        Kind::UserPass => user_pass(method, user, &within.ask.body),
        Kind::Jwt => with_jwt(method, &within.ask.body, skewed),
        Kind::Kubernetes => kubernetes(method, &within.ask.body, skewed),
    };
    Some(match verdict {
        Err(refusal) => refusal,
        Ok(Identity { role, name, meta }) => {
            let path = format!("auth/{path}");
            let display_name = format!("{mount}-{name}");
            issue(state, Issue { namespace: &within.namespace, path, display_name, role: &role, meta })
        }
    })
}

/// Who logged in, and with which role's parameters.
struct Identity {
    role: Value,
    name: String,
    meta: BTreeMap<String, String>,
}

fn app_role(method: &mut Method, body: &Value) -> Result<Identity, Answer> {
    let (role_id, secret_id) = (text(body, "role_id").trim(), text(body, "secret_id").trim());
    if role_id.is_empty() {
        return Err(Answer::error(400, "missing role_id"));
    }
    let wrong = || Answer::error(400, "invalid role or secret ID");
    let (name, role) = method.roles.iter_mut().find(|(_, role)| role.role_id == role_id).ok_or_else(wrong)?;
    if role.parameters.get("bind_secret_id").and_then(Value::as_bool).unwrap_or(true) {
        if secret_id.is_empty() {
            return Err(Answer::error(400, "missing secret_id"));
        }
        match role.secret_ids.get_mut(secret_id).ok_or_else(wrong)? {
            Some(1) => drop(role.secret_ids.remove(secret_id)),
            Some(uses) => *uses -= 1,
            None => {}
        }
    }
    let meta = BTreeMap::from([("role_name".to_owned(), name.clone())]);
    Ok(Identity { role: role.parameters.clone(), name: name.clone(), meta })
}

fn user_pass(method: &Method, user: &str, body: &Value) -> Result<Identity, Answer> {
    let password = text(body, "password");
    if password.is_empty() {
        return Err(Answer::error(400, "missing password"));
    }
    let known = method.roles.get(user).filter(|role| text(&role.parameters, "password") == password);
    let role = known.ok_or_else(|| Answer::error(400, "invalid username or password"))?.parameters.clone();
    let meta = BTreeMap::from([("username".to_owned(), user.to_owned())]);
    Ok(Identity { role, name: user.to_owned(), meta })
}

fn with_jwt(method: &Method, body: &Value, now: SystemTime) -> Result<Identity, Answer> {
    let name = text(body, "role");
    if name.is_empty() {
        return Err(Answer::error(400, "missing role"));
    }
    let missing = || Answer::error(400, &format!("role \"{name}\" could not be found"));
    let role = &method.roles.get(name).ok_or_else(missing)?.parameters;
    let invalid = |why: &str| Answer::error(400, &format!("error validating token: {why}"));
    let keys = list(&method.config, "jwt_validation_pubkeys");
    let claims =
        jwt::verify(text(body, "jwt"), &keys, now).ok_or_else(|| invalid("no known key verified it"))?;
    let issuer = text(&method.config, "bound_issuer");
    if !issuer.is_empty() && text(&claims, "iss") != issuer {
        return Err(invalid("invalid issuer (iss) claim"));
    }
    let audiences = list(&claims, "aud");
    let bound = list(role, "bound_audiences");
    if bound.is_empty() && !audiences.is_empty() {
        return Err(Answer::error(400, "audience claim found in JWT but no audiences bound to the role"));
    }
    if !bound.is_empty() && !audiences.iter().any(|audience| bound.contains(audience)) {
        return Err(invalid("invalid audience (aud) claim"));
    }
    let subject = text(role, "bound_subject");
    if !subject.is_empty() && text(&claims, "sub") != subject {
        return Err(invalid("invalid subject (sub) claim"));
    }
    let user = text(&claims, text(role, "user_claim")).to_owned();
    if user.is_empty() {
        return Err(Answer::error(
            400,
            &format!("claim \"{}\" not found in token", text(role, "user_claim")),
        ));
    }
    let meta = BTreeMap::from([("role".to_owned(), name.to_owned())]);
    Ok(Identity { role: role.clone(), name: user, meta })
}

fn kubernetes(method: &Method, body: &Value, now: SystemTime) -> Result<Identity, Answer> {
    let (name, token) = (text(body, "role"), text(body, "jwt"));
    for (parameter, value) in [("role", name), ("jwt", token)] {
        if value.is_empty() {
            return Err(Answer::error(400, &format!("missing {parameter}")));
        }
    }
    let missing = || Answer::error(400, &format!("invalid role name \"{name}\""));
    let role = &method.roles.get(name).ok_or_else(missing)?.parameters;
    let keys = list(&method.config, "pem_keys");
    let claims = jwt::verify(token, &keys, now).ok_or_else(|| Answer::error(403, "permission denied"))?;
    let audience = text(role, "audience");
    if !audience.is_empty() && !list(&claims, "aud").iter().any(|known| known == audience) {
        return Err(Answer::error(403, "invalid audience (aud) claim"));
    }
    let place = claims.get("kubernetes.io").cloned().unwrap_or_default();
    let account = place.get("serviceaccount").cloned().unwrap_or_default();
    let (account_name, namespace) = (text(&account, "name"), text(&place, "namespace"));
    if !bound(role, "bound_service_account_names", account_name) {
        return Err(Answer::error(403, "service account name not authorized"));
    }
    if !bound(role, "bound_service_account_namespaces", namespace) {
        return Err(Answer::error(403, "namespace not authorized"));
    }
    let meta =
        [("role", name), ("service_account_name", account_name), ("service_account_namespace", namespace)];
    let meta = meta.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    Ok(Identity { role: role.clone(), name: format!("{namespace}-{account_name}"), meta })
}

fn bound(role: &Value, parameter: &str, value: &str) -> bool {
    let allowed = list(role, parameter);
    allowed.iter().any(|known| known == "*" || known == value)
}
