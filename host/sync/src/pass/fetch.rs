//! The middle of a pass: entries by store, grants compiled against each store, runs, and their results put back in
//! the order of the entries. Which grant serves which entry is core's decision; here it is carried out.

use std::{collections::BTreeMap, sync::Arc};

use bailiwick_api::{external_secret::ExternalSecretSpec, meta::Object};
use bailiwick_boundary::Entry;
use bailiwick_broker::{BadExpression, OpenEntry};
use bailiwick_core::{
    catalogue::ValueRule,
    fetched::{EntryResult, Fetched, RunFailure, Sourced},
    program::{Program, Stamp},
    reason::{Denial, Reason},
    reconcile::{EntryPlan, FetchPlan, NotReady, StoreKey, assign, finds, settle::words, store::Unusable},
};
use bailiwick_sandbox::Provider;

use super::{Pass, candidates::candidates};
use crate::{
    runtime::Surroundings,
    world::{World, WorldError},
};

/// One run to make.
struct Run {
    provider: Provider,
    program: Arc<Program>,
    entries: Vec<usize>,
    values: ValueRule,
}

/// What the runs brought.
pub(super) struct Brought {
    /// One for each entry.
    pub(super) results: Vec<Sourced>,
    /// What the runs were compiled from.
    pub(super) stamps: Vec<Stamp>,
}

/// One result for each entry, as they come in.
type Results = Vec<Option<Sourced>>;

impl<W: World> Pass<'_, W> {
    /// Fetches everything, one result for each entry; or says why the object cannot be synced at all.
    pub(super) async fn fetch(
        &self,
        object: &Object<ExternalSecretSpec>,
        plan: &FetchPlan,
    ) -> Result<Result<Brought, Unusable>, WorldError> {
        let mut results: Results = plan.entries.iter().map(|_| None).collect();
        let mut runs = Vec::new();
        for (store, entries) in by_store(&plan.entries) {
            let planned = entries.iter().copied().filter_map(|index| Some((index, plan.entries.get(index)?)));
            let candidates = match candidates(self, object, &store).await? {
                Ok(candidates) => candidates,
                Err(unusable) => return Ok(Err(unusable)),
            };
            let catalogue = &candidates.module.catalogue;
            let refused = planned.clone().find_map(|(_, entry)| finds(catalogue, entry).err());
            if let Some(not_ready) = refused {
                return Ok(Err(not_ready.into()));
            }
            let Some(provider) = candidates.module.provider.clone() else {
                return Ok(Err(NotReady::new("the provider's module is not loaded").into()));
            };
            let assigned = assign(planned, candidates.compile());
            // A denied entry fails the object in any case, so nothing is sent for the others either.
            if let Some((_, denial)) = assigned.denied.first() {
                return Ok(Err(NotReady::from(denial).into()));
            }
            let values = catalogue.values;
            let run = |(program, entries)| Run { provider: provider.clone(), program, entries, values };
            runs.extend(assigned.runs.into_iter().map(run));
        }
        let stamps = runs.iter().map(|run: &Run| run.program.stamp.clone()).collect();
        if let Err(not_ready) = self.run_all(plan, runs, &mut results).await {
            return Ok(Err(not_ready.into()));
        }
        let results = results.into_iter().map(|result| result.unwrap_or_else(unanswered)).collect();
        Ok(Ok(Brought { results, stamps }))
    }

    async fn run_all(&self, plan: &FetchPlan, runs: Vec<Run>, results: &mut Results) -> Result<(), NotReady> {
        let Some(runtime) = self.runtime else { return Ok(()) };
        for run in runs {
            let planned = run.entries.iter().filter_map(|index| plan.entries.get(*index));
            let entries = planned.map(open).collect::<Result<Vec<_>, _>>();
            let entries = entries.map_err(|error| NotReady::new(error.to_string()))?;
            if !self.world.current().still(&run.program.stamp) {
                let changed = "what the run was compiled from changed before it began";
                let denial = Denial::new(Reason::GrantChanged, "metadata.generation", changed);
                return Err(NotReady::from(&denial));
            }
            let around = Surroundings { material: self.world.material(), current: self.world.current() };
            let Fetched { entries, run: ended } =
                runtime.fetch(&run.provider, run.program, entries, around).await;
            ended.map_err(not_ready)?;
            for (index, result) in run.entries.into_iter().zip(entries) {
                put(results, index, Sourced { result, values: run.values });
            }
        }
        Ok(())
    }
}

fn by_store(entries: &[EntryPlan]) -> BTreeMap<StoreKey, Vec<usize>> {
    let mut by_store: BTreeMap<StoreKey, Vec<usize>> = BTreeMap::new();
    for (index, entry) in entries.iter().enumerate() {
        by_store.entry(entry.store.clone()).or_default().push(index);
    }
    by_store
}

/// The entry as the broker knows it.
pub(crate) fn open(entry: &EntryPlan) -> Result<OpenEntry, BadExpression> {
    match &entry.entry {
        Entry::Find(find) => OpenEntry::find(find.clone(), entry.name.as_deref(), entry.tags.clone()),
        other => Ok(OpenEntry::new(other.clone())),
    }
}

fn unanswered() -> Sourced {
    Sourced { result: EntryResult::Unanswered, values: ValueRule::default() }
}

fn put(results: &mut Results, index: usize, result: Sourced) {
    if let Some(slot) = results.get_mut(index) {
        *slot = Some(result);
    }
}

/// A run that ended badly, in words of ours.
fn not_ready(failure: RunFailure) -> NotReady {
    match failure {
        RunFailure::Denied(denial) => NotReady::from(&denial),
        RunFailure::Provider(failure) => NotReady::new(words(failure)),
        RunFailure::Backend(trouble) => NotReady::new(trouble.to_string()),
        RunFailure::BrokeRule(rule) => {
            NotReady::new(format!("the provider broke rule {rule} of the boundary and was stopped"))
        }
        material @ RunFailure::Material { .. } => NotReady::new(material.to_string()),
        RunFailure::Stopped(why) => NotReady::new(format!("the provider was stopped: {why}")),
    }
}
