//! The store's auth method (G8): chosen by the block that the store has, admitted by the grant's entry for it, its slots
//! pinned, and what it reads from Secrets and service accounts named by the grant as `namespace/name`.

use std::collections::BTreeMap;

use bailiwick_api::{
    dns::{is_label, is_subdomain},
    grant::GrantAuth,
};
use serde_json::Value as Json;

use super::{
    Request,
    targets::{read_value as slot_value, store_field, store_text},
};
use crate::{
    catalogue::{AuthMethod, Catalogue, GrantSlot, Input, parse::inherited, pointer},
    program::{Auth, InputRef, Target},
    reason::{Denial, Reason},
};

/// Whether the grant's auth entries mean something for this catalogue.
pub(super) fn check(catalogue: &Catalogue, auth: &[GrantAuth]) -> Vec<Denial> {
    auth.iter().enumerate().filter_map(|(n, entry)| check_entry(catalogue, n, entry).err()).collect()
}

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

fn check_entry(catalogue: &Catalogue, n: usize, entry: &GrantAuth) -> Result<(), Denial> {
    let refused =
        |reason, field: &str, remedy: &str| Err(Denial::new(reason, format!("auth[{n}]{field}"), remedy));
    let Some(method) = catalogue.auth.get(&entry.method) else {
        return refused(Reason::AuthMethodNotGranted, ".method", "is no auth method of this provider");
    };
    if let Some(slot) = entry.slots.keys().find(|slot| !method.slots.contains_key(*slot)) {
        return refused(
            Reason::AccountNotGranted,
            &format!(".slots.{slot}"),
            "is no slot of this method: remove it",
        );
    }
    for (name, rule) in &method.slots {
        if let Err(remedy) = slot_value(&unless_inherited(rule, entry.slots.get(name)), entry.slots.get(name))
        {
            return refused(Reason::AccountNotGranted, &format!(".slots.{name}"), remedy);
        }
    }
    for (list, names) in [("secrets", &entry.secrets), ("serviceAccounts", &entry.service_accounts)] {
        if let Some(m) = names.iter().position(|name| !is_reference(name)) {
            let remedy = "write namespace/name, or ./name for the subject's namespace";
            return refused(Reason::AuthMethodNotGranted, &format!(".{list}[{m}]"), remedy);
        }
    }
    let audience = entry
        .audience
        .as_deref()
        .is_some_and(|text| (1..=253).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic()));
    if audience == entry.service_accounts.is_empty() {
        let remedy = "belongs together with serviceAccounts: write one audience, or neither";
        return refused(Reason::AuthMethodNotGranted, ".audience", remedy);
    }
    if entry.audience.as_deref().is_some_and(is_api_server) {
        let remedy = "is the API server's own: a token for it could do all that the service account may";
        return refused(Reason::AuthMethodNotGranted, ".audience", remedy);
    }
    Ok(())
}

/// Whether an audience is one that API servers take for their own by default.
fn is_api_server(audience: &str) -> bool {
    let lower = audience.to_ascii_lowercase();
    let host = lower.strip_prefix("https://").unwrap_or(&lower);
    host.starts_with("kubernetes.default")
}

/// The slots of an auth entry where the store is silent; none where it is not well formed.
pub(super) fn granted_slots(
    catalogue: &Catalogue,
    entry: &GrantAuth,
    targets: &BTreeMap<String, Target>,
) -> Option<BTreeMap<String, String>> {
    let method = catalogue.auth.get(&entry.method)?;
    let value = |(slot, rule): (&String, &GrantSlot)| {
        let rule = with_account(rule, targets);
        Some((slot.clone(), slot_value(&rule, entry.slots.get(slot)).ok()?.to_owned()))
    };
    method.slots.iter().map(value).collect()
}

/// A default that stands for an account slot is known only when a target is chosen: until then the slot may be empty.
fn unless_inherited(rule: &GrantSlot, given: Option<&String>) -> GrantSlot {
    let inherits = given.is_none() && rule.default.as_deref().is_some_and(|text| inherited(text).is_some());
    let default = if inherits { None } else { rule.default.clone() };
    GrantSlot { default, optional: rule.optional || inherits, ..rule.clone() }
}

/// The slot with its default as the chosen targets have it.
fn with_account(rule: &GrantSlot, targets: &BTreeMap<String, Target>) -> GrantSlot {
    let inherited = rule.default.as_deref().and_then(inherited);
    let default = match inherited {
        Some(name) => targets.values().find_map(|target| target.account.get(name)).cloned(),
        None => rule.default.clone(),
    };
    GrantSlot { default, ..rule.clone() }
}

/// `namespace/name` or `./name`, both DNS-1123.
fn is_reference(text: &str) -> bool {
    text.split_once('/')
        .is_some_and(|(namespace, name)| (namespace == "." || is_label(namespace)) && is_subdomain(name))
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
