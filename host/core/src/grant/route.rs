//! Which grant an entry goes to (G2): the first, by name, that compiles and admits its key. A run is bound to one grant
//! before it starts, so this is decided from references alone.

use bailiwick_boundary::{Entry, Part};

use super::{Compiled, decide};
use crate::{
    catalogue::{Operation, OperationClass, Slot, Source},
    program::{Call, Content, Program},
    reason::{Denial, Reason},
};

/// Whether some operation of the program could answer an entry within the grant's keys.
///
/// # Errors
/// Why none could: of several reasons, the one that came closest.
pub fn admits(program: &Program, entry: &Entry) -> Result<(), Denial> {
    let mut nearest: Option<Denial> = None;
    let candidates = candidates(program, entry);
    if asks_metadata(entry) && candidates.is_empty() && program.catalogue.config.is_none() {
        let remedy = "no granted operation reads metadata in a store like this one";
        return Err(Denial::new(Reason::OperationNotGranted, "metadataPolicy", remedy));
    }
    for (id, operation) in candidates {
        let args = arguments(operation, entry);
        let call = Call { operation: id, args: &args, by: None, free_bits_spent: 0 };
        match decide(program, &call) {
            Ok(_) => return names_are_read(program, entry),
            Err(denial) => nearest = Some(nearer(nearest, denial)),
        }
    }
    match nearest {
        Some(denial) => Err(denial),
        // A provider of static data asks nobody.
        None if program.catalogue.config.is_some() => Ok(()),
        None => Err(Denial::new(
            Reason::OperationNotGranted,
            "operations",
            "the grant names no operation that answers such an entry",
        )),
    }
}

/// I5: a find that could list and read nothing would take the entry from a grant that can do both.
fn names_are_read(program: &Program, entry: &Entry) -> Result<(), Denial> {
    let listed = |slot: &Slot| matches!(slot.source, Source::Echo);
    let reads = |operation: &Operation| {
        operation.class == OperationClass::Read
            && operation.reply.tags.is_none()
            && operation.key.iter().any(|name| operation.slots.get(name).is_some_and(listed))
    };
    // What has a plan has a target too.
    let planned = program.operations.iter().filter(|id| program.plans.operations.contains_key(*id));
    let mut granted = planned.filter_map(|id| program.catalogue.operations.get(id));
    if !matches!(entry, Entry::Find(_)) || granted.any(reads) {
        return Ok(());
    }
    let remedy = "the grant names no operation that reads what a list names";
    Err(Denial::new(Reason::OperationNotGranted, "operations", remedy))
}

/// The first of the compiled grants, in the order given, that admits an entry.
///
/// # Errors
/// Without any grant [`Reason::NotGranted`]; else the reason of the grant that came closest.
pub fn choose(compiled: &[Compiled], entry: &Entry) -> Result<usize, Denial> {
    let mut nearest: Option<Denial> = None;
    for (index, grant) in compiled.iter().enumerate() {
        let verdict = match grant {
            Ok(program) => admits(program, entry),
            Err(denial) => Err(denial.clone()),
        };
        match verdict {
            Ok(()) => return Ok(index),
            Err(denial) => nearest = Some(nearer(nearest, denial)),
        }
    }
    Err(nearest.unwrap_or_else(|| {
        Denial::new(Reason::NotGranted, "CapabilityGrant", "no grant names this provider: ask for one")
    }))
}

/// The operations that could answer an entry, as far as the entry tells: the provider chooses among them.
pub(super) fn candidates<'a>(program: &'a Program, entry: &Entry) -> Vec<(&'a String, &'a Operation)> {
    let all = || program.operations.iter().filter_map(|id| Some((id, program.catalogue.operations.get(id)?)));
    let fitting: Vec<_> = all().filter(|(_, operation)| answers(operation, entry)).collect();
    let chosen: Vec<_> = fitting.iter().filter(|(_, operation)| suits(operation, entry)).copied().collect();
    // A find without a path, and one whose path the host compares, may list everything; a reference has one meaning.
    if chosen.is_empty() && matches!(entry, Entry::Find(_)) { fitting } else { chosen }
}

/// The class is right, and no slot of the key waits for a name that only a reply can give.
fn answers(operation: &Operation, entry: &Entry) -> bool {
    let waits = operation.key.iter().any(|name| {
        operation.slots.get(name).is_some_and(|slot| matches!(slot.source, Source::Echo) && !slot.optional)
    });
    let fits = match entry {
        Entry::Secret(_) | Entry::Extract(_) => operation.class == OperationClass::Read,
        Entry::Find(_) => operation.class == OperationClass::List && operation.reply.list.is_some(),
    };
    fits && !waits
}

/// Where there is a choice: metadata is read where tags are the value, and a path is given to what takes one.
fn suits(operation: &Operation, entry: &Entry) -> bool {
    match entry {
        Entry::Secret(reference) | Entry::Extract(reference) => {
            operation.reply.tags_are_value == reference.metadata
        }
        Entry::Find(find) => {
            let takes = |slot: &Slot| matches!(slot.source, Source::Path);
            let given = find.path.as_deref().is_some_and(|path| !matches!(path, "" | "/"));
            !given || operation.slots.values().any(takes)
        }
    }
}

fn asks_metadata(entry: &Entry) -> bool {
    matches!(entry, Entry::Secret(reference) | Entry::Extract(reference) if reference.metadata)
}

/// The arguments with which an operation asks for an entry. Of several optional slots that one part could fill, the one
/// that cuts off a prefix the part has, else the one that cuts off none.
pub(super) fn arguments<'a>(operation: &'a Operation, entry: &'a Entry) -> Vec<(&'a str, Content<'a>)> {
    let mut args = Vec::new();
    for (name, slot) in &operation.slots {
        let Some(content) = content(slot, entry) else { continue };
        let rivals = operation.slots.values().filter(|other| other.source == slot.source);
        let cuts = |slot: &Slot| slot.strip.iter().any(|prefix| text(&content).starts_with(prefix.as_str()));
        let somebody_cuts = rivals.clone().any(cuts);
        let fits = rivals.count() == 1 || cuts(slot) || (!somebody_cuts && slot.strip.is_empty());
        if fits || !slot.optional {
            args.push((name.as_str(), content));
        }
    }
    args
}

fn text<'a>(content: &Content<'a>) -> &'a str {
    match content {
        Content::Entry { text, .. } => text.unwrap_or_default(),
        Content::Settings(_) | Content::Echo { .. } | Content::Text(_) | Content::Secret => "",
    }
}

fn content<'a>(slot: &'a Slot, entry: &'a Entry) -> Option<Content<'a>> {
    let part = |part, text: Option<&'a String>| {
        Some(Content::Entry { entry: 0, part, text: text.map(String::as_str) })
    };
    match (&slot.source, entry) {
        (Source::Key, Entry::Secret(r) | Entry::Extract(r)) => part(Part::Key, Some(&r.key)),
        (Source::Property, Entry::Secret(r) | Entry::Extract(r)) => part(Part::Property, r.property.as_ref()),
        (Source::Version, Entry::Secret(r) | Entry::Extract(r)) => part(Part::Version, r.version.as_ref()),
        (Source::Path, Entry::Find(find)) => part(Part::Path, find.path.as_ref()),
        (Source::Settings(at), _) => Some(Content::Settings(at)),
        _ => None,
    }
}

/// The denial that is further along the way of a request; of equals, the earlier.
fn nearer(a: Option<Denial>, b: Denial) -> Denial {
    match a {
        Some(a) if distance(a.reason) >= distance(b.reason) => a,
        _ => b,
    }
}

/// How far a request came before it was denied.
fn distance(reason: Reason) -> u8 {
    match reason {
        Reason::NotGranted => 0,
        Reason::SignerNotGranted => 1,
        Reason::SurfaceNotGranted => 2,
        Reason::SubjectNotGranted => 3,
        Reason::HostNotGranted => 4,
        Reason::AddressNotGranted => 5,
        Reason::AccountNotGranted => 6,
        Reason::AuthMethodNotGranted => 7,
        Reason::StoreConflicts => 8,
        Reason::OperationNotGranted => 9,
        Reason::SlotNotAllowed => 10,
        Reason::CredentialNotAllowed => 11,
        Reason::KeyNotGranted => 12,
        Reason::BudgetExhausted => 13,
        Reason::GrantChanged => 14,
        Reason::AuditFailed => 15,
    }
}
