//! Which module a grant is for (G4), and that it asks for no more than was granted (G3).

use bailiwick_api::grant::CapabilityGrantSpec;

use super::Request;
use crate::{
    catalogue::{World, surface},
    reason::{Denial, Reason},
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
    unsigned_only(grant)?;
    if grant.provider.module.as_deref() != Some(request.digest) {
        let remedy = "name the digest of the module that runs: sha256:<hex>";
        return Err(Denial::new(Reason::SignerNotGranted, "provider.module", remedy));
    }
    world(grant)?;
    if request.world != World::Blind || request.catalogue.world != World::Blind {
        let remedy = "the module is written for another world than the grant's";
        return Err(Denial::new(Reason::NotGranted, "provider.world", remedy));
    }
    surface(request)
}

/// Fields that mean nothing until modules are signed: refused by name, never ignored.
pub(super) fn unsigned_only(grant: &CapabilityGrantSpec) -> Result<(), Denial> {
    let refused = |field: &str| {
        Err(Denial::new(
            Reason::SignerNotGranted,
            field,
            "is not served until modules are signed: name the digest in provider.module",
        ))
    };
    if grant.provider.repository.is_some() {
        return refused("provider.repository");
    }
    if grant.provider.signed_by.is_empty() { Ok(()) } else { refused("provider.signedBy") }
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
    if narrower { Ok(()) } else { refused("the module asks for something else: see `bailiwick grant check`") }
}
