//! Which operations a run may use (G10): those that the grant names by class or id, as far as the run's purpose goes.
//! Exchanges are admitted by the auth method alone: what it leads to, and nothing beside it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::Purpose;
use crate::{
    catalogue::{Catalogue, Operation, OperationClass},
    reason::{Denial, Reason},
};

/// Operation id and the index in the grant's `operations` that admits it.
pub(super) type Admitted = BTreeMap<String, usize>;

/// The operations that a grant names, exchanges not among them.
///
/// # Errors
/// A word that is neither a class nor an operation.
pub(super) fn granted(catalogue: &Catalogue, words: &[String]) -> Result<Admitted, Denial> {
    let mut admitted = Admitted::new();
    for (n, word) in words.iter().enumerate() {
        let refused =
            |remedy: &str| Err(Denial::new(Reason::OperationNotGranted, format!("operations[{n}]"), remedy));
        match class(word) {
            Some(OperationClass::Exchange) => {
                return refused("exchanges are admitted by auth alone: remove it");
            }
            Some(class) => {
                for (id, _) in catalogue.operations.iter().filter(|(_, op)| op.class == class) {
                    admitted.entry(id.clone()).or_insert(n);
                }
            }
            None => match catalogue.operations.get(word) {
                None => return refused("is neither a class (read, list, write, delete) nor an operation"),
                Some(operation) if operation.class == OperationClass::Exchange => {
                    return refused("exchanges are admitted by auth alone: remove it");
                }
                Some(_) => {
                    admitted.entry(word.clone()).or_insert(n);
                }
            },
        }
    }
    Ok(admitted)
}

/// Whether a run of this purpose may use a class.
pub(super) fn within(purpose: Purpose, class: OperationClass) -> bool {
    use OperationClass::{Delete, Exchange, List, Read, Write};
    match purpose {
        Purpose::Validate | Purpose::Fetch | Purpose::Exists => matches!(class, Read | List | Exchange),
        Purpose::Push => matches!(class, Read | List | Write | Exchange),
        Purpose::Remove => matches!(class, Read | Delete | Exchange),
    }
}

/// Whether an operation is there for a store with these settings.
pub(super) fn served(operation: &Operation, settings: &Json) -> bool {
    operation.when.iter().all(|(at, text)| settings.pointer(at).and_then(Json::as_str) == Some(text))
}

/// The exchanges that an auth method leads to: its own, what their mints are for, revocations and the proof.
pub(super) fn exchanges(catalogue: &Catalogue, method: Option<&str>) -> BTreeSet<String> {
    let Some(method) = method.and_then(|name| catalogue.auth.get(name)) else { return BTreeSet::new() };
    let mut reached = BTreeSet::new();
    let mut open: Vec<&String> = method.operations.iter().collect();
    open.extend(catalogue.proof.as_ref().map(|proof| &proof.operation));
    while let Some(id) = open.pop() {
        let Some(operation) = catalogue.operations.get(id) else { continue };
        if operation.class != OperationClass::Exchange || !reached.insert(id.clone()) {
            continue;
        }
        if let Some(mint) = &operation.mint {
            open.extend(mint.operations.iter().chain(&mint.revoke));
        }
    }
    reached
}

fn class(word: &str) -> Option<OperationClass> {
    Some(match word {
        "read" => OperationClass::Read,
        "list" => OperationClass::List,
        "write" => OperationClass::Write,
        "delete" => OperationClass::Delete,
        "exchange" => OperationClass::Exchange,
        _ => return None,
    })
}
