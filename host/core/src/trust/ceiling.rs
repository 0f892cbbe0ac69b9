//! The most that a grant may give to code that a policy admits. Several policies in a tie bound it together: each one
//! alone must let it through. An absent list has its default, an empty one lets nothing through.

mod read;

use std::collections::BTreeSet;

use bailiwick_api::grant::{CapabilityGrantSpec, Subject};

use crate::{
    catalogue::OperationClass,
    reason::{Denial, Reason},
};

pub(super) use read::read;

/// The bounds of all policies that admitted a module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ceiling(pub(super) Vec<Bounds>);

/// The bounds of one policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bounds {
    /// The policy's name.
    pub(super) policy: String,
    /// Worlds by name.
    pub(super) worlds: BTreeSet<String>,
    /// Classes of operations; exchanges go with auth and are no class of their own here.
    pub(super) operations: BTreeSet<OperationClass>,
    /// Patterns of origins; none: any.
    pub(super) origins: Option<Vec<String>>,
    /// Patterns of namespaces; none: any.
    pub(super) subjects: Option<Vec<String>>,
    /// WASI interfaces.
    pub(super) wasi: BTreeSet<String>,
}

impl Ceiling {
    /// The bounds of all of these.
    #[must_use]
    pub fn together(ceilings: impl IntoIterator<Item = Self>) -> Self {
        Self(ceilings.into_iter().flat_map(|ceiling| ceiling.0).collect())
    }

    /// What of a grant is above it. `classes` are those of the operations that the grant admits, with the index of the
    /// word that admits each. Without bounds of any policy nothing is let through.
    #[must_use]
    pub fn exceeded(
        &self,
        grant: &CapabilityGrantSpec,
        classes: &BTreeSet<(usize, OperationClass)>,
    ) -> Vec<Denial> {
        if self.0.is_empty() {
            return vec![denied(
                "provider.signedBy".into(),
                "no policy bounds what this module may be granted",
            )];
        }
        self.0.iter().flat_map(|bounds| bounds.exceeded(grant, classes)).collect()
    }
}

impl Bounds {
    fn exceeded(
        &self,
        grant: &CapabilityGrantSpec,
        classes: &BTreeSet<(usize, OperationClass)>,
    ) -> Vec<Denial> {
        let mut above = Vec::new();
        let world = grant.provider.world.as_deref().unwrap_or("blind");
        if !self.worlds.contains(world) {
            above.push(self.above("provider.world".into(), "this world"));
        }
        for (n, class) in classes.iter().filter(|(_, class)| !self.operations.contains(class)) {
            above.push(self.above(format!("operations[{n}]"), &format!("the class {}", word(*class))));
        }
        for (n, target) in grant.targets.iter().enumerate() {
            if !admits(self.origins.as_deref(), |pattern| origin(pattern, &target.origin)) {
                above.push(self.above(format!("targets[{n}].origin"), "this origin"));
            }
        }
        above.extend(grant.subjects.iter().enumerate().filter_map(|(n, subject)| self.subject(n, subject)));
        for (n, interface) in grant.wasi.iter().enumerate() {
            if !self.wasi.contains(interface) {
                above.push(self.above(format!("wasi[{n}]"), "this interface"));
            }
        }
        above
    }

    /// A selector alone may select any namespace.
    fn subject(&self, n: usize, subject: &Subject) -> Option<Denial> {
        self.subjects.as_ref()?;
        if subject.namespaces.is_empty() {
            return Some(self.above(format!("subjects[{n}]"), "subjects without names of namespaces"));
        }
        let above = |name: &String| !admits(self.subjects.as_deref(), |pattern| namespace(pattern, name));
        let index = subject.namespaces.iter().position(above)?;
        Some(self.above(format!("subjects[{n}].namespaces[{index}]"), "this namespace"))
    }

    fn above(&self, field: String, what: &str) -> Denial {
        let policy = super::reason::cut(&self.policy, 80);
        denied(field, &format!("the ceiling of TrustPolicy {policy} does not include {what}"))
    }
}

fn denied(field: String, remedy: &str) -> Denial {
    Denial::new(Reason::SignerNotGranted, field, remedy)
}

fn admits(patterns: Option<&[String]>, matches: impl Fn(&str) -> bool) -> bool {
    patterns.is_none_or(|patterns| patterns.iter().any(|pattern| matches(pattern)))
}

/// `*` is one label of the host.
fn origin(pattern: &str, origin: &str) -> bool {
    if !pattern.contains('*') {
        return pattern == origin;
    }
    let (mut wanted, mut labels) = (pattern.split('.'), origin.split('.'));
    loop {
        match (wanted.next(), labels.next()) {
            (None, None) => return true,
            (Some(wanted), Some(label)) if self::label(wanted, label) => {}
            _ => return false,
        }
    }
}

/// One label, with the scheme before the first and the port after the last.
fn label(wanted: &str, label: &str) -> bool {
    let Some((before, after)) = wanted.split_once('*') else { return wanted == label };
    let middle = label.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
    middle.is_some_and(|middle| !middle.is_empty() && !middle.contains([':', '/', '[', ']']))
}

/// `*` at the end is any rest.
fn namespace(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |prefix| name.starts_with(prefix))
}

const fn word(class: OperationClass) -> &'static str {
    match class {
        OperationClass::Read => "read",
        OperationClass::List => "list",
        OperationClass::Write => "write",
        OperationClass::Delete => "delete",
        OperationClass::Exchange => "exchange",
    }
}

#[cfg(test)]
mod tests;
