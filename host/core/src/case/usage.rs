//! What a provider asked for over all cases: operations, places with their keys, auth methods; and what its catalogue
//! declares that no case used. It is read off requests that the grant had admitted, so that a denied wish is no use.

use std::collections::{BTreeMap, BTreeSet};

use super::script::Asked;
use crate::{
    catalogue::{Catalogue, OperationClass},
    program::{AddressRule, Auth, InputRef, Program},
};

/// What was asked for.
#[derive(Debug, Default)]
pub struct Usage {
    /// Operations that would have been sent, exchanges among them.
    pub operations: BTreeSet<String>,
    /// Where to.
    pub places: BTreeMap<Place, Used>,
    /// The stores' auth methods that were used.
    pub auth: Vec<Auth>,
    /// Namespaces of the cases.
    pub namespaces: BTreeSet<String>,
    /// The most bits of free text that a case's grant admits.
    pub free_bits: u32,
}

/// An account at an origin.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The catalogue's authority.
    pub authority: String,
    /// In canonical form.
    pub origin: String,
    /// Account slots that are filled.
    pub account: BTreeMap<String, String>,
}

/// What was used of a place.
#[derive(Debug)]
pub struct Used {
    /// The addresses that the case's grant admits.
    pub addresses: AddressRule,
    /// Whether the case's store names its own roots.
    pub roots: bool,
    /// Keys that were read.
    pub keys: BTreeSet<Vec<String>>,
    /// Prefixes that were listed.
    pub prefixes: BTreeSet<Vec<String>>,
}

impl Usage {
    /// Adds what one case asked for.
    pub fn add(&mut self, program: &Program, asked: &[Asked]) {
        self.namespaces.insert(program.stamp.namespace.clone());
        self.free_bits = self.free_bits.max(program.limits.free_bits);
        for one in asked {
            self.operations.insert(one.operation.clone());
            self.place(program, one);
        }
        if let Some(auth) = program.auth.as_ref().filter(|_| !asked.is_empty())
            && !self.auth.contains(auth)
        {
            self.auth.push(auth.clone());
        }
    }

    fn place(&mut self, program: &Program, asked: &Asked) {
        let Some(operation) = program.catalogue.operations.get(&asked.operation) else { return };
        let only = || program.catalogue.authorities.keys().next().cloned();
        let Some(authority) = operation.authority.clone().or_else(only) else { return };
        let Some(target) = program.targets.get(&authority) else { return };
        let account = target.account.iter().filter(|(_, value)| !value.is_empty());
        let account = account.map(|(name, value)| (name.clone(), value.clone())).collect();
        let place = Place { authority, origin: target.origin.to_string(), account };
        let used = self.places.entry(place).or_insert_with(|| Used {
            addresses: target.addresses.clone(),
            roots: target.roots.is_some(),
            keys: BTreeSet::new(),
            prefixes: BTreeSet::new(),
        });
        match operation.class {
            OperationClass::List => drop(used.prefixes.insert(asked.key.clone())),
            _ if asked.key.is_empty() => {}
            _ => drop(used.keys.insert(asked.key.clone())),
        }
    }

    /// Operations of the catalogue that no case used.
    #[must_use]
    pub fn unused_operations<'c>(&self, catalogue: &'c Catalogue) -> Vec<&'c str> {
        let ids = catalogue.operations.keys();
        ids.filter(|id| !self.operations.contains(*id)).map(String::as_str).collect()
    }

    /// Auth methods of the catalogue that no case used.
    #[must_use]
    pub fn unused_auth<'c>(&self, catalogue: &'c Catalogue) -> Vec<&'c str> {
        let used = |name: &&String| self.auth.iter().any(|auth| auth.method == **name);
        catalogue.auth.keys().filter(|name| !used(name)).map(String::as_str).collect()
    }
}

/// The Secrets and service accounts that a method read, with `.` for the subject's own namespace.
pub(crate) fn sources(
    auth: &Auth,
    namespaces: &BTreeSet<String>,
) -> (Vec<String>, Vec<String>, Option<String>) {
    let place = |namespace: &String, name: &String| {
        let own = namespaces.contains(namespace);
        format!("{}/{name}", if own { "." } else { namespace.as_str() })
    };
    let (mut secrets, mut accounts, mut audience) = (BTreeSet::new(), BTreeSet::new(), None);
    for input in auth.inputs.values() {
        match input {
            InputRef::Secret { namespace, name, .. } => drop(secrets.insert(place(namespace, name))),
            InputRef::Token { namespace, name, audience: own } => {
                accounts.insert(place(namespace, name));
                audience = Some(own.clone());
            }
        }
    }
    (secrets.into_iter().collect(), accounts.into_iter().collect(), audience)
}
