//! What a run may hold in memory. What is public is counted in the open: too much of it ends the run. Values are
//! counted apart and in silence, or the end of a run would tell how long they are (B4): those beyond the bound are
//! dropped, and the run has failed when it ends.

use bailiwick_core::{fetched::RunFailure, reason::Denial, secret::Value};

use super::{bounds::MAX_HELD, session::exhausted, state::State};
use crate::{
    entry::Tags,
    reply::{Listed, Reply, weight},
};

impl State {
    /// Counts what the guest may know of.
    pub(super) fn hold_public(&mut self, bytes: usize) -> Result<(), RunFailure> {
        self.held_public = self.held_public.saturating_add(bytes);
        if self.held_public > MAX_HELD { Err(RunFailure::Denied(too_much())) } else { Ok(()) }
    }

    /// Keeps a value, if there is room for it.
    pub(super) fn hold_value(&mut self, value: Value) -> Option<Value> {
        self.held_values = self.held_values.saturating_add(value.size());
        (!self.overfull()).then_some(value)
    }

    /// Keeps a reply: one that bears values without its body where there is no room for it.
    pub(super) fn hold_reply(&mut self, mut reply: Reply) -> Result<Reply, RunFailure> {
        if reply.reading.is_none() {
            self.hold_public(reply.size())?;
        } else if let Some(body) = reply.body.take() {
            reply.body = self.hold_value(body);
        }
        Ok(reply)
    }

    /// Keeps the tags of a key.
    pub(super) fn hold_tags(
        &mut self,
        authority: &str,
        key: Vec<String>,
        tags: &Tags,
    ) -> Result<(), RunFailure> {
        let own = tags.iter().map(|(key, value)| weight(key) + weight(value)).sum::<usize>();
        self.hold_public(authority.len() + key.iter().map(|own| weight(own)).sum::<usize>() + own)?;
        self.tags.insert((authority.to_owned(), key), tags.clone());
        Ok(())
    }

    /// Keeps the tags of what a reply lists.
    pub(super) fn hold_listed(&mut self, listed: &Listed) -> Result<(), RunFailure> {
        for item in &listed.items {
            if let Some(tags) = &item.tags {
                self.hold_tags(&listed.authority, listed.key(item), tags)?;
            }
        }
        Ok(())
    }

    /// Whether values were dropped.
    pub(super) fn overfull(&self) -> bool {
        self.held_values > MAX_HELD
    }
}

/// The run held too much.
pub(super) fn too_much() -> Denial {
    exhausted("limits.responseBytes", "the run's replies are too large: ask for less in one object")
}
