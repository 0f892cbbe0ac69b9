//! What the host would refuse, as far as it can be told from the catalogue. Each function panics with the rule that
//! the provider broke, so that the mistake shows in a native test and not on a cluster.

use super::{
    claim::{Claim, Operation, Slot, Source},
    stage::Node,
};
use crate::{
    Entry, Part,
    boundary::{Boundary, RawArg, RawRequest},
};

/// The operation, if the request keeps to its description.
pub(super) fn operation<'c, B: Boundary>(
    claim: &'c Claim,
    request: &RawRequest<'_, B>,
    entries: &[Entry],
    exchange: bool,
) -> &'c Operation {
    let id = request.operation;
    let operation = claim.operations.get(id).unwrap_or_else(|| panic!("{id}: no such operation"));
    assert_eq!(
        operation.class == "exchange",
        exchange,
        "{id}: exchanges go by `exchange`, all else by `call`"
    );
    for (name, slot) in &operation.slots {
        filled(id, name, slot, request, entries);
    }
    for (name, _) in &request.args {
        assert!(operation.slots.contains_key(*name), "{id}: no slot {name}");
    }
    operation
}

/// Whether a credential may be attached: by its name, or the exchange that minted it.
pub(super) fn attachable(claim: &Claim, credential: &str, operation: &str) {
    let of_methods =
        claim.auth.values().filter(|auth| auth.credential == credential).map(|auth| &auth.operations);
    let of_mint =
        claim.operations.get(credential).and_then(|op| op.mint.as_ref()).map(|mint| &mint.operations);
    let bound = of_methods.chain(of_mint).any(|operations| operations.iter().any(|id| id == operation));
    assert!(bound, "{operation}: the credential {credential} is not for it");
}

/// Whether a pointer is declared public, or on the way to what is.
pub(super) fn public(declared: &[String], pointer: &str, way: bool) -> bool {
    let tokens: Vec<&str> = pointer.split('/').collect();
    declared.iter().any(|pattern| {
        let pattern: Vec<&str> = pattern.split('/').collect();
        let fits = pattern.iter().zip(&tokens).all(|(pattern, token)| *pattern == "*" || pattern == token);
        fits && (pattern.len() == tokens.len() || way && pattern.len() > tokens.len())
    })
}

/// Whether static data may be asked for at a pointer.
pub(super) fn deliverable(claim: &Claim, pointer: &str) -> bool {
    let Some(config) = &claim.config else { return false };
    let declared = [format!("{}{}", config.items, config.key), format!("{}{}", config.items, config.value)];
    public(&declared, pointer, false)
}

fn filled<B: Boundary>(id: &str, name: &str, slot: &Slot, request: &RawRequest<'_, B>, entries: &[Entry]) {
    let args: Vec<_> = request.args.iter().filter(|(slot, _)| *slot == name).map(|(_, arg)| arg).collect();
    for arg in &args {
        assert!(sourced(&slot.source, arg), "{id}: the slot {name} has another source");
    }
    let contents = args.iter().filter(|arg| has_content(arg, entries)).count();
    assert!(contents < 2 || slot.multi, "{id}: the slot {name} holds one segment");
    let by_host = matches!(slot.source, Source::Policy(_));
    assert!(contents > 0 || slot.optional || by_host, "{id}: the slot {name} is empty");
}

fn sourced<B: Boundary>(source: &Source, arg: &RawArg<'_, B>) -> bool {
    match (source, arg) {
        (Source::Key, RawArg::Entry(_, Part::Key))
        | (Source::Property, RawArg::Entry(_, Part::Property))
        | (Source::Version, RawArg::Entry(_, Part::Version))
        | (Source::Path, RawArg::Entry(_, Part::Path))
        | (Source::Echo, RawArg::Echo(_))
        | (Source::Text, RawArg::Text(_))
        | (Source::Secret, RawArg::Secret(_)) => true,
        (Source::Settings(declared), RawArg::Settings(pointer)) => declared == pointer,
        _ => false,
    }
}

fn has_content<B: Boundary>(arg: &RawArg<'_, B>, entries: &[Entry]) -> bool {
    let RawArg::Entry(entry, part) = arg else { return true };
    let index = usize::try_from(*entry).unwrap_or(usize::MAX);
    match (entries.get(index), part) {
        (Some(Entry::Secret(_) | Entry::Extract(_)), Part::Key) => true,
        (Some(Entry::Secret(r) | Entry::Extract(r)), Part::Property) => r.property.is_some(),
        (Some(Entry::Secret(r) | Entry::Extract(r)), Part::Version) => r.version.is_some(),
        (Some(Entry::Find(find)), Part::Path) => find.path.is_some(),
        _ => panic!("entry {entry} has no such part"),
    }
}

/// B3: what is delivered was read by the reference of that very entry.
pub(super) fn own(entry: u32, value: &Node) {
    let root = &value.root;
    assert!(
        root.entry.is_none_or(|own| own == entry),
        "deliver {entry}: {} was not read by it",
        value.label()
    );
    assert!(root.listed.is_none(), "deliver {entry}: {} was read by a listed name", value.label());
}

/// B3: a listed name goes with what reading that name gave.
pub(super) fn pair(entry: u32, name: &Node, value: &Node) {
    let read_by = value.root.listed.as_deref();
    let config = value.root.label.starts_with("config(");
    assert!(
        config || read_by == Some(&name.label()),
        "named {entry}: {} was not read by that name",
        value.label()
    );
}
