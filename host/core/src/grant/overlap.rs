//! B5, with the grant's slots written in: no operation that a guest gets an answer from may reach the path of an
//! exchange, whose answer is sealed. The catalogue's templates were compared before; here a mount called `auth` or a
//! key called `login` could still make them meet, and two authorities may be one origin. Methods do not keep them
//! apart, since some backends let a request override its method; the fixed verbs of AWS, whose path is `/`, do.

use std::collections::{BTreeMap, BTreeSet};

use super::plan::{PathPart, Plan, Plans, TextPiece};
use crate::{
    catalogue::{Body, Catalogue, Operation, OperationClass, template::Template},
    program::Target,
    reason::{Denial, Reason},
};

/// A segment, or several, that a path may have.
struct Step<'a> {
    /// What it must be; none for a slot.
    literal: Option<&'a str>,
    /// It may be several.
    repeats: bool,
    /// It may be left out.
    optional: bool,
}

/// Compares every exchange of the program with every other operation of its origin.
///
/// # Errors
/// [`Reason::AccountNotGranted`] or [`Reason::HostNotGranted`]: other slots, or another origin, in the grant would keep
/// them apart.
pub(super) fn check(
    catalogue: &Catalogue,
    plans: &Plans,
    targets: &BTreeMap<String, Target>,
) -> Result<(), Denial> {
    let of = |exchanges: bool| {
        plans.operations.iter().filter_map(move |(id, plan)| {
            let operation = catalogue.operations.get(id)?;
            ((operation.class == OperationClass::Exchange) == exchanges).then_some((id, operation, plan))
        })
    };
    for (_, exchange, sealed) in of(true) {
        for (id, operation, plan) in of(false) {
            let origin = |plan: &Plan| targets.get(&plan.authority).map(|target| &target.origin);
            let (one, other) = (steps(plan), steps(sealed));
            let verbs = one.is_empty() && other.is_empty() && verbs_differ(operation, exchange);
            if origin(plan) == origin(sealed) && !verbs && meet(&one, &other) {
                return Err(denied(plans, id, plan, sealed));
            }
        }
    }
    Ok(())
}

#[cold]
fn denied(plans: &Plans, id: &str, plan: &Plan, sealed: &Plan) -> Denial {
    let index = plans.targets.get(&plan.authority).copied().unwrap_or_default();
    let (reason, field, what) = if plan.authority == sealed.authority {
        (Reason::AccountNotGranted, "account", "other slots")
    } else {
        (Reason::HostNotGranted, "origin", "another origin")
    };
    let remedy = format!("lets {id} reach the path of an exchange (B5): choose {what}");
    Denial::new(reason, format!("targets[{index}].{field}"), remedy)
}

/// Whether AWS does one thing for one operation and another for the other: each names a verb, and no part of them is
/// the same.
fn verbs_differ(one: &Operation, other: &Operation) -> bool {
    let ((target, action), (other_target, other_action)) = (verb(one), verb(other));
    let differ = |a: Option<&str>, b: Option<&str>| a.is_none() || a != b;
    let named = |target: Option<&str>, action: Option<&str>| target.is_some() || action.is_some();
    named(target, action)
        && named(other_target, other_action)
        && differ(target, other_target)
        && differ(action, other_action)
}

/// The literal `X-Amz-Target` and `Action` of an operation. The action stands in query or form.
fn verb(operation: &Operation) -> (Option<&str>, Option<&str>) {
    let form = match &operation.body {
        Some(Body::Form(form)) => Some(form),
        _ => None,
    };
    let action = literal(&operation.query, "action").or(form.and_then(|form| literal(form, "action")));
    (literal(&operation.headers, "x-amz-target"), action)
}

fn literal<'a>(members: &'a BTreeMap<String, String>, wanted: &str) -> Option<&'a str> {
    let (_, text) = members.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted))?;
    Template::parse(text).is_ok_and(|template| template.is_literal()).then_some(text)
}

fn steps(plan: &Plan) -> Vec<Step<'_>> {
    let mut steps = Vec::new();
    for part in &plan.path {
        match part {
            PathPart::Fixed(text) => steps.extend(text.split('/').skip(1).map(|segment| Step {
                literal: Some(segment),
                repeats: false,
                optional: false,
            })),
            PathPart::Segment(text) => {
                let slot = match text.pieces.as_slice() {
                    [TextPiece::Slot(index)] => plan.slots.get(*index),
                    _ => None,
                };
                steps.push(Step {
                    literal: None,
                    repeats: slot.is_some_and(|slot| slot.slot.multi),
                    optional: slot.is_some_and(|slot| slot.slot.optional),
                });
            }
        }
    }
    steps
}

/// Whether one path fits both: a search over pairs of places, each place with whether its step was used already.
fn meet(a: &[Step<'_>], b: &[Step<'_>]) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![((0, false), (0, false))];
    while let Some((at, bt)) = open.pop() {
        if !seen.insert((at, bt)) {
            continue;
        }
        match (a.get(at.0), b.get(bt.0)) {
            (None, None) => return true,
            (one, other) => {
                if one.is_some_and(|step| step.optional || at.1) {
                    open.push(((at.0 + 1, false), bt));
                }
                if other.is_some_and(|step| step.optional || bt.1) {
                    open.push((at, (bt.0 + 1, false)));
                }
                if let (Some(one), Some(other)) = (one, other)
                    && fits(one, other)
                {
                    open.push((after(one, at.0), after(other, bt.0)));
                }
            }
        }
    }
    false
}

fn fits(one: &Step<'_>, other: &Step<'_>) -> bool {
    one.literal.zip(other.literal).is_none_or(|(a, b)| a == b)
}

/// The place after a segment was used: a step that repeats stays, and may be left from now on.
fn after(step: &Step<'_>, at: usize) -> (usize, bool) {
    if step.repeats { (at, true) } else { (at + 1, false) }
}

#[cfg(test)]
mod tests {
    use super::{Step, meet};

    /// `*` one slot, `+` a multi slot, `?` an optional one.
    fn path(text: &str) -> Vec<Step<'_>> {
        let step = |word| Step {
            literal: (!matches!(word, "*" | "+" | "?")).then_some(word),
            repeats: word == "+",
            optional: word == "?",
        };
        text.split('/').filter(|word| !word.is_empty()).map(step).collect()
    }

    #[test]
    fn b5_denied_paths_that_can_meet() {
        for (a, b) in [
            ("v1/auth/token/lookup", "v1/auth/+"),
            ("v1/auth/k8s/login", "v1/+/login"),
            ("v1/+/data/+", "v1/a/data/b/c"),
            ("v1/a", "v1/a/?"),
            ("+/x/+", "a/+/b"),
            ("", ""),
        ] {
            assert!(meet(&path(a), &path(b)) && meet(&path(b), &path(a)), "{a} {b}");
        }
    }

    #[test]
    fn b5_allowed_paths_that_cannot() {
        for (a, b) in [
            ("v1/auth/token/lookup", "v1/kv/data/+"),
            ("v1/auth/k8s/login", "v1/auth/k8s/login/*"),
            ("v1/a", "v1/a/*"),
            ("v1/a", "v1/+/b"),
            ("", "*"),
        ] {
            assert!(!meet(&path(a), &path(b)) && !meet(&path(b), &path(a)), "{a} {b}");
        }
    }
}
