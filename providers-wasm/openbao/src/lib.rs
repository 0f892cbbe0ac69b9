//! `openbao`: the KV engines of OpenBao as ESO's own provider for it serves them, which is less than `vault` does: one
//! level of names, no tags, no metadata. It chooses operations by the engine's version, logs in by the store's method,
//! and says which part of a reply is the secret.

use bailiwick_sdk::{
    Arg, Credential, Entry, Failure, Host, Part, Provider, Reference, Request, Value, export, found_at,
};
use serde::Deserialize;

#[cfg(test)]
mod tests;

/// The provider.
pub struct OpenBao;

export!(OpenBao);

/// What it reads of `spec.provider.openBao`; the rest is the host's.
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
const LOGINS: [(&str, &str); 3] = [
    ("app-role", "login-app-role"),
    ("app-role-ref", "login-app-role-ref"),
    ("user-pass", "login-user-pass"),
];

impl Provider for OpenBao {
    type Settings = Settings;

    /// A login proves the store; a token of the tenant's own is proven by its first read.
    fn validate(host: &Host, _: &Settings) -> Result<(), Failure> {
        host.log_in("token", &LOGINS).map(drop)
    }

    fn fetch(host: &Host, settings: &Settings, entries: &[Entry]) -> Result<(), Failure> {
        let run = Run { host, token: host.log_in("token", &LOGINS)?, engine: settings.version };
        host.read_all(entries, |entry, reference| run.request(entry, reference));
        for (entry, wanted) in (0u32..).zip(entries) {
            if matches!(wanted, Entry::Find(_)) {
                run.find(entry);
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
    /// Version 1 keeps no versions, and the store may not ask for one.
    fn request(&self, entry: u32, reference: &Reference) -> Result<(Request<'_>, &'static str), Failure> {
        let request = match (self.engine, &reference.version) {
            (Engine::V1, Some(_)) => return Err(Failure::Misconfigured),
            (Engine::V1, None) => Request::new("kv1-read"),
            (Engine::V2, _) => Request::new("kv2-read").version(entry),
        };
        Ok((request.key(entry).by(&self.token), self.engine.value()))
    }

    /// Answers a find entry, whole or not at all.
    fn find(&self, entry: u32) {
        self.host.answer_find(entry, self.collect(entry));
    }

    /// Names and values of the wanted secrets at the top of the mount; folders are not looked into.
    fn collect(&self, entry: u32) -> Result<Vec<(Value, Value)>, Failure> {
        let (list, read) = match self.engine {
            Engine::V1 => ("kv1-list", "kv1-read-listed"),
            Engine::V2 => ("kv2-list", "kv2-read-listed"),
        };
        let list = Request::new(list).arg("path", Arg::Entry(entry, Part::Path)).by(&self.token);
        let Some(listed) = self.host.call(&list)?.found()? else { return Ok(Vec::new()) };
        let names = self.wanted(entry, &listed)?;
        let request = |name| Request::new(read).arg("name", Arg::Echo(name)).by(&self.token);
        let replies = self.host.call_all(&names.iter().map(request).collect::<Vec<_>>());
        let pairs = names.into_iter().zip(replies);
        pairs
            .filter_map(|(name, reply)| {
                found_at(reply, self.engine.value()).map(|v| Some((name, v?))).transpose()
            })
            .collect()
    }

    fn wanted(&self, entry: u32, listed: &Value) -> Result<Vec<Value>, Failure> {
        let keys = listed.at("/data/keys");
        let mut wanted = Vec::new();
        for index in keys.names()? {
            let handle = keys.at(&format!("/{index}"));
            let name = handle.text()?;
            if !name.ends_with('/') && self.host.wanted(entry, &name) {
                wanted.push(handle);
            }
        }
        Ok(wanted)
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
