//! Auth methods and what is common to all credentials: how they are attached, to which operations, and that a
//! credential of an account that needs proof can be proven (G7, G8, B5, B6).

use std::collections::BTreeSet;

use super::{
    Faults,
    body::{self, is_host_header},
    network,
};
use crate::catalogue::{
    Attach, AuthMethod, Body, Catalogue, FieldKind, Input, OperationClass, pointer, template::Piece,
};

/// Headers in which credentials travel, though they are the host's own otherwise.
const CREDENTIAL_HEADERS: [&str; 5] =
    ["authorization", "private-token", "x-auth-token", "x-api-key", "x-vault-token"];

pub(super) fn check(catalogue: &Catalogue, faults: &mut Faults) {
    for (name, method) in &catalogue.auth {
        let path = format!("auth.{name}");
        faults.unless(
            pointer::field(&catalogue.settings, &method.when).is_some(),
            &format!("{path}.when"),
            "points at no field of the settings",
            "point at the block that chooses this method",
        );
        for at in method.also.iter().filter(|at| pointer::field(&catalogue.settings, at).is_none()) {
            let remedy = "correct the pointer";
            faults.add(format!("{path}.also"), format!("points at no field of the settings: {at}"), remedy);
        }
        for (slot, rule) in &method.slots {
            network::grant_slot(&format!("{path}.slots.{slot}"), rule, catalogue, faults);
        }
        for (input, rule) in &method.inputs {
            check_input(&format!("{path}.inputs.{input}"), rule, catalogue, faults);
        }
        let inputs: Vec<&str> = method.inputs.keys().map(String::as_str).collect();
        credential(&path, &method.attach, &method.operations, &inputs, catalogue, faults);
        auth_slots(&path, method, catalogue, faults);
    }
    duplicates(catalogue, faults);
    unreached(catalogue, faults);
}

/// The checks of every credential, of an auth method as of a mint.
pub(super) fn credential(
    path: &str,
    attach: &[Attach],
    operations: &[String],
    inputs: &[&str],
    catalogue: &Catalogue,
    faults: &mut Faults,
) {
    faults.unless(!attach.is_empty(), &format!("{path}.attach"), "attaches nothing", "say where it goes");
    let at = format!("{path}.operations");
    faults.unless(!operations.is_empty(), &at, "is empty", "name the operations it is for");
    for id in operations.iter().filter(|id| !catalogue.operations.contains_key(*id)) {
        faults.add(&at, format!("names `{id}`, which is no operation"), "correct the name");
    }
    for one in attach {
        check_attach(&format!("{path}.attach"), one, operations, inputs, catalogue, faults);
    }
    provable(path, operations, catalogue, faults);
}

fn check_input(path: &str, input: &Input, catalogue: &Catalogue, faults: &mut Faults) {
    let kind = |at: &String| pointer::field(&catalogue.settings, at).map(|field| field.kind);
    faults.unless(
        !input.secrets.is_empty() || !input.service_accounts.is_empty(),
        path,
        "has no source",
        "point at secretKeyRef or serviceAccountRef fields",
    );
    faults.unless(
        input.secrets.iter().all(|at| kind(at) == Some(FieldKind::SecretKeyRef)),
        &format!("{path}.secrets"),
        "points at no secretKeyRef field",
        "correct the pointer",
    );
    faults.unless(
        input.service_accounts.iter().all(|at| kind(at) == Some(FieldKind::ServiceAccountRef)),
        &format!("{path}.service-accounts"),
        "points at no serviceAccountRef field",
        "correct the pointer",
    );
}

fn check_attach(
    path: &str,
    attach: &Attach,
    operations: &[String],
    inputs: &[&str],
    catalogue: &Catalogue,
    faults: &mut Faults,
) {
    let named: Vec<&String> = match attach {
        Attach::Header { input, .. } | Attach::Body { input, .. } => vec![input],
        Attach::Basic { user, password } => vec![user, password],
        Attach::Sigv4 { id, key, token } => vec![id, key, token],
    };
    for input in named {
        faults.unless(
            inputs.contains(&input.as_str()),
            path,
            &format!("uses `{input}`, which is no input"),
            "declare it",
        );
    }
    match attach {
        Attach::Header { name, prefix, .. } => header(path, name, prefix, faults),
        Attach::Basic { .. } => {}
        Attach::Body { pointer, .. } => member(path, pointer, operations, catalogue, faults),
        Attach::Sigv4 { .. } => {
            let signed = operations.iter().filter_map(|id| catalogue.operations.get(id)).all(|operation| {
                network::authority_of(operation, catalogue).is_some_and(|a| a.service.is_some())
            });
            faults.unless(signed, path, "signs for an authority without `service`", "name the service");
        }
    }
}

fn header(path: &str, name: &str, prefix: &str, faults: &mut Faults) {
    let lower = name.to_ascii_lowercase();
    let token =
        (1..=64).contains(&lower.len()) && lower.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let free = CREDENTIAL_HEADERS.contains(&lower.as_str()) || !is_host_header(&lower);
    let pinned = body::is_pinned(&lower) && !CREDENTIAL_HEADERS.contains(&lower.as_str());
    faults.unless(
        token && free && !pinned,
        path,
        "names a header that carries no credential",
        "use another header",
    );
    let printable = prefix.bytes().all(|b| (0x20..0x7f).contains(&b)) && prefix.len() <= 64;
    faults.unless(printable, path, "has a prefix that is not short printable ASCII", "correct it");
}

/// B5: a body pointer leads to a member that the template leaves free, in an object that it has.
fn member(path: &str, at: &str, operations: &[String], catalogue: &Catalogue, faults: &mut Faults) {
    faults.unless(
        !body::chooses_verb(at) && body::shares(at).is_none(),
        path,
        "would choose what the backend does (G10)",
        "attach credentials to members that carry credentials",
    );
    for id in operations {
        let Some(operation) = catalogue.operations.get(id) else { continue };
        let (parent, name) = at.rsplit_once('/').unwrap_or_default();
        let free = pointer::is_pointer(at)
            && match &operation.body {
                Some(Body::Form(members)) => parent.is_empty() && !members.contains_key(name),
                Some(Body::Json(members)) => {
                    let root = serde_json::Value::Object(members.clone());
                    root.pointer(parent).is_some_and(serde_json::Value::is_object)
                        && root.pointer(at).is_none()
                }
                None => false,
            };
        faults.unless(
            free && !name.is_empty(),
            path,
            &format!("has no free member at its pointer in the body of `{id}`"),
            "give the operation a body with that object, without that member",
        );
    }
}

/// G7: where accounts are proven, a credential that reads can be proven, or was minted with an account check.
fn provable(path: &str, operations: &[String], catalogue: &Catalogue, faults: &mut Faults) {
    let Some(proof) = &catalogue.proof else { return };
    let plain = |id: &String| {
        catalogue.operations.get(id).is_some_and(|operation| operation.class != OperationClass::Exchange)
    };
    let checked = path
        .strip_prefix("operations.")
        .and_then(|rest| rest.strip_suffix(".mint"))
        .and_then(|id| catalogue.operations.get(id)?.mint.as_ref())
        .is_some_and(|mint| mint.account.is_some());
    faults.unless(
        !operations.iter().any(plain) || checked || operations.contains(&proof.operation),
        &format!("{path}.operations"),
        "reads with an account that it cannot prove (G7)",
        "add the proof's operation, or check the account in the mint",
    );
}

/// `{auth.x}` stands only in operations whose every method has the slot.
fn auth_slots(path: &str, method: &AuthMethod, catalogue: &Catalogue, faults: &mut Faults) {
    let mut ignored = Faults::default();
    for id in &method.operations {
        let Some(operation) = catalogue.operations.get(id) else { continue };
        for place in super::places::every(id, operation, &mut ignored) {
            for piece in &place.template.0 {
                if let Piece::Auth(name) = piece {
                    faults.unless(
                        method.slots.contains_key(name),
                        &format!("{path}.slots"),
                        &format!("has no `{name}`, which `{id}` uses"),
                        "declare it",
                    );
                }
            }
        }
    }
}

/// Two methods with the same conditions could not be told apart.
fn duplicates(catalogue: &Catalogue, faults: &mut Faults) {
    let mut seen = BTreeSet::new();
    for (name, method) in &catalogue.auth {
        faults.unless(
            seen.insert((&method.when, &method.also)),
            &format!("auth.{name}.when"),
            "chooses another method as well",
            "give each method a block of its own",
        );
    }
}

/// An exchange that no auth method, mint, revocation or proof leads to could never be admitted.
fn unreached(catalogue: &Catalogue, faults: &mut Faults) {
    let mut reached: BTreeSet<&String> = catalogue.auth.values().flat_map(|m| &m.operations).collect();
    reached.extend(catalogue.proof.as_ref().map(|proof| &proof.operation));
    for mint in catalogue.operations.values().filter_map(|operation| operation.mint.as_ref()) {
        reached.extend(&mint.operations);
        reached.extend(&mint.revoke);
    }
    let exchange = |class| class == OperationClass::Exchange;
    for (id, _) in catalogue.operations.iter().filter(|(_, op)| exchange(op.class)) {
        faults.unless(
            reached.contains(id),
            &format!("operations.{id}"),
            "is an exchange that nothing leads to",
            "name it in an auth method, a mint or the proof, or remove it",
        );
    }
}
