//! What a response comes to: its outcome, its body as a value, what of it is public, what it lists, and by what
//! it was read. Pure: bytes and the catalogue's rules in, a [`Reply`] out. Only here are values created.

mod listed;
mod outcome;
mod public;
mod xml;

use bailiwick_boundary::Outcome;
use bailiwick_core::{
    catalogue::{Format, Operation, OperationClass, ReplyRule, TagsRule},
    program::Target,
    secret::Value,
    values::{
        json::{Json, Tape},
        list, marshal,
    },
};
use zeroize::Zeroizing;

pub(crate) use self::{
    listed::{Listed, weight},
    public::Public,
};
use crate::entry::Tags;

/// A body that is not what the catalogue says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the reply is not what the catalogue says")]
pub(crate) struct Malformed;

/// By what a value was read: what `deliver` compares with an entry (B3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reading {
    /// The authority it was read from.
    pub(crate) authority: String,
    /// The decoded key.
    pub(crate) key: Vec<String>,
    /// The entry by whose whole reference it was read.
    pub(crate) entry: Option<u32>,
    /// A version of some entry's stood in the request.
    pub(crate) versioned: bool,
    /// The value is the key's tags, for `metadataPolicy: Fetch`.
    pub(crate) metadata: bool,
    /// Of a list: what stands before its relative names, as the find's path or the listed folder wrote it.
    pub(crate) before: String,
}

/// What a response came to.
pub(crate) struct Reply {
    pub(crate) outcome: Outcome,
    /// The whole body; of a list, what is granted of it. None but for an outcome of ok.
    pub(crate) body: Option<Value>,
    /// What the guest may read of it.
    pub(crate) public: Option<Public>,
    /// Where it may be delivered.
    pub(crate) reading: Option<Reading>,
    /// What it lists.
    pub(crate) listed: Option<Listed>,
    /// Tags of the key that was asked.
    pub(crate) tags: Option<Tags>,
}

impl Reply {
    /// Reads a response of `operation`, which asked for the key (of a list: the prefix) in `reading`.
    ///
    /// # Errors
    /// A successful response whose body is not what the catalogue says.
    pub(crate) fn read(
        operation: &Operation,
        target: &Target,
        status: u16,
        body: Zeroizing<Vec<u8>>,
        reading: Reading,
    ) -> Result<Self, Malformed> {
        let silent = !matches!(operation.class, OperationClass::Read | OperationClass::List);
        if body.is_empty() && (silent || status == 204) {
            // Nothing to read where nothing is expected.
            return Ok(Self::bare(outcome::of(&operation.reply, status, None)));
        }
        let body = plain(&operation.reply, body);
        let tape = body.as_ref().ok().and_then(|body| Tape::parse(body).ok());
        let (Ok(body), Some(tape)) = (body, tape) else {
            let outcome = outcome::of(&operation.reply, status, None);
            return if outcome == Outcome::Ok { Err(Malformed) } else { Ok(Self::bare(outcome)) };
        };
        let json = tape.over(&body).map_err(|_| Malformed)?;
        let outcome = outcome::of(&operation.reply, status, Some(&json));
        if outcome != Outcome::Ok {
            return Ok(Self::bare(outcome));
        }
        let tags = operation.reply.tags.as_ref().map(|rule| tags(&json, rule)).transpose()?;
        let reply = match (&operation.reply.list, operation.class) {
            // Values: nothing of them is public (B4), whatever the catalogue says.
            (_, OperationClass::Read) if operation.reply.tags_are_value => {
                let own = tags.iter().flatten().map(|(name, tag)| (name.as_str(), tag.as_str()));
                Self { body: Some(marshal::texts(own)), reading: Some(reading), ..Self::bare(outcome) }
            }
            (_, OperationClass::Read) => Self { reading: Some(reading), ..Self::of(body) },
            (None, _) => Self::of(body).readable(&operation.reply)?,
            (Some(rule), _) => {
                let (granted, listed) = Listed::read(&json, rule, target, &reading)?;
                let reply = Self { body: Some(granted), listed: Some(listed), ..Self::bare(outcome) };
                reply.readable(&operation.reply)?
            }
        };
        Ok(Self { tags, ..reply })
    }

    /// About what it takes in memory.
    pub(crate) fn size(&self) -> usize {
        let body = self.body.as_ref().map_or(0, Value::size);
        let tags = self.tags.iter().flatten().map(|(key, value)| weight(key) + weight(value));
        body + self.public.as_ref().map_or(0, Public::size)
            + self.listed.as_ref().map_or(0, Listed::size)
            + tags.sum::<usize>()
    }

    fn bare(outcome: Outcome) -> Self {
        Self { outcome, body: None, public: None, reading: None, listed: None, tags: None }
    }

    fn of(mut body: Zeroizing<Vec<u8>>) -> Self {
        Self { body: Some(Value::new(std::mem::take(&mut *body))), ..Self::bare(Outcome::Ok) }
    }

    fn readable(mut self, rule: &ReplyRule) -> Result<Self, Malformed> {
        self.public = self.body.as_ref().map(|body| Public::new(body, &rule.public)).transpose()?;
        Ok(self)
    }
}

/// A body as JSON text, whatever it was written in.
pub(crate) fn plain(rule: &ReplyRule, body: Zeroizing<Vec<u8>>) -> Result<Zeroizing<Vec<u8>>, Malformed> {
    match rule.format {
        Format::Json => Ok(body),
        Format::Xml => xml::to_json(&body),
    }
}

fn tags(json: &Json<'_>, rule: &TagsRule) -> Result<Tags, Malformed> {
    let found = list::tags(json.root(), rule).ok_or(Malformed)?;
    Ok(owned(found))
}

fn owned(tags: list::Tags<'_>) -> Tags {
    tags.into_iter().map(|(key, value)| (key.into_owned(), value.into_owned())).collect()
}

#[cfg(test)]
mod tests;
