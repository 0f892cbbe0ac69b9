//! The surface (G3): all that a catalogue may ask for, in one canonical form. Its hash is what a policy author
//! agrees to; version, description and harmless settings are not in it, so that a new release which asks for
//! nothing new needs no new grant. What cannot be proven narrower counts as wider.

mod describe;

use std::collections::BTreeMap;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{
    Attach, AuthMethod, Authority, Ca, Catalogue, ConfigData, Field, FieldKind, GrantSlot, Mint, Operation,
    Proof, Slot, Source, World,
};
use crate::grant::class;

pub use describe::describe;

/// The canonical form. Maps are sorted, lists whose order means nothing are sorted here.
#[derive(PartialEq, Serialize)]
struct Surface<'a> {
    name: &'a str,
    key: &'a str,
    world: World,
    ca: &'a Option<Ca>,
    authorities: BTreeMap<&'a str, Authority>,
    account: &'a BTreeMap<String, GrantSlot>,
    proof: &'a Option<Proof>,
    auth: BTreeMap<&'a str, AuthMethod>,
    operations: BTreeMap<&'a str, Operation>,
    config: &'a Option<ConfigData>,
    resolves_property: bool,
    secrets: BTreeMap<String, FieldKind>,
    /// Settings whose content, or default, goes into a request.
    sent: BTreeMap<String, &'a Field>,
}

/// `sha256:<hex>` over the canonical form.
#[must_use]
pub fn hash(catalogue: &Catalogue) -> String {
    // Serialising plain data into memory does not fail; if it did, the hash would match no grant.
    let canonical = serde_json::to_vec(&surface(catalogue)).unwrap_or_default();
    let digest =
        Sha256::new().chain_update(b"bailiwick.dev surface v1\n").chain_update(&canonical).finalize();
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

/// Whether everything that `new` may ask for was in `granted` too. True only where that is provable.
#[must_use]
pub fn narrower_or_equal(new: &Catalogue, granted: &Catalogue) -> bool {
    let schema = &new.settings;
    let (new, granted) = (surface(new), surface(granted));
    // What was a secret is one still, or gone: else the guest would be handed what it could not see.
    let kept = |at: &String| super::pointer::field(schema, at).is_none() || new.secrets.contains_key(at);
    new.name == granted.name
        && new.key == granted.key
        && new.world == granted.world
        && new.ca == granted.ca
        && new.account == granted.account
        && new.proof == granted.proof
        && new.resolves_property == granted.resolves_property
        && (new.config.is_none() || new.config == granted.config)
        && subset(&new.authorities, &granted.authorities, |a, b| a == b)
        && subset(&new.secrets, &granted.secrets, |a, b| a == b)
        && granted.secrets.keys().all(kept)
        && subset(&new.sent, &granted.sent, |a, b| a == b)
        && subset(&new.auth, &granted.auth, narrower_auth)
        && subset(&new.operations, &granted.operations, narrower_operation)
}

fn surface(catalogue: &Catalogue) -> Surface<'_> {
    let mut secrets = BTreeMap::new();
    collect_secrets("", &catalogue.settings, &mut secrets);
    Surface {
        name: &catalogue.name,
        key: catalogue.key(),
        world: catalogue.world,
        ca: &catalogue.ca,
        authorities: catalogue.authorities.iter().map(|(n, a)| (n.as_str(), sorted_authority(a))).collect(),
        account: &catalogue.account,
        proof: &catalogue.proof,
        auth: catalogue.auth.iter().map(|(n, m)| (n.as_str(), sorted_auth(m))).collect(),
        operations: catalogue.operations.iter().map(|(n, o)| (n.as_str(), sorted_operation(o))).collect(),
        config: &catalogue.config,
        resolves_property: catalogue.resolves_property,
        secrets,
        sent: sent_settings(catalogue),
    }
}

/// Settings that slots, account slots and origins are filled from or compared with.
fn sent_settings(catalogue: &Catalogue) -> BTreeMap<String, &Field> {
    let slots = catalogue.operations.values().flat_map(|operation| operation.slots.values());
    let from_slots = slots.flat_map(|slot| {
        let source = match &slot.source {
            Source::Settings(at) => Some(at),
            _ => None,
        };
        source.into_iter().chain(&slot.prepend)
    });
    let granted = catalogue.account.values().chain(catalogue.auth.values().flat_map(|m| m.slots.values()));
    from_slots
        .chain(granted.filter_map(|slot| slot.settings.as_ref()))
        .chain(catalogue.authorities.values().filter_map(|authority| authority.settings.as_ref()))
        .chain(catalogue.operations.values().flat_map(|operation| operation.when.keys()))
        .filter_map(|at| super::pointer::field(&catalogue.settings, at).map(|field| (at.clone(), field)))
        .collect()
}

/// Settings that hold or name secrets, by pointer.
fn collect_secrets(at: &str, field: &Field, found: &mut BTreeMap<String, FieldKind>) {
    let selector =
        matches!(field.kind, FieldKind::SecretKeyRef | FieldKind::ServiceAccountRef | FieldKind::CaProvider);
    if field.secret || selector {
        found.insert(at.to_owned(), field.kind);
    }
    for (name, member) in &field.fields {
        collect_secrets(&format!("{at}/{}", super::pointer::escape(name)), member, found);
    }
    if let Some(items) = &field.items {
        collect_secrets(&format!("{at}/*"), items, found);
    }
}

fn sorted(list: &[String]) -> Vec<String> {
    let mut list = list.to_vec();
    list.sort();
    list.dedup();
    list
}

fn sorted_authority(authority: &Authority) -> Authority {
    Authority { account: authority.account.as_deref().map(sorted), ..authority.clone() }
}

fn sorted_auth(method: &AuthMethod) -> AuthMethod {
    AuthMethod { operations: sorted(&method.operations), ..method.clone() }
}

fn sorted_operation(operation: &Operation) -> Operation {
    let mut operation = operation.clone();
    operation.reply.public = sorted(&operation.reply.public);
    if let Some(mint) = &mut operation.mint {
        mint.operations = sorted(&mint.operations);
    }
    operation
}

fn subset<K: Ord, V>(new: &BTreeMap<K, V>, granted: &BTreeMap<K, V>, narrower: fn(&V, &V) -> bool) -> bool {
    new.iter().all(|(name, value)| granted.get(name).is_some_and(|granted| narrower(value, granted)))
}

fn within(new: &[String], granted: &[String]) -> bool {
    new.iter().all(|item| granted.contains(item))
}

fn narrower_auth(new: &AuthMethod, granted: &AuthMethod) -> bool {
    let same = AuthMethod { operations: granted.operations.clone(), ..new.clone() };
    same == *granted && within(&new.operations, &granted.operations)
}

/// Equal but for public members, classes, retries and what a mint is for.
fn narrower_operation(new: &Operation, granted: &Operation) -> bool {
    let mut same = new.clone();
    same.reply.public.clone_from(&granted.reply.public);
    same.slots.clone_from(&granted.slots);
    same.mint.clone_from(&granted.mint);
    same.retry = granted.retry;
    same == *granted
        && within(&new.reply.public, &granted.reply.public)
        && (granted.retry || !new.retry)
        && new.slots.len() == granted.slots.len()
        && subset(&new.slots, &granted.slots, narrower_slot)
        && match (&new.mint, &granted.mint) {
            (Some(new), Some(granted)) => narrower_mint(new, granted),
            (new, granted) => new == granted,
        }
}

fn narrower_slot(new: &Slot, granted: &Slot) -> bool {
    let same = Slot { class: granted.class, ..new.clone() };
    same == *granted && class::within(new.class, granted.class)
}

fn narrower_mint(new: &Mint, granted: &Mint) -> bool {
    let same =
        Mint { operations: granted.operations.clone(), max_seconds: granted.max_seconds, ..new.clone() };
    same == *granted && within(&new.operations, &granted.operations) && new.max_seconds <= granted.max_seconds
}

/// The word for an attachment, without its inputs' names.
fn attach_words(attach: &Attach) -> String {
    match attach {
        Attach::Header { name, .. } => format!("header {name}"),
        Attach::Basic { .. } => "basic authentication".to_owned(),
        Attach::Body { pointer, .. } => format!("body member {pointer}"),
        Attach::Sigv4 { .. } => "AWS Signature V4".to_owned(),
    }
}

#[cfg(test)]
mod tests;
