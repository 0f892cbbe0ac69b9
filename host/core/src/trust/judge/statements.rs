//! Statements that a policy, or a Provider beyond it, asks for. A statement counts where the named authority signed it,
//! its type is exactly the one asked for, it is not too old and each expression holds of it. Others are ignored:
//! who may add evidence cannot block with it.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::{At, signers};
use crate::trust::{
    Candidate, Fact, Signer,
    cel::{Refused, Variables},
    policy::{Attestation, Policy},
    reason::{Reason, Refusal},
};

/// The last second at which all rules hold.
pub(super) fn judge<'a>(
    policy: &Policy,
    rules: impl Iterator<Item = &'a Attestation>,
    candidate: &Candidate,
    at: At,
) -> Result<i64, Refusal> {
    let mut until = i64::MAX;
    let mut stale = None;
    for rule in rules {
        match one(policy, rule, candidate, at)? {
            end if end >= at.now => until = until.min(end),
            _ => {
                let message = format!("statement {}: older than maxAge, or without a time", rule.name);
                stale = stale.or(Some(Refusal::stale(message)));
            }
        }
    }
    stale.map_or(Ok(until), Err)
}

/// The last second at which one rule holds; it may be over.
fn one(
    policy: &Policy,
    rule: &Attestation,
    candidate: &Candidate,
    At { now, aged }: At,
) -> Result<i64, Refusal> {
    let max_age = rule.max_age.filter(|_| aged);
    let Some(authority) = policy.authorities.get(&rule.signed_by) else {
        let message = format!("statement {}: signedBy names no authority of the policy", rule.name);
        return Err(Refusal::new(Reason::AttestationMissing, message));
    };
    let counts = |fact: &&Fact| {
        fact.predicate_type == rule.predicate_type
            && policy.formats.contains(&fact.format)
            && signers::signed(policy, authority, fact, now)
    };
    // Distinct predicates, each with its latest end: a copy of a statement is no second one.
    let mut there: BTreeMap<String, i64> = BTreeMap::new();
    let mut held: BTreeMap<String, i64> = BTreeMap::new();
    let mut refused = None;
    for fact in candidate.facts.iter().filter(counts) {
        let key = serde_json::to_string(&fact.predicate).unwrap_or_default();
        let end = signers::ends(policy, authority, fact, max_age, now);
        let latest = |ends: &mut BTreeMap<String, i64>| {
            let of = ends.entry(key.clone()).or_insert(end);
            *of = end.max(*of);
        };
        latest(&mut there);
        match holds(rule, candidate, fact) {
            Ok(()) => latest(&mut held),
            Err(message) => refused = Some(message),
        }
    }
    if there.len() < rule.at_least {
        let message =
            format!("statement {}: {} more by {}", rule.name, rule.at_least - there.len(), rule.signed_by);
        return Err(Refusal::new(Reason::AttestationMissing, message));
    }
    let mut ends: Vec<i64> = held.into_values().collect();
    ends.sort_unstable_by(|one, other| other.cmp(one));
    ends.get(rule.at_least.saturating_sub(1)).copied().ok_or_else(|| {
        let why = refused.unwrap_or_default();
        Refusal::new(Reason::AttestationRefused, format!("statement {}: {why}", rule.name))
    })
}

/// Each expression; the message is the policy's own, never the statement's.
fn holds(rule: &Attestation, candidate: &Candidate, fact: &Fact) -> Result<(), String> {
    let variables = Variables {
        predicate: &fact.predicate,
        subject: json!({
            "name": candidate.reference.repository(),
            "digest": {"sha256": candidate.manifest.trim_start_matches("sha256:")},
        }),
        signer: signer(&fact.signer),
        artifact: json!({
            "ref": candidate.reference.to_string(),
            "digest": candidate.manifest,
            "version": candidate.version,
            "imports": candidate.imports,
        }),
    };
    for (expression, message) in &rule.cel {
        expression.holds(&variables).map_err(|refused| match refused {
            Refused::False => message.clone(),
            Refused::Error => format!("{message} (the expression fails)"),
            Refused::Limit => format!("{message} (the statement, or its evaluation, is too large)"),
        })?;
    }
    Ok(())
}

fn signer(signer: &Signer) -> Json {
    match signer {
        Signer::Key(id) => json!({"issuer": "", "subject": id, "claims": {}}),
        Signer::Keyless(identity) => json!({
            "issuer": identity.issuer,
            "subject": identity.subject,
            "claims": identity.claims,
        }),
    }
}
