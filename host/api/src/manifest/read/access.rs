//! The insides of lists, mappings and choices, as serde walks them. What is null or broken is not there.

use serde::de::{
    DeserializeSeed, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, VariantAccess, Visitor,
    value::StrDeserializer,
};

use super::{
    super::{
        fault::{Fault, near},
        tree::{Content, Entry, Node},
    },
    Reader, Slip, Trail,
};

fn is_there(node: &Node) -> bool {
    !matches!(node.content, Content::Null | Content::Broken)
}

/// A child of a reader's node, handed to a seed.
fn child<'de, S: DeserializeSeed<'de>>(
    of: Reader<'_>,
    index: usize,
    node: &Node,
    seed: S,
) -> Result<S::Value, Slip> {
    let trail = Trail { parent: Some(of.trail), index };
    seed.deserialize(Reader { node, trail: &trail, sink: of.sink })
}

/// The items of a list.
pub(super) struct Items<'a> {
    of: Reader<'a>,
    left: std::iter::Enumerate<std::slice::Iter<'a, Node>>,
}

impl<'a> Items<'a> {
    pub(super) fn new(of: Reader<'a>, items: &'a [Node]) -> Self {
        Self { of, left: items.iter().enumerate() }
    }
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Slip;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Slip> {
        // A null item is no absent one: it is read, and refused where it is not allowed.
        let next = self.left.find(|(_, node)| !matches!(node.content, Content::Broken));
        next.map(|(index, node)| child(self.of, index, node, seed)).transpose()
    }
}

/// The members of a mapping; of a struct, those that it has.
pub(super) struct Members<'a> {
    of: Reader<'a>,
    left: std::iter::Enumerate<std::slice::Iter<'a, Entry>>,
    fields: Option<&'static [&'static str]>,
    value: Option<(usize, &'a Node)>,
}

impl<'a> Members<'a> {
    pub(super) fn new(of: Reader<'a>, entries: &'a [Entry], fields: Option<&'static [&'static str]>) -> Self {
        Self { of, left: entries.iter().enumerate(), fields, value: None }
    }
}

impl<'de> MapAccess<'de> for Members<'_> {
    type Error = Slip;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Slip> {
        let fields = self.fields;
        let known = |key: &str| fields.is_none_or(|fields| fields.contains(&key));
        let Some((index, entry)) = self.left.find(|(_, e)| is_there(&e.value) && known(&e.key)) else {
            return Ok(None);
        };
        self.value = Some((index, &entry.value));
        seed.deserialize(entry.key.as_str().into_deserializer()).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Slip> {
        let (index, node) = self.value.take().ok_or_else(|| Slip::from(Fault::Missing))?;
        child(self.of, index, node, seed)
    }
}

/// One variant of several.
pub(super) struct Choice<'a> {
    of: Reader<'a>,
    name: &'a str,
    /// The member of a mapping; none for a text.
    value: Option<(usize, &'a Node)>,
}

impl<'a> Choice<'a> {
    pub(super) fn new(of: Reader<'a>, variants: &'static [&'static str]) -> Result<Self, Slip> {
        match &of.node.content {
            Content::Text(text) if variants.contains(&text.as_str()) => {
                Ok(Self { of, name: text, value: None })
            }
            Content::Text(text) => {
                Err(of.place(Fault::NotAllowed { near: near(text, variants), allowed: variants }.into()))
            }
            Content::Map(entries) => Self::member(of, entries, variants),
            _ => Err(of.wrong("a text")),
        }
    }

    fn member(of: Reader<'a>, entries: &'a [Entry], variants: &'static [&'static str]) -> Result<Self, Slip> {
        of.report_unknown(variants, &[]);
        let known = |e: &Entry| variants.contains(&e.key.as_str());
        let mut there = entries.iter().enumerate().filter(|(_, e)| is_there(&e.value) && known(e));
        if let (Some((index, entry)), None) = (there.next(), there.next()) {
            return Ok(Self { of, name: &entry.key, value: Some((index, &entry.value)) });
        }
        let one = Slip::from(Fault::Invalid(format!("needs exactly one of {}", variants.join(", "))));
        // A member that is broken or unknown was reported already.
        let follows = entries.iter().any(|e| matches!(e.value.content, Content::Broken) || !known(e));
        Err(Slip { follows, ..of.place(one) })
    }
}

impl<'de, 'a> EnumAccess<'de> for Choice<'a> {
    type Error = Slip;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Slip> {
        let name: StrDeserializer<'_, Slip> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> VariantAccess<'de> for Choice<'_> {
    type Error = Slip;

    fn unit_variant(self) -> Result<(), Slip> {
        if self.value.is_none() { Ok(()) } else { Err(self.of.wrong("a text")) }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Slip> {
        let (index, node) = self.value.ok_or_else(|| self.of.wrong("a mapping"))?;
        child(self.of, index, node, seed)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Slip> {
        Err(self.of.wrong("a mapping"))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], _: V) -> Result<V::Value, Slip> {
        Err(self.of.wrong("a mapping"))
    }
}
