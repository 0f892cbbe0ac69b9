//! Names on their way into a Secret (eso-api 2.2): `conversionStrategy`, and which names may be keys; and a member of
//! a JSON object as bytes.

use std::{collections::BTreeMap, sync::LazyLock};

use bailiwick_api::external_secret::ConversionStrategy;
use regex::Regex;

use super::json::{Kind, Node};
use crate::secret::Value;

#[cfg(test)]
mod tests;

/// Keys and values of a Secret in the making, sorted.
pub type Data = BTreeMap<String, Value>;

/// Bytes of a key of a Secret.
pub const MAX_KEY: usize = 253;

/// Why names cannot become keys. Names come from backends, so none is quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The value of an extract is no JSON object.
    #[error("the value is not a JSON object, so nothing can be extracted from it")]
    NotObject,
    /// A number of an extract is beyond what Go can hold.
    #[error("a number is out of range")]
    Number,
    /// Two names become the same key.
    #[error("two names become the same key by the conversionStrategy; use rewrite to tell them apart")]
    Collision,
    /// A key is too long.
    #[error("a key is longer than {MAX_KEY} bytes; shorten it by rewrite")]
    TooLong,
    /// A key has a character that none may have.
    #[error("a key has a character other than letters, digits, '-', '_' and '.'; replace it by rewrite")]
    Character,
}

/// A member as bytes: a text unescaped, null empty, everything else as it is written.
#[must_use]
pub fn member(node: Node<'_>) -> Value {
    match node.kind() {
        Kind::Null => Value::new(Vec::new()),
        _ => node.value(),
    }
}

/// `ConvertKeys`: replaces what may not stand in a key.
///
/// # Errors
/// Two names become one.
pub fn keys(data: Data, strategy: ConversionStrategy) -> Result<Data, KeyError> {
    let mut out = Data::new();
    for (name, value) in data {
        if out.insert(converted(&name, strategy), value).is_some() {
            return Err(KeyError::Collision);
        }
    }
    Ok(out)
}

/// `ValidateKeys`: drops the empty key and refuses what ESO refuses. Letters and numbers of any script pass here;
/// `dns::is_data_key` of the api is what a Secret finally takes.
///
/// # Errors
/// A key is too long or has another character.
pub fn validate(mut data: Data) -> Result<Data, KeyError> {
    data.remove("");
    for key in data.keys() {
        if key.len() > MAX_KEY {
            return Err(KeyError::TooLong);
        }
        if !key.chars().all(stays) {
            return Err(KeyError::Character);
        }
    }
    Ok(data)
}

fn converted(name: &str, strategy: ConversionStrategy) -> String {
    let mut out = String::with_capacity(name.len());
    for char in name.chars() {
        match strategy {
            _ if stays(char) => out.push(char),
            ConversionStrategy::Default => out.push('_'),
            ConversionStrategy::Unicode => out.push_str(&format!("_U{:04x}_", u32::from(char))),
        }
    }
    out
}

/// Go's `unicode.IsLetter` or `IsNumber` (categories L and N), `-`, `.` or `_`.
fn stays(char: char) -> bool {
    static OTHER: LazyLock<Result<Regex, regex::Error>> = LazyLock::new(|| Regex::new(r"^[\p{L}\p{N}]$"));
    if char.is_ascii() {
        return char.is_ascii_alphanumeric() || matches!(char, '-' | '.' | '_');
    }
    OTHER.as_ref().is_ok_and(|letters| letters.is_match(char.encode_utf8(&mut [0; 4])))
}
