//! Reads the targets of a grant against a catalogue, without a store. What is wrong here is the grant's fault and
//! makes it compile for nobody.

use std::collections::BTreeMap;

use bailiwick_api::grant::{CapabilityGrantSpec, GrantAddresses, GrantTarget};
use ipnet::IpNet;

use super::Granted;
use crate::{
    catalogue::{Authority, Catalogue, GrantSlot},
    egress::{address, names, origin},
    grant::{class, keys},
    program::{AddressClass, AddressRule, Origin},
    reason::{Denial, Reason},
};

/// Reads every target; faults of several targets are all found.
pub(in crate::grant) fn read(
    catalogue: &Catalogue,
    grant: &CapabilityGrantSpec,
) -> Result<Vec<Granted>, Vec<Denial>> {
    let mut targets: Vec<Granted> = Vec::new();
    let mut denials = Vec::new();
    for (index, target) in grant.targets.iter().enumerate() {
        match one(catalogue, index, target) {
            Ok(granted) if targets.iter().any(|other| same_place(other, &granted)) => {
                let remedy = "is the authority, origin and account of another target: join their keys";
                denials.push(refused(index, "", remedy));
            }
            Ok(granted) => targets.push(granted),
            Err(denial) => denials.push(denial),
        }
    }
    if denials.is_empty() { Ok(targets) } else { Err(denials) }
}

fn same_place(a: &Granted, b: &Granted) -> bool {
    a.authority == b.authority && a.origin == b.origin && a.account == b.account
}

fn denied(reason: Reason, index: usize, field: &str, remedy: &str) -> Denial {
    Denial::new(reason, format!("targets[{index}]{field}"), remedy)
}

fn refused(index: usize, field: &str, remedy: &str) -> Denial {
    denied(Reason::NotGranted, index, field, remedy)
}

fn one(catalogue: &Catalogue, index: usize, target: &GrantTarget) -> Result<Granted, Denial> {
    let (name, authority) = authority(catalogue, index, target)?;
    let class = address_class(index, target.addresses.as_ref())?;
    let allow_cluster = class == AddressClass::Cluster;
    let options = origin::OriginOptions { allow_http: true, allow_ip_literal: true, allow_cluster };
    let origin = origin::parse(&target.origin, options)
        .map_err(|error| denied(Reason::HostNotGranted, index, ".origin", &error.to_string()))?;
    let addresses = addresses(index, class, target.addresses.as_ref(), &origin)?;
    let account = account(catalogue, index, authority, &target.account)?;
    let mut patterns = Vec::new();
    for (n, text) in target.keys.iter().enumerate() {
        let pattern = keys::pattern(text)
            .map_err(|remedy| denied(Reason::KeyNotGranted, index, &format!(".keys[{n}]"), remedy))?;
        patterns.push(pattern);
    }
    let ca = target
        .ca_ref
        .as_ref()
        .map(|ca| format!("{}/{}", ca.config_map, ca.key.as_deref().unwrap_or("ca.crt")));
    Ok(Granted { index, authority: name.to_owned(), origin, addresses, ca, account, keys: patterns })
}

fn authority<'a>(
    catalogue: &'a Catalogue,
    index: usize,
    target: &GrantTarget,
) -> Result<(&'a str, &'a Authority), Denial> {
    let found = match &target.authority {
        Some(name) => catalogue.authorities.get_key_value(name),
        None if catalogue.authorities.len() == 1 => catalogue.authorities.first_key_value(),
        None => None,
    };
    found.map(|(name, authority)| (name.as_str(), authority)).ok_or_else(|| {
        let known: Vec<&str> = catalogue.authorities.keys().map(String::as_str).collect();
        let remedy = match known.as_slice() {
            [] => "the provider uses no network: remove the target".to_owned(),
            known => format!("name one of {}", known.join(", ")),
        };
        refused(index, ".authority", &remedy)
    })
}

/// G6a: the class is written out.
fn address_class(index: usize, given: Option<&GrantAddresses>) -> Result<AddressClass, Denial> {
    match given.map(|addresses| addresses.class.as_str()) {
        None | Some("public") => Ok(AddressClass::Public),
        Some("private") => Ok(AddressClass::Private),
        Some("cluster") => Ok(AddressClass::Cluster),
        Some("loopback") => Ok(AddressClass::Loopback),
        Some(_) => {
            let remedy = "write public, private, cluster or loopback";
            Err(denied(Reason::AddressNotGranted, index, ".addresses.class", remedy))
        }
    }
}

/// The networks; a literal needs its own /32 or /128 and must be of the class (G6a).
fn addresses(
    index: usize,
    class: AddressClass,
    given: Option<&GrantAddresses>,
    origin: &Origin,
) -> Result<AddressRule, Denial> {
    let denied = |field: &str, remedy: &str| Err(denied(Reason::AddressNotGranted, index, field, remedy));
    let mut cidrs = Vec::new();
    for (n, text) in given.iter().flat_map(|addresses| &addresses.cidrs).enumerate() {
        match text.parse::<IpNet>() {
            Ok(network) if network.trunc() == network && network.to_string() == *text => cidrs.push(network),
            _ => return denied(&format!(".addresses.cidrs[{n}]"), "write a network such as 10.8.0.0/16"),
        }
    }
    let rule = AddressRule { class, cidrs };
    if class == AddressClass::Cluster {
        return cluster(index, origin, rule);
    }
    let Some(literal) = origin.literal else { return Ok(rule) };
    if !origin::pinned(origin, &rule.cidrs) {
        return denied(".addresses.cidrs", "an IP address as origin needs its own /32 or /128 here");
    }
    match address::admit(literal, &rule) {
        Ok(()) => Ok(rule),
        Err(_) => {
            let remedy =
                format!("the origin's address is of another class: {}", address::classify(literal).as_str());
            denied(".addresses.class", &remedy)
        }
    }
}

/// Class `cluster` is for services of the cluster and for its own networks, which nobody but the author knows.
fn cluster(index: usize, origin: &Origin, rule: AddressRule) -> Result<AddressRule, Denial> {
    let denied = |field: &str, remedy: &str| {
        Err(denied(Reason::AddressNotGranted, index, &format!(".addresses.{field}"), remedy))
    };
    if !names::in_cluster(&origin.host) {
        return denied("class", "cluster is for names such as SERVICE.NAMESPACE.svc: write another class");
    }
    if rule.cidrs.is_empty() {
        return denied("cidrs", "class cluster needs the cluster's Service range, such as 10.96.0.0/12");
    }
    match rule.cidrs.iter().position(|network| !address::is_private(*network)) {
        Some(n) => denied(&format!("cidrs[{n}]"), "a cluster's network lies in private space as a whole"),
        None => Ok(rule),
    }
}

/// G7: every account slot of the authority, each in its class, none a wildcard, and no other.
fn account(
    catalogue: &Catalogue,
    index: usize,
    authority: &Authority,
    given: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, Denial> {
    let belongs = |name: &String| authority.account.as_ref().is_none_or(|slots| slots.contains(name));
    let denied = |name: &str, remedy: &str| {
        Err(denied(Reason::AccountNotGranted, index, &format!(".account.{name}"), remedy))
    };
    if let Some(name) = given.keys().find(|name| !catalogue.account.contains_key(*name) || !belongs(name)) {
        return denied(name, "is no account slot of this authority: remove it");
    }
    let mut filled = BTreeMap::new();
    for (name, slot) in catalogue.account.iter().filter(|(name, _)| belongs(name)) {
        match value(slot, given.get(name)) {
            Ok(value) => filled.insert(name.clone(), value.to_owned()),
            Err(remedy) => return denied(name, remedy),
        };
    }
    Ok(filled)
}

/// What a slot of a grant holds: what the grant says, else the catalogue's default, else nothing where it may.
///
/// # Errors
/// A remedy: the slot must be filled, or holds a wildcard or something outside its class.
pub(in crate::grant) fn value<'a>(
    slot: &'a GrantSlot,
    given: Option<&'a String>,
) -> Result<&'a str, &'static str> {
    let text = given.or(slot.default.as_ref()).map(String::as_str).unwrap_or_default();
    if text.is_empty() {
        return if slot.optional { Ok("") } else { Err("is missing: every account slot is written out") };
    }
    if text.contains('*') {
        return Err("is a wildcard: name one account");
    }
    if class::fits_slot(slot.class, slot.multi, text) {
        Ok(text)
    } else {
        Err("is outside the slot's character class")
    }
}
