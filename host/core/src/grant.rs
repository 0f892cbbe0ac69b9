//! Grants: who may use which capability of which provider, and where it may lead. `compile` makes a [`Program`] of
//! catalogue ∩ grant ∩ store or says why not; `decide` turns a call into bytes to send or into a [`Denial`]. Both
//! are pure: whoever calls them brings uids, labels and CA material, and performs what was decided.
//!
//! The rules are G1 to G13 of ARCHITECTURE.md; tests are named after them.

mod auth;
mod binding;
mod ca;
mod check;
pub(crate) mod class;
mod compile;
mod decide;
mod explain;
mod fill;
mod keys;
mod limits;
mod module;
mod operations;
mod overlap;
mod plan;
mod policy;
mod render;
mod route;
pub(crate) mod subject;
pub mod suggest;
mod targets;
mod together;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use bailiwick_api::{grant::CapabilityGrantSpec, meta::Object, provider::ProviderSpec};

use crate::{
    catalogue::{Catalogue, World},
    program::Program,
    reason::Denial,
    trust::Signed,
};

pub use binding::{minted, named};
pub use ca::only_certificates;
pub use check::{CheckRequest, Report, Warning, check};
pub use compile::compile;
pub use decide::decide;
pub use explain::{Explained, Explanation, Sent, explain};
pub use keys::{Listed, key_admitted, list_admitted, listed};
pub(crate) use plan::Plans;
pub use route::{admits, choose};
pub(crate) use targets::setting_text;

/// Everything that a program is compiled from. Nothing is looked up: what is not here does not count.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The module's catalogue.
    pub catalogue: &'a Arc<Catalogue>,
    /// The catalogue whose surface the grant names, where it is at hand and another one: then the module's own may
    /// be provably narrower (G3).
    pub granted_catalogue: Option<&'a Catalogue>,
    /// Which module it is, and on whose word (G4).
    pub origin: ModuleOrigin<'a>,
    /// The world, as recomputed from the module's imports.
    pub world: World,
    /// The Provider.
    pub provider: &'a Object<ProviderSpec>,
    /// The one grant (G2).
    pub grant: &'a Object<CapabilityGrantSpec>,
    /// The store.
    pub store: Store<'a>,
    /// The namespace of the requesting object (G5).
    pub subject: Namespace<'a>,
    /// Label keys that tenants cannot set; `kubernetes.io/metadata.name` is trusted in any case.
    pub trusted_labels: &'a BTreeSet<String>,
    /// PEM by `configmap/key`: the CA ConfigMaps of the operator's namespace.
    pub ca: &'a BTreeMap<String, String>,
    /// What the run is for (G10).
    pub purpose: Purpose,
    /// The requesting object, for the audit: `ExternalSecret/ns/name`.
    pub object: &'a str,
}

/// Where a module comes from.
#[derive(Clone, Copy, Debug)]
pub enum ModuleOrigin<'a> {
    /// A file that nobody signed: a grant names its digest.
    Unsigned {
        /// `sha256:<hex>` of the module.
        digest: &'a str,
    },
    /// What policies admitted: a grant names its repository, and one or more of those who signed.
    Signed(&'a Signed),
}

impl<'a> ModuleOrigin<'a> {
    /// `sha256:<hex>` of the component that runs.
    #[must_use]
    pub fn digest(&self) -> &'a str {
        match *self {
            Self::Unsigned { digest } => digest,
            Self::Signed(signed) => &signed.component,
        }
    }
}

/// A store, as far as a program is made from it.
#[derive(Clone, Copy)]
pub struct Store<'a> {
    /// `metadata.name`.
    pub name: &'a str,
    /// `metadata.namespace`; none for a ClusterSecretStore.
    pub namespace: Option<&'a str>,
    /// `metadata.uid`.
    pub uid: &'a str,
    /// `metadata.generation`.
    pub generation: i64,
    /// `spec.provider.<name>`.
    pub settings: &'a serde_json::Value,
    /// PEM that the store's `caProvider` leads to, where it has one and it was found.
    pub ca: Option<&'a str>,
}

/// The namespace of the requesting object.
#[derive(Clone, Copy)]
pub struct Namespace<'a> {
    /// `metadata.name`.
    pub name: &'a str,
    /// `metadata.uid`.
    pub uid: &'a str,
    /// `metadata.labels`.
    pub labels: &'a BTreeMap<String, String>,
}

/// What a run is for: the classes of operations that it may use (G10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Validate a store: read and list.
    Validate,
    /// Fetch values: read and list.
    Fetch,
    /// Whether keys are there: read and list.
    Exists,
    /// Push values: read, list and write.
    Push,
    /// Delete what push wrote: read and delete.
    Remove,
}

/// The result of compiling one grant.
pub type Compiled = Result<Program, Denial>;
