//! What a pass would do, without doing it: each entry against each grant, as core explains it. Nothing is sent.

use bailiwick_api::{external_secret::ExternalSecretSpec, meta::Object};
use bailiwick_core::{
    grant::{Explained, explain},
    reconcile::{NotReady, Observed, Plan, finds, plan},
};

use super::{Pass, candidates::candidates};
use crate::world::{World, WorldError};

/// One entry of an object, explained.
pub struct EntryExplained {
    /// Where it stands: `spec.data[0]`.
    pub path: String,
    /// What the grants say; or why no grant was asked.
    pub explained: Result<Explained, NotReady>,
}

impl<W: World> Pass<'_, W> {
    /// Explains each entry; or says why the object has none.
    pub async fn explain(
        &self,
        object: &Object<ExternalSecretSpec>,
    ) -> Result<Result<Vec<EntryExplained>, NotReady>, WorldError> {
        // As on a first pass: then everything is due.
        let observed = Observed { object, status: None, target: None, now: self.world.now() };
        let plan = match plan(&observed) {
            Plan::Fetch(plan) => plan,
            Plan::Fail(not_ready) => return Ok(Err(not_ready)),
            Plan::Keep => return Ok(Ok(Vec::new())),
        };
        let mut all = Vec::new();
        for entry in &plan.entries {
            let candidates = candidates(self, object, &entry.store).await?;
            let explained = candidates.map_err(NotReady::from).and_then(|candidates| {
                finds(&candidates.module.catalogue, entry)?;
                Ok(explain(&candidates.requests(), &entry.entry))
            });
            all.push(EntryExplained { path: entry.source.path(), explained });
        }
        Ok(Ok(all))
    }
}
