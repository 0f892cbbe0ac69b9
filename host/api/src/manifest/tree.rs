//! One YAML document as a tree with lines. Scalars may be secrets: they have no Debug and are zeroed; that cannot
//! be said of the buffers inside of the YAML parser. [`build`] makes it, within bounds.

use zeroize::Zeroizing;

pub(super) mod build;

/// A node and its line.
#[derive(Clone)]
pub(super) struct Node {
    pub(super) line: usize,
    pub(super) content: Content,
}

/// What a node is.
#[derive(Clone)]
pub(super) enum Content {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f64),
    Text(Zeroizing<String>),
    List(Vec<Node>),
    Map(Vec<Entry>),
    /// Was wrong and is reported already.
    Broken,
}

/// A member of a mapping.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) key: Zeroizing<String>,
    pub(super) value: Node,
    pub(super) line: usize,
}

impl Node {
    /// The words for a type.
    pub(super) const fn found(&self) -> &'static str {
        match self.content {
            Content::Null | Content::Broken => "nothing",
            Content::Bool(_) => "true or false",
            Content::Int(_) | Content::Uint(_) | Content::Float(_) => "a number",
            Content::Text(_) => "a text",
            Content::List(_) => "a list",
            Content::Map(_) => "a mapping",
        }
    }

    /// A member of a mapping, null or not.
    pub(super) fn member(&self, key: &str) -> Option<&Self> {
        self.child(self.position(key)?)
    }

    /// The place of a member.
    pub(super) fn position(&self, key: &str) -> Option<usize> {
        let Content::Map(entries) = &self.content else { return None };
        entries.iter().position(|e| e.key.as_str() == key)
    }

    /// A member or item by its place.
    pub(super) fn child(&self, index: usize) -> Option<&Self> {
        match &self.content {
            Content::List(items) => items.get(index),
            Content::Map(entries) => entries.get(index).map(|e| &e.value),
            _ => None,
        }
    }

    /// As [`Self::child`].
    pub(super) fn child_mut(&mut self, index: usize) -> Option<&mut Self> {
        match &mut self.content {
            Content::List(items) => items.get_mut(index),
            Content::Map(entries) => entries.get_mut(index).map(|e| &mut e.value),
            _ => None,
        }
    }

    /// Marks a node as broken; what it held is dropped.
    pub(super) fn break_at(&mut self, trail: &[usize]) {
        let mut node = self;
        for index in trail {
            let Some(child) = node.child_mut(*index) else { return };
            node = child;
        }
        node.content = Content::Broken;
    }

    /// Its text.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Nodes and bytes of text of the whole tree.
    fn weight(&self) -> (usize, usize) {
        let add = |a: (usize, usize), b: (usize, usize)| (a.0 + b.0, a.1 + b.1);
        match &self.content {
            Content::Text(text) => (1, text.len()),
            Content::List(items) => items.iter().map(Self::weight).fold((1, 0), add),
            Content::Map(entries) => {
                entries.iter().map(|e| add((1, e.key.len()), e.value.weight())).fold((1, 0), add)
            }
            _ => (1, 0),
        }
    }

    /// How many collections stand inside each other.
    fn depth(&self) -> usize {
        match &self.content {
            Content::List(items) => 1 + items.iter().map(Self::depth).max().unwrap_or(0),
            Content::Map(entries) => 1 + entries.iter().map(|e| e.value.depth()).max().unwrap_or(0),
            _ => 0,
        }
    }
}
