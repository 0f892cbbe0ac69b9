//! Answers to entries, under B3: a value goes to an entry only if it was read by that entry's reference, a named one
//! only with the listed name that it was read by. Anything else ends the run.

use bailiwick_boundary::{Failure, Handle, Reference, Step, ValueRef};
use bailiwick_core::{
    fetched::{EntryFailure, RunFailure},
    secret::Value,
    values::select::{Selected, select},
};

use super::{
    session::{B3, B7, Session},
    state::{Answered, ConfigItem, Found, Member, State, Thing},
};
use crate::{
    OpenEntry,
    reply::{Reading, Reply},
};

/// A name and its value; absent too where the find does not select the name.
type Named = Result<(String, Selected), RunFailure>;

impl Session {
    /// The value of a data or extract entry.
    pub(super) fn deliver(&self, entry: u32, value: &ValueRef) -> Result<(), RunFailure> {
        let reference = self.entry(entry).and_then(OpenEntry::reference).ok_or(B3)?;
        let mut state = self.lock();
        let selected = match thing(&state, value.root)? {
            Thing::Reply(reply) => {
                let reading = reply.reading.as_ref().ok_or(B3)?;
                held(self.read_by(reading, entry, reference))?;
                selected(reply.body.as_ref(), &value.steps)
            }
            Thing::Config(item) => {
                held(item.member == Member::Value && answers(&item, reference))?;
                selected(self.channel.program.config.get(&item.value), &value.steps)
            }
            Thing::Credential(_) => return Err(B7),
        };
        let answer = match selected {
            // What finds no room fails the run when it ends, so that it may stand here as absent.
            Selected::Value(value) => state.hold_value(value).map_or(Answered::Absent, Answered::Value),
            Selected::Absent => Answered::Absent,
            Selected::WrongShape => Answered::Failed(EntryFailure::WrongShape),
        };
        state.put(entry, answer)
    }

    /// One value of a find entry, and its name. What the find does not select is left out: a provider need not ask
    /// `wanted` first.
    pub(super) fn deliver_named(
        &self,
        entry: u32,
        name: &ValueRef,
        value: &ValueRef,
    ) -> Result<(), RunFailure> {
        let find = self.entry(entry).filter(|entry| entry.is_find()).ok_or(B3)?;
        let mut state = self.lock();
        let named = match (thing(&state, name.root)?, thing(&state, value.root)?) {
            (Thing::Reply(list), Thing::Reply(read)) => {
                self.listed(&state, find, (&list, &name.steps), (&read, &value.steps))
            }
            (Thing::Config(key), Thing::Config(item)) => {
                held(name.steps.is_empty())?;
                self.item_of(find, &key, &item, &value.steps)
            }
            _ => Err(B3),
        };
        let (name, selected) = named?;
        state.add(entry, name, selected)
    }

    /// The provider found nothing for an entry.
    pub(super) fn absent(&self, entry: u32) -> Result<(), RunFailure> {
        self.entry(entry).ok_or(B3)?;
        let mut state = self.lock();
        let answer = match self.saw_nothing(&state, entry) {
            true => Answered::Absent,
            false => Answered::Failed(EntryFailure::Unproven),
        };
        state.put(entry, answer)
    }

    /// One entry failed. A find may fail behind values that it gave.
    pub(super) fn failed(&self, entry: u32, why: Failure) -> Result<(), RunFailure> {
        self.entry(entry).ok_or(B3)?;
        let mut state = self.lock();
        // Not found is an absence by another name.
        let failure = match why {
            Failure::NotFound if !self.saw_nothing(&state, entry) => EntryFailure::Unproven,
            why => EntryFailure::Provider(why),
        };
        state.replace(entry, Answered::Failed(failure))
    }

    /// Whether a value was read by the reference of that entry, or of one that asks for the very same.
    fn read_by(&self, reading: &Reading, entry: u32, reference: &Reference) -> bool {
        let Some(own) = reading.entry else { return false };
        let other = self.entry(own).and_then(OpenEntry::reference);
        let same = own == entry || other.is_some_and(|other| self.same(other, reference));
        same && (!reading.metadata || reference.metadata)
    }

    /// Whether two references ask for the very same.
    pub(super) fn same(&self, one: &Reference, other: &Reference) -> bool {
        let property = self.channel.catalogue().resolves_property;
        one.key == other.key
            && one.version == other.version
            && one.metadata == other.metadata
            && (!property || one.property == other.property)
    }

    /// A name from a list reply of this run, and what reading that very key gave.
    fn listed(
        &self,
        state: &State,
        find: &OpenEntry,
        (list, name): (&Reply, &[Step]),
        (read, steps): (&Reply, &[Step]),
    ) -> Named {
        let (public, body) = list.public.as_ref().zip(list.body.as_ref()).ok_or(B3)?;
        let (pointer, _) = public.text(body, name).map_err(|_| B3)?;
        let listed = list.listed.as_ref().ok_or(B3)?;
        let item = listed.at(&pointer).filter(|item| !item.folder).ok_or(B3)?;
        let reading = read.reading.as_ref().ok_or(B3)?;
        held(listed.is_key(item, &reading.key) && reading.authority == listed.authority)?;
        held(!reading.versioned && !reading.metadata)?;
        let tags = state.tags.get(&(listed.authority.clone(), reading.key.clone()));
        let known = tags.is_some() || !find.needs_tags();
        let name = listed.name(item);
        if !known || !find.selects(&name, tags, self.folders) {
            return Ok((name, Selected::Absent));
        }
        Ok((name, selected(read.body.as_ref(), steps)))
    }

    /// The key and the value of one item of static data.
    fn item_of(&self, find: &OpenEntry, key: &ConfigItem, item: &ConfigItem, steps: &[Step]) -> Named {
        held((key.member, item.member) == (Member::Key, Member::Value) && key.value == item.value)?;
        if find.needs_tags() || !find.selects(&key.key, None, self.folders) {
            return Ok((key.key.clone(), Selected::Absent));
        }
        Ok((key.key.clone(), selected(self.channel.program.config.get(&item.value), steps)))
    }
}

impl State {
    fn slot(&mut self, entry: u32) -> Result<&mut Answered, RunFailure> {
        usize::try_from(entry).ok().and_then(|index| self.answers.get_mut(index)).ok_or(B3)
    }

    /// The only answer of an entry.
    fn put(&mut self, entry: u32, answer: Answered) -> Result<(), RunFailure> {
        let slot = self.slot(entry)?;
        held(matches!(slot, Answered::Not))?;
        *slot = answer;
        Ok(())
    }

    /// The end of an entry's answers.
    fn replace(&mut self, entry: u32, answer: Answered) -> Result<(), RunFailure> {
        let slot = self.slot(entry)?;
        held(matches!(slot, Answered::Not | Answered::Named(_)))?;
        *slot = answer;
        Ok(())
    }

    /// One more of a find's answers. A name comes once, whatever its value: only when the run ends does it show
    /// what there was.
    fn add(&mut self, entry: u32, name: String, selected: Selected) -> Result<(), RunFailure> {
        self.hold_public(2 * name.len())?;
        let value = match selected {
            Selected::Value(value) => self.hold_value(value).map(Ok),
            Selected::Absent => None,
            Selected::WrongShape => Some(Err(())),
        };
        let slot = self.slot(entry)?;
        if matches!(slot, Answered::Not) {
            *slot = Answered::Named(Found::default());
        }
        let Answered::Named(found) = slot else { return Err(B3) };
        held(found.names.insert(name.clone()))?;
        match value {
            Some(Ok(value)) => found.values.push((name, value)),
            Some(Err(())) => found.wrong_shape = true,
            None => {}
        }
        Ok(())
    }
}

fn held(rule: bool) -> Result<(), RunFailure> {
    if rule { Ok(()) } else { Err(B3) }
}

fn thing(state: &State, handle: Handle) -> Result<Thing, RunFailure> {
    state.handles.get(&handle).cloned().ok_or(B7)
}

fn selected(value: Option<&Value>, steps: &[Step]) -> Selected {
    value.map_or(Selected::Absent, |value| select(value, steps))
}

fn answers(item: &ConfigItem, reference: &Reference) -> bool {
    let versioned = reference.version.is_none() || reference.version == item.version;
    item.key == reference.key && versioned
}
