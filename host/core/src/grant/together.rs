//! What the lines of a grant mean together, whatever stores there are: `grant check` makes the plans that a store would
//! lead to, and asks of them what compiling asks (B5, G7). So a grant that compiles for nobody is found by its author.

use std::collections::BTreeMap;

use bailiwick_api::grant::{CapabilityGrantSpec, GrantAuth};
use serde_json::Value as Json;

use super::{
    auth,
    check::Warning,
    operations, overlap,
    plan::{self, Plans},
    targets::{self, Chosen, Granted},
};
use crate::{
    catalogue::{Catalogue, Operation, OperationClass},
    program::{Auth, Segment, Target},
    reason::Denial,
};

/// The denials of every choice that a store could make.
pub(super) fn check(
    catalogue: &Catalogue,
    grant: &CapabilityGrantSpec,
    granted: &operations::Admitted,
    read: &[Granted],
) -> Vec<Denial> {
    let mut denials: Vec<Denial> = Vec::new();
    for first in read {
        let chosen = chosen(catalogue, read, first);
        let mut found = vec![targets::one_account(&chosen)];
        if grant.auth.is_empty() {
            found.push(meets(catalogue, granted, &chosen, None));
        }
        found.extend(grant.auth.iter().map(|entry| meets(catalogue, granted, &chosen, Some(entry))));
        for denial in found.into_iter().filter_map(Result::err) {
            if !denials.contains(&denial) {
                denials.push(denial);
            }
        }
    }
    denials
}

/// The targets that a store could choose together with one: of each authority the first that the store's fields do not
/// tell from it.
fn chosen(catalogue: &Catalogue, read: &[Granted], first: &Granted) -> Chosen {
    let mut chosen = Chosen { targets: BTreeMap::new(), lines: BTreeMap::new(), denied: BTreeMap::new() };
    let named = |slot: &&String| catalogue.account.get(*slot).is_some_and(|rule| rule.settings.is_some());
    let agrees = |other: &&Granted| {
        let same =
            |slot: &String| other.account.get(slot).is_none_or(|own| first.account.get(slot) == Some(own));
        other.authority != first.authority && first.account.keys().filter(named).all(same)
    };
    for one in std::iter::once(first).chain(read.iter().filter(agrees)) {
        chosen.lines.entry(one.authority.clone()).or_insert(one.index);
        chosen.targets.entry(one.authority.clone()).or_insert_with(|| target(one));
    }
    chosen
}

fn target(one: &Granted) -> Target {
    Target {
        origin: one.origin.clone(),
        addresses: one.addresses.clone(),
        roots: None,
        account: one.account.clone(),
        keys: one.keys.clone(),
    }
}

/// Whether an exchange could be reached by something else, with the slots of one auth entry.
fn meets(
    catalogue: &Catalogue,
    granted: &operations::Admitted,
    chosen: &Chosen,
    entry: Option<&GrantAuth>,
) -> Result<(), Denial> {
    let auth = entry.and_then(|entry| {
        let slots = auth::granted_slots(catalogue, entry, &chosen.targets)?;
        Some(Auth { method: entry.method.clone(), slots, inputs: BTreeMap::new() })
    });
    let mut ids = operations::exchanges(catalogue, auth.as_ref().map(|auth| auth.method.as_str()));
    ids.extend(granted.keys().cloned());
    let sources =
        plan::Sources { catalogue, targets: &chosen.targets, settings: &Json::Null, auth: auth.as_ref() };
    let made = |id: &String| Some((id.clone(), plan::operation(&sources, catalogue.operations.get(id)?)?));
    let plans = Plans {
        operations: ids.iter().filter_map(made).collect(),
        denied: BTreeMap::new(),
        targets: chosen.lines.clone(),
        lines: granted.clone(),
        auth: None,
    };
    overlap::check(catalogue, &plans, &chosen.targets)
}

/// Key patterns that name one secret for some stores and another for others, since a setting chooses the operation
/// (Vault's `version`) and the path of one is the path of the other with a segment before the key.
pub(super) fn two_meanings(
    catalogue: &Catalogue,
    granted: &operations::Admitted,
    read: &[Granted],
) -> Vec<Warning> {
    let keyed: Vec<&Operation> = granted
        .keys()
        .filter_map(|id| catalogue.operations.get(id))
        .filter(|operation| operation.class != OperationClass::List)
        .collect();
    let pairs = keyed.iter().flat_map(|one| keyed.iter().map(move |other| (*one, *other)));
    let words: Vec<(&str, &str)> = pairs.filter_map(|(one, other)| between(one, other)).collect();
    let mut warnings = Vec::new();
    for target in read {
        for (n, pattern) in target.keys.iter().enumerate() {
            let hit = words.iter().find(|(word, _)| match pattern.segments.first() {
                Some(Segment::Any) => true,
                Some(Segment::Literal(text)) => text == word,
                None => false,
            });
            if let Some((word, at)) = hit {
                let text = format!(
                    "the store's {at} chooses what a key that starts with {word} means: name the operations of one \
                     choice by their ids in `operations`"
                );
                warnings.push(Warning { field: format!("targets[{}].keys[{n}]", target.index), text });
            }
        }
    }
    warnings
}

/// The segment that stands between the prefix of one operation's path and the key of another's, and the setting that
/// chooses between the two.
fn between<'a>(one: &'a Operation, other: &'a Operation) -> Option<(&'a str, &'a str)> {
    let (at, _) =
        one.when.iter().find(|(at, text)| other.when.get(*at).is_some_and(|there| there != *text))?;
    let prefix = one.path.strip_suffix('}')?.rsplit_once('{')?.0;
    let (word, _) = other.path.strip_prefix(prefix)?.split_once('/')?;
    (!word.contains('{')).then_some((word, at.as_str()))
}
