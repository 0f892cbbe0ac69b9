//! Secrets from a JSON API: one request for each entry, by the operations that `provider.toml` describes.

use bailiwick_sdk::{Entry, Failure, Host, Provider, Reply, Request, export};
use serde::Deserialize;

/// The provider.
pub struct Backend;

export!(Backend);

/// What the provider itself reads of the store's settings. URL, project and token are the host's.
#[derive(Deserialize)]
pub struct Settings {}

impl Provider for Backend {
    type Settings = Settings;

    fn validate(host: &Host, _: &Settings) -> Result<(), Failure> {
        host.named("token").map(drop).ok_or(Failure::Misconfigured)
    }

    fn fetch(host: &Host, _: &Settings, entries: &[Entry]) -> Result<(), Failure> {
        let token = host.named("token").ok_or(Failure::Misconfigured)?;
        for (entry, wanted) in (0..).zip(entries) {
            let found = match wanted {
                Entry::Secret(reference) | Entry::Extract(reference) if !reference.metadata => host
                    .call(&Request::new("get-secret").key(entry).version(entry).by(&token))
                    .map_err(Failure::from)
                    .and_then(Reply::found),
                _ => Err(Failure::Misconfigured),
            };
            host.answer(entry, found.map(|body| body.map(|body| body.at("/value"))));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use bailiwick_sdk::{
        Failure, Outcome,
        testing::{Script, find, secret, secret_at},
    };
    use serde_json::{Value, json};

    use super::Backend;

    /// A host that follows a script and holds the provider to its own catalogue.
    fn script() -> Script {
        Script::new(include_str!("../provider.toml")).credential("token")
    }

    fn store() -> Value {
        let token = json!({"name": "api-token", "key": "token"});
        json!({"url": "https://api.example", "project": "p", "auth": {"tokenSecretRef": token}})
    }

    #[test]
    fn delivers_what_was_read() {
        let run = script()
            .reply("get-secret key=entry0.key version=entry0.version by token", json!({"value": "x"}))
            .reply("get-secret key=entry1.key version=entry1.version by token", json!({"value": "y"}))
            .fetch::<Backend>(store(), [secret("db/password"), secret_at("db/password", "3")]);
        assert_eq!(run.ended, Ok(()));
        assert_eq!(run.answers, ["deliver 0 #1/value", "deliver 1 #2/value"]);
    }

    #[test]
    fn says_what_is_absent_refused_and_not_served() {
        let run = script()
            .outcome("get-secret key=entry0.key version=entry0.version by token", Outcome::Absent)
            .outcome("get-secret key=entry1.key version=entry1.version by token", Outcome::Refused)
            .fetch::<Backend>(store(), [secret("a"), secret("b"), find(None)]);
        assert_eq!(run.answers, ["absent 0", "failed 1 Refused", "failed 2 Misconfigured"]);
    }

    #[test]
    fn needs_a_token() {
        assert_eq!(script().validate::<Backend>(store()), Ok(()));
        let none = Script::new(include_str!("../provider.toml"));
        assert_eq!(none.validate::<Backend>(store()), Err(Failure::Misconfigured));
    }
}
