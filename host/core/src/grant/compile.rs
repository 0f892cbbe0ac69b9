//! Makes a [`Program`] of catalogue, grant and store, in the order of the rules: which module (G4) and surface (G3), for
//! whom (G5), what the grant says at all, then what of it agrees with the store (G6, G7, G8), and the limits (G1).
//! The first denial ends it.

use std::collections::{BTreeMap, BTreeSet};

use bailiwick_api::{grant::CapabilityGrantSpec, meta::ObjectMeta};

use serde_json::Value as Json;

use super::{ModuleOrigin, Request, auth, limits, module, operations, overlap, plan, subject, targets};
use crate::{
    catalogue::{Catalogue, OperationClass, schema},
    program::{ObjectStamp, Program, Stamp},
    reason::{Denial, Reason},
};

/// Compiles one grant for one store and one namespace.
///
/// # Errors
/// The first rule that denies it, with the field and a remedy.
pub fn compile(request: &Request<'_>) -> Result<Program, Denial> {
    let grant = &request.grant.spec;
    let stamp = stamp(request)?;
    module::check(request)?;
    subject::check(&grant.subjects, request.trusted_labels)?;
    subject::admits(&grant.subjects, &request.subject)?;
    own_namespace(request)?;
    let granted = operations::granted(request.catalogue, &grant.operations)?;
    let targets = targets::read(request.catalogue, grant).map_err(first)?;
    if let Some(denial) = auth::check(request.catalogue, &grant.auth).into_iter().next() {
        return Err(denial);
    }
    push(request.catalogue, grant, &granted)?;
    let limits = limits::compile(request.provider.spec.limits.as_ref(), grant.limits.as_ref())?;
    let settings = schema::check(request.catalogue, request.store.settings).map_err(conflicts)?;
    let chosen = targets::choose(request, &targets, &authorities(request.catalogue, &granted))?;
    let auth = auth::choose(request, &chosen.targets)?;
    let (auth, auth_line) = auth.map_or((None, None), |(auth, line)| (Some(auth), Some(line)));
    let method = auth.as_ref().map(|auth| auth.method.as_str());
    let admitted = admitted(request, &granted, method, &settings.public);
    let sources = plan::Sources {
        catalogue: request.catalogue,
        targets: &chosen.targets,
        settings: &settings.public,
        auth: auth.as_ref(),
    };
    let plans = plan::Plans {
        operations: plans(&sources, &admitted),
        denied: chosen.denied,
        targets: chosen.lines,
        lines: granted,
        auth: auth_line,
    };
    overlap::check(request.catalogue, &plans, &chosen.targets)?;
    Ok(Program {
        stamp,
        catalogue: request.catalogue.clone(),
        settings: settings.public,
        config: settings.config,
        operations: admitted,
        targets: chosen.targets,
        auth,
        limits,
        plans,
    })
}

/// The first of several denials; there is one wherever this is called.
fn first(denials: Vec<Denial>) -> Denial {
    let none = || Denial::new(Reason::NotGranted, "spec", "does not compile");
    denials.into_iter().next().unwrap_or_else(none)
}

fn conflicts(errors: Vec<schema::FieldError>) -> Denial {
    let first = errors.into_iter().next();
    first.map_or_else(
        || Denial::new(Reason::StoreConflicts, "spec.provider", "does not fit the provider"),
        |error| {
            Denial::new(Reason::StoreConflicts, error.path, format!("{}: {}", error.problem, error.remedy))
        },
    )
}

/// A SecretStore serves its own namespace.
fn own_namespace(request: &Request<'_>) -> Result<(), Denial> {
    if request.store.namespace.is_none_or(|namespace| namespace == request.subject.name) {
        return Ok(());
    }
    let remedy = "a SecretStore serves objects of its own namespace only";
    Err(Denial::new(Reason::SubjectNotGranted, "metadata.namespace", remedy))
}

/// `push` without an operation that writes means nothing, so it is refused.
pub(super) fn push(
    catalogue: &Catalogue,
    grant: &CapabilityGrantSpec,
    granted: &operations::Admitted,
) -> Result<(), Denial> {
    let writes = granted
        .keys()
        .any(|id| catalogue.operations.get(id).is_some_and(|op| op.class == OperationClass::Write));
    if grant.push.is_none() || writes {
        return Ok(());
    }
    Err(Denial::new(Reason::NotGranted, "push", "belongs together with operations of class write"))
}

/// The authorities of the granted operations.
fn authorities<'a>(catalogue: &'a Catalogue, granted: &operations::Admitted) -> BTreeSet<&'a str> {
    let of = |id: &String| {
        let operation = catalogue.operations.get(id)?;
        operation.authority.as_deref().or_else(|| catalogue.authorities.keys().next().map(String::as_str))
    };
    granted.keys().filter_map(of).collect()
}

/// G10: what the grant names, as far as the run's purpose and the store's settings go, and the exchanges that auth
/// leads to.
fn admitted(
    request: &Request<'_>,
    granted: &operations::Admitted,
    method: Option<&str>,
    settings: &Json,
) -> BTreeSet<String> {
    let mut ids = operations::exchanges(request.catalogue, method);
    let within = |id: &&String| {
        request.catalogue.operations.get(*id).is_some_and(|operation| {
            operations::within(request.purpose, operation.class) && operations::served(operation, settings)
        })
    };
    ids.extend(granted.keys().filter(within).cloned());
    ids
}

fn plans(sources: &plan::Sources<'_>, admitted: &BTreeSet<String>) -> BTreeMap<String, plan::Plan> {
    let made = |id: &String| {
        let operation = sources.catalogue.operations.get(id)?;
        Some((id.clone(), plan::operation(sources, operation)?))
    };
    admitted.iter().filter_map(made).collect()
}

/// G11, G12: without uids nothing could be told apart later.
fn stamp(request: &Request<'_>) -> Result<Stamp, Denial> {
    let store = ObjectStamp {
        name: match request.store.namespace {
            Some(namespace) => format!("{namespace}/{}", request.store.name),
            None => request.store.name.to_owned(),
        },
        uid: request.store.uid.to_owned(),
        generation: request.store.generation,
    };
    let signed = match request.origin {
        ModuleOrigin::Signed(signed) => Some(signed),
        ModuleOrigin::Unsigned { .. } => None,
    };
    let stamp = Stamp {
        grant: object(&request.grant.metadata),
        store,
        provider: object(&request.provider.metadata),
        digest: request.origin.digest().to_owned(),
        manifest: signed.map(|signed| signed.manifest.clone()),
        policies: signed.map(|signed| signed.policies.clone()).unwrap_or_default(),
        namespace: request.subject.name.to_owned(),
        namespace_uid: request.subject.uid.to_owned(),
        namespace_labels: request.subject.labels.clone(),
        object: request.object.to_owned(),
    };
    let uids = [&stamp.grant.uid, &stamp.store.uid, &stamp.provider.uid, &stamp.namespace_uid];
    if uids.into_iter().chain(stamp.policies.iter().map(|policy| &policy.uid)).all(|uid| !uid.is_empty()) {
        return Ok(stamp);
    }
    Err(Denial::new(
        Reason::NotGranted,
        "metadata.uid",
        "grant, store, provider, policies and namespace need a uid",
    ))
}

fn object(metadata: &ObjectMeta) -> ObjectStamp {
    ObjectStamp {
        name: metadata.name.clone(),
        uid: metadata.uid.clone().unwrap_or_default(),
        generation: metadata.generation.unwrap_or_default(),
    }
}
