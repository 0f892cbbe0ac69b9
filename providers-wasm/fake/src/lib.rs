//! `fake`: secrets that stand in the store itself, to try things out. It has no network at all: it only says which
//! of the store's items answers an entry, and never sees their values.

use bailiwick_sdk::{Entry, Failure, Host, Provider, Reference, export};
use serde::Deserialize;

/// The provider.
pub struct Fake;

export!(Fake);

#[cfg(test)]
mod tests;

/// `spec.provider.fake`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    data: Vec<Item>,
    validation_result: Option<i64>,
}

/// One secret; its value stays with the host.
#[derive(Deserialize)]
struct Item {
    key: String,
    version: Option<String>,
}

impl Provider for Fake {
    type Settings = Settings;

    fn validate(_: &Host, settings: &Settings) -> Result<(), Failure> {
        // 0 is ready; unknown is an error too, as in ESO.
        if settings.validation_result.unwrap_or_default() == 0 { Ok(()) } else { Err(Failure::Misconfigured) }
    }

    fn fetch(host: &Host, settings: &Settings, entries: &[Entry]) -> Result<(), Failure> {
        for (entry, wanted) in (0u32..).zip(entries) {
            match wanted {
                Entry::Secret(reference) | Entry::Extract(reference) => {
                    read(host, settings, entry, reference)
                }
                Entry::Find(_) => find(host, settings, entry),
            }
        }
        Ok(())
    }
}

fn read(host: &Host, settings: &Settings, entry: u32, reference: &Reference) {
    // No version is the empty one, and of equal items the last counts.
    let wanted =
        |item: &Item| item.key == reference.key && item.version() == version(reference.version.as_deref());
    let found = settings.data.iter().rposition(wanted);
    host.answer(entry, Ok(found.and_then(|index| host.config(&format!("/data/{index}/value")))));
}

fn find(host: &Host, settings: &Settings, entry: u32) {
    let mut found = false;
    for (index, item) in settings.data.iter().enumerate() {
        let member = |name| host.config(&format!("/data/{index}/{name}"));
        let wanted = newest(settings, index, item) && host.wanted(entry, &item.key);
        if let (true, Some(name), Some(value)) = (wanted, member("key"), member("value")) {
            host.deliver_named(entry, &name, &value);
            found = true;
        }
    }
    if !found {
        host.absent(entry);
    }
}

/// Whether no other item of that key has a greater version, in the order of texts; of equal ones the last counts.
fn newest(settings: &Settings, index: usize, item: &Item) -> bool {
    let same = settings.data.iter().enumerate().filter(|(_, other)| other.key == item.key);
    same.max_by_key(|(_, other)| other.version()).is_some_and(|(best, _)| best == index)
}

impl Item {
    fn version(&self) -> &str {
        version(self.version.as_deref())
    }
}

fn version(version: Option<&str>) -> &str {
    version.unwrap_or_default()
}
