//! Which grant serves which entry (G2): a run is bound to exactly one grant, chosen before it starts. Each entry goes
//! to the first grant, by name, that admits it; entries of one store under two grants are two runs; none is tried in
//! mid-run.

use std::{collections::BTreeMap, sync::Arc};

use super::entries::EntryPlan;
use crate::{
    grant::{self, Compiled},
    program::Program,
    reason::Denial,
};

/// Entries of one store, each with the run that serves it.
pub struct Assigned {
    /// One for each grant that serves an entry: the program, and the indices of its entries.
    pub runs: Vec<(Arc<Program>, Vec<usize>)>,
    /// Entries that no grant admits, each with the denial of the grant that came closest.
    pub denied: Vec<(usize, Denial)>,
}

/// Assigns entries of one store to the grants that were compiled against it, which stand in the order of their names.
#[must_use]
pub fn assign<'a>(
    entries: impl IntoIterator<Item = (usize, &'a EntryPlan)>,
    compiled: Vec<Compiled>,
) -> Assigned {
    let mut served: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut denied = Vec::new();
    for (index, entry) in entries {
        match grant::choose(&compiled, &entry.entry) {
            Ok(grant) => served.entry(grant).or_default().push(index),
            Err(denial) => denied.push((index, denial)),
        }
    }
    let run = |(grant, program): (usize, Compiled)| Some((Arc::new(program.ok()?), served.remove(&grant)?));
    let runs = compiled.into_iter().enumerate().filter_map(run).collect();
    Assigned { runs, denied }
}
