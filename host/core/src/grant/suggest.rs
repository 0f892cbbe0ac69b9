//! The smallest grant that admits what cases of a provider asked for: the operations, accounts, keys and credentials
//! that were used and no others. Keys are written exactly as they were asked for; a policy author widens them. Whose
//! module it is for is the author's to say.

mod yaml;

use std::collections::{BTreeMap, BTreeSet};

use bailiwick_api::grant::{
    CaRef, CapabilityGrantSpec, GrantAddresses, GrantAuth, GrantLimits, GrantProvider, GrantTarget, Subject,
};

use crate::{
    case::{Place, Usage, Used, sources},
    catalogue::{Catalogue, OperationClass, surface},
    program::{AddressClass, Auth},
};

pub use yaml::yaml;

/// The ConfigMap of the roots of a store that names its own, to be replaced.
pub const CA_PLACEHOLDER: &str = "my-ca";

/// Which module a grant is for (G4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identity {
    /// This module and no other: `sha256:<hex>`. The only way to name one that nobody signed.
    Module(String),
    /// Modules of this repository that all of these authorities of the TrustPolicy signed.
    Signed {
        /// The OCI repository.
        repository: String,
        /// Authorities of the TrustPolicy.
        signed_by: Vec<String>,
    },
}

/// The grant's spec.
#[must_use]
pub fn suggest(catalogue: &Catalogue, usage: &Usage, identity: &Identity) -> CapabilityGrantSpec {
    let several = catalogue.authorities.len() > 1;
    let exchange = |id: &&String| {
        catalogue.operations.get(*id).is_some_and(|operation| operation.class == OperationClass::Exchange)
    };
    let free_bits = Some(i64::from(usage.free_bits)).filter(|bits| *bits > 0);
    CapabilityGrantSpec {
        provider: provider(catalogue, identity),
        surface: Some(surface::hash(catalogue)),
        subjects: vec![Subject {
            namespaces: usage.namespaces.iter().cloned().collect(),
            namespace_selector: None,
        }],
        // Exchanges are admitted by auth alone.
        operations: usage.operations.iter().filter(|id| !exchange(id)).cloned().collect(),
        targets: usage.places.iter().map(|(place, used)| target(place, used, several)).collect(),
        auth: auth(&usage.auth, &usage.namespaces),
        limits: free_bits.map(|_| GrantLimits { free_bits, ..GrantLimits::default() }),
        ..CapabilityGrantSpec::default()
    }
}

fn provider(catalogue: &Catalogue, identity: &Identity) -> GrantProvider {
    let provider = GrantProvider {
        name: catalogue.name.clone(),
        world: Some("blind".to_owned()),
        ..GrantProvider::default()
    };
    match identity.clone() {
        Identity::Module(digest) => GrantProvider { module: Some(digest), ..provider },
        Identity::Signed { repository, signed_by } => {
            GrantProvider { repository: Some(repository), signed_by, ..provider }
        }
    }
}

fn target(place: &Place, used: &Used, several: bool) -> GrantTarget {
    let class = match used.addresses.class {
        AddressClass::Public => "public",
        AddressClass::Private => "private",
        AddressClass::Cluster => "cluster",
        AddressClass::Loopback => "loopback",
    };
    let cidrs = used.addresses.cidrs.iter().map(ToString::to_string).collect();
    GrantTarget {
        authority: several.then(|| place.authority.clone()),
        origin: place.origin.clone(),
        addresses: Some(GrantAddresses { class: class.to_owned(), cidrs }),
        ca_ref: used.roots.then(|| CaRef { config_map: CA_PLACEHOLDER.to_owned(), key: None }),
        account: place.account.clone(),
        keys: keys(used),
    }
}

/// Listing `p` takes `p/**`, which admits every key below it too; a key outside of all listed prefixes stands alone.
fn keys(used: &Used) -> Vec<String> {
    let below = |key: &Vec<String>, prefix: &Vec<String>| key.starts_with(prefix) && key != prefix;
    let widest = |prefix: &&Vec<String>| !used.prefixes.iter().any(|other| below(prefix, other));
    let listed = used.prefixes.iter().filter(widest);
    let alone = |key: &&Vec<String>| !used.prefixes.iter().any(|prefix| below(key, prefix));
    let all =
        |prefix: &Vec<String>| prefix.iter().map(String::as_str).chain(["**"]).collect::<Vec<_>>().join("/");
    listed.map(all).chain(used.keys.iter().filter(alone).map(|key| key.join("/"))).collect()
}

/// One entry for each method with the same slots and audience.
fn auth(used: &[Auth], namespaces: &BTreeSet<String>) -> Vec<GrantAuth> {
    type Sources = (BTreeSet<String>, BTreeSet<String>);
    type Method = (String, BTreeMap<String, String>, Option<String>);
    let mut entries: BTreeMap<Method, Sources> = BTreeMap::new();
    for auth in used {
        let (secrets, accounts, audience) = sources(auth, namespaces);
        let slots = auth.slots.iter().filter(|(_, value)| !value.is_empty());
        let slots = slots.map(|(name, value)| (name.clone(), value.clone())).collect();
        let entry = entries.entry((auth.method.clone(), slots, audience)).or_default();
        entry.0.extend(secrets);
        entry.1.extend(accounts);
    }
    let entry = |((method, slots, audience), (secrets, accounts)): (_, Sources)| GrantAuth {
        method,
        slots,
        service_accounts: accounts.into_iter().collect(),
        audience,
        secrets: secrets.into_iter().collect(),
    };
    entries.into_iter().map(entry).collect()
}

#[cfg(test)]
mod tests;
