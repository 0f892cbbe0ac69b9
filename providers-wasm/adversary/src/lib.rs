//! A hostile guest, for tests alone. It calls every import in an order that follows from a seed and from everything it
//! has seen so far: each outcome, shape, name and text changes all that it does afterwards, and stays in its memory.
//! So two runs that differ only in a secret must send equal requests and leave equal memories (I3), and no scan of
//! that memory may find a secret (I4).

use std::sync::Mutex;

use bailiwick_sdk::{Entry, Failure, Host, Provider, export};
use serde::Deserialize;

mod acts;
mod asks;
mod mind;
mod run;

use mind::Mind;
use run::Run;

/// The provider.
pub struct Adversary;

export!(Adversary);

/// `spec.provider.adversary`.
#[derive(Deserialize)]
pub struct Settings {
    seed: i64,
    steps: u32,
    rude: bool,
    trap: bool,
    marker: String,
    #[serde(default)]
    data: Vec<Item>,
}

/// One item of static data; its value stays with the host.
#[derive(Deserialize)]
struct Item {
    key: String,
}

/// All that it has seen, where a dump of its memory finds it.
static SEEN: Mutex<Vec<String>> = Mutex::new(Vec::new());

impl Provider for Adversary {
    type Settings = Settings;

    fn validate(host: &Host, settings: &Settings) -> Result<(), Failure> {
        Self::fetch(host, settings, &[])
    }

    fn fetch(host: &Host, settings: &Settings, entries: &[Entry]) -> Result<(), Failure> {
        let mut mind = Mind::new(settings.seed, &settings.marker);
        settings.data.iter().for_each(|item| mind.see("item", &item.key));
        let mut run = Run::new(host, mind, entries);
        (0..settings.steps).for_each(|_| run.act(settings.rude));
        let state = run.end();
        assert!(!settings.trap, "{state}");
        Ok(())
    }
}
