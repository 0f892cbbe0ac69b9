//! Slots: each is declared, used, comes from one source (B1), and its class fits the part of the request that it
//! stands in. A pushed value stands in bodies of write operations alone (B2).

use super::{
    Faults,
    places::{Part, Place},
};
use crate::{
    catalogue::{
        Catalogue, Class, FieldKind, GrantSlot, Operation, OperationClass, Slot, Source, pointer,
        template::{Piece, Template},
    },
    grant::class,
};

pub(super) fn check(
    id: &str,
    operation: &Operation,
    places: &[Place],
    catalogue: &Catalogue,
    faults: &mut Faults,
) {
    let base = format!("operations.{id}.slots");
    for (name, slot) in &operation.slots {
        let path = format!("{base}.{name}");
        let used = places.iter().any(|place| place.template.slots().any(|slot| slot == name));
        faults.unless(used, &path, "is never used", "use it in a template, or remove it");
        source(&path, slot, operation, catalogue, faults);
        shape(&path, slot, catalogue, faults);
        let unmatched = matches!(slot.source, Source::Key | Source::Path) && !operation.key.contains(name);
        faults.unless(
            !unmatched,
            &path,
            "takes a reference's key or path past the grant's keys (G9)",
            "name it in the operation's `key`",
        );
    }
    for place in places {
        pieces(place, operation, catalogue, faults);
    }
}

/// A slot's own source (B1, B2).
fn source(path: &str, slot: &Slot, operation: &Operation, catalogue: &Catalogue, faults: &mut Faults) {
    match &slot.source {
        Source::Secret => faults.unless(
            operation.class == OperationClass::Write,
            &format!("{path}.source"),
            "would send a value in something that is no write operation (B2)",
            "use it in operations of class write only",
        ),
        Source::Settings(at) => setting(&format!("{path}.source.settings"), at, catalogue, faults),
        Source::Policy(policy) => {
            faults.unless(
                operation.class == OperationClass::Exchange,
                &format!("{path}.source"),
                "makes a session policy in something that is no exchange",
                "use it in an exchange",
            );
            super::network::policy(&format!("{path}.source.policy"), policy, catalogue, faults);
        }
        _ => {}
    }
}

/// A setting that may stand in a request: text, integer or boolean, and no secret.
fn setting(path: &str, at: &str, catalogue: &Catalogue, faults: &mut Faults) {
    let plain = pointer::field(&catalogue.settings, at).is_some_and(|field| {
        !field.secret && matches!(field.kind, FieldKind::String | FieldKind::Integer | FieldKind::Boolean)
    });
    faults.unless(plain, path, "points at no public scalar of the settings", "correct the pointer");
}

fn shape(path: &str, slot: &Slot, catalogue: &Catalogue, faults: &mut Faults) {
    faults.unless(
        !slot.leading_slash || slot.multi,
        &format!("{path}.leading-slash"),
        "stands on a slot of one segment",
        "add `multi = true`, or remove it",
    );
    faults.unless(
        !slot.clean_slashes || slot.multi,
        &format!("{path}.clean-slashes"),
        "stands on a slot of one segment",
        "add `multi = true`, or remove it",
    );
    let printable = |text: &str| text.bytes().all(|b| (0x20..0x7f).contains(&b));
    faults.unless(
        printable(&slot.before) && slot.before.len() <= 64,
        &format!("{path}.before"),
        "is not short printable ASCII",
        "correct it",
    );
    if let Some(at) = &slot.prepend {
        setting(&format!("{path}.prepend"), at, catalogue, faults);
    }
    if let Some(at) = &slot.strip_unless {
        setting(&format!("{path}.strip-unless"), at, catalogue, faults);
    }
    for text in &slot.strip {
        let account_only = Template::parse(text).is_ok_and(|template| {
            template.0.iter().all(|piece| match piece {
                Piece::Literal(_) => true,
                Piece::Account(name) => catalogue.account.contains_key(name),
                _ => false,
            })
        });
        faults.unless(
            account_only && !text.is_empty(),
            &format!("{path}.strip"),
            "is no template over account slots",
            "write literals and `{account.name}` only",
        );
    }
}

fn pieces(place: &Place, operation: &Operation, catalogue: &Catalogue, faults: &mut Faults) {
    for piece in &place.template.0 {
        match piece {
            Piece::Literal(_) => {}
            Piece::Slot(name) => match operation.slots.get(name) {
                Some(slot) => declared(place, name, slot, operation, faults),
                None => faults.add(
                    &place.path,
                    format!("uses the slot `{name}`, which is not declared"),
                    "declare it under the operation's `slots`",
                ),
            },
            Piece::Account(name) => match account_slot(operation, catalogue, name) {
                Some(slot) => granted(place, name, slot, faults),
                None => faults.add(
                    &place.path,
                    format!("uses `account.{name}`, which is no account slot of its authority"),
                    "declare it under `account` and for the authority",
                ),
            },
            Piece::Auth(name) => {
                let slots: Vec<_> = catalogue.auth.values().filter_map(|m| m.slots.get(name)).collect();
                let problem = format!("uses `auth.{name}`, which no auth method has");
                faults.unless(
                    !slots.is_empty(),
                    &place.path,
                    &problem,
                    "declare it under the method's `slots`",
                );
                slots.iter().for_each(|slot| granted(place, name, slot, faults));
            }
        }
    }
}

/// The account slot that an operation may use: one of its authority's.
pub(super) fn account_slot<'a>(
    operation: &Operation,
    catalogue: &'a Catalogue,
    name: &str,
) -> Option<&'a GrantSlot> {
    let authority = match &operation.authority {
        Some(authority) => catalogue.authorities.get(authority),
        None => catalogue.authorities.values().next(),
    }?;
    let listed = authority.account.as_ref().is_none_or(|slots| slots.iter().any(|slot| slot == name));
    if listed { catalogue.account.get(name) } else { None }
}

/// `operations.get.path` without its last word.
fn operation_of(path: &str) -> &str {
    path.rsplit_once('.').map_or(path, |(operation, _)| operation)
}

fn declared(place: &Place, name: &str, slot: &Slot, operation: &Operation, faults: &mut Faults) {
    fitting(place, name, slot.class, faults);
    alone(place, name, slot.multi, slot.optional, faults);
    let Part::Path { .. } = place.part else {
        let body = place.part == Part::Body;
        faults.unless(
            body || slot.source != Source::Secret,
            &place.path,
            "would send a value outside a body (B2)",
            "a secret slot stands in bodies only",
        );
        return;
    };
    let free = matches!(slot.source, Source::Echo | Source::Text | Source::Property | Source::Settings(_));
    faults.unless(
        !free || operation.key.iter().any(|key| key == name),
        &place.path,
        "has a slot in the path that no grant's keys are matched with (G9)",
        "name it in the operation's `key`, or move it out of the path",
    );
    faults.unless(
        slot.before.bytes().all(|b| b == b':' || class::holds(Class::Segment, false, b)),
        &format!("{}.slots.{name}.before", operation_of(&place.path)),
        "has a character that does not belong in a segment of a path",
        "use letters, digits and _.@+=-:",
    );
    let secret = matches!(slot.source, Source::Secret | Source::Policy(_));
    faults.unless(!secret, &place.path, "has a slot in the path that belongs in a body (B2)", "move it");
}

fn granted(place: &Place, name: &str, slot: &GrantSlot, faults: &mut Faults) {
    fitting(place, name, slot.class, faults);
    alone(place, name, slot.multi, false, faults);
    faults.unless(
        !(slot.optional && matches!(place.part, Part::Path { .. })),
        &place.path,
        "has an account slot in the path that may be empty (G7)",
        "make the slot required, or move it out of the path",
    );
}

/// A class must be writable where it stands.
fn fitting(place: &Place, name: &str, class: Class, faults: &mut Faults) {
    let fits = match place.part {
        Part::Path { .. } => {
            matches!(class, Class::Segment | Class::SecretName | Class::Wide | Class::Digits | Class::Name)
        }
        Part::Query => class != Class::Text,
        Part::Header => !matches!(class, Class::Text | Class::Wide),
        Part::Body => true,
    };
    faults.unless(
        fits,
        &place.path,
        &format!("has the slot `{name}`, whose class cannot stand here"),
        "paths take segment, secret-name, wide, digits and name; headers no wide or text; queries no text",
    );
}

/// In a path, a multi slot stands alone in its segment, and an optional one in the last.
fn alone(place: &Place, name: &str, multi: bool, optional: bool, faults: &mut Faults) {
    let Part::Path { last } = place.part else { return };
    let alone = place.template.is_alone();
    faults.unless(
        alone || !multi,
        &place.path,
        &format!("has the multi slot `{name}` beside other text in a segment"),
        "let it stand alone between slashes",
    );
    faults.unless(
        !optional || (alone && last),
        &place.path,
        &format!("has the optional slot `{name}` before the end"),
        "an optional slot is the whole last segment",
    );
}
