//! Which grant serves which entry (G2): a run is bound to exactly one grant, chosen before it starts. Each entry goes
//! to the first grant, by name, that admits it; entries of one store under two grants are two runs; none is tried in
//! mid-run. Where no grant admits an entry, the denial is that of the grant that came closest.

use std::sync::Arc;

use crate::{
    program::Program,
    reason::{Denial, Reason},
};

use super::entries::EntryPlan;

/// A grant that was compiled against a store, or why it could not be.
pub struct Candidate {
    /// The grant's name; candidates stand in the order of their names.
    pub grant: String,
    /// The program, or the denial.
    pub program: Result<Arc<Program>, Denial>,
}

/// Entries of one store, each with the run that serves it.
pub struct Assigned {
    /// One for each grant that serves an entry: the program, and the indices of its entries.
    pub runs: Vec<(Arc<Program>, Vec<usize>)>,
    /// Entries that no grant admits.
    pub denied: Vec<(usize, Denial)>,
}

/// Assigns entries of one store. `admits` says whether a program admits what an entry needs.
pub fn assign<'a>(
    provider: &str,
    entries: impl IntoIterator<Item = (usize, &'a EntryPlan)>,
    candidates: &[Candidate],
    admits: impl Fn(&Program, &EntryPlan) -> Result<(), Denial>,
) -> Assigned {
    let mut served: Vec<Vec<usize>> = candidates.iter().map(|_| Vec::new()).collect();
    let mut denied = Vec::new();
    for (index, entry) in entries {
        let verdicts: Vec<Result<(), Denial>> = candidates
            .iter()
            .map(|c| c.program.as_ref().map_err(Clone::clone).and_then(|program| admits(program, entry)))
            .collect();
        match verdicts.iter().position(Result::is_ok).and_then(|first| served.get_mut(first)) {
            Some(run) => run.push(index),
            None => denied.push((index, closest(provider, verdicts))),
        }
    }
    let runs = candidates.iter().zip(served).filter(|(_, indices)| !indices.is_empty());
    let runs = runs.filter_map(|(c, indices)| Some((Arc::clone(c.program.as_ref().ok()?), indices))).collect();
    Assigned { runs, denied }
}

/// The denial of the grant that came closest; of equals, the first by name.
fn closest(provider: &str, verdicts: Vec<Result<(), Denial>>) -> Denial {
    let mut best: Option<Denial> = None;
    for denial in verdicts.into_iter().filter_map(Result::err) {
        if best.as_ref().is_none_or(|best| nearness(denial.reason) > nearness(best.reason)) {
            best = Some(denial);
        }
    }
    best.unwrap_or_else(|| {
        let remedy = "no grant names this provider; ask for a CapabilityGrant";
        Denial::new(Reason::NotGranted, format!("spec.provider.{provider}"), remedy)
    })
}

/// How far a grant came before it denied: the order in which it is compiled and decided.
const fn nearness(reason: Reason) -> u8 {
    match reason {
        Reason::NotGranted => 0,
        Reason::SubjectNotGranted => 1,
        Reason::SignerNotGranted => 2,
        Reason::SurfaceNotGranted => 3,
        Reason::StoreConflicts => 4,
        Reason::HostNotGranted => 5,
        Reason::AccountNotGranted => 6,
        Reason::AuthMethodNotGranted => 7,
        Reason::OperationNotGranted => 8,
        Reason::KeyNotGranted | Reason::AddressNotGranted | Reason::SlotNotAllowed => 9,
        Reason::CredentialNotAllowed | Reason::BudgetExhausted | Reason::GrantChanged => 10,
    }
}
