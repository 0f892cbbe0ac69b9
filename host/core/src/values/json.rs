//! Strict JSON (RFC 8259) as a tape of spans over the text: nothing is copied, numbers stay text, and members
//! keep their order. Refused: bytes that are not UTF-8, a byte order mark, duplicate member names (however they
//! are escaped), lone surrogates, nesting beyond [`MAX_DEPTH`], more than [`MAX_NODES`] nodes.
//!
//! A tape holds positions only, never text. Text leaves by [`Node::value`], zeroed on drop, or by [`Node::text`],
//! which is for members that the catalogue declares public and for names.

mod parse;
pub mod pointer;
#[cfg(test)]
mod tests;
mod text;

use std::{borrow::Cow, ops::Range};

use parse::Rules;
pub use parse::{Fault, JsonError};

use crate::secret::Value;

/// Arrays and objects within each other.
pub const MAX_DEPTH: usize = 64;
/// Values and member names in one text.
pub const MAX_NODES: usize = 1 << 18;

/// A JSON text and its tape.
pub struct Json<'t> {
    text: &'t str,
    cells: Cow<'t, [Cell]>,
}

/// The positions of a parsed text, to be kept beside it and laid over it again without parsing.
pub struct Tape(Vec<Cell>);

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A number.
    Number,
    /// A string.
    Text,
    /// An array.
    Array,
    /// An object.
    Object,
}

/// One value or member name: where it stands, and the cell after it and all that it holds. An object is followed
/// by name, value, name, value; an array by its items.
#[derive(Clone, Copy)]
struct Cell {
    start: u32,
    end: u32,
    after: u32,
    kind: Kind,
    /// A text with a backslash in it.
    escaped: bool,
}

/// One value of a [`Json`].
#[derive(Clone, Copy)]
pub struct Node<'j> {
    text: &'j str,
    cells: &'j [Cell],
    index: usize,
    cell: Cell,
}

impl<'t> Json<'t> {
    /// Parses `bytes` in one pass.
    ///
    /// # Errors
    /// What is wrong and at which byte; never what stands there.
    pub fn parse(bytes: &'t [u8]) -> Result<Self, JsonError> {
        let text = parse::utf8(bytes)?;
        Ok(Self { text, cells: Cow::Owned(parse::tape(text, Rules::STRICT)?) })
    }

    /// Parses text that we made ourselves, which may repeat a name: the first one is read.
    pub(crate) fn parse_own(bytes: &'t [u8]) -> Result<Self, JsonError> {
        let text = parse::utf8(bytes)?;
        Ok(Self { text, cells: Cow::Owned(parse::tape(text, Rules::REPEATS)?) })
    }

    /// Parses what people keep as JSON: a name may come again (by name the first is read), and texts may hold control
    /// characters as they are.
    ///
    /// # Errors
    /// As [`Json::parse`].
    pub fn parse_lenient(bytes: &'t [u8]) -> Result<Self, JsonError> {
        let text = parse::utf8(bytes)?;
        Ok(Self { text, cells: Cow::Owned(parse::tape(text, Rules::LENIENT)?) })
    }

    /// The whole value.
    #[must_use]
    pub fn root(&self) -> Node<'_> {
        let none = Cell { start: 0, end: 0, after: 0, kind: Kind::Null, escaped: false };
        let cell = self.cells.first().copied().unwrap_or(none);
        Node { text: self.text, cells: &self.cells, index: 0, cell }
    }

    /// The whole text, spaces around the value included.
    #[must_use]
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// The node that an RFC 6901 pointer names.
    #[must_use]
    pub fn pointer(&self, pointer: &str) -> Option<Node<'_>> {
        self.root().pointer(pointer)
    }
}

impl Tape {
    /// Parses `bytes` and keeps the positions alone.
    ///
    /// # Errors
    /// As [`Json::parse`].
    pub fn parse(bytes: &[u8]) -> Result<Self, JsonError> {
        Ok(Self(parse::tape(parse::utf8(bytes)?, Rules::STRICT)?))
    }

    /// As [`Self::parse`], of a value.
    ///
    /// # Errors
    /// As [`Json::parse`].
    pub fn of(value: &Value) -> Result<Self, JsonError> {
        Self::parse(value.bytes())
    }

    /// Bytes that the positions take.
    #[must_use]
    pub fn size(&self) -> usize {
        self.0.len().saturating_mul(size_of::<Cell>())
    }

    /// As [`Self::over`], of a value.
    ///
    /// # Errors
    /// The value is not UTF-8.
    pub fn over_value<'t>(&'t self, value: &'t Value) -> Result<Json<'t>, JsonError> {
        self.over(value.bytes())
    }

    /// The tape over the very bytes that it was made from. Over other bytes, nodes read as empty.
    ///
    /// # Errors
    /// The bytes are not UTF-8.
    pub fn over<'t>(&'t self, bytes: &'t [u8]) -> Result<Json<'t>, JsonError> {
        Ok(Json { text: parse::utf8(bytes)?, cells: Cow::Borrowed(&self.0) })
    }
}

impl<'j> Node<'j> {
    /// What it is.
    #[must_use]
    pub fn kind(self) -> Kind {
        self.cell.kind
    }

    /// Its text as it stands, a string with its quotes. For numbers, booleans and public members.
    #[must_use]
    pub fn raw(self) -> &'j str {
        self.text.get(self.span()).unwrap_or_default()
    }

    /// Where it stands in the text.
    #[must_use]
    pub fn span(self) -> Range<usize> {
        self.cell.start as usize..self.cell.end as usize
    }

    /// A string's text, unescaped. For names and public members; secrets go by [`Self::value`].
    #[must_use]
    pub fn text(self) -> Option<Cow<'j, str>> {
        let inner = self.inner()?;
        if !self.cell.escaped {
            return Some(Cow::Borrowed(inner));
        }
        String::from_utf8(text::unescape(inner)).ok().map(Cow::Owned)
    }

    /// As a secret value: a string unescaped, everything else as its raw text.
    #[must_use]
    pub fn value(self) -> Value {
        Value::new(match self.inner() {
            Some(inner) if self.cell.escaped => text::unescape(inner),
            Some(inner) => inner.as_bytes().to_vec(),
            None => self.raw().as_bytes().to_vec(),
        })
    }

    /// Whether it is a string that reads as `other`.
    #[must_use]
    pub fn is_text(self, other: &str) -> bool {
        match self.inner() {
            Some(inner) if !self.cell.escaped => inner == other,
            Some(_) => self.text().is_some_and(|own| own == other),
            None => false,
        }
    }

    /// The members of an object, in their order; none of anything else.
    pub fn members(self) -> impl Iterator<Item = (Node<'j>, Node<'j>)> + Clone {
        let mut index = self.index + 1;
        let end = if self.kind() == Kind::Object { self.cell.after as usize } else { 0 };
        std::iter::from_fn(move || {
            let name = self.cell_at(index, end)?;
            let value = self.cell_at(index + 1, end)?;
            index = value.cell.after as usize;
            Some((name, value))
        })
    }

    /// The items of an array; none of anything else.
    pub fn items(self) -> impl Iterator<Item = Node<'j>> {
        let mut index = self.index + 1;
        let end = if self.kind() == Kind::Array { self.cell.after as usize } else { 0 };
        std::iter::from_fn(move || {
            let item = self.cell_at(index, end)?;
            index = item.cell.after as usize;
            Some(item)
        })
    }

    /// A member of an object.
    #[must_use]
    pub fn member(self, name: &str) -> Option<Node<'j>> {
        self.members().find(|(own, _)| own.is_text(name)).map(|(_, value)| value)
    }

    /// The node that an RFC 6901 pointer names, starting here.
    #[must_use]
    pub fn pointer(self, pointer: &str) -> Option<Node<'j>> {
        pointer::tokens(pointer)?.try_fold(self, |node, token| node.step(&token?))
    }

    /// Whether two strings read the same.
    fn same_text(self, other: Self) -> bool {
        match self.cell.escaped || other.cell.escaped {
            true => self.text() == other.text(),
            false => self.raw() == other.raw(),
        }
    }

    fn step(self, token: &str) -> Option<Node<'j>> {
        match self.kind() {
            Kind::Object => self.member(token),
            Kind::Array => self.items().nth(pointer::index(token)?),
            _ => None,
        }
    }

    fn cell_at(self, index: usize, end: usize) -> Option<Node<'j>> {
        if index >= end {
            return None;
        }
        self.cells.get(index).map(|cell| Node { index, cell: *cell, ..self })
    }

    /// A string without its quotes.
    fn inner(self) -> Option<&'j str> {
        if self.kind() != Kind::Text {
            return None;
        }
        let raw = self.raw();
        Some(raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default())
    }
}
