//! Statements that must be there beside the signature: of which type, by whom, how many and how old, and what must hold
//! of each. Expressions are compiled here, once for each policy.

use std::collections::BTreeSet;

use bailiwick_api::trust_policy::AttestationRule as Spec;

use super::{Faults, compile::seconds};
use crate::trust::{SIGNATURE, cel::Expression};

/// Rules of one list, and expressions of one rule.
const MOST: usize = 32;

/// One rule.
#[derive(Debug)]
pub(in crate::trust) struct Attestation {
    pub(in crate::trust) name: String,
    pub(in crate::trust) predicate_type: String,
    pub(in crate::trust) signed_by: String,
    pub(in crate::trust) at_least: usize,
    /// Seconds.
    pub(in crate::trust) max_age: Option<i64>,
    /// With what is said where it does not hold.
    pub(in crate::trust) cel: Vec<(Expression, String)>,
}

/// Reads a list of rules. Without `authorities`, who must have signed is resolved later.
pub(in crate::trust) fn all(
    field: &str,
    specs: &[Spec],
    authorities: Option<&BTreeSet<&str>>,
    faults: &mut Faults,
) -> Vec<Attestation> {
    if specs.len() > MOST {
        faults.add(field, "has more than 32 rules");
        return Vec::new();
    }
    let mut names = BTreeSet::new();
    let mut read = Vec::new();
    for (n, spec) in specs.iter().enumerate() {
        let field = format!("{field}[{n}]");
        if spec.name.is_empty() || !names.insert(spec.name.as_str()) {
            faults.add(format!("{field}.name"), "needs a name that no other rule has");
        }
        if authorities.is_some_and(|names| !names.contains(spec.signed_by.as_str())) {
            faults.add(format!("{field}.signedBy"), "names no authority of this policy");
        }
        read.push(one(&field, spec, faults));
    }
    read
}

fn one(field: &str, spec: &Spec, faults: &mut Faults) -> Attestation {
    if spec.predicate_type.is_empty() || spec.predicate_type == SIGNATURE {
        faults.add(format!("{field}.predicateType"), "write the type of a statement; signatures are none");
    }
    let at_least = usize::try_from(spec.at_least.unwrap_or(1)).unwrap_or_default();
    if !(1..=MOST).contains(&at_least) {
        faults.add(format!("{field}.atLeast"), "write a number from 1 to 32");
    }
    let max_age =
        spec.max_age.as_deref().and_then(|text| faults.ok(format!("{field}.maxAge"), seconds(text)));
    if spec.cel.len() > MOST {
        faults.add(format!("{field}.cel"), "has more than 32 expressions");
    }
    let mut cel = Vec::new();
    for (n, rule) in spec.cel.iter().take(MOST).enumerate() {
        let expression = Expression::compile(&rule.expression);
        let expression = faults.ok(format!("{field}.cel[{n}].expression"), expression);
        cel.extend(expression.map(|expression| (expression, rule.message.clone())));
    }
    Attestation {
        name: spec.name.clone(),
        predicate_type: spec.predicate_type.clone(),
        signed_by: spec.signed_by.clone(),
        at_least,
        max_age,
        cel,
    }
}
