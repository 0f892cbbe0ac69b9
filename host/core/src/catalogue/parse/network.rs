//! Authorities, account slots, the proof of an account and session policies. Rule G7 stands here: what is asked over
//! the network says, or proves, whose account it is asked of.

use super::{Faults, slots::account_slot};
use crate::{
    catalogue::{
        Authority, Catalogue, FieldKind, GrantSlot, Operation, OperationClass, Policy, pointer,
        template::{Piece, Template},
    },
    grant::class,
};

/// The account slot that AWS Signature V4 carries in its scope.
const SIGNED_SLOT: &str = "region";

pub(super) fn check(catalogue: &Catalogue, faults: &mut Faults) {
    for (name, authority) in &catalogue.authorities {
        check_authority(&format!("authorities.{name}"), authority, catalogue, faults);
        let used = catalogue.operations.values().any(|op| authority_of(op, catalogue) == Some(authority));
        faults.unless(used, &format!("authorities.{name}"), "is asked nothing", "remove it");
    }
    for (name, slot) in &catalogue.account {
        grant_slot(&format!("account.{name}"), slot, catalogue, faults);
    }
    ca(catalogue, faults);
    proof(catalogue, faults);
    for (id, operation) in &catalogue.operations {
        carries_account(id, operation, catalogue, faults);
    }
}

/// The authority that an operation asks.
pub(super) fn authority_of<'a>(operation: &Operation, catalogue: &'a Catalogue) -> Option<&'a Authority> {
    match &operation.authority {
        Some(name) => catalogue.authorities.get(name),
        None => catalogue.authorities.values().next(),
    }
}

/// Account slots and auth slots: their pointers lead to texts, their defaults are in their class.
pub(super) fn grant_slot(path: &str, slot: &GrantSlot, catalogue: &Catalogue, faults: &mut Faults) {
    if let Some(at) = &slot.settings {
        text_at(&format!("{path}.settings"), at, catalogue, faults);
    }
    let Some(default) = &slot.default else { return };
    let fits = match inherited(default) {
        None => class::fits_slot(slot.class, slot.multi, default),
        Some(name) => {
            path.starts_with("auth.") && catalogue.account.get(name).is_some_and(|from| inherits(slot, from))
        }
    };
    let remedy = "write what the slot may hold; of an auth slot also `{account.x}` alone, of the same class";
    faults.unless(fits, &format!("{path}.default"), "is outside its class", remedy);
}

/// The account slot that a default of an auth slot stands for.
pub(crate) fn inherited(default: &str) -> Option<&str> {
    default.strip_prefix("{account.")?.strip_suffix('}')
}

/// Whether whatever `from` holds fits into `slot`.
fn inherits(slot: &GrantSlot, from: &GrantSlot) -> bool {
    class::within(from.class, slot.class) && (slot.multi || !from.multi) && (slot.optional || !from.optional)
}

/// Session policies (AWS IAM) made from the grant's keys.
pub(super) fn policy(path: &str, policy: &Policy, catalogue: &Catalogue, faults: &mut Faults) {
    faults.unless(!policy.statements.is_empty(), path, "has no statement", "add one for each authority");
    for (n, statement) in policy.statements.iter().enumerate() {
        let path = format!("{path}.statements[{n}]");
        faults.unless(
            catalogue.authorities.contains_key(&statement.authority),
            &format!("{path}.authority"),
            "names no authority",
            "name one of `authorities`",
        );
        faults.unless(
            !statement.actions.is_empty() && statement.actions.iter().all(|action| is_action(action)),
            &format!("{path}.actions"),
            "is not a list of IAM actions",
            "write each as `service:Verb`, without wildcards",
        );
        let fits = |piece: &Piece| match piece {
            Piece::Literal(_) => true,
            Piece::Account(name) => catalogue.account.contains_key(name),
            Piece::Slot(name) => name == "keys",
            Piece::Auth(_) => false,
        };
        faults.unless(
            Template::parse(&statement.resource).is_ok_and(|t| !t.0.is_empty() && t.0.iter().all(fits)),
            &format!("{path}.resource"),
            "is no template over account slots and `{keys}`",
            "write an ARN with `{keys}` in it, or `*`",
        );
    }
}

fn is_action(text: &str) -> bool {
    text.split_once(':').is_some_and(|(service, verb)| {
        let fits =
            |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        fits(service) && fits(verb)
    })
}

fn check_authority(path: &str, authority: &Authority, catalogue: &Catalogue, faults: &mut Faults) {
    if let Some(at) = &authority.settings {
        text_at(&format!("{path}.settings"), at, catalogue, faults);
    }
    for name in authority.account.iter().flatten() {
        faults.unless(
            catalogue.account.contains_key(name),
            &format!("{path}.account"),
            "names no account slot",
            "declare it under `account`",
        );
    }
    let Some(service) = &authority.service else { return };
    let plain = !service.is_empty()
        && service.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    faults.unless(plain, &format!("{path}.service"), "is not a service name of AWS", "correct it");
    let region = authority.account.as_ref().is_none_or(|slots| slots.iter().any(|slot| slot == SIGNED_SLOT));
    faults.unless(
        region && catalogue.account.get(SIGNED_SLOT).is_some_and(|slot| !slot.optional),
        &format!("{path}.account"),
        "has no account slot `region`, which signing needs",
        "declare `account.region`, not optional",
    );
}

fn text_at(path: &str, at: &str, catalogue: &Catalogue, faults: &mut Faults) {
    let text = pointer::field(&catalogue.settings, at)
        .is_some_and(|field| field.kind == FieldKind::String && !field.secret);
    faults.unless(text, path, "points at no public text of the settings", "correct the pointer");
}

fn ca(catalogue: &Catalogue, faults: &mut Faults) {
    let Some(ca) = &catalogue.ca else { return };
    if let Some(at) = &ca.bundle {
        text_at("ca.bundle", at, catalogue, faults);
    }
    let provider = ca.provider.as_deref().is_none_or(|at| {
        pointer::field(&catalogue.settings, at).is_some_and(|field| field.kind == FieldKind::CaProvider)
    });
    faults.unless(provider, "ca.provider", "points at no caProvider field", "correct the pointer");
}

fn proof(catalogue: &Catalogue, faults: &mut Faults) {
    let Some(proof) = &catalogue.proof else { return };
    let operation = catalogue.operations.get(&proof.operation);
    faults.unless(
        operation.is_some_and(|op| op.class == OperationClass::Exchange && op.mint.is_none()),
        "proof.operation",
        "names no exchange without a mint",
        "name the identity call",
    );
    faults.unless(
        operation.is_none_or(|op| op.slots.is_empty()),
        "proof.operation",
        "has slots, which nobody fills",
        "use `{account.x}` alone in it",
    );
    faults.unless(
        catalogue.account.contains_key(&proof.account),
        "proof.account",
        "names no account slot",
        "declare it under `account`",
    );
    faults.unless(
        pointer::is_pointer(&proof.at) && !proof.at.is_empty(),
        "proof.at",
        "is no JSON pointer (RFC 6901)",
        "point at the account in the reply",
    );
}

/// G7: every account slot of the authority is in the request, in the signature's scope, or proven.
fn carries_account(id: &str, operation: &Operation, catalogue: &Catalogue, faults: &mut Faults) {
    let path = format!("operations.{id}");
    let carried = carried(operation, catalogue);
    if operation.class == OperationClass::Exchange {
        return faults.unless(
            !carried.is_empty() || uses_auth(operation),
            &path,
            "is asked of no account (G7)",
            "put an account slot or an auth slot into the request",
        );
    }
    faults.unless(
        !carried.is_empty(),
        &path,
        "is asked of no account (G7)",
        "put an account slot into path, query, header or body, or declare `proof`",
    );
    for name in catalogue.account.keys().filter(|name| account_slot(operation, catalogue, name).is_some()) {
        faults.unless(
            carried.contains(&name.as_str()),
            &path,
            &format!("carries and proves nothing of the account slot `{name}` (G7)"),
            "put it into the request, or leave it out of the authority's `account`",
        );
    }
}

fn carried<'a>(operation: &'a Operation, catalogue: &'a Catalogue) -> Vec<&'a str> {
    let pieces = pieces(operation);
    let signs = authority_of(operation, catalogue).is_some_and(|authority| authority.service.is_some());
    let carries = |name: &&String| {
        let written = pieces.iter().any(|piece| matches!(piece, Piece::Account(slot) if slot == *name));
        let proven = catalogue.proof.as_ref().is_some_and(|proof| proof.account == **name);
        written || proven || (signs && *name == SIGNED_SLOT)
    };
    catalogue.account.keys().filter(carries).map(String::as_str).collect()
}

fn uses_auth(operation: &Operation) -> bool {
    pieces(operation).iter().any(|piece| matches!(piece, Piece::Auth(_)))
}

/// What is written into path, query, headers and body; a name of a member is no template.
fn pieces(operation: &Operation) -> Vec<Piece> {
    let places = super::places::every("", operation, &mut Faults::default());
    places.into_iter().flat_map(|place| place.template.0).collect()
}
