//! Where the slots of a key stand (G9). What a grant's keys were matched with must be what the backend reads: so nothing
//! that was matched with no key may lengthen one, move it, or run into it.

use super::{
    Faults,
    places::{Part, Place},
};
use crate::{
    catalogue::{Operation, Slot, template::Piece},
    grant::class,
};

pub(super) fn check(id: &str, operation: &Operation, places: &[Place], faults: &mut Faults) {
    for name in operation.key.iter().filter(|name| operation.slots.get(*name).is_some_and(has_before)) {
        let path = format!("operations.{id}.slots.{name}.before");
        faults.add(
            path,
            "stands before a key, which is matched without it (G9)",
            "write it into the template",
        );
    }
    for place in places {
        alone(place, operation, faults);
    }
    let segments: Vec<&Place> = places.iter().filter(|p| matches!(p.part, Part::Path { .. })).collect();
    neighbours(&segments, operation, faults);
    let written = segments.iter().flat_map(|place| place.template.slots());
    let written: Vec<&str> = written.filter(|name| is_key(operation, name)).collect();
    let matched = operation.key.iter().map(String::as_str).filter(|name| written.contains(name));
    faults.unless(
        written.is_empty() || matched.eq(written.iter().copied()),
        &format!("operations.{id}.key"),
        "has another order than the path",
        "name each slot once, in the order of the path",
    );
}

fn has_before(slot: &Slot) -> bool {
    !slot.before.is_empty()
}

fn is_key(operation: &Operation, name: &str) -> bool {
    operation.key.iter().any(|key| key == name)
}

/// One slot of the key in a text, nothing before it that somebody fills in later, and behind it what no key can hold.
fn alone(place: &Place, operation: &Operation, faults: &mut Faults) {
    let key = |piece: &Piece| matches!(piece, Piece::Slot(name) if is_key(operation, name));
    let Some(at) = place.template.0.iter().position(key) else { return };
    let (before, from) = place.template.0.split_at(at);
    let [Piece::Slot(name), after @ ..] = from else { return };
    let Some(slot) = operation.slots.get(name) else { return };
    faults.unless(
        !before.iter().any(|piece| matches!(piece, Piece::Slot(_))) && !after.iter().any(key),
        &place.path,
        &format!("has another slot beside the key's `{name}` (G9)"),
        "let a slot of the key stand alone in its segment or text",
    );
    faults.unless(
        parted(slot, after, operation),
        &place.path,
        &format!("has text behind the key's `{name}` that could be a part of the key (G9)"),
        "let it stand alone, or begin what follows with a character outside its class",
    );
}

/// Whether what follows begins with something that the key's class does not hold, also where it is left out.
fn parted(key: &Slot, after: &[Piece], operation: &Operation) -> bool {
    let outside = |text: &str| text.bytes().next().is_some_and(|b| !class::holds(key.class, key.multi, b));
    for piece in after {
        match piece {
            Piece::Literal(text) => return outside(text),
            Piece::Slot(name) => match operation.slots.get(name) {
                Some(slot) if slot.optional && outside(&slot.before) => {}
                other => return other.is_some_and(|slot| outside(&slot.before)),
            },
            Piece::Account(_) | Piece::Auth(_) => return false,
        }
    }
    true
}

/// Beside a key of several segments stands no segment that was not matched with it.
fn neighbours(segments: &[&Place], operation: &Operation, faults: &mut Faults) {
    let key = |piece: &Piece| matches!(piece, Piece::Slot(name) if is_key(operation, name));
    let multi = |piece: &Piece| match piece {
        Piece::Slot(name) => key(piece) && operation.slots.get(name).is_some_and(|slot| slot.multi),
        _ => false,
    };
    let stray = |piece: &Piece| matches!(piece, Piece::Slot(_)) && !key(piece);
    let granted = |piece: &Piece| matches!(piece, Piece::Account(_) | Piece::Auth(_));
    for pair in segments.windows(2) {
        let [left, right] = pair else { continue };
        let lengthened =
            left.template.0.iter().any(multi) && right.template.0.iter().any(|p| stray(p) || granted(p));
        let moved = right.template.0.iter().any(multi) && left.template.0.iter().any(stray);
        faults.unless(
            !lengthened && !moved,
            &right.path,
            "has a segment beside the key's that no grant's keys are matched with (G9)",
            "put a literal segment between them, or name the slot in `key`",
        );
    }
}
