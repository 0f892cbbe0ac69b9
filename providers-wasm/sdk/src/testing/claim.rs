//! As much of `provider.toml` as a script needs to hold a provider to it. The host reads all of it, and strictly;
//! what is not named here is not looked at.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value as Json};

/// A catalogue.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Claim {
    settings: Field,
    #[serde(default)]
    pub(super) auth: BTreeMap<String, Auth>,
    #[serde(default)]
    pub(super) operations: BTreeMap<String, Operation>,
    pub(super) config: Option<Config>,
    #[serde(default)]
    pub(super) resolves_property: bool,
}

#[derive(Deserialize)]
struct Field {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    required: bool,
    default: Option<Json>,
    #[serde(default, rename = "enum")]
    one_of: Vec<String>,
    #[serde(default)]
    secret: bool,
    #[serde(default)]
    fields: BTreeMap<String, Field>,
    items: Option<Box<Field>>,
}

#[derive(Deserialize)]
pub(super) struct Auth {
    pub(super) credential: String,
    pub(super) operations: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct Operation {
    pub(super) class: String,
    #[serde(default)]
    pub(super) slots: BTreeMap<String, Slot>,
    #[serde(default)]
    pub(super) key: Vec<String>,
    #[serde(default)]
    pub(super) reply: Reply,
    pub(super) mint: Option<Mint>,
}

#[derive(Default, Deserialize)]
pub(super) struct Reply {
    #[serde(default)]
    pub(super) public: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct Mint {
    pub(super) operations: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct Slot {
    pub(super) source: Source,
    #[serde(default)]
    pub(super) multi: bool,
    #[serde(default)]
    pub(super) optional: bool,
}

/// The source of a slot.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Source {
    Key,
    Property,
    Version,
    Path,
    Settings(String),
    Echo,
    Text,
    Secret,
    Policy(serde::de::IgnoredAny),
}

#[derive(Deserialize)]
pub(super) struct Config {
    pub(super) items: String,
    pub(super) key: String,
    pub(super) value: String,
}

impl Claim {
    pub(super) fn read(text: &str) -> Self {
        toml::from_str(text).unwrap_or_else(|error| panic!("provider.toml: {error}"))
    }

    /// The settings as the host accepts them: known fields of the right type only, defaults put in.
    pub(super) fn settings(&self, mut settings: Json) -> Json {
        check(&self.settings, &mut settings, "");
        settings
    }

    /// The settings as the guest sees them: without secret fields.
    pub(super) fn public(&self, settings: &Json) -> Json {
        public(&self.settings, settings).unwrap_or_default()
    }
}

fn check(field: &Field, value: &mut Json, path: &str) {
    let fits = match field.kind.as_str() {
        "string" => value.is_string(),
        "integer" => value.is_i64(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "unserved" => panic!("settings: {path} is not served"),
        _ => value.is_object(),
    };
    assert!(fits, "settings: {path} is no {}", field.kind);
    if let Some(text) = value.as_str().filter(|_| !field.one_of.is_empty()) {
        assert!(field.one_of.iter().any(|one| one == text), "settings: {path} is none of {:?}", field.one_of);
    }
    match value {
        Json::Object(members) if field.kind == "object" => check_members(field, members, path),
        Json::Object(members) => {
            each(field, members.iter_mut().map(|(name, value)| (name.clone(), value)), path)
        }
        Json::Array(items) => {
            each(field, items.iter_mut().enumerate().map(|(i, v)| (i.to_string(), v)), path)
        }
        _ => {}
    }
}

fn check_members(field: &Field, members: &mut Map<String, Json>, path: &str) {
    for (name, member) in &field.fields {
        if let (Some(default), false) = (&member.default, members.contains_key(name)) {
            members.insert(name.clone(), default.clone());
        }
        let missing = member.required && !members.contains_key(name);
        assert!(!missing, "settings: {path}/{name} is required");
    }
    for (name, value) in members {
        let known = field.fields.get(name);
        let member = known.unwrap_or_else(|| panic!("settings: {path}/{name} is not in the schema"));
        check(member, value, &format!("{path}/{name}"));
    }
}

fn each<'a>(field: &Field, values: impl Iterator<Item = (String, &'a mut Json)>, path: &str) {
    if let Some(items) = &field.items {
        values.for_each(|(name, value)| check(items, value, &format!("{path}/{name}")));
    }
}

fn public(field: &Field, value: &Json) -> Option<Json> {
    if field.secret {
        return None;
    }
    let below = |name: &str| field.fields.get(name).or(field.items.as_deref());
    let seen = match value {
        Json::Object(members) => {
            let seen = |(name, value): (&String, &Json)| match below(name) {
                Some(field) => Some((name.clone(), public(field, value)?)),
                None => Some((name.clone(), value.clone())),
            };
            members.iter().filter_map(seen).collect()
        }
        Json::Array(items) => {
            items.iter().filter_map(|v| field.items.as_ref().and_then(|f| public(f, v))).collect()
        }
        scalar => scalar.clone(),
    };
    Some(seen)
}
