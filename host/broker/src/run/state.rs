//! What a run has gathered: handles, budgets, denials, and what each entry was answered. Every handle is 128
//! random bits of this run alone; nothing here outlives it.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use bailiwick_boundary::Handle;
use bailiwick_core::{
    fetched::{EntryFailure, RunFailure, Trouble},
    reason::Denial,
    secret::Value,
};
use tokio::task::JoinSet;

use super::{absence::Gone, bounds};
use crate::{credential::Held, entry::Tags, reply::Reply, tokens::Minted};

/// What a handle stands for.
#[derive(Clone)]
pub(super) enum Thing {
    Credential(Arc<Held>),
    Reply(Arc<Reply>),
    Config(Arc<ConfigItem>),
}

/// One item of static data in the store's settings, by its key or by its value.
pub(super) struct ConfigItem {
    /// The value's pointer into the program's config.
    pub(super) value: String,
    pub(super) member: Member,
    pub(super) key: String,
    pub(super) version: Option<String>,
}

/// Which member of an item a handle stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Member {
    Key,
    Value,
}

/// What an entry was answered.
#[derive(Default)]
pub(super) enum Answered {
    #[default]
    Not,
    Value(Value),
    Named(Found),
    Absent,
    Failed(EntryFailure),
}

/// The answers of a find so far. Names are kept whatever reading them gave: what may come next must not depend on
/// a value (I3).
#[derive(Default)]
pub(super) struct Found {
    pub(super) names: BTreeSet<String>,
    pub(super) values: Vec<(String, Value)>,
    pub(super) wrong_shape: bool,
}

/// The state of a run.
#[derive(Default)]
pub(super) struct State {
    /// The run has ended, and why.
    pub(super) over: Option<RunFailure>,
    /// The caller has finished the run: nothing but revocation leaves any more.
    pub(super) closed: bool,
    pub(super) asks: u32,
    pub(super) calls: u32,
    pub(super) denied: u32,
    pub(super) free_bits: u32,
    pub(super) held_public: usize,
    pub(super) held_values: usize,
    pub(super) handles: HashMap<Handle, Thing>,
    /// The credential of the store's auth method, once it was read.
    pub(super) named: Option<Handle>,
    pub(super) configs: BTreeMap<String, Handle>,
    pub(super) answers: Vec<Answered>,
    /// Tags by (authority, key), from lists and from reads of metadata.
    pub(super) tags: HashMap<(String, Vec<String>), Tags>,
    /// What came back absent.
    pub(super) gone: Gone,
    /// The first denial of a call that used an entry.
    pub(super) denials: BTreeMap<u32, Denial>,
    /// The first denial of a call that used none.
    pub(super) denial: Option<Denial>,
    /// What was last wrong with the backend in a call that used an entry.
    pub(super) troubles: BTreeMap<u32, Trouble>,
    /// The same for calls that used none, such as a login.
    pub(super) trouble: Option<Trouble>,
    /// Minted here and not cached: to be revoked.
    pub(super) minted: Vec<Minted>,
    /// Logins under way: they are awaited before revocation.
    pub(super) exchanges: JoinSet<()>,
}

impl State {
    /// Names a thing. None where the run has too many, or where there is no randomness.
    pub(super) fn name(&mut self, thing: Thing) -> Option<Handle> {
        if self.handles.len() >= bounds::MAX_HANDLES {
            return None;
        }
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).ok()?;
        let handle = Handle(bytes);
        self.handles.insert(handle, thing);
        Some(handle)
    }

    pub(super) fn credential(&self, handle: Handle) -> Option<Arc<Held>> {
        match self.handles.get(&handle)? {
            Thing::Credential(held) => Some(Arc::clone(held)),
            _ => None,
        }
    }

    /// The credentials of the run.
    pub(super) fn credentials(&self) -> impl Iterator<Item = &Held> {
        self.handles.values().filter_map(|thing| match thing {
            Thing::Credential(held) => Some(held.as_ref()),
            _ => None,
        })
    }

    pub(super) fn reply(&self, handle: Handle) -> Option<Arc<Reply>> {
        match self.handles.get(&handle)? {
            Thing::Reply(reply) => Some(Arc::clone(reply)),
            _ => None,
        }
    }
}
