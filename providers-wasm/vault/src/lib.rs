//! `vault`: the KV engines of HashiCorp Vault and OpenBao. It chooses operations by the engine's version, logs in by
//! whichever method the store has, walks folders for `find`, and says which part of a reply is the secret. Tokens and
//! secrets are the host's: here they are handles.

use bailiwick_sdk::{Credential, Entry, Failure, Host, Provider, Reference, Request, export};
use serde::Deserialize;

mod find;
#[cfg(test)]
mod tests;

/// The provider.
pub struct Vault;

export!(Vault);

/// What it reads of `spec.provider.vault`; the rest is the host's.
#[derive(Deserialize)]
pub struct Settings {
    version: Engine,
}

/// The version of the KV engine.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Engine {
    V1,
    V2,
}

/// Login operations by the credential that the store's auth method provides for them.
const LOGINS: [(&str, &str); 5] = [
    ("app-role", "login-app-role"),
    ("app-role-ref", "login-app-role-ref"),
    ("user-pass", "login-user-pass"),
    ("jwt", "login-jwt"),
    ("kubernetes", "login-jwt"),
];

impl Provider for Vault {
    type Settings = Settings;

    /// A login proves the store; a token of the tenant's own is proven by its first read, since `lookup-self` could
    /// be outside its policy.
    fn validate(host: &Host, _: &Settings) -> Result<(), Failure> {
        host.log_in("token", &LOGINS).map(drop)
    }

    fn fetch(host: &Host, settings: &Settings, entries: &[Entry]) -> Result<(), Failure> {
        let run = Run { host, token: host.log_in("token", &LOGINS)?, engine: settings.version };
        host.read_all(entries, |entry, reference| run.request(entry, reference));
        for (entry, wanted) in (0u32..).zip(entries) {
            if let Entry::Find(find) = wanted {
                run.find(entry, find);
            }
        }
        Ok(())
    }
}

/// What all entries of a run share.
struct Run<'h> {
    host: &'h Host,
    token: Credential,
    engine: Engine,
}

impl Run<'_> {
    /// The request for one secret, and where its value stands in the reply.
    fn request(&self, entry: u32, reference: &Reference) -> Result<(Request<'_>, &'static str), Failure> {
        let request = match (self.engine, reference.metadata) {
            (Engine::V1, true) => return Err(Failure::Misconfigured),
            // Version 1 keeps no versions: as in ESO, one that is named is not looked at.
            (Engine::V1, false) => Request::new("kv1-read"),
            (Engine::V2, true) => return Ok((Request::new("kv2-metadata").key(entry).by(&self.token), "")),
            (Engine::V2, false) => Request::new("kv2-read").version(entry),
        };
        Ok((request.key(entry).by(&self.token), self.engine.value()))
    }
}

impl Engine {
    /// Where the reply to a read holds the secret.
    const fn value(self) -> &'static str {
        match self {
            Self::V1 => "/data",
            Self::V2 => "/data/data",
        }
    }
}
