//! What a guest may read: shape, names and text of public members (B4), and whether a find wants a name.

use std::sync::Arc;

use bailiwick_boundary::{Handle, Shape, Unreadable, ValueRef};
use bailiwick_core::{fetched::RunFailure, secret::Value};

use super::{
    session::{B3, B7, Session},
    state::Thing,
};
use crate::reply::{Public, Reply};

type Readable<T> = Result<Result<T, Unreadable>, RunFailure>;

impl Session {
    pub(super) fn shape(&self, at: &ValueRef) -> Readable<Shape> {
        self.read_public(at.root, |public, body| public.shape(body, &at.steps))
    }

    pub(super) fn names(&self, at: &ValueRef) -> Readable<Vec<String>> {
        self.read_public(at.root, |public, body| public.names(body, &at.steps))
    }

    pub(super) fn text(&self, at: &ValueRef) -> Readable<String> {
        self.read_public(at.root, |public, body| public.text(body, &at.steps).map(|(_, text)| text))
    }

    /// Whether a find selects a listed name, as far as is known: `deliver-named` asks again.
    pub(super) fn wanted(&self, entry: u32, name: &str) -> Result<bool, RunFailure> {
        let entry = self.entry(entry).ok_or(B3)?;
        let key: Vec<&str> = name.strip_prefix('/').unwrap_or(name).split('/').collect();
        let state = self.lock();
        let mut tags = state.tags.iter().filter(|((_, own), _)| *own == key).map(|(_, tags)| tags);
        let Some(first) = tags.next() else { return Ok(entry.selects(name, None, self.folders)) };
        let mut all = std::iter::once(first).chain(tags);
        Ok(all.any(|tags| entry.selects(name, Some(tags), self.folders)))
    }

    fn read_public<T>(
        &self,
        root: Handle,
        read: impl FnOnce(&Public, &Value) -> Result<T, Unreadable>,
    ) -> Readable<T> {
        let reply: Option<Arc<Reply>> = match self.lock().handles.get(&root).ok_or(B7)? {
            Thing::Reply(reply) => Some(Arc::clone(reply)),
            // Its value is delivered, and its key is in the settings.
            Thing::Config(_) => None,
            Thing::Credential(_) => return Err(B7),
        };
        let parts = reply.as_ref().and_then(|reply| reply.public.as_ref().zip(reply.body.as_ref()));
        Ok(parts.map_or(Err(Unreadable::NotPublic), |(public, body)| read(public, body)))
    }
}
