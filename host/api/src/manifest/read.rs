//! From a tree to typed values, through serde, with errors of our own: serde's quote what they found. All faults
//! of an object are collected: a node that is wrong is reported, marked as broken and left out, and the reading
//! begins again. Null is absent, as Kubernetes has it.

use std::cell::RefCell;

use serde::{
    Deserializer,
    de::{DeserializeOwned, Error as _, Visitor},
    forward_to_deserialize_any,
};

use self::access::{Choice, Items, Members};
use super::{
    fault::{Fault, near},
    path::Path,
    tree::{Content, Node},
};

pub(super) use self::slip::Slip;

mod access;
mod slip;

/// A fault and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) line: usize,
    pub(super) path: String,
    pub(super) fault: Fault,
}

/// Reads the member `key` of `root`, and adds all that is wrong with it to `found`. None where it is absent or
/// cannot be read at all.
pub(super) fn member<T: DeserializeOwned>(root: &mut Node, key: &str, found: &mut Vec<Found>) -> Option<T> {
    let index = root.position(key)?;
    loop {
        let node = root.child(index)?;
        if matches!(node.content, Content::Null | Content::Broken) {
            return None;
        }
        let sink = RefCell::new(Vec::new());
        let trail = Trail { parent: None, index };
        let read = T::deserialize(Reader { node, trail: &trail, sink: &sink });
        for slip in sink.into_inner() {
            record(root, &slip, found);
        }
        let slip = match read {
            Ok(value) => return Some(value),
            Err(slip) => slip,
        };
        record(root, &slip, found);
        root.break_at(&slip.trail);
        if found.len() > MAX_FAULTS {
            return None;
        }
    }
}

/// Adds a slip once, with its path as text; none where there are too many already.
fn record(root: &Node, slip: &Slip, found: &mut Vec<Found>) {
    if found.len() > MAX_FAULTS {
        return;
    }
    let (line, mut path) = describe(root, &slip.trail);
    slip.field.iter().for_each(|field| path.field(field));
    let new = Found { line: slip.line.unwrap_or(line), path: path.into_text(), fault: slip.fault.clone() };
    if !slip.follows && !found.contains(&new) {
        found.push(new);
    }
}

/// The line of a node, and its path.
fn describe(root: &Node, trail: &[usize]) -> (usize, Path) {
    let (mut node, mut path) = (root, Path::default());
    for index in trail {
        match &node.content {
            Content::Map(entries) => entries.get(*index).iter().for_each(|e| path.field(&e.key)),
            _ => path.index(*index),
        }
        let Some(child) = node.child(*index) else { break };
        node = child;
    }
    (node.line, path)
}

/// The way from the root to a node, by the place of each child.
#[derive(Clone, Copy)]
struct Trail<'a> {
    parent: Option<&'a Trail<'a>>,
    index: usize,
}

impl Trail<'_> {
    fn steps(&self) -> Vec<usize> {
        let mut steps = self.parent.map(Trail::steps).unwrap_or_default();
        steps.push(self.index);
        steps
    }
}

/// A node as serde reads it.
#[derive(Clone, Copy)]
struct Reader<'a> {
    node: &'a Node,
    trail: &'a Trail<'a>,
    /// Slips that do not stop the reading.
    sink: &'a RefCell<Vec<Slip>>,
}

impl Reader<'_> {
    /// Gives a slip its place, if it has none yet.
    fn place(self, mut slip: Slip) -> Slip {
        if slip.trail.is_empty() {
            slip.trail = self.trail.steps();
            // What is missing because it is broken was reported already.
            let broken =
                |field: &str| self.node.member(field).is_some_and(|n| matches!(n.content, Content::Broken));
            slip.follows = slip.fault == Fault::Missing && slip.field.as_deref().is_some_and(broken);
        }
        slip
    }

    fn wrong(self, expected: &'static str) -> Slip {
        self.place(Slip::from(Fault::WrongType { expected, found: self.node.found() }))
    }

    /// Reports members that a struct does not have; they are left out.
    fn report_unknown(self, known: &'static [&'static str], silent: &[&str]) {
        let Content::Map(entries) = &self.node.content else { return };
        for entry in entries.iter().filter(|e| !known.contains(&e.key.as_str())) {
            if !silent.contains(&entry.key.as_str()) {
                let fault = Fault::UnknownField { near: near(&entry.key, known), known };
                let slip =
                    Slip { field: Some(entry.key.to_string()), line: Some(entry.line), ..Slip::from(fault) };
                self.sink.borrow_mut().push(self.place(slip));
            }
        }
    }

    fn number<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Slip> {
        let read = match self.node.content {
            Content::Int(number) => visitor.visit_i64(number),
            Content::Uint(number) => visitor.visit_u64(number),
            _ => return Err(self.wrong("a whole number")),
        };
        read.map_err(|_: Slip| self.place(Slip::custom("the number is out of range")))
    }
}

macro_rules! numbers {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Slip> {
            self.number(visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for Reader<'_> {
    type Error = Slip;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Slip> {
        let read = match &self.node.content {
            Content::Null | Content::Broken => visitor.visit_unit(),
            Content::Bool(value) => visitor.visit_bool(*value),
            Content::Int(number) => visitor.visit_i64(*number),
            Content::Uint(number) => visitor.visit_u64(*number),
            Content::Float(number) => visitor.visit_f64(*number),
            Content::Text(text) => visitor.visit_str(text),
            Content::List(items) => visitor.visit_seq(Items::new(self, items)),
            Content::Map(entries) => visitor.visit_map(Members::new(self, entries, None)),
        };
        read.map_err(|slip| self.place(slip))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Slip> {
        match self.node.content {
            Content::Null | Content::Broken => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Slip> {
        match self.node.content {
            Content::Bool(value) => visitor.visit_bool(value),
            _ => Err(self.wrong("true or false")),
        }
    }

    numbers! { deserialize_i32 deserialize_i64 deserialize_u16 deserialize_u32 deserialize_u64 }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Slip> {
        let text = self.node.text().ok_or_else(|| self.wrong("a text"))?;
        visitor.visit_str(text).map_err(|slip| self.place(slip))
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Slip> {
        self.deserialize_str(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Slip> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Slip> {
        let Content::List(items) = &self.node.content else { return Err(self.wrong("a list")) };
        visitor.visit_seq(Items::new(self, items)).map_err(|slip| self.place(slip))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Slip> {
        let Content::Map(entries) = &self.node.content else { return Err(self.wrong("a mapping")) };
        visitor.visit_map(Members::new(self, entries, None)).map_err(|slip| self.place(slip))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Slip> {
        let Content::Map(entries) = &self.node.content else { return Err(self.wrong("a mapping")) };
        self.report_unknown(fields, if name == "ObjectMeta" { UNREAD_METADATA } else { &[] });
        visitor.visit_map(Members::new(self, entries, Some(fields))).map_err(|slip| self.place(slip))
    }

    /// A text, or a mapping with exactly one member that is named after the variant.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Slip> {
        let choice = Choice::new(self, variants)?;
        visitor.visit_enum(choice).map_err(|slip| self.place(slip))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Slip> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i8 i16 i128 u8 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct identifier
    }
}

/// The members of `metav1.ObjectMeta` that nothing here reads; tools and API servers write them.
const UNREAD_METADATA: &[&str] = &[
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "finalizers",
    "managedFields",
    "ownerReferences",
    "resourceVersion",
    "selfLink",
];
/// Faults of one object that are listed.
pub(super) const MAX_FAULTS: usize = 32;
