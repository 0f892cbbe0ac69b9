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

/// The granted items of one list reply, in order: item n is at index n of the filtered reply.
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
    /// As `deliver-named` states it, and as ESO names what it finds: where names are relative, behind the find's path
    /// just as that is written, with one `/` between them; else as it was listed.
    pub(crate) name: String,
    /// The decoded key, or the prefix of a folder.
    pub(crate) key: Vec<String>,
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
        let mut unsendable = 0;
        let granted = |name: &str| match listed.item(name, rule) {
            Some(item) => admitted(&item, target),
            None => {
                unsendable += 1;
                false
            }
        };
        let body = list::filter(json, rule, granted).map_err(|_| Malformed)?;
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

    fn item(&self, text: &str, rule: &ListRule) -> Option<Item> {
        let listed = grant::listed(rule, &self.prefix, text)?;
        Some(Item { name: self.stated(text), key: listed.segments, folder: listed.folder, tags: None })
    }

    fn stated(&self, text: &str) -> String {
        if self.relative { format!("{}{text}", self.before) } else { text.to_owned() }
    }
}

fn split(rest: &str) -> (&str, &str) {
    rest.find('/').map_or((rest, ""), |at| rest.split_at(at))
}

fn admitted(item: &Item, target: &Target) -> bool {
    match item.folder {
        true => grant::list_admitted(target, &item.key),
        false => grant::key_admitted(target, &item.key),
    }
}
