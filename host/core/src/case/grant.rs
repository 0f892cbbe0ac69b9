//! The grant that a case runs under where it brings none: everything that its store names and its catalogue offers, and
//! what the case adds under `grant`. It is compiled like any other, so that nothing is admitted that no grant could.

use std::{collections::BTreeMap, net::IpAddr};

use bailiwick_api::{
    case::{Case, CaseGrant},
    grant::{
        CaRef, CapabilityGrantSpec, GrantAddresses, GrantAuth, GrantLimits, GrantProvider, GrantTarget,
        Subject,
    },
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value as Json;

use super::script;
use crate::{
    catalogue::{AuthMethod, Authority, Catalogue, surface},
    egress::{
        address::{self, Class},
        names, origin,
    },
    grant::setting_text,
    program::Origin,
};

/// The ConfigMap that stands for the CA of the case's store.
const CA: &str = "case-ca";
/// A Service range, for origins within a cluster: nothing is dialled.
const CLUSTER: &str = "10.96.0.0/12";
/// As fast as a case can be.
const RATE: &str = "1000/s";

/// The grant of a case.
pub(super) fn derive(catalogue: &Catalogue, digest: &str, case: &Case) -> CapabilityGrantSpec {
    let CaseGrant { operations, limits, .. } = case.grant.clone();
    let limits = limits.unwrap_or_default();
    let rate = limits.rate.clone().unwrap_or_else(|| RATE.to_owned());
    let spec = CapabilityGrantSpec {
        provider: GrantProvider { name: catalogue.name.clone(), ..GrantProvider::default() },
        subjects: vec![Subject {
            namespaces: vec![super::namespace(case).to_owned()],
            namespace_selector: None,
        }],
        operations: operations.unwrap_or_else(|| vec!["read".to_owned(), "list".to_owned()]),
        targets: catalogue.authorities.iter().filter_map(|one| target(catalogue, case, one)).collect(),
        auth: catalogue
            .auth
            .iter()
            .filter_map(|(name, method)| auth(catalogue, case, name, method))
            .collect(),
        limits: Some(GrantLimits { rate: Some(rate), ..limits }),
        ..CapabilityGrantSpec::default()
    };
    accepted(catalogue, digest, &spec)
}

/// The grant for the component at hand, whatever build it was written for: what `grant check --write` would put in.
pub(super) fn accepted(
    catalogue: &Catalogue,
    digest: &str,
    grant: &CapabilityGrantSpec,
) -> CapabilityGrantSpec {
    let provider = GrantProvider {
        module: Some(digest.to_owned()),
        repository: None,
        signed_by: Vec::new(),
        ..grant.provider.clone()
    };
    CapabilityGrantSpec { provider, surface: Some(surface::hash(catalogue)), ..grant.clone() }
}

/// PEM by `configmap/key`: what the store's `caBundle` holds, wherever the grant looks for it.
pub(super) fn certificates(
    catalogue: &Catalogue,
    case: &Case,
    grant: &CapabilityGrantSpec,
) -> BTreeMap<String, String> {
    let Some(pem) = bundle(catalogue, &case.store) else { return BTreeMap::new() };
    let refs = grant.targets.iter().filter_map(|target| target.ca_ref.as_ref());
    let key = |ca: &CaRef| format!("{}/{}", ca.config_map, ca.key.as_deref().unwrap_or("ca.crt"));
    refs.map(|ca| (key(ca), pem.clone())).collect()
}

fn bundle(catalogue: &Catalogue, settings: &Json) -> Option<String> {
    let text = setting_text(catalogue, settings, catalogue.ca.as_ref()?.bundle.as_ref())?;
    let packed: String = text.split_ascii_whitespace().collect();
    let decoded = STANDARD.decode(packed).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    Some(decoded.unwrap_or_else(|| text.to_owned()))
}

/// The target of one authority; none where neither the store nor a request says where it is.
fn target(
    catalogue: &Catalogue,
    case: &Case,
    (name, authority): (&String, &Authority),
) -> Option<GrantTarget> {
    let several = catalogue.authorities.len() > 1;
    let stated = setting_text(catalogue, &case.store, authority.settings.as_ref())
        .or_else(|| case.grant.origins.get(name).map(String::as_str));
    let requested = || case.requests.iter().find(|r| !several || r.authority.as_ref() == Some(name));
    let parsed = match stated {
        Some(text) => origin::parse_store_url(text).ok(),
        None => script::split(&requested()?.url).ok().map(|(origin, _)| origin),
    };
    Some(GrantTarget {
        authority: several.then(|| name.clone()),
        addresses: parsed.as_ref().and_then(addresses),
        // A text that is no origin is refused by the rules that refuse it in any grant.
        origin: parsed.map_or_else(|| stated.unwrap_or_default().to_owned(), |origin| origin.to_string()),
        ca_ref: bundle(catalogue, &case.store).map(|_| CaRef { config_map: CA.to_owned(), key: None }),
        account: account(catalogue, case, authority),
        keys: case.grant.keys.clone().unwrap_or_else(|| vec!["**".to_owned()]),
    })
}

fn addresses(origin: &Origin) -> Option<GrantAddresses> {
    let of = |class: &str, cidr: String| Some(GrantAddresses { class: class.to_owned(), cidrs: vec![cidr] });
    match origin.literal {
        None if names::in_cluster(&origin.host) => of("cluster", CLUSTER.to_owned()),
        None => None,
        Some(literal) => {
            let length = if matches!(literal, IpAddr::V4(_)) { 32 } else { 128 };
            let class = match address::classify(literal) {
                Class::Loopback => "loopback",
                Class::Private => "private",
                _ => "public",
            };
            of(class, format!("{literal}/{length}"))
        }
    }
}

fn account(catalogue: &Catalogue, case: &Case, authority: &Authority) -> BTreeMap<String, String> {
    let belongs = |name: &&String| authority.account.as_ref().is_none_or(|slots| slots.contains(*name));
    let filled = |name: &String| {
        let rule = catalogue.account.get(name)?;
        let stated = setting_text(catalogue, &case.store, rule.settings.as_ref());
        Some((name.clone(), stated.or_else(|| case.grant.account.get(name).map(String::as_str))?.to_owned()))
    };
    catalogue.account.keys().filter(belongs).filter_map(filled).collect()
}

/// The entry of one auth method; none where the store does not have its blocks.
fn auth(catalogue: &Catalogue, case: &Case, name: &str, method: &AuthMethod) -> Option<GrantAuth> {
    let there = |at: &String| case.store.pointer(at).is_some_and(|value| !value.is_null());
    if !there(&method.when) || !method.also.iter().all(there) {
        return None;
    }
    let named = |at: &String| Some(format!("./{}", case.store.pointer(at)?.get("name")?.as_str()?));
    let secrets = method.inputs.values().flat_map(|input| &input.secrets).filter_map(named).collect();
    let accounts: Vec<String> =
        method.inputs.values().flat_map(|input| &input.service_accounts).filter_map(named).collect();
    let slot = |(slot, rule): (&String, &crate::catalogue::GrantSlot)| {
        let stated = setting_text(catalogue, &case.store, rule.settings.as_ref());
        Some((slot.clone(), stated.or_else(|| case.grant.slots.get(slot).map(String::as_str))?.to_owned()))
    };
    let audience = || case.grant.audience.clone().unwrap_or_else(|| catalogue.name.clone());
    Some(GrantAuth {
        method: name.to_owned(),
        slots: method.slots.iter().filter_map(slot).collect(),
        audience: (!accounts.is_empty()).then(audience),
        service_accounts: accounts,
        secrets,
    })
}
