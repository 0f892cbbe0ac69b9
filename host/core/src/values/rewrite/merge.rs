//! `rewrite.merge`: the members of JSON values become keys, or one JSON text. Keys are visited in order, those of
//! `priority` last and as listed, so that the last of them wins.

use std::collections::BTreeMap;

use bailiwick_api::external_secret::{ConflictPolicy, MergeStrategy, PriorityPolicy, RewriteMerge};

use super::RewriteError;
use crate::values::{
    buffer::Buffer,
    convert::Data,
    json::{Json, Kind, Node},
    marshal::{self, Style},
};

/// Members by name; each borrows from the text that it stands in.
type Members<'j> = BTreeMap<String, Node<'j>>;

pub(super) fn apply(mut data: Data, merge: &RewriteMerge) -> Result<Data, RewriteError> {
    let texts = texts(&data, merge)?;
    let members = members(&texts, merge)?;
    let into = merge.into.as_deref().unwrap_or_default();
    let merged: Data = match merge.strategy.unwrap_or_default() {
        MergeStrategy::Extract => {
            let bytes = |(name, node)| Ok((name, marshal::bytes(node)?));
            return members.into_iter().map(bytes).collect();
        }
        MergeStrategy::Json if into.is_empty() => return Err(RewriteError::Into),
        MergeStrategy::Json => Data::from([(into.to_owned(), object(members)?)]),
    };
    drop(texts);
    data.extend(merged);
    Ok(data)
}

/// The values in the order in which they are merged.
fn texts<'d>(data: &'d Data, merge: &RewriteMerge) -> Result<Vec<Json<'d>>, RewriteError> {
    let priority = merge.priority.as_deref().unwrap_or_default();
    let others = data.keys().filter(|key| !priority.contains(key));
    let lenient = merge.priority_policy == Some(PriorityPolicy::IgnoreNotFound);
    let mut texts = Vec::new();
    for key in others.chain(priority) {
        match data.get(key) {
            Some(value) => texts.push(Json::parse(value.bytes()).map_err(|_| RewriteError::NotObject)?),
            None if lenient => {}
            None => return Err(RewriteError::Priority),
        }
    }
    Ok(texts)
}

fn members<'j>(texts: &'j [Json<'_>], merge: &RewriteMerge) -> Result<Members<'j>, RewriteError> {
    let strict = merge.conflict_policy != Some(ConflictPolicy::Ignore);
    let mut members = Members::new();
    for text in texts {
        // As Go has it, null is an object without members.
        if !matches!(text.root().kind(), Kind::Object | Kind::Null) {
            return Err(RewriteError::NotObject);
        }
        for (name, node) in text.root().members() {
            let name = name.text().unwrap_or_default().into_owned();
            if members.insert(name, node).is_some() && strict {
                return Err(RewriteError::Conflict);
            }
        }
    }
    Ok(members)
}

fn object(members: Members<'_>) -> Result<crate::secret::Value, RewriteError> {
    let mut out = Buffer::with_capacity(256);
    marshal::object(&mut out, members, Style { html: false, float: true })?;
    Ok(out.into_value())
}
