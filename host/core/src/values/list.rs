//! List replies: what they name, and the same reply with only what the caller admits (rule G9: a listed name
//! that is not granted is gone before a handle to it exists). Also where a reply keeps the tags of a key.

use std::{borrow::Cow, collections::BTreeMap};

use super::json::{Json, Kind, Node, pointer};
use crate::{
    catalogue::{ListRule, TagsRule},
    secret::Value,
};

#[cfg(test)]
mod tests;

/// A list reply that is not what its rule says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the list reply has another shape than the catalogue says")]
pub struct ListShape;

/// Tags by name.
pub type Tags<'j> = BTreeMap<Cow<'j, str>, Cow<'j, str>>;

/// The array of items, by a rule whose `items` ends in `/*`. `None` where the reply has no such member or it is
/// null: an empty list.
///
/// # Errors
/// There is something else than an array.
pub fn items<'j>(json: &'j Json<'_>, rule: &ListRule) -> Result<Option<Node<'j>>, ListShape> {
    let array = rule.items.strip_suffix("/*").ok_or(ListShape)?;
    match json.pointer(array) {
        None => Ok(None),
        Some(node) if node.kind() == Kind::Null => Ok(None),
        Some(node) if node.kind() == Kind::Array => Ok(Some(node)),
        Some(_) => Err(ListShape),
    }
}

/// The name of one item; `None` where it is not a text.
#[must_use]
pub fn name<'j>(item: Node<'j>, rule: &ListRule) -> Option<Cow<'j, str>> {
    item.pointer(&rule.name)?.text()
}

/// The reply with those items only whose name is admitted; everything else byte for byte. Items without a name
/// are dropped. With `rule.folders`, a name that ends with `/` is a prefix: the caller decides both kinds.
///
/// # Errors
/// Where the items should be there is something else than an array.
pub fn filter(
    json: &Json<'_>,
    rule: &ListRule,
    mut admit: impl FnMut(&str) -> bool,
) -> Result<Value, ListShape> {
    let whole = json.text();
    let Some(array) = items(json, rule)? else { return Ok(Value::new(whole.as_bytes().to_vec())) };
    let kept = array.items().filter(|item| name(*item, rule).is_some_and(|name| admit(&name)));
    let mut out = Vec::with_capacity(whole.len());
    out.extend_from_slice(whole.get(..array.span().start).unwrap_or_default().as_bytes());
    out.push(b'[');
    for (index, item) in kept.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        out.extend_from_slice(item.raw().as_bytes());
    }
    out.push(b']');
    out.extend_from_slice(whole.get(array.span().end..).unwrap_or_default().as_bytes());
    Ok(Value::new(out))
}

/// Tags below `node` (an item, or a reply's root). No such member, or null, is no tags; `None` where there is
/// something else than the rule says.
#[must_use]
pub fn tags<'j>(node: Node<'j>, rule: &TagsRule) -> Option<Tags<'j>> {
    let mut tags = Tags::new();
    for at in &rule.also {
        let name = pointer::tokens(at)?.last()??;
        if let Some(node) = node.pointer(at).filter(|node| node.kind() != Kind::Null) {
            tags.insert(Cow::Owned(name.into_owned()), scalar(node)?);
        }
    }
    if let Some(own) = node.pointer(&rule.at).filter(|node| node.kind() != Kind::Null) {
        tags.extend(pairs(own, rule)?);
    }
    Some(tags)
}

fn pairs<'j>(tags: Node<'j>, rule: &TagsRule) -> Option<Tags<'j>> {
    match (tags.kind(), &rule.key, &rule.value) {
        (Kind::Object, None, _) => {
            tags.members().map(|(name, value)| Some((name.text()?, value.text()?))).collect()
        }
        (Kind::Array, Some(key), Some(value)) => {
            tags.items().map(|item| Some((item.member(key)?.text()?, item.member(value)?.text()?))).collect()
        }
        _ => None,
    }
}

/// A text unescaped, a number or boolean as it is written.
fn scalar<'j>(node: Node<'j>) -> Option<Cow<'j, str>> {
    match node.kind() {
        Kind::Text => node.text(),
        Kind::Number | Kind::Boolean => Some(Cow::Borrowed(node.raw())),
        Kind::Null | Kind::Array | Kind::Object => None,
    }
}
