//! What a test may ask of any server that speaks Vault's API, the embedded one or a real one: where it is, and
//! to be set up. So the same test runs against both.

use anyhow::{Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};

use super::cases::Need;

/// The state of a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Node {
    /// Active and unsealed.
    #[default]
    Active,
    /// Sealed: 503.
    Sealed,
    /// A standby that redirects to `https://active.example:8200`: 307.
    Standby,
    /// It misses an index that the client has seen: 412.
    Behind,
}

/// A server that speaks Vault's API.
pub trait Vault {
    /// `http://127.0.0.1:PORT`, without a slash at the end.
    fn url(&self) -> String;

    /// The token that may do everything.
    fn root_token(&self) -> &str;

    /// One request with the root token: status and JSON body. `path` is what comes after `/v1/`.
    ///
    /// # Errors
    /// Where there is no answer.
    fn admin(&self, method: &str, namespace: &str, path: &str, body: Value) -> Result<(u16, Value)>;

    /// Whether it has these.
    fn offers(&self, needs: &[Need]) -> bool;

    /// Brings the node into that state; false where it cannot be had.
    ///
    /// # Errors
    /// Where it should be had, but was not.
    fn enter(&self, node: Node) -> Result<bool>;

    /// As [`Vault::admin`], where only success will do.
    ///
    /// # Errors
    /// Where the status is not 2xx.
    fn set_up(&self, method: &str, namespace: &str, path: &str, body: Value) -> Result<Value> {
        match self.admin(method, namespace, path, body)? {
            (200..=299, body) => Ok(body),
            (status, body) => {
                bail!("{method} {path}: {status} {}", body.get("errors").unwrap_or(&Value::Null))
            }
        }
    }

    /// Mounts a KV engine of version 1 or 2.
    ///
    /// # Errors
    /// Where there is one already.
    fn mount(&self, namespace: &str, mount: &str, version: u8) -> Result<()> {
        let body = json!({"type": "kv", "options": {"version": version.to_string()}});
        self.set_up("POST", namespace, &format!("sys/mounts/{mount}"), body).map(drop)
    }

    /// Writes a secret into a KV v2 mount: one more version.
    ///
    /// # Errors
    /// Where there is no such mount.
    fn put(&self, namespace: &str, mount: &str, key: &str, data: Value) -> Result<()> {
        self.set_up("POST", namespace, &format!("{mount}/data/{key}"), json!({"data": data})).map(drop)
    }

    /// Writes a policy: paths (with `*` last, `+` for one segment) and their capabilities.
    ///
    /// # Errors
    /// Where there is no such namespace.
    fn policy(&self, namespace: &str, name: &str, paths: &[(&str, &[&str])]) -> Result<()> {
        let rules = paths.iter().map(|(path, caps)| ((*path).to_owned(), json!({"capabilities": caps})));
        let policy = json!({"path": rules.collect::<serde_json::Map<_, _>>()}).to_string();
        let path = format!("sys/policies/acl/{name}");
        self.set_up("PUT", namespace, &path, json!({"policy": policy})).map(drop)
    }

    /// Makes a token with that text and those policies.
    ///
    /// # Errors
    /// Where there is no such namespace.
    fn token(&self, namespace: &str, id: &str, policies: &[&str]) -> Result<()> {
        let body = json!({"id": id, "policies": policies, "ttl": "1h"});
        self.set_up("POST", namespace, "auth/token/create", body).map(drop)
    }
}
