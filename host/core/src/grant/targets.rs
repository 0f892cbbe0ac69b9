//! Targets: origin, account, addresses, roots and keys that belong together (G6, G6a, G7). First each target of a grant
//! is read, whatever store there is; then, for each authority, the one that agrees with the store is chosen. A store
//! never overrides: it agrees, is silent, or is denied with the name of its field.

mod chosen;
mod read;

use std::collections::BTreeMap;

pub(crate) use chosen::setting_text;
pub(super) use chosen::{certificates, choose, one_account, store_field, store_text};
pub(super) use read::{read, value as read_value};

use crate::{
    program::{AddressRule, KeyPattern, Origin, Target},
    reason::Denial,
};

/// A target of a grant, read.
#[derive(Clone)]
pub(super) struct Granted {
    /// Its index in the grant.
    pub(super) index: usize,
    /// The catalogue's authority.
    pub(super) authority: String,
    /// The origin.
    pub(super) origin: Origin,
    /// Which addresses.
    pub(super) addresses: AddressRule,
    /// The `configmap/key` of its roots.
    pub(super) ca: Option<String>,
    /// Every account slot of the authority; empty where an optional one is not used.
    pub(super) account: BTreeMap<String, String>,
    /// Key patterns.
    pub(super) keys: Vec<KeyPattern>,
}

/// The targets chosen for a program.
pub(super) struct Chosen {
    /// By authority.
    pub(super) targets: BTreeMap<String, Target>,
    /// By authority: the index in the grant's `targets`.
    pub(super) lines: BTreeMap<String, usize>,
    /// By authority: why it has none.
    pub(super) denied: BTreeMap<String, Denial>,
}
