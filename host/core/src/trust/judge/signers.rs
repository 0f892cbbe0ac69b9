//! Who signed, as one policy sees it. An authority counts once, however many bundles it made; evidence that says nothing
//! to the policy is ignored, so that whoever may add some cannot block. A time counts where a trust root of this
//! very policy vouches for it.

use std::collections::{BTreeMap, BTreeSet};

use super::At;
use crate::trust::{
    Candidate, Fact, SIGNATURE, Signer,
    policy::{Authority, Policy, Who},
    reason::{Reason, Refusal},
};

/// Who signed, and how long this counts.
pub(super) struct Signed {
    /// Authority to key or subject.
    pub(super) signers: BTreeMap<String, String>,
    /// The last second at which the requirement is satisfied.
    pub(super) until: i64,
}

/// Whether the policy's requirement is satisfied.
pub(super) fn judge(policy: &Policy, candidate: &Candidate, At { now, aged }: At) -> Result<Signed, Refusal> {
    let max_age = policy.max_age.filter(|_| aged);
    let facts: Vec<&Fact> = candidate.facts.iter().filter(|fact| fact.predicate_type == SIGNATURE).collect();
    let read: Vec<&Fact> =
        facts.iter().copied().filter(|fact| policy.formats.contains(&fact.format)).collect();
    let mut signers = BTreeMap::new();
    let mut until: BTreeMap<&str, i64> = BTreeMap::new();
    for (name, authority) in &policy.authorities {
        let counted: Vec<&Fact> =
            read.iter().copied().filter(|fact| signed(policy, authority, fact, now)).collect();
        let Some(first) = counted.first() else { continue };
        signers.insert(name.clone(), who(first));
        let ends = counted.iter().map(|fact| ends(policy, authority, fact, max_age, now)).max();
        until.insert(name, ends.unwrap_or(i64::MIN));
    }
    let all: BTreeSet<&str> = until.keys().copied().collect();
    if !policy.require.satisfied(&all) {
        return Err(lacking(policy, candidate, &facts, &read, &all));
    }
    let fresh: BTreeSet<&str> =
        all.into_iter().filter(|name| until.get(name).is_some_and(|end| *end >= now)).collect();
    if !policy.require.satisfied(&fresh) {
        let missing = policy.require.missing(&fresh);
        return Err(Refusal::stale(format!("older than maxSignatureAge, or without a time: {missing}")));
    }
    signers.retain(|name, _| fresh.contains(name.as_str()));
    Ok(Signed { signers, until: longest(policy, &until) })
}

/// The last second at which enough of them count.
fn longest(policy: &Policy, until: &BTreeMap<&str, i64>) -> i64 {
    let mut ends: Vec<i64> = until.values().copied().collect();
    ends.sort_unstable_by(|one, other| other.cmp(one));
    let at = |end: &i64| {
        let names = until.iter().filter(|(_, of)| *of >= end).map(|(name, _)| *name).collect();
        policy.require.satisfied(&names)
    };
    ends.into_iter().find(at).unwrap_or(i64::MIN)
}

/// Whether a fact is of this authority, age aside.
pub(super) fn signed(policy: &Policy, authority: &Authority, fact: &Fact, now: i64) -> bool {
    made(authority, fact) && !ended(policy, authority, fact, now)
}

/// Whether the authority's key had ended when it was signed, or has by now where nothing says when.
fn ended(policy: &Policy, authority: &Authority, fact: &Fact, now: i64) -> bool {
    let Who::Key { not_after: Some(end), .. } = &authority.who else { return false };
    time(policy, fact, now).unwrap_or(now) > *end
}

/// Whether a fact is of this authority, whenever.
fn made(authority: &Authority, fact: &Fact) -> bool {
    match (&authority.who, &fact.signer) {
        (Who::Key { id, log, .. }, Signer::Key(key)) => {
            id == key && log.as_ref().is_none_or(|root| fact.log.as_ref() == Some(root))
        }
        // The log is of the root that vouches for the identity.
        (Who::Keyless { root, .. }, Signer::Keyless(identity)) => {
            fact.log.as_ref() == Some(root) && authority.is(identity)
        }
        _ => false,
    }
}

/// The last second at which a fact counts: by its age, and by its key's end where nothing says when it was signed.
pub(super) fn ends(
    policy: &Policy,
    authority: &Authority,
    fact: &Fact,
    max_age: Option<i64>,
    now: i64,
) -> i64 {
    let time = time(policy, fact, now);
    let by_age = match (max_age, time) {
        (None, _) => i64::MAX,
        (Some(age), Some(time)) => time.saturating_add(age),
        (Some(_), None) => i64::MIN,
    };
    match &authority.who {
        Who::Key { not_after: Some(end), .. } if time.is_none() => by_age.min(*end),
        _ => by_age,
    }
}

/// Seconds that clocks may differ.
const SKEW: i64 = 300;

/// When it was signed, where a root of this policy says so. A time to come is none.
fn time(policy: &Policy, fact: &Fact, now: i64) -> Option<i64> {
    let vouched = fact.log.as_ref().is_some_and(|root| policy.roots.contains_key(root));
    fact.signed_at.filter(|at| vouched && *at <= now.saturating_add(SKEW))
}

fn who(fact: &Fact) -> String {
    match &fact.signer {
        Signer::Key(id) => id.clone(),
        Signer::Keyless(identity) => identity.subject.clone(),
    }
}

/// Why there is not enough, most telling first.
fn lacking(
    policy: &Policy,
    candidate: &Candidate,
    facts: &[&Fact],
    read: &[&Fact],
    by: &BTreeSet<&str>,
) -> Refusal {
    let more = if candidate.capped { "; there is more evidence than is looked at" } else { "" };
    let missing = policy.require.missing(by);
    let (reason, text) = match (facts.len(), read.len(), candidate.rejected) {
        (0, _, 0) => (Reason::NoSignature, "nobody signed it".to_owned()),
        (0, _, _) => (Reason::SignatureInvalid, "no signature verifies for a known key or root".to_owned()),
        (_, 0, _) => (Reason::NoSignature, "no signature is of a format that the policy names".to_owned()),
        _ => (Reason::PolicyUnsatisfied, format!("not signed by {missing}{}", past(policy, read, by))),
    };
    Refusal::new(reason, format!("{text}{more}"))
}

/// Whose signature is there and does not count: the key had ended.
fn past(policy: &Policy, read: &[&Fact], by: &BTreeSet<&str>) -> String {
    let others = policy.authorities.iter().filter(|(name, _)| !by.contains(name.as_str()));
    let past: Vec<&str> = others
        .filter(|(_, authority)| read.iter().any(|fact| made(authority, fact)))
        .map(|(name, _)| name.as_str())
        .collect();
    if past.is_empty() {
        String::new()
    } else {
        format!("; past its notAfter: the key of {}", past.join(", "))
    }
}
