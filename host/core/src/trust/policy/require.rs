//! Which authorities must have signed: all of, or at least so many of, each counted once. An empty list would be
//! satisfied by nobody's signature, so it does not compile.

use std::collections::BTreeSet;

use bailiwick_api::trust_policy::{AnyOf, Requirement};

use super::Faults;

/// Requirements nest at most this deep.
const MAX_DEPTH: usize = 8;

/// A requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::trust) enum Rule {
    /// This authority.
    Authority(String),
    /// All of these.
    All(Vec<Rule>),
    /// So many of these, at least.
    Any { at_least: usize, of: Vec<Rule> },
}

impl Rule {
    /// Whether these authorities satisfy it.
    pub(in crate::trust) fn satisfied(&self, by: &BTreeSet<&str>) -> bool {
        match self {
            Self::Authority(name) => by.contains(name.as_str()),
            Self::All(rules) => rules.iter().all(|rule| rule.satisfied(by)),
            Self::Any { at_least, of } => of.iter().filter(|rule| rule.satisfied(by)).count() >= *at_least,
        }
    }

    /// What of it is missing, in words; empty where it is satisfied.
    pub(in crate::trust) fn missing(&self, by: &BTreeSet<&str>) -> String {
        if self.satisfied(by) {
            return String::new();
        }
        match self {
            Self::Authority(name) => name.clone(),
            Self::All(rules) => join(rules, by, " and "),
            Self::Any { at_least, of } => {
                let count = of.iter().filter(|rule| rule.satisfied(by)).count();
                format!("{} more of ({})", at_least.saturating_sub(count), join(of, by, ", "))
            }
        }
    }

    /// The authorities in it.
    fn names(&self) -> BTreeSet<&str> {
        match self {
            Self::Authority(name) => BTreeSet::from([name.as_str()]),
            Self::All(rules) | Self::Any { of: rules, .. } => rules.iter().flat_map(Self::names).collect(),
        }
    }
}

fn join(rules: &[Rule], by: &BTreeSet<&str>, with: &str) -> String {
    let missing: Vec<String> =
        rules.iter().map(|rule| rule.missing(by)).filter(|text| !text.is_empty()).collect();
    missing.join(with)
}

/// Reads the requirement; where there is none, it is all of the authorities.
pub(super) fn read(spec: Option<&Requirement>, names: &BTreeSet<&str>, faults: &mut Faults) -> Rule {
    match spec {
        None => Rule::All(names.iter().map(|name| Rule::Authority((*name).to_owned())).collect()),
        Some(spec) => rule("require", spec, names, 0, faults),
    }
}

fn rule(field: &str, spec: &Requirement, names: &BTreeSet<&str>, depth: usize, faults: &mut Faults) -> Rule {
    if depth > MAX_DEPTH {
        faults.add(field, "nests at most 8 deep");
        return Rule::All(Vec::new());
    }
    match (&spec.authority, &spec.all_of, &spec.any_of) {
        (Some(name), None, None) => {
            if !names.contains(name.as_str()) {
                faults.add(format!("{field}.authority"), "names no authority of this policy");
            }
            Rule::Authority(name.clone())
        }
        (None, Some(all), None) => {
            if all.is_empty() {
                faults.add(format!("{field}.allOf"), "is empty, which nobody's signature would satisfy");
            }
            Rule::All(rules(&format!("{field}.allOf"), all, names, depth, faults))
        }
        (None, None, Some(any)) => any_of(&format!("{field}.anyOf"), any, names, depth, faults),
        _ => {
            faults.add(field, "needs exactly one of authority, allOf, anyOf");
            Rule::All(Vec::new())
        }
    }
}

fn rules(
    field: &str,
    specs: &[Requirement],
    names: &BTreeSet<&str>,
    depth: usize,
    faults: &mut Faults,
) -> Vec<Rule> {
    let one = |(n, spec): (usize, &Requirement)| {
        let field = format!("{field}[{n}]");
        rule(&field, spec, names, depth + 1, faults)
    };
    specs.iter().enumerate().map(one).collect()
}

/// An authority in two branches would count twice.
fn any_of(field: &str, any: &AnyOf, names: &BTreeSet<&str>, depth: usize, faults: &mut Faults) -> Rule {
    let of = rules(&format!("{field}.of"), &any.of, names, depth, faults);
    let wanted = usize::try_from(any.at_least.unwrap_or(1)).unwrap_or_default();
    if !(1..=of.len()).contains(&wanted) {
        faults.add(format!("{field}.atLeast"), "write a number from 1 to the length of `of`");
    }
    let mut seen = BTreeSet::new();
    let twice = of.iter().any(|rule| rule.names().into_iter().any(|name| !seen.insert(name)));
    if twice && wanted > 1 {
        faults.add(format!("{field}.of"), "names an authority in two branches: it would count twice");
    }
    Rule::Any { at_least: wanted.max(1), of }
}
