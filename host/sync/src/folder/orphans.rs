//! Secrets of objects that moved or went. Only what the state folder remembers to have been written is looked at, so
//! that nobody else's files are; what becomes of it is core's decision, and here it is carried out.

use bailiwick_core::reconcile::{
    orphans::{Fate, Owner, Sweep, fate, owned},
    place,
};

use super::{FolderWorld, dir::Dir, failed, named, names, text};
use crate::{
    pass::{Did, Outcome},
    world::{Remembered, WorldError},
};

/// What became of such Secrets.
#[derive(Debug, Default)]
pub struct Orphans {
    /// Deleted, or in a dry run to be deleted: `namespace/name`.
    pub deleted: Vec<String>,
    /// Kept, and why.
    pub kept: Vec<Kept>,
    /// What could not be read or deleted.
    pub errors: Vec<String>,
}

/// A Secret that is kept.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Kept {
    /// `namespace/name`.
    pub secret: String,
    /// Why.
    pub why: &'static str,
}

/// One Secret that an object wrote.
struct Written<'a> {
    namespace: &'a str,
    object: &'a str,
    secret: &'a str,
}

impl FolderWorld {
    /// Deletes what core says goes, after a pass over all objects.
    pub fn sweep(&self, outcomes: &[Outcome], sweep: Sweep, dry_run: bool) -> Orphans {
        let mut orphans = Orphans::default();
        let (Some(out), Some(state)) = (&self.out, &self.state) else { return orphans };
        let files = state.names().unwrap_or_else(|error| {
            orphans.errors.push(failed(error).to_string());
            Vec::new()
        });
        let mut going = Vec::new();
        for (namespace, object) in files.iter().filter_map(|file| names::split_state(file)) {
            match self.remembered(namespace, object) {
                Ok(remembered) => {
                    let gone = self.going((namespace, object), &remembered, outcomes, sweep, &mut orphans);
                    going.extend(gone.into_iter().map(|secret| (namespace, object, secret)));
                }
                Err(error) => orphans.errors.push(error.to_string()),
            }
        }
        if !going.is_empty() && !self.current.unchanged() {
            let why = "the folders changed meanwhile; the next pass goes by what stands there now";
            let kept = |(namespace, _, secret)| Kept { secret: format!("{namespace}/{secret}"), why };
            orphans.kept.extend(going.into_iter().map(kept));
            return orphans;
        }
        for (namespace, object, secret) in going {
            let written = Written { namespace, object, secret: &secret };
            match self.remove(out, state, &written, dry_run) {
                Ok(true) => orphans.deleted.push(format!("{namespace}/{secret}")),
                Ok(false) => {}
                Err(error) => orphans.errors.push(error.to_string()),
            }
        }
        orphans
    }

    /// The Secrets of one object that go; those that are kept are said.
    fn going(
        &self,
        (namespace, object): (&str, &str),
        remembered: &Remembered,
        outcomes: &[Outcome],
        sweep: Sweep,
        orphans: &mut Orphans,
    ) -> Vec<String> {
        let outcome = outcomes.iter().find(|o| o.namespace == namespace && o.name == object);
        let key = (Some(namespace.to_owned()), object.to_owned());
        let owner = self.inventory.external_secrets.get(&key).map(|object| Owner {
            object,
            ready: outcome.is_some_and(|outcome| outcome.ready),
            reason: outcome.map_or("", |outcome| &outcome.reason),
            there: outcome.is_some_and(|outcome| outcome.action == Did::Written)
                || self.is_there(namespace, place(object).1),
        });
        let mut going = Vec::new();
        for secret in &remembered.owned {
            match fate(secret, owner.as_ref(), sweep) {
                Fate::Owned => {}
                Fate::Delete => going.push(secret.clone()),
                Fate::Kept(why) if self.is_there(namespace, secret) => {
                    orphans.kept.push(Kept { secret: format!("{namespace}/{secret}"), why });
                }
                Fate::Kept(_) => {}
            }
        }
        going
    }

    fn is_there(&self, namespace: &str, name: &str) -> bool {
        self.read_target(namespace, name).is_ok_and(|target| target.is_some())
    }

    /// Deletes a Secret if it carries the object's label, and forgets it; true where there was one.
    fn remove(&self, out: &Dir, state: &Dir, written: &Written<'_>, dry: bool) -> Result<bool, WorldError> {
        let Written { namespace, object, secret } = *written;
        let target = self.read_target(namespace, secret)?;
        let ours = target.is_some_and(|target| owned(&target, namespace, object));
        if dry {
            return Ok(ours);
        }
        if ours {
            out.delete(&named(names::secret(namespace, secret))?).map_err(failed)?;
        }
        let mut remembered = self.remembered(namespace, object)?;
        remembered.owned.retain(|name| name != secret);
        let file = named(names::state(namespace, object))?;
        let key = (Some(namespace.to_owned()), object.to_owned());
        if remembered.owned.is_empty() && !self.inventory.external_secrets.contains_key(&key) {
            state.delete(&file).map_err(failed)?;
        } else {
            state.write(&file, &text(&remembered)?).map_err(failed)?;
        }
        Ok(ours)
    }
}

#[cfg(test)]
mod tests;
