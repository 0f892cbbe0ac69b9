//! What a cluster would keep of Providers, in the folder `trust` of `--state`: `provider.NAME.json`,
//! `revision.NAME.json`, and `marks.versions.json`, which is written once at `--init-state` and only ever grows. Without
//! a state folder nothing is remembered, and that is said to whoever asks for a mark.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use bailiwick_api::{meta::Object, provider_revision::ProviderRevisionSpec};
use bailiwick_core::trust::{Known, Mark};
use semver::Version;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

use super::{dir::Dir, failed};
use crate::{
    records::{ProviderStatus, Records},
    trust::Admissions,
    world::WorldError,
};

/// The folder inside of `--state`.
const FOLDER: &str = "trust";
/// The file of all marks.
const MARKS: &str = "marks.versions.json";

/// Records in a folder, or none.
pub struct FolderRecords {
    /// None where there is no state folder, or a dry run found none.
    dir: Option<Arc<Dir>>,
    /// There is a `--state`.
    kept: bool,
    /// Nothing is written.
    dry_run: bool,
    /// `--init-state`: what is missing, or has another form, counts as empty.
    init: bool,
    /// One writer at a time.
    marks: Mutex<()>,
}

/// The highest version by `REPOSITORY NAME`.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Marks {
    versions: BTreeMap<String, Version>,
}

impl FolderRecords {
    /// Records in `state`; with a dry run nothing is made or written.
    ///
    /// # Errors
    /// The folder cannot be opened, or another process has it; with `init`, also where the marks cannot be read for another
    /// reason than their form.
    pub fn open(state: Option<&Path>, dry_run: bool, init: bool) -> Result<Self, WorldError> {
        let path = state.map(|state| state.join(FOLDER));
        let dir = match (&path, dry_run) {
            (None, _) => None,
            (Some(path), true) => Dir::open_to_read(path).map_err(failed)?,
            (Some(path), false) => Some(Dir::open(path).map_err(failed)?),
        };
        let dir = dir.map(Arc::new);
        let records = Self { dir, kept: state.is_some(), dry_run, init, marks: Mutex::new(()) };
        if init && !dry_run && !records.has_marks()? {
            records.write(MARKS, &Marks::default())?;
        }
        Ok(records)
    }

    /// All Providers that something is known of, by name.
    ///
    /// # Errors
    /// The folder cannot be listed, or one of them cannot be read.
    pub fn providers(&self) -> Result<BTreeMap<String, ProviderStatus>, WorldError> {
        self.names()?.into_iter().map(|name| Ok((name.clone(), self.status(&name)?))).collect()
    }

    fn names(&self) -> Result<Vec<String>, WorldError> {
        let Some(dir) = &self.dir else { return Ok(Vec::new()) };
        let names = dir.names().map_err(failed)?;
        let name = |file: &String| Some(file.strip_prefix("provider.")?.strip_suffix(".json")?.to_owned());
        Ok(names.iter().filter_map(name).collect())
    }

    /// Says of each Provider what became of it when the policies changed; what cannot be written is said at the next round.
    pub fn judged(&self, admissions: &Admissions, now: i64) {
        for provider in admissions.providers() {
            let (Some(verdict), Ok(status)) = (admissions.verdict(provider), self.status(provider)) else {
                continue;
            };
            if let Err(error) = self.report(provider, &verdict.told(status, now)) {
                tracing::warn!(%error, "a verdict is not written");
            }
        }
    }

    /// Whether there are marks of their own form. What could not be read may be, and is not begun anew.
    fn has_marks(&self) -> Result<bool, WorldError> {
        let bytes = self.bytes(MARKS)?;
        Ok(bytes.is_some_and(|bytes| serde_json::from_slice::<Marks>(&bytes).is_ok()))
    }

    fn bytes(&self, file: &str) -> Result<Option<Zeroizing<Vec<u8>>>, WorldError> {
        self.dir.as_ref().map_or(Ok(None), |dir| dir.read(file).map_err(failed))
    }

    fn read<T: DeserializeOwned>(&self, file: &str) -> Result<Option<T>, WorldError> {
        let Some(bytes) = self.bytes(file)? else { return Ok(None) };
        let unreadable = |_| WorldError(format!("{FOLDER}/{file} in the state folder cannot be read"));
        serde_json::from_slice(&bytes).map(Some).map_err(unreadable)
    }

    fn write(&self, file: &str, content: &impl Serialize) -> Result<(), WorldError> {
        let (Some(dir), false) = (&self.dir, self.dry_run) else { return Ok(()) };
        let text = serde_json::to_vec_pretty(content).map_err(|error| WorldError(error.to_string()))?;
        dir.write(file, &text).map_err(failed)
    }
}

impl Records for FolderRecords {
    fn known(&self) -> Vec<String> {
        self.names().unwrap_or_default()
    }

    fn status(&self, provider: &str) -> Result<ProviderStatus, WorldError> {
        Ok(self.read(&format!("provider.{provider}.json"))?.unwrap_or_default())
    }

    fn report(&self, provider: &str, status: &ProviderStatus) -> Result<(), WorldError> {
        // What has not changed is not written: a status has no time of its own.
        match self.status(provider) {
            Ok(before) if before == *status => Ok(()),
            _ => self.write(&format!("provider.{provider}.json"), status),
        }
    }

    fn mark(&self, repository: &str, name: &str) -> Mark {
        let known = match self.read::<Marks>(MARKS) {
            Ok(Some(marks)) => match marks.versions.get(&key(repository, name)) {
                Some(version) => Known::Highest(version.clone()),
                None => Known::Nothing,
            },
            Ok(None) if !self.kept => Known::NotKept,
            Ok(None) => Known::Missing,
            Err(_) => Known::Unreadable,
        };
        Mark { known, init_state: self.init }
    }

    fn raise(&self, repository: &str, name: &str, version: &Version) -> Result<(), WorldError> {
        let _one = self.marks.lock().unwrap_or_else(PoisonError::into_inner);
        // Where there are none, only `--init-state` makes them: else a lost file would be replaced unseen.
        let Some(mut marks) = self.read::<Marks>(MARKS)? else { return Ok(()) };
        let key = key(repository, name);
        if marks.versions.get(&key).is_some_and(|highest| highest >= version) {
            return Ok(());
        }
        marks.versions.insert(key, version.clone());
        self.write(MARKS, &marks)
    }

    fn keep(&self, revision: &Object<ProviderRevisionSpec>) -> Result<(), WorldError> {
        let file = format!("revision.{}.json", revision.metadata.name);
        let there = self.read::<Object<ProviderRevisionSpec>>(&file);
        if matches!(there, Ok(Some(_))) { Ok(()) } else { self.write(&file, revision) }
    }
}

/// Neither part has a space.
fn key(repository: &str, name: &str) -> String {
    format!("{repository} {name}")
}

#[cfg(test)]
mod tests;
