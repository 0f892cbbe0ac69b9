//! From what was delivered to the value of an entry, by the catalogue's [`ValueRule`]: written anew where the provider's
//! values are objects, then `property`, then the members of an extract. ESO's providers differ here, and a Secret that
//! ESO wrote is to be taken over byte for byte.

use super::{
    convert::{self, Data, KeyError},
    json::{Json, Kind},
    marshal::{self, OutOfRange},
    property::{self, PropertyError},
};
use crate::{
    catalogue::{PropertyForm, ValueForm, ValueRule},
    secret::Value,
};

#[cfg(test)]
mod tests;

/// A whole value that is not what the catalogue says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the value is not a JSON object, as this provider's values are")]
pub struct NotObject;

/// The whole value.
///
/// # Errors
/// It should be an object and is none.
pub fn whole(value: Value, rule: ValueRule) -> Result<Value, NotObject> {
    if rule.form == ValueForm::Text {
        return Ok(value);
    }
    let json = Json::parse(value.bytes()).map_err(|_| NotObject)?;
    if json.root().kind() != Kind::Object {
        return Err(NotObject);
    }
    marshal::whole(json.root()).map_err(|OutOfRange| NotObject)
}

/// The property of a whole value; none where it has no such property and that counts as a missing secret.
///
/// # Errors
/// It has none, or the path is malformed, refused or too much.
pub fn property(value: &Value, path: &str, rule: ValueRule) -> Result<Option<Value>, PropertyError> {
    let found = match rule.property {
        PropertyForm::MemberOrPath => property::get(value, path),
        PropertyForm::DotsOrPath => dots_or_path(value, path),
        PropertyForm::Path => query(value, path),
        PropertyForm::Member => member(value, path),
    };
    match found {
        Err(PropertyError::NotJson) | Ok(None) if rule.missing_property => Ok(None),
        Ok(None) => Err(PropertyError::Missing),
        other => other,
    }
}

/// The members of an extract.
///
/// # Errors
/// The value is no object, or has a number that Go cannot hold.
pub fn members(value: &Value, rule: ValueRule) -> Result<Data, KeyError> {
    let json = Json::parse_lenient(value.bytes()).map_err(|_| KeyError::NotObject)?;
    if json.root().kind() != Kind::Object {
        return Err(KeyError::NotObject);
    }
    let mut data = Data::new();
    // Of equal names the last, as Go reads them.
    for (name, node) in json.root().members() {
        let member = match rule.form {
            ValueForm::Text => convert::member(node),
            ValueForm::Object => marshal::bytes(node).map_err(|OutOfRange| KeyError::Number)?,
        };
        data.insert(name.text().unwrap_or_default().into_owned(), member);
    }
    Ok(data)
}

/// ESO's AWS providers try the path with its dots escaped first.
fn dots_or_path(value: &Value, path: &str) -> Result<Option<Value>, PropertyError> {
    if path.contains('.')
        && let Some(found) = query(value, &path.replace('.', "\\."))?
    {
        return Ok(Some(found));
    }
    query(value, path)
}

fn query(value: &Value, path: &str) -> Result<Option<Value>, PropertyError> {
    let json = Json::parse_lenient(value.bytes()).map_err(|_| PropertyError::NotJson)?;
    property::query(&json, path)
}

fn member(value: &Value, name: &str) -> Result<Option<Value>, PropertyError> {
    let json = Json::parse_lenient(value.bytes()).map_err(|_| PropertyError::NotJson)?;
    Ok(json.root().member(name).map(convert::member))
}
