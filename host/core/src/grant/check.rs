//! `bailiwick grant check`: what of a grant compiles against a catalogue, whatever stores there are. All faults are
//! found, not only the first, and what is allowed but worth a look is a warning.

use std::collections::{BTreeMap, BTreeSet};

use bailiwick_api::{grant::CapabilityGrantSpec, provider::ProviderSpec};

use super::{ModuleOrigin, auth, limits, module, operations, subject, targets, together};
use crate::{
    catalogue::{Catalogue, Operation, surface},
    program::AddressClass,
    reason::{Denial, Reason},
};

/// What a grant is checked against.
#[derive(Clone, Copy)]
pub struct CheckRequest<'a> {
    /// The module's catalogue.
    pub catalogue: &'a Catalogue,
    /// Which module it is, and on whose word (G4).
    pub origin: ModuleOrigin<'a>,
    /// The Provider's spec.
    pub provider: &'a ProviderSpec,
    /// The grant's spec.
    pub grant: &'a CapabilityGrantSpec,
    /// Label keys that tenants cannot set.
    pub trusted_labels: &'a BTreeSet<String>,
    /// PEM by `configmap/key`.
    pub ca: &'a BTreeMap<String, String>,
}

/// What came of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The hash of the module's surface, to be put into the grant.
    pub surface: String,
    /// What does not compile, with fields and remedies. Empty: the grant compiles.
    pub denials: Vec<Denial>,
    /// What compiles and is worth a look.
    pub warnings: Vec<Warning>,
    /// The operations that the grant admits, exchanges not among them.
    pub operations: Vec<String>,
}

/// Something of a grant that is worth a look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The field of the grant.
    pub field: String,
    /// What it means.
    pub text: String,
}

/// Checks a grant.
#[must_use]
pub fn check(request: &CheckRequest<'_>) -> Report {
    let CheckRequest { catalogue, grant, .. } = *request;
    let mut denials = identity(request);
    denials.extend(subject::check(&grant.subjects, request.trusted_labels).err());
    let granted = operations::granted(catalogue, &grant.operations).unwrap_or_else(|denial| {
        denials.push(denial);
        operations::Admitted::new()
    });
    let targets = targets::read(catalogue, grant).unwrap_or_else(|faults| {
        denials.extend(faults);
        Vec::new()
    });
    denials.extend(targets.iter().filter_map(|target| roots(request, target)));
    denials.extend(auth::check(catalogue, &grant.auth));
    denials.extend(super::compile::push(catalogue, grant, &granted).err());
    denials.extend(limits::compile(request.provider.limits.as_ref(), grant.limits.as_ref()).err());
    denials.extend(together::check(catalogue, grant, &granted, &targets));
    let mut warnings: Vec<Warning> = targets.iter().flat_map(about_target).collect();
    warnings.extend(unused(catalogue, grant, &granted, &targets));
    warnings.extend(together::two_meanings(catalogue, &granted, &targets));
    Report { surface: surface::hash(catalogue), denials, warnings, operations: granted.into_keys().collect() }
}

/// G3 and G4, and the ceiling of the policies.
fn identity(request: &CheckRequest<'_>) -> Vec<Denial> {
    let CheckRequest { catalogue, grant, .. } = *request;
    let mut denials = Vec::new();
    if grant.provider.name != catalogue.name {
        let remedy = format!("the module serves {}", catalogue.name);
        denials.push(Denial::new(Reason::NotGranted, "provider.name", remedy));
    }
    denials.extend(module::origin(grant, &request.origin));
    denials.extend(module::above_ceiling(catalogue, grant, &request.origin));
    denials.extend(module::world(grant).err());
    let surface = surface::hash(catalogue);
    if grant.surface.as_deref() != Some(&surface) {
        let remedy = format!("read the surface, then write {surface} (--write does)");
        denials.push(Denial::new(Reason::SurfaceNotGranted, "surface", remedy));
    }
    denials
}

fn roots(request: &CheckRequest<'_>, target: &targets::Granted) -> Option<Denial> {
    let key = target.ca.as_ref()?;
    targets::certificates(request.ca, target.index, key).err()
}

/// G6a: what may be granted, but is shown.
fn about_target(target: &targets::Granted) -> Vec<Warning> {
    let warning = |field: &str, text: &str| Warning {
        field: format!("targets[{}]{field}", target.index),
        text: text.to_owned(),
    };
    let mut warnings = Vec::new();
    if !target.origin.tls {
        warnings.push(warning(".origin", "http: credentials and values are readable by everyone on the way"));
    }
    if target.addresses.class == AddressClass::Cluster && target.origin.tls && target.ca.is_none() {
        let text =
            "none: public authorities certify no name inside the cluster; name the CA of its certificate";
        warnings.push(warning(".caRef", text));
    }
    if target.addresses.class == AddressClass::Loopback {
        warnings.push(warning(".addresses.class", "loopback: whatever listens on the host itself"));
    }
    for (n, pattern) in target.keys.iter().enumerate() {
        if pattern.rest && pattern.segments.is_empty() {
            warnings.push(warning(&format!(".keys[{n}]"), "every key of the account"));
        }
    }
    warnings
}

/// What a grant says or leaves out without effect.
fn unused(
    catalogue: &Catalogue,
    grant: &CapabilityGrantSpec,
    granted: &operations::Admitted,
    targets: &[targets::Granted],
) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut warn = |field: String, text: &str| warnings.push(Warning { field, text: text.to_owned() });
    let network = !catalogue.operations.is_empty();
    if network && granted.is_empty() {
        warn("operations".into(), "names nothing, so nothing can be read");
    }
    if !catalogue.auth.is_empty() && grant.auth.is_empty() {
        warn("auth".into(), "names no method, so no store can use the grant");
    }
    let keyed = |op: &&Operation| !op.key.is_empty();
    for target in targets.iter().filter(|target| target.keys.is_empty()) {
        let of_target = |op: &Operation| op.authority.as_ref().is_none_or(|name| *name == target.authority);
        let asked = granted.keys().filter_map(|id| catalogue.operations.get(id));
        if asked.filter(keyed).any(of_target) {
            warn(format!("targets[{}].keys", target.index), "names no key, so none can be read");
        }
    }
    if grant.limits.as_ref().and_then(|limits| limits.free_bits).is_some_and(|bits| bits > 0) {
        warn("limits.freeBits".into(), "the provider may send so many bits of its own choice");
    }
    warnings
}
