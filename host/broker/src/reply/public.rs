//! The members of a reply that the catalogue declares public: shape, names and text of those, and of nothing else
//! (B4). Selectors are followed only where everything they compare is public, or a comparison would be an oracle.

use std::borrow::Cow;

use bailiwick_boundary::{Shape, Step, Unreadable};
use bailiwick_core::{
    secret::Value,
    values::json::{
        Json, Kind, Node, Tape,
        pointer::{self, Place},
    },
};

use super::Malformed;

/// Names that one question may bring.
const MAX_NAMES: usize = 10_000;
/// Bytes of names, or of one text.
const MAX_TEXT: usize = 1 << 20;

/// Positions in the reply and the patterns of what is public.
pub(crate) struct Public {
    tape: Tape,
    patterns: Vec<String>,
}

/// Where selectors lead: the pointer from the root, and what is there.
struct Found<'j> {
    pointer: String,
    node: Option<Node<'j>>,
}

impl Public {
    pub(super) fn new(body: &Value, patterns: &[String]) -> Result<Self, Malformed> {
        Ok(Self { tape: Tape::of(body).map_err(|_| Malformed)?, patterns: patterns.to_vec() })
    }

    /// About what it takes in memory beside the body.
    pub(crate) fn size(&self) -> usize {
        self.tape.size()
    }

    /// The shape of a public member, or of what leads to one.
    pub(crate) fn shape(&self, body: &Value, steps: &[Step]) -> Result<Shape, Unreadable> {
        let json = self.json(body)?;
        let found = self.find(&json, steps)?;
        if !self.leads_to_public(&found.pointer) {
            return Err(Unreadable::NotPublic);
        }
        Ok(found.node.map_or(Shape::Absent, |node| match node.kind() {
            Kind::Null => Shape::Null,
            Kind::Boolean => Shape::Boolean,
            Kind::Number => Shape::Number,
            Kind::Text => Shape::Text,
            Kind::Array => Shape::Array,
            Kind::Object => Shape::Object,
        }))
    }

    /// An object's member names or an array's indices.
    pub(crate) fn names(&self, body: &Value, steps: &[Step]) -> Result<Vec<String>, Unreadable> {
        let json = self.json(body)?;
        let found = self.find(&json, steps)?;
        if !self.leads_to_public(&found.pointer) {
            return Err(Unreadable::NotPublic);
        }
        let node = found.node.ok_or(Unreadable::Absent)?;
        let names: Vec<String> = match node.kind() {
            Kind::Object => bounded(node.members().filter_map(|(name, _)| name.text()))?,
            Kind::Array => bounded(node.items().enumerate().map(|(index, _)| index.to_string().into()))?,
            _ => return Err(Unreadable::WrongShape),
        };
        Ok(names)
    }

    /// The text of a public member, and its pointer.
    pub(crate) fn text(&self, body: &Value, steps: &[Step]) -> Result<(String, String), Unreadable> {
        let json = self.json(body)?;
        let found = self.find(&json, steps)?;
        if !self.is_named(&found.pointer) {
            return Err(Unreadable::NotPublic);
        }
        let node = found.node.ok_or(Unreadable::Absent)?;
        let text = node.text().ok_or(Unreadable::WrongShape)?;
        if text.len() > MAX_TEXT {
            return Err(Unreadable::Budget);
        }
        Ok((found.pointer, text.into_owned()))
    }

    fn json<'j>(&'j self, body: &'j Value) -> Result<Json<'j>, Unreadable> {
        self.tape.over_value(body).map_err(|_| Unreadable::NotPublic)
    }

    fn find<'j>(&self, json: &'j Json<'_>, steps: &[Step]) -> Result<Found<'j>, Unreadable> {
        let mut found = Found { pointer: String::new(), node: Some(json.root()) };
        for step in steps {
            found = match step {
                Step::At(to) => Found {
                    pointer: joined(found.pointer, to).ok_or(Unreadable::NotPublic)?,
                    node: found.node.and_then(|node| node.pointer(to)),
                },
                Step::Find { member, equals } => self.find_item(found, member, equals)?,
                // What is decoded is never public.
                Step::Decode(_) => return Err(Unreadable::NotPublic),
            };
        }
        Ok(found)
    }

    fn find_item<'j>(&self, at: Found<'j>, member: &str, equals: &str) -> Result<Found<'j>, Unreadable> {
        let place = |index: usize| {
            let mut item = at.pointer.clone();
            pointer::push(&mut item, &index.to_string());
            item
        };
        let mut compared = place(0);
        pointer::push(&mut compared, member);
        if !self.is_named(&compared) {
            return Err(Unreadable::NotPublic);
        }
        let items = at.node.into_iter().flat_map(Node::items).enumerate();
        let mut fitting =
            items.filter(|(_, item)| item.member(member).is_some_and(|own| own.is_text(equals)));
        let (index, item) = fitting.next().ok_or(Unreadable::Absent)?;
        Ok(Found { pointer: place(index), node: Some(item) })
    }

    fn is_named(&self, pointer: &str) -> bool {
        self.patterns.iter().any(|pattern| pointer::place(pattern, pointer) == Place::Named)
    }

    fn leads_to_public(&self, pointer: &str) -> bool {
        self.patterns.iter().any(|pattern| pointer::place(pattern, pointer) != Place::Elsewhere)
    }
}

fn bounded<'a>(names: impl Iterator<Item = Cow<'a, str>>) -> Result<Vec<String>, Unreadable> {
    let (mut out, mut bytes) = (Vec::new(), 0);
    for name in names {
        bytes += name.len();
        if out.len() >= MAX_NAMES || bytes > MAX_TEXT {
            return Err(Unreadable::Budget);
        }
        out.push(name.into_owned());
    }
    Ok(out)
}

/// A pointer behind a pointer, in canonical form.
fn joined(mut base: String, more: &str) -> Option<String> {
    for token in pointer::tokens(more)? {
        pointer::push(&mut base, &token?);
    }
    Some(base)
}
