//! `aws`: Secrets Manager and Parameter Store. It chooses operations by the store's service, assumes the store's role
//! where there is one, pages through listings for `find`, and says which part of a reply is the secret. Signatures,
//! sessions and the proof of the account are the host's.

use bailiwick_sdk::{Credential, Entry, Failure, Host, Provider, Request, export};
use serde::Deserialize;

mod find;
mod read;
mod service;
#[cfg(test)]
mod tests;

use service::{Operations, Service};

/// The provider.
pub struct Aws;

export!(Aws);

/// What it reads of `spec.provider.aws`; the rest is the host's.
#[derive(Deserialize)]
pub struct Settings {
    service: Service,
}

impl Provider for Aws {
    type Settings = Settings;

    /// A role that can be assumed proves the store. Keys of the store's own are proven by the host, account and all,
    /// before they are first used.
    fn validate(host: &Host, _: &Settings) -> Result<(), Failure> {
        credential(host).map(drop)
    }

    fn fetch(host: &Host, settings: &Settings, entries: &[Entry]) -> Result<(), Failure> {
        let run = Run { host, by: credential(host)?, operations: settings.service.operations() };
        run.read(entries);
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
    by: Credential,
    operations: &'static Operations,
}

/// The store's own keys, or those of a session of its role.
fn credential(host: &Host) -> Result<Credential, Failure> {
    if let Some(keys) = host.named("keys") {
        return Ok(keys);
    }
    let role = host.named("role").ok_or(Failure::Misconfigured)?;
    Ok(host.exchange(&Request::new("assume-role").by(&role))?)
}
