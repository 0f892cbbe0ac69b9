//! Validates the settings of a store, `spec.provider.<name>`, against the catalogue's schema: a closed subset of our
//! own, which fetches and evaluates nothing. Defaults are applied, secret settings are split off, and selectors are
//! taken out, since a guest never sees what they name. No error quotes a value.

mod checks;
mod place;
mod suggest;

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use self::place::Place;
use super::{Catalogue, Field, FieldKind, pointer};
use crate::secret::Value;

pub use suggest::nearest;

/// The longest text of a setting that says nothing of its length, in bytes.
const USUAL_TEXT: i64 = 4096;
/// The longest text of any setting, in bytes.
const MAX_TEXT: i64 = 1024 * 1024;
/// The most items of an array or members of a map.
const MAX_ITEMS: i64 = 1024;

/// Settings that fit the schema.
pub struct Checked {
    /// What the guest is handed: no secrets, no selectors, defaults applied.
    pub public: Json,
    /// Secret settings by JSON pointer.
    pub config: BTreeMap<String, Value>,
}

/// A setting that does not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {problem}; {remedy}")]
pub struct FieldError {
    /// The field, from `spec` on.
    pub path: String,
    /// What is wrong; never a value.
    pub problem: String,
    /// What would mend it.
    pub remedy: String,
}

/// Checks the provider block of a store.
///
/// # Errors
/// Every field that does not fit.
pub fn check(catalogue: &Catalogue, settings: &Json) -> Result<Checked, Vec<FieldError>> {
    let root = Place::root(format!("spec.provider.{}", catalogue.key()));
    let mut pass = Pass::default();
    let public = pass.field(&catalogue.settings, &root, settings);
    if pass.errors.is_empty() {
        Ok(Checked { public: public.unwrap_or_else(|| Json::Object(Map::new())), config: pass.config })
    } else {
        Err(pass.errors)
    }
}

/// Whether a value, such as a default, is one that the field itself would take.
pub(crate) fn takes(field: &Field, value: &Json) -> bool {
    let mut pass = Pass::default();
    pass.field(field, &Place::root(String::new()), value);
    pass.errors.is_empty()
}

/// One walk over the settings.
#[derive(Default)]
struct Pass<'f> {
    errors: Vec<FieldError>,
    config: BTreeMap<String, Value>,
    patterns: checks::Patterns<'f>,
}

impl<'f> Pass<'f> {
    fn error(&mut self, at: &Place, problem: impl Into<String>, remedy: impl Into<String>) {
        let path = at.shown().to_owned();
        self.errors.push(FieldError { path, problem: problem.into(), remedy: remedy.into() });
    }

    /// Checks one value and returns what of it is public.
    fn field(&mut self, field: &'f Field, at: &Place, value: &Json) -> Option<Json> {
        match field.kind {
            FieldKind::String => self.text(field, at, value),
            FieldKind::Integer => self.integer(field, at, value),
            FieldKind::Boolean => self.boolean(at, value),
            FieldKind::Object => self.object(field, at, value),
            FieldKind::Array => self.array(field, at, value),
            FieldKind::Map => self.map(field, at, value),
            FieldKind::SecretKeyRef => self.selector(&checks::SECRET_KEY, at, value),
            FieldKind::ServiceAccountRef => self.selector(&checks::SERVICE_ACCOUNT, at, value),
            FieldKind::CaProvider => self.selector(&checks::CA_PROVIDER, at, value),
            FieldKind::Unserved => {
                self.error(at, "is not served by this provider yet", "remove it");
                None
            }
        }
    }

    fn text(&mut self, field: &'f Field, at: &Place, value: &Json) -> Option<Json> {
        let Some(text) = value.as_str() else {
            self.error(at, "is not a text", "write a string");
            return None;
        };
        for (problem, remedy) in checks::text(field, text, &mut self.patterns) {
            self.error(at, problem, remedy);
        }
        if field.secret {
            self.config.insert(at.pointer().to_owned(), Value::new(text.as_bytes().to_vec()));
            return None;
        }
        Some(value.clone())
    }

    fn integer(&mut self, field: &'f Field, at: &Place, value: &Json) -> Option<Json> {
        match value.as_i64() {
            None => self.error(at, "is not a whole number", "write an integer"),
            Some(n) if field.min.is_some_and(|min| n < min) || field.max.is_some_and(|max| n > max) => {
                self.error(at, "is out of range", checks::range(field));
            }
            Some(_) => return Some(value.clone()),
        }
        None
    }

    fn boolean(&mut self, at: &Place, value: &Json) -> Option<Json> {
        if !value.is_boolean() {
            self.error(at, "is not true or false", "write true or false");
        }
        Some(value.clone())
    }

    fn object(&mut self, field: &'f Field, at: &Place, value: &Json) -> Option<Json> {
        let Some(members) = value.as_object() else {
            self.error(at, "is not an object", "write fields");
            return None;
        };
        for name in members.keys().filter(|name| !field.fields.contains_key(*name)) {
            let remedy = nearest(name, field.fields.keys().map(String::as_str))
                .map_or_else(|| "remove it".to_owned(), |near| format!("did you mean `{near}`?"));
            self.error(&at.member(name), "is no field of this provider", remedy);
        }
        let mut public = Map::new();
        for (name, member) in &field.fields {
            let at = at.field(name);
            // As in Kubernetes, null is absent.
            let given = members.get(name).filter(|value| !value.is_null());
            if member.required && given.is_none() {
                self.error(&at, "is missing", "add it");
            }
            let kept = match given {
                Some(value) => self.field(member, &at, value),
                None => member.default.clone(),
            };
            public.extend(kept.map(|value| (name.clone(), value)));
        }
        Some(Json::Object(public))
    }

    fn array(&mut self, field: &'f Field, at: &Place, value: &Json) -> Option<Json> {
        let Some(items) = value.as_array() else {
            self.error(at, "is not a list", "write a list");
            return None;
        };
        self.count(field, at, items.len());
        let each = field.items.as_deref()?;
        let mut kept = Vec::new();
        for (n, item) in items.iter().enumerate().take(MAX_ITEMS as usize) {
            // A place is kept even where the item is a selector, so that indices stay the same.
            kept.push(self.field(each, &at.item(n), item).unwrap_or(Json::Null));
        }
        Some(Json::Array(kept))
    }

    fn map(&mut self, field: &'f Field, at: &Place, value: &Json) -> Option<Json> {
        let Some(members) = value.as_object() else {
            self.error(at, "is not a map", "write keys and values");
            return None;
        };
        self.count(field, at, members.len());
        let each = field.items.as_deref()?;
        let mut kept = Map::new();
        for (name, item) in members.iter().take(MAX_ITEMS as usize) {
            let public = self.field(each, &at.member(name), item);
            kept.extend(public.map(|value| (name.clone(), value)));
        }
        Some(Json::Object(kept))
    }

    fn count(&mut self, field: &'f Field, at: &Place, count: usize) {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let most = field.max.unwrap_or(MAX_ITEMS).min(MAX_ITEMS);
        if count < field.min.unwrap_or(0) || count > most {
            self.error(at, "has too few or too many items", checks::range(field));
        }
    }

    fn selector(&mut self, shape: &checks::Selector, at: &Place, value: &Json) -> Option<Json> {
        for (member, problem, remedy) in checks::selector(shape, value) {
            let at = if member.is_empty() { at.clone() } else { at.member(&member) };
            self.error(&at, problem, remedy);
        }
        None
    }
}

#[cfg(test)]
mod tests;
