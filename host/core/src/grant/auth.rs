//! The store's auth method (G8): chosen by the block that the store has, admitted by the grant's entry for it, its slots
//! pinned, and what it reads from Secrets and service accounts named by the grant as `namespace/name`.

mod entry;

use std::collections::BTreeMap;

use bailiwick_api::grant::GrantAuth;
use serde_json::Value as Json;

pub(super) use entry::{check, granted_slots};

use entry::with_account;

use super::{
    Request,
    targets::{read_value as slot_value, store_field, store_text},
};
use crate::{
    catalogue::{AuthMethod, Input, pointer},
    program::{Auth, InputRef, Target},
    reason::{Denial, Reason},
};

/// The method that the store chose, and the index of the grant's entry that admits it.
///
/// # Errors
/// [`Reason::AuthMethodNotGranted`] or [`Reason::AccountNotGranted`] with the store's field.
pub(super) fn choose(
    request: &Request<'_>,
    targets: &BTreeMap<String, Target>,
) -> Result<Option<(Auth, usize)>, Denial> {
    if request.catalogue.auth.is_empty() {
        return Ok(None);
    }
    let (name, method) = chosen(request)?;
    let field = store_field(request.catalogue, &method.when);
    let entries = request.grant.spec.auth.iter().enumerate().filter(|(_, entry)| entry.method == *name);
    let missing = format!("the grant has no auth entry for the method {name}");
    let mut denial = Denial::new(Reason::AuthMethodNotGranted, field, missing);
    let mut found: Option<(Auth, usize)> = None;
    for (index, entry) in entries {
        match (resolve(request, targets, (name, method), entry), &found) {
            (Ok(auth), None) => found = Some((auth, index)),
            (Ok(auth), Some((first, _))) if auth == *first => {}
            (Ok(auth), Some((first, _))) => return Err(several(request, method, first, &auth)),
            (Err(why), _) => denial = why,
        }
    }
    found.map(Some).ok_or(denial)
}

/// G6, G8: a store that is silent takes the grant's only value; of several it must say which.
fn several(request: &Request<'_>, method: &AuthMethod, one: &Auth, other: &Auth) -> Denial {
    let slot = method.slots.iter().find(|(name, _)| one.slots.get(*name) != other.slots.get(*name));
    let at = slot.and_then(|(_, rule)| rule.settings.as_ref()).unwrap_or(&method.when);
    let remedy = "the grant has several: the store must say which, or the grant must be split";
    Denial::new(Reason::AccountNotGranted, store_field(request.catalogue, at), remedy)
}

/// The method whose blocks the store has: the one with more of them wins, then the one with the longer pointer; two
/// of one rank are a conflict.
fn chosen<'a>(request: &Request<'a>) -> Result<(&'a String, &'a AuthMethod), Denial> {
    let present = |method: &AuthMethod| {
        let there = |at: &String| request.store.settings.pointer(at).is_some_and(|value| !value.is_null());
        there(&method.when) && method.also.iter().all(there)
    };
    let rank = |method: &AuthMethod| (method.also.len(), pointer::tokens(&method.when).count());
    let mut found: Vec<(&String, &AuthMethod)> =
        request.catalogue.auth.iter().filter(|(_, method)| present(method)).collect();
    found.sort_by_key(|(_, method)| std::cmp::Reverse(rank(method)));
    match found.as_slice() {
        [] => {
            let remedy = "the store names no auth method that this provider has";
            Err(Denial::new(Reason::AuthMethodNotGranted, store_field(request.catalogue, ""), remedy))
        }
        [(_, one), (_, other), ..] if rank(one) == rank(other) => {
            let field = store_field(request.catalogue, &other.when);
            Err(Denial::new(Reason::StoreConflicts, field, "the store names two auth methods: keep one"))
        }
        [one, ..] => Ok(*one),
    }
}

fn resolve(
    request: &Request<'_>,
    targets: &BTreeMap<String, Target>,
    (name, method): (&str, &AuthMethod),
    entry: &GrantAuth,
) -> Result<Auth, Denial> {
    let mut slots = BTreeMap::new();
    for (slot, rule) in &method.slots {
        // The grant was checked before: a fault here would be the same as there.
        let rule = with_account(rule, targets);
        let value = slot_value(&rule, entry.slots.get(slot))
            .map_err(|remedy| Denial::new(Reason::AccountNotGranted, format!("auth.slots.{slot}"), remedy))?;
        if let (Some(text), Some(at)) = (store_text(request, rule.settings.as_ref()), &rule.settings)
            && text != value
        {
            let remedy = match value {
                "" => format!("the grant leaves the slot {slot} unset: remove it from the store"),
                _ => format!("differs from the grant's slot {slot}"),
            };
            return Err(Denial::new(Reason::AccountNotGranted, store_field(request.catalogue, at), remedy));
        }
        slots.insert(slot.clone(), value.to_owned());
    }
    let mut inputs = BTreeMap::new();
    for (input, rule) in &method.inputs {
        if let Some(reference) = source(request, rule, entry)? {
            inputs.insert(input.clone(), reference);
        } else if !rule.optional {
            let at = rule.secrets.first().or(rule.service_accounts.first()).map_or("", String::as_str);
            let field = store_field(request.catalogue, at);
            let remedy = format!("is missing: the method {name} needs it");
            return Err(Denial::new(Reason::AuthMethodNotGranted, field, remedy));
        }
    }
    Ok(Auth { method: name.to_owned(), slots, inputs })
}

/// The first source that the store names, if the grant names it too.
fn source(request: &Request<'_>, rule: &Input, entry: &GrantAuth) -> Result<Option<InputRef>, Denial> {
    let named = |at: &&String| request.store.settings.pointer(at).filter(|value| !value.is_null());
    if let Some((at, value)) = rule.secrets.iter().find_map(|at| Some((at, named(&at)?))) {
        let (namespace, name) = reference(request, at, value)?;
        admit(request, at, &entry.secrets, &namespace, &name)?;
        let key = text(value, "key").unwrap_or_default().to_owned();
        return Ok(Some(InputRef::Secret { namespace, name, key }));
    }
    let Some((at, value)) = rule.service_accounts.iter().find_map(|at| Some((at, named(&at)?))) else {
        return Ok(None);
    };
    let (namespace, name) = reference(request, at, value)?;
    admit(request, at, &entry.service_accounts, &namespace, &name)?;
    let audience = entry.audience.clone().unwrap_or_default();
    let others = value.get("audiences").and_then(Json::as_array);
    if others.into_iter().flatten().any(|other| other.as_str() != Some(&audience)) {
        let field = format!("{}.audiences", store_field(request.catalogue, at));
        return Err(Denial::new(
            Reason::AuthMethodNotGranted,
            field,
            "differs from the grant's one audience",
        ));
    }
    Ok(Some(InputRef::Token { namespace, name, audience }))
}

fn text<'a>(value: &'a Json, member: &str) -> Option<&'a str> {
    value.get(member).and_then(Json::as_str).filter(|text| !text.is_empty())
}

/// A SecretStore refers to its own namespace; a ClusterSecretStore's `namespace` counts, else the subject's.
fn reference(request: &Request<'_>, at: &str, value: &Json) -> Result<(String, String), Denial> {
    let named = text(value, "namespace");
    if let (Some(own), Some(other)) = (request.store.namespace, named)
        && own != other
    {
        let field = format!("{}.namespace", store_field(request.catalogue, at));
        let remedy = "a SecretStore refers to its own namespace only: remove it";
        return Err(Denial::new(Reason::AuthMethodNotGranted, field, remedy));
    }
    let namespace = named.or(request.store.namespace).unwrap_or(request.subject.name);
    Ok((namespace.to_owned(), text(value, "name").unwrap_or_default().to_owned()))
}

fn admit(
    request: &Request<'_>,
    at: &str,
    granted: &[String],
    namespace: &str,
    name: &str,
) -> Result<(), Denial> {
    let same = |entry: &String| {
        entry.split_once('/').is_some_and(|(place, wanted)| {
            let place = if place == "." { request.subject.name } else { place };
            place == namespace && wanted == name
        })
    };
    if granted.iter().any(same) {
        return Ok(());
    }
    let remedy = format!("the grant's auth entry does not name {namespace}/{name}");
    Err(Denial::new(Reason::AuthMethodNotGranted, store_field(request.catalogue, at), remedy))
}
