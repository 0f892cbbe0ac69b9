//! What a list reply names, filtered to what the grant admits before a handle to it exists (G9), and remembered
//! for echo, `wanted` and `deliver-named`.

use bailiwick_core::{
    catalogue::ListRule,
    grant,
    program::Target,
    secret::Value,
    values::{
        json::{Json, Node, Tape},
        list,
    },
};

use super::{Malformed, Reading, owned};
use crate::entry::Tags;

/// Granted items of one reply; a guest is not told more names either.
const MAX_ITEMS: usize = 10_000;
/// Bytes that the names of one reply may come to, each with the prefix before it: a long prefix before many short
/// names is the host's work and none of the backend's.
const MAX_NAMES: usize = 16 << 20;

/// The granted items of one list reply, in order: item n is at index n of the filtered reply. The prefix is here
/// once; an item holds what is its own.
pub(crate) struct Listed {
    /// The prefix that was listed, decoded.
    prefix: Vec<String>,
    /// The authority that was asked.
    pub(crate) authority: String,
    relative: bool,
    /// What stands before relative names, as it was written.
    before: String,
    /// Names that cannot be asked for: left out.
    pub(crate) unsendable: usize,
    pub(crate) items: Vec<Item>,
    /// Pointer to the array, and from an item to its name.
    array: String,
    name: String,
}

/// One granted item.
pub(crate) struct Item {
    /// As it was listed.
    text: String,
    /// The segments of its key (of a folder: its prefix) that are not the listed prefix's.
    own: Vec<String>,
    /// It can be listed in turn and not read.
    pub(crate) folder: bool,
    /// Its tags, where the reply tells them.
    pub(crate) tags: Option<Tags>,
}

impl Listed {
    /// The reply with the granted items alone, and those items.
    pub(super) fn read(
        json: &Json<'_>,
        rule: &ListRule,
        target: &Target,
        reading: &Reading,
    ) -> Result<(Value, Self), Malformed> {
        let mut listed = Self {
            prefix: reading.key.clone(),
            authority: reading.authority.clone(),
            relative: rule.relative,
            before: reading.before.clone(),
            unsendable: 0,
            items: Vec::new(),
            array: rule.items.strip_suffix("/*").ok_or(Malformed)?.to_owned(),
            name: rule.name.clone(),
        };
        let prefix: usize = listed.prefix.iter().map(String::len).sum();
        let (mut names, mut items, mut unsendable) = (0, 0, 0);
        let granted = |name: &str| {
            names += prefix + name.len();
            if names > MAX_NAMES {
                return false;
            }
            let listed = grant::listed(rule, &reading.key, name);
            unsendable += usize::from(listed.is_none());
            let granted = listed.is_some_and(|listed| admitted(&listed, target));
            items += usize::from(granted);
            granted
        };
        let body = list::filter(json, rule, granted).map_err(|_| Malformed)?;
        if names > MAX_NAMES || items > MAX_ITEMS {
            return Err(Malformed);
        }
        listed.unsendable = unsendable;
        listed.items = listed.read_items(&body, rule)?;
        Ok((body, listed))
    }

    fn read_items(&self, body: &Value, rule: &ListRule) -> Result<Vec<Item>, Malformed> {
        let tape = Tape::of(body).map_err(|_| Malformed)?;
        let json = tape.over_value(body).map_err(|_| Malformed)?;
        let array = list::items(&json, rule).map_err(|_| Malformed)?;
        let read = |node: Node<'_>| {
            let mut item = list::name(node, rule).and_then(|name| self.item(&name, rule)).ok_or(Malformed)?;
            if let Some(tags) = &rule.tags {
                item.tags = Some(owned(list::tags(node, tags).ok_or(Malformed)?));
            }
            Ok(item)
        };
        array.into_iter().flat_map(Node::items).map(read).collect()
    }

    /// What relative names are below; whole ones are below nothing.
    pub(crate) fn base(&self) -> &[String] {
        if self.relative { &self.prefix } else { &[] }
    }

    /// The item whose name stands at a pointer into the filtered reply.
    pub(crate) fn at(&self, pointer: &str) -> Option<&Item> {
        let (index, name) = pointer.strip_prefix(&self.array)?.strip_prefix('/').map(split)?;
        if name != self.name {
            return None;
        }
        self.items.get(index.parse::<usize>().ok()?)
    }

    /// As `deliver-named` states it, and as ESO names what it finds: where names are relative, behind the find's path
    /// just as that is written, with one `/` between them; else as it was listed.
    pub(crate) fn name(&self, item: &Item) -> String {
        if self.relative { format!("{}{}", self.before, item.text) } else { item.text.clone() }
    }

    /// The decoded key, or the prefix of a folder.
    pub(crate) fn key(&self, item: &Item) -> Vec<String> {
        [self.base(), &item.own].concat()
    }

    /// Whether a key is the item's.
    pub(crate) fn is_key(&self, item: &Item, key: &[String]) -> bool {
        key.strip_prefix(self.base()) == Some(&item.own)
    }

    /// About what it takes in memory.
    pub(crate) fn size(&self) -> usize {
        let item = |item: &Item| {
            let tags = item.tags.iter().flatten().map(|(key, value)| weight(key) + weight(value));
            size_of::<Item>()
                + item.text.len()
                + item.own.iter().map(|own| weight(own)).sum::<usize>()
                + tags.sum::<usize>()
        };
        self.prefix.iter().map(|own| weight(own)).sum::<usize>() + self.items.iter().map(item).sum::<usize>()
    }

    fn item(&self, text: &str, rule: &ListRule) -> Option<Item> {
        let mut listed = grant::listed(rule, &self.prefix, text)?;
        let own = listed.segments.split_off(self.base().len());
        Some(Item { text: text.to_owned(), own, folder: listed.folder, tags: None })
    }
}

/// A text with its place in a vector or a map.
pub(crate) fn weight(text: &str) -> usize {
    text.len() + 2 * size_of::<String>()
}

fn split(rest: &str) -> (&str, &str) {
    rest.find('/').map_or((rest, ""), |at| rest.split_at(at))
}

fn admitted(listed: &grant::Listed, target: &Target) -> bool {
    match listed.folder {
        true => grant::list_admitted(target, &listed.segments),
        false => grant::key_admitted(target, &listed.segments),
    }
}
