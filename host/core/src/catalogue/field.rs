//! The schema of settings: a closed subset of JSON schema. Types only, as serde reads them; `schema` checks a store's
//! settings against them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One field of the settings schema: a closed subset of JSON schema, so that nothing is fetched or evaluated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Field {
    /// The type.
    #[serde(rename = "type")]
    pub kind: FieldKind,
    /// Must be there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// The value where it is absent (strings, integers, booleans).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<serde_json::Value>,
    /// The closed list of texts.
    #[serde(default, rename = "enum", skip_serializing_if = "Vec::is_empty")]
    pub one_of: Vec<String>,
    /// RE2 pattern that the whole text must match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// Least length (text: bytes; array, map: items) or least integer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// Greatest length or integer. Without it texts are at most 4096 bytes; never more than 1 MiB, nor 1024 items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    /// A secret setting: never handed to the guest; deliverable only as `config` says.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub secret: bool,
    /// Members of an object.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, Field>,
    /// Items of an array, or values of a map.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<Box<Field>>,
}

/// Types of settings. The selector types tell the host what to resolve; guests never see what they name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FieldKind {
    /// Text.
    String,
    /// A 64-bit integer.
    Integer,
    /// true or false.
    Boolean,
    /// Members by `fields`.
    Object,
    /// Items by `items`.
    Array,
    /// Text keys, values by `items`.
    Map,
    /// ESO's SecretKeySelector: name, key, namespace.
    SecretKeyRef,
    /// ESO's ServiceAccountSelector: name, namespace, audiences.
    ServiceAccountRef,
    /// ESO's CAProvider: type, name, key, namespace.
    CaProvider,
    /// A field of ESO's that this provider knows and does not serve: refused by name when used.
    Unserved,
}
