//! Absence is believed where the broker saw it. A missing secret may delete a Secret, so a provider's word is not
//! enough: a read by the entry's own reference came back absent, a listing of its own names nothing that the find
//! selects, or the store's static data has no such item. All of it is known to the guest, so that nothing leaks.

use std::collections::HashSet;

use bailiwick_boundary::{Outcome, Reference};
use bailiwick_core::catalogue::OperationClass;

use super::{
    prepare::Prepared,
    session::Session,
    state::{State, Thing},
};
use crate::{OpenEntry, reply::Reply};

/// What came back absent, and what was searched.
#[derive(Default)]
pub(super) struct Gone {
    /// Entries whose whole reference was asked for in vain.
    entries: HashSet<u32>,
    /// (authority, key) of listed names that were asked for in vain.
    keys: HashSet<(String, Vec<String>)>,
    /// Finds for which a listing came back.
    searched: HashSet<u32>,
    /// A listing of everything came back, which is every find's.
    everything: bool,
}

impl Session {
    /// Keeps what a reply says about absence.
    pub(super) fn note(&self, state: &mut State, prepared: &Prepared, outcome: Outcome) {
        let operation = self.channel.catalogue().operations.get(&prepared.operation);
        let reading = &prepared.reading;
        match (operation.map(|operation| operation.class), outcome) {
            (Some(OperationClass::List), Outcome::Ok | Outcome::Absent) => {
                state.gone.searched.extend(&prepared.entries);
                state.gone.everything |= prepared.entries.is_empty() && reading.key.is_empty();
            }
            (Some(OperationClass::Read), Outcome::Absent) => match reading.entry {
                Some(entry) if !reading.metadata || self.asks_metadata(entry) => {
                    state.gone.entries.insert(entry);
                }
                Some(_) => {}
                None => drop(state.gone.keys.insert((reading.authority.clone(), reading.key.clone()))),
            },
            _ => {}
        }
    }

    /// Whether the broker itself saw that there is nothing for the entry.
    pub(super) fn saw_nothing(&self, state: &State, entry: u32) -> bool {
        let Some(open) = self.entry(entry) else { return false };
        match open.reference() {
            Some(own) => {
                let same = |other: &u32| {
                    let other = self.entry(*other).and_then(OpenEntry::reference);
                    other.is_some_and(|other| self.same(other, own))
                };
                state.gone.entries.iter().any(same) || self.has_no_item(|item| is_of(item, own))
            }
            None => self.found_nothing(state, entry, open),
        }
    }

    /// Of a find: it was listed for, and every listed name that it selects was asked for in vain.
    fn found_nothing(&self, state: &State, entry: u32, find: &OpenEntry) -> bool {
        let selected = |key: &str| !find.needs_tags() && find.selects(key, None, self.folders);
        if self.has_no_item(|(key, _)| selected(key)) {
            return true;
        }
        let listed = state.gone.everything || state.gone.searched.contains(&entry);
        listed && state.replies().all(|reply| self.names_nothing(state, reply, find))
    }

    fn names_nothing(&self, state: &State, reply: &Reply, find: &OpenEntry) -> bool {
        let Some(listed) = &reply.listed else { return true };
        listed.items.iter().filter(|item| !item.folder).all(|item| {
            let place = (listed.authority.clone(), listed.key(item));
            let selected = find.selects(&listed.name(item), state.tags.get(&place), self.folders);
            !selected || state.gone.keys.contains(&place)
        })
    }

    /// Whether the store's static data has no item like that, in a catalogue that has nothing but static data.
    fn has_no_item(&self, like: impl Fn((&str, Option<&str>)) -> bool) -> bool {
        let catalogue = self.channel.catalogue();
        let reads = |class| matches!(class, OperationClass::Read | OperationClass::List);
        if catalogue.operations.values().any(|operation| reads(operation.class)) {
            return false;
        }
        let Some(rule) = &catalogue.config else { return false };
        let items = rule.items.strip_suffix("/*").and_then(|at| self.channel.program.settings.pointer(at));
        let text = |item: &serde_json::Value, at: &str| item.pointer(at)?.as_str().map(str::to_owned);
        let items = items.and_then(serde_json::Value::as_array).into_iter().flatten();
        let mut known = items.filter_map(|item| {
            let version = rule.version.as_deref().and_then(|at| text(item, at));
            Some((text(item, &rule.key)?, version))
        });
        !known.any(|(key, version)| like((&key, version.as_deref())))
    }

    fn asks_metadata(&self, entry: u32) -> bool {
        self.entry(entry).and_then(OpenEntry::reference).is_some_and(|reference| reference.metadata)
    }
}

fn is_of((key, version): (&str, Option<&str>), reference: &Reference) -> bool {
    key == reference.key && version == reference.version.as_deref()
}

impl State {
    fn replies(&self) -> impl Iterator<Item = &Reply> {
        self.handles.values().filter_map(|thing| match thing {
            Thing::Reply(reply) => Some(reply.as_ref()),
            _ => None,
        })
    }
}
