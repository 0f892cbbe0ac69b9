//! Chooses, for each authority, the one target that agrees with the store (G6, G7), and compares the store's CA with
//! the grant's.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde_json::Value as Json;

use super::{Chosen, Granted};
use crate::{
    catalogue::{Catalogue, pointer},
    egress::origin,
    grant::{Request, ca},
    program::Target,
    reason::{Denial, Reason},
};

/// One target for each authority that agrees with the store. An authority without one is only a denial of the whole
/// where `needed`, the authorities of the granted operations, have none at all.
///
/// # Errors
/// [`Reason::HostNotGranted`], [`Reason::AccountNotGranted`] or [`Reason::StoreConflicts`] with the store's field.
pub(in crate::grant) fn choose(
    request: &Request<'_>,
    granted: &[Granted],
    needed: &BTreeSet<&str>,
) -> Result<Chosen, Denial> {
    let mut chosen = Chosen { targets: BTreeMap::new(), lines: BTreeMap::new(), denied: BTreeMap::new() };
    for name in request.catalogue.authorities.keys() {
        let of_authority: Vec<&Granted> = granted.iter().filter(|target| target.authority == *name).collect();
        match agreeing(request, name, of_authority) {
            Ok(one) => {
                chosen.lines.insert(name.clone(), one.index);
                chosen.targets.insert(name.clone(), target(request, one)?);
            }
            Err(denial) => {
                chosen.denied.insert(name.clone(), denial);
            }
        }
    }
    let served = needed.iter().any(|name| chosen.targets.contains_key(*name));
    if let (false, Some(denial)) = (served, first_denial(&chosen.denied, needed)) {
        return Err(denial);
    }
    one_account(&chosen)?;
    Ok(chosen)
}

/// The denial to report: one about the store's own field comes before a grant that lacks a target.
fn first_denial(denied: &BTreeMap<String, Denial>, needed: &BTreeSet<&str>) -> Option<Denial> {
    let of_needed =
        || denied.iter().filter(|(name, _)| needed.contains(name.as_str())).map(|(_, denial)| denial);
    of_needed().find(|denial| denial.field.starts_with("spec.")).or_else(|| of_needed().next()).cloned()
}

fn target(request: &Request<'_>, one: &Granted) -> Result<Target, Denial> {
    Ok(Target {
        origin: one.origin.clone(),
        addresses: one.addresses.clone(),
        roots: roots(request, one)?,
        account: one.account.clone(),
        keys: one.keys.clone(),
    })
}

/// The store's text at a pointer; empty and null are absent, as in ESO. Where it writes none, the schema's default is
/// what it says: a grant for something else must not fill it in.
pub(in crate::grant) fn store_text<'a>(request: &Request<'a>, at: Option<&String>) -> Option<&'a str> {
    setting_text(request.catalogue, request.store.settings, at)
}

/// As [`store_text`], of settings by themselves.
pub(crate) fn setting_text<'a>(
    catalogue: &'a Catalogue,
    settings: &'a Json,
    at: Option<&String>,
) -> Option<&'a str> {
    let at = at?;
    let written = settings.pointer(at).and_then(Json::as_str);
    let default = || pointer::field(&catalogue.settings, at)?.default.as_ref()?.as_str();
    written.filter(|text| !text.is_empty()).or_else(default)
}

/// The path of a store's field.
pub(in crate::grant) fn store_field(catalogue: &Catalogue, at: &str) -> String {
    pointer::dotted(&format!("spec.provider.{}", catalogue.key()), at)
}

fn agreeing<'g>(
    request: &Request<'_>,
    name: &str,
    mut candidates: Vec<&'g Granted>,
) -> Result<&'g Granted, Denial> {
    let catalogue = request.catalogue;
    let settings = catalogue.authorities.get(name).and_then(|authority| authority.settings.as_ref());
    if let (Some(text), Some(at)) = (store_text(request, settings), settings) {
        let named = origin::parse_store_url(text);
        candidates.retain(|target| named.as_ref() == Ok(&target.origin));
        if candidates.is_empty() {
            let remedy = match named {
                Ok(_) => "no target of the grant has this origin".to_owned(),
                Err(error) => error.to_string(),
            };
            return Err(Denial::new(Reason::HostNotGranted, store_field(catalogue, at), remedy));
        }
    }
    for (slot, rule) in &catalogue.account {
        let (Some(text), Some(at)) = (store_text(request, rule.settings.as_ref()), &rule.settings) else {
            continue;
        };
        let had_any = !candidates.is_empty();
        candidates.retain(|target| target.account.get(slot).is_none_or(|value| value == text));
        if candidates.is_empty() && had_any {
            let remedy = format!("differs from the grant's account slot {slot}");
            return Err(Denial::new(Reason::AccountNotGranted, store_field(catalogue, at), remedy));
        }
    }
    match candidates.as_slice() {
        [] => {
            let remedy = format!("the grant has no target for {name}: add one");
            Err(Denial::new(Reason::HostNotGranted, "targets", remedy))
        }
        [one] => Ok(one),
        [first, rest @ ..] => Err(ambiguous(request, name, first, rest)),
    }
}

/// Several targets agree: say which field of the store would tell them apart.
fn ambiguous(request: &Request<'_>, name: &str, first: &Granted, rest: &[&Granted]) -> Denial {
    let catalogue = request.catalogue;
    let several = "the grant has several: the store must say which, or the grant must be split";
    if rest.iter().any(|other| other.origin != first.origin) {
        let at = catalogue.authorities.get(name).and_then(|authority| authority.settings.as_ref());
        let field = at.map_or_else(|| "targets".to_owned(), |at| store_field(catalogue, at));
        return Denial::new(Reason::HostNotGranted, field, several);
    }
    let differs = |slot: &String| rest.iter().any(|other| other.account.get(slot) != first.account.get(slot));
    let at = catalogue
        .account
        .iter()
        .filter(|(slot, _)| differs(slot))
        .find_map(|(_, rule)| rule.settings.as_ref());
    let field = at.map_or_else(|| "targets".to_owned(), |at| store_field(catalogue, at));
    Denial::new(Reason::AccountNotGranted, field, several)
}

/// G7: a program has one account: a credential proven for one must not be used for another.
///
/// # Errors
/// [`Reason::AccountNotGranted`] with the target's field.
pub(in crate::grant) fn one_account(chosen: &Chosen) -> Result<(), Denial> {
    let mut seen: BTreeMap<&String, &String> = BTreeMap::new();
    for (name, target) in &chosen.targets {
        for (slot, value) in &target.account {
            if *seen.entry(slot).or_insert(value) != value {
                let index = chosen.lines.get(name).copied().unwrap_or_default();
                let remedy = "differs from the account of another authority: split the grant";
                let field = format!("targets[{index}].account.{slot}");
                return Err(Denial::new(Reason::AccountNotGranted, field, remedy));
            }
        }
    }
    Ok(())
}

/// G6: the grant's roots, and what the store says of its own must be the same certificates.
fn roots(request: &Request<'_>, target: &Granted) -> Result<Option<Arc<Vec<u8>>>, Denial> {
    let Some(key) = &target.ca else {
        return same_certificates(request, None).map(|()| None);
    };
    let wanted = certificates(request.ca, target.index, key)?;
    same_certificates(request, Some(&wanted))?;
    Ok(request.ca.get(key).map(|pem| Arc::new(pem.as_bytes().to_vec())))
}

/// The certificates that a target's `caRef` names.
///
/// # Errors
/// Where there is no such ConfigMap, or it holds none.
pub(in crate::grant) fn certificates(
    material: &BTreeMap<String, String>,
    index: usize,
    key: &str,
) -> Result<BTreeSet<Vec<u8>>, Denial> {
    let refused = |remedy: &str| Denial::new(Reason::NotGranted, format!("targets[{index}].caRef"), remedy);
    let pem =
        material.get(key).ok_or_else(|| refused("there is no such ConfigMap and key among the policy"))?;
    ca::certificates(pem).ok_or_else(|| refused("the ConfigMap holds no PEM certificates"))
}

fn same_certificates(request: &Request<'_>, wanted: Option<&BTreeSet<Vec<u8>>>) -> Result<(), Denial> {
    for (at, found) in stated(request) {
        if Some(&found) != wanted {
            let remedy = "must hold the same certificates as the grant's caRef, or be removed";
            return Err(Denial::new(Reason::StoreConflicts, store_field(request.catalogue, at), remedy));
        }
    }
    Ok(())
}

/// What the store says of its CA: the field and its certificates; an empty set where they cannot be read.
fn stated<'a>(request: &Request<'a>) -> Vec<(&'a String, BTreeSet<Vec<u8>>)> {
    let Some(rule) = &request.catalogue.ca else { return Vec::new() };
    let mut found = Vec::new();
    if let (Some(text), Some(at)) = (store_text(request, rule.bundle.as_ref()), &rule.bundle) {
        found.push((at, ca::bundle(text).unwrap_or_default()));
    }
    let present = |at: &&String| request.store.settings.pointer(at).is_some_and(|value| !value.is_null());
    if let Some(at) = rule.provider.as_ref().filter(present) {
        found.push((at, request.store.ca.and_then(ca::certificates).unwrap_or_default()));
    }
    found
}
