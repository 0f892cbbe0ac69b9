//! Replies: how statuses map to outcomes, what of a body is public, and how a list names keys (rules B4 and G9).
//! Types only, as serde reads them; they are applied by the broker and by `values::list`.

use serde::{Deserialize, Serialize};

use super::Class;

/// What a reply is and how much of it is public.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReplyRule {
    /// JSON (default) or XML, which is read as if it were JSON: elements as members, text as text.
    #[serde(default)]
    pub format: Format,
    /// JSON pointers, `*` for any member or index, of members that the guest may read; what they lead through has
    /// a shape and names too. Empty for class read (B4).
    #[serde(default)]
    pub public: Vec<String>,
    /// First match wins; unmatched: 2xx ok, 401 and 403 refused, 409 and 412 conflict, 429 throttled, else failed.
    #[serde(default)]
    pub outcomes: Vec<OutcomeRule>,
    /// What must not be null or missing in a 2xx reply, else the outcome is absent: at most one pointer, to the value.
    #[serde(default)]
    pub absent_when: Vec<String>,
    /// How a list reply names keys; they are filtered to granted ones before a handle exists (G9).
    #[serde(default)]
    pub list: Option<ListRule>,
    /// Tags of the key that was asked.
    #[serde(default)]
    pub tags: Option<TagsRule>,
    /// Of class read: the reply's value is its `tags`, as one JSON object of texts (ESO's `metadataPolicy: Fetch`).
    #[serde(default)]
    pub tags_are_value: bool,
}

/// How a reply is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// JSON; duplicate keys are refused.
    #[default]
    Json,
    /// XML without DTD.
    Xml,
}

/// Maps a status and an error code to an outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OutcomeRule {
    /// The status.
    pub status: u16,
    /// Pointer into the body that must be there and hold a text...
    #[serde(default)]
    pub at: Option<String>,
    /// ...that ends with this one (AWS error types may carry a prefix and `#`).
    #[serde(default)]
    pub ends_with: Option<String>,
    /// ...or contains this one.
    #[serde(default)]
    pub contains: Option<String>,
    /// The outcome.
    pub outcome: OutcomeName,
}

/// As the boundary's `Outcome`, in the catalogue's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutcomeName {
    /// It succeeded.
    Ok,
    /// There is no such thing.
    Absent,
    /// Somebody else changed it.
    Conflict,
    /// Not allowed.
    Refused,
    /// Slow down.
    Throttled,
    /// Anything else.
    Failed,
}

/// How a list reply names keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ListRule {
    /// JSON pointer that ends in `/*`: the items.
    pub items: String,
    /// Pointer within an item to its name; empty: the item is the name.
    #[serde(default)]
    pub name: String,
    /// Names are relative to the listed prefix (Vault); else they are whole keys (AWS).
    #[serde(default)]
    pub relative: bool,
    /// Names that end with `/` are prefixes, which can be listed in turn.
    #[serde(default)]
    pub folders: bool,
    /// What names can be sent back as: one with a segment outside of the class is left out, so that it cannot fail a
    /// whole find; how many is logged.
    #[serde(default)]
    pub class: Option<Class>,
    /// Pointer to the token of the next page: besides names the one thing that may be public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
    /// Whole names may start with `/` and mean the same without it (SSM); else such a name stands for no key.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub leading_slash: bool,
    /// Tags of each item.
    #[serde(default)]
    pub tags: Option<TagsRule>,
}

/// Where tags stand: an object of texts, or an array of objects with `key` and `value` members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TagsRule {
    /// Pointer to the object or array.
    pub at: String,
    /// The member that holds a tag's key; absent: an object of texts.
    #[serde(default)]
    pub key: Option<String>,
    /// The member that holds a tag's value.
    #[serde(default)]
    pub value: Option<String>,
    /// Pointers to further texts, numbers and booleans, each a tag by its member's name; tags of `at` go before them.
    #[serde(default)]
    pub also: Vec<String>,
}
