//! Which module a grant is for, by digest or by repository and signers (G4), that the grant gives no more than the
//! ceiling of the policies that admitted it, and that the module asks for no more than was granted (G3).

use bailiwick_api::grant::CapabilityGrantSpec;

use super::{ModuleOrigin, Request, operations};
use crate::{
    catalogue::{Catalogue, World, surface},
    reason::{Denial, Reason},
    trust::Signed,
};

/// G4 and G3, in this order.
///
/// # Errors
/// The first field of the grant that does not fit the module.
pub(super) fn check(request: &Request<'_>) -> Result<(), Denial> {
    let grant = &request.grant.spec;
    let name = &request.provider.metadata.name;
    if grant.provider.name != *name || request.catalogue.name != *name {
        let remedy = "grant, Provider and catalogue must have the same provider name";
        return Err(Denial::new(Reason::NotGranted, "provider.name", remedy));
    }
    let denials = origin(grant, &request.origin);
    let denials = denials.into_iter().chain(above_ceiling(request.catalogue, grant, &request.origin));
    if let Some(denial) = denials.into_iter().next() {
        return Err(denial);
    }
    world(grant)?;
    if request.world != World::Blind || request.catalogue.world != World::Blind {
        let remedy = "the module is written for another world than the grant's";
        return Err(Denial::new(Reason::NotGranted, "provider.world", remedy));
    }
    surface(request)
}

/// G4: whose code it is.
pub(super) fn origin(grant: &CapabilityGrantSpec, origin: &ModuleOrigin<'_>) -> Vec<Denial> {
    let mut denials = match origin {
        ModuleOrigin::Unsigned { .. } => unsigned(grant),
        ModuleOrigin::Signed(signed) => self::signed(grant, signed),
    };
    let optional = matches!(origin, ModuleOrigin::Signed(_)) && grant.provider.module.is_none();
    if !optional && grant.provider.module.as_deref() != Some(origin.digest()) {
        let remedy = format!("write {}, the module at hand", origin.digest());
        denials.push(Denial::new(Reason::SignerNotGranted, "provider.module", remedy));
    }
    denials
}

/// Fields about signatures mean nothing for a module that nobody signed: refused by name, never ignored.
fn unsigned(grant: &CapabilityGrantSpec) -> Vec<Denial> {
    let refused = |field: &str| {
        let remedy = "nobody signed this module: name its digest in provider.module, or load a signed one";
        Denial::new(Reason::SignerNotGranted, field, remedy)
    };
    let repository = grant.provider.repository.is_some().then(|| refused("provider.repository"));
    let signers = (!grant.provider.signed_by.is_empty()).then(|| refused("provider.signedBy"));
    repository.into_iter().chain(signers).collect()
}

/// One of the named authorities is enough: how many must have signed is the policy's business. A name in `signedBy` is
/// one of the policies that admitted the module.
fn signed(grant: &CapabilityGrantSpec, signed: &Signed) -> Vec<Denial> {
    let refused = |field: &str, remedy: String| Denial::new(Reason::SignerNotGranted, field, remedy);
    let mut denials = Vec::new();
    if grant.provider.repository.as_deref() != Some(signed.repository.as_str()) {
        let remedy = match signed.repository.len() {
            0..=150 => format!("write {}, where the module comes from", signed.repository),
            _ => "write the repository that the module comes from".to_owned(),
        };
        denials.push(refused("provider.repository", remedy));
    }
    let named = &grant.provider.signed_by;
    if named.is_empty() {
        let remedy = "name one or more authorities of the TrustPolicy that signed the module";
        denials.push(refused("provider.signedBy", remedy.to_owned()));
    } else if !named.iter().any(|name| signed.signers.contains(name)) {
        denials.push(refused("provider.signedBy", "none of these authorities signed the module".to_owned()));
    }
    denials
}

/// What of a grant is above the ceiling of the policies that admitted the module. Words of `operations` that mean
/// nothing are denied elsewhere.
pub(super) fn above_ceiling(
    catalogue: &Catalogue,
    grant: &CapabilityGrantSpec,
    origin: &ModuleOrigin<'_>,
) -> Vec<Denial> {
    let ModuleOrigin::Signed(signed) = origin else { return Vec::new() };
    let granted = operations::granted(catalogue, &grant.operations).unwrap_or_default();
    let class = |(id, index): (&String, &usize)| Some((*index, catalogue.operations.get(id)?.class));
    signed.ceiling.exceeded(grant, &granted.iter().filter_map(class).collect())
}

/// The grant's own world, as far as it can be granted today.
pub(super) fn world(grant: &CapabilityGrantSpec) -> Result<(), Denial> {
    let refused = |field: &str, remedy: &str| Err(Denial::new(Reason::NotGranted, field, remedy));
    match grant.provider.world.as_deref() {
        None | Some("blind") => {}
        Some("wasi") => return refused("provider.world", "the wasi world is not served yet: write blind"),
        Some(_) => return refused("provider.world", "write blind"),
    }
    if grant.wasi.is_empty() { Ok(()) } else { refused("wasi", "is not served yet: remove it") }
}

fn surface(request: &Request<'_>) -> Result<(), Denial> {
    let refused = |remedy: &str| Err(Denial::new(Reason::SurfaceNotGranted, "surface", remedy));
    let Some(granted) = request.grant.spec.surface.as_deref() else {
        return refused("is missing: `bailiwick grant check --write` puts it in");
    };
    if surface::hash(request.catalogue) == granted {
        return Ok(());
    }
    let narrower = request.granted_catalogue.is_some_and(|catalogue| {
        surface::hash(catalogue) == granted && surface::narrower_or_equal(request.catalogue, catalogue)
    });
    if narrower {
        return Ok(());
    }
    refused("the module asks for something else: see `bailiwick grant check --surface`")
}
