//! The grant's auth entries by themselves (G8): whether each means something for the catalogue, and the slots that it
//! fills where a store is silent.

use std::collections::BTreeMap;

use bailiwick_api::{
    dns::{is_label, is_subdomain},
    grant::GrantAuth,
};

use crate::{
    catalogue::{Catalogue, GrantSlot, parse::inherited},
    grant::targets::read_value as slot_value,
    program::Target,
    reason::{Denial, Reason},
};

/// Whether the grant's auth entries mean something for this catalogue.
pub(in crate::grant) fn check(catalogue: &Catalogue, auth: &[GrantAuth]) -> Vec<Denial> {
    auth.iter().enumerate().filter_map(|(n, entry)| check_entry(catalogue, n, entry).err()).collect()
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
pub(in crate::grant) fn granted_slots(
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
pub(super) fn with_account(rule: &GrantSlot, targets: &BTreeMap<String, Target>) -> GrantSlot {
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
