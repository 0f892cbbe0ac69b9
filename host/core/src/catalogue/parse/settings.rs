//! The settings schema: a closed subset of our own, so that nothing is fetched or evaluated. Checked here: that each
//! field says only what its type can mean, and that static data that may be delivered points at fields.

use regex::RegexBuilder;

use super::Faults;
use crate::catalogue::{Catalogue, Field, FieldKind, pointer, schema};

/// How deep settings may nest.
const MAX_DEPTH: usize = 12;

pub(super) fn check(catalogue: &Catalogue, faults: &mut Faults) {
    faults.unless(
        catalogue.settings.kind == FieldKind::Object,
        "settings.type",
        "is not `object`",
        "write `type = \"object\"`",
    );
    faults.unless(
        !catalogue.resolves_property,
        "resolves-property",
        "is not served yet",
        "leave it out: the host applies `property` to what is delivered",
    );
    field("settings", &catalogue.settings, 0, faults);
    config(catalogue, faults);
}

/// Compiles a pattern that the whole text must match, with bounds on what it may cost.
pub(crate) fn pattern(text: &str) -> Result<regex::Regex, regex::Error> {
    let bounded = |text: &str| RegexBuilder::new(text).size_limit(64 * 1024).nest_limit(32).build();
    // Alone first: `a)|(?:b` would otherwise step out of the anchors.
    bounded(text).and_then(|_| bounded(&format!("^(?:{text})$")))
}

fn field(path: &str, field_: &Field, depth: usize, faults: &mut Faults) {
    if depth > MAX_DEPTH {
        faults.add(path, "nests too deep", "flatten the settings");
        return;
    }
    members(path, field_, depth, faults);
    facets(path, field_, faults);
    default(path, field_, faults);
}

fn members(path: &str, f: &Field, depth: usize, faults: &mut Faults) {
    let holds_items = matches!(f.kind, FieldKind::Array | FieldKind::Map);
    faults.unless(
        f.kind == FieldKind::Object || f.fields.is_empty(),
        &format!("{path}.fields"),
        "stands on something that is no object",
        "remove it, or write `type = \"object\"`",
    );
    faults.unless(
        holds_items == f.items.is_some(),
        &format!("{path}.items"),
        "must be there for arrays and maps, and only for them",
        "say what each item is",
    );
    for (name, member) in &f.fields {
        let good = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b));
        let path = format!("{path}.fields.{name}");
        faults.unless(good, &path, "is not a field name", "use letters, digits, `_` and `-`");
        field(&path, member, depth + 1, faults);
    }
    if let Some(items) = &f.items {
        field(&format!("{path}.items"), items, depth + 1, faults);
    }
}

fn facets(path: &str, f: &Field, faults: &mut Faults) {
    let text = f.kind == FieldKind::String;
    let text_only = "belongs to texts only";
    let remedy = "remove it";
    faults.unless(text || !f.secret, &format!("{path}.secret"), text_only, remedy);
    faults.unless(text || f.one_of.is_empty(), &format!("{path}.enum"), text_only, remedy);
    faults.unless(text || f.pattern.is_none(), &format!("{path}.pattern"), text_only, remedy);
    let measured = text || matches!(f.kind, FieldKind::Integer | FieldKind::Array | FieldKind::Map);
    let bounded = f.min.is_some() || f.max.is_some();
    faults.unless(measured || !bounded, &format!("{path}.min"), "measures nothing here", remedy);
    faults.unless(
        f.min.zip(f.max).is_none_or(|(min, max)| min <= max),
        &format!("{path}.min"),
        "is greater than max",
        "swap them",
    );
    faults.unless(
        !(f.required && f.kind == FieldKind::Unserved),
        &format!("{path}.required"),
        "requires a field that is not served",
        remedy,
    );
    if let Some(Err(_)) = f.pattern.as_deref().map(pattern) {
        faults.add(format!("{path}.pattern"), "is not an RE2 pattern of a modest size", "correct it");
    }
}

fn default(path: &str, f: &Field, faults: &mut Faults) {
    let Some(value) = &f.default else { return };
    let path = format!("{path}.default");
    let fits = match f.kind {
        FieldKind::String => value.is_string(),
        FieldKind::Integer => value.is_i64(),
        FieldKind::Boolean => value.is_boolean(),
        _ => false,
    };
    faults.unless(fits, &path, "is not of the field's type", "defaults are for texts, integers and booleans");
    faults.unless(
        !fits || schema::takes(f, value),
        &path,
        "is none of the values that the field may have",
        "choose one of them",
    );
    faults.unless(!f.required, &path, "stands on a required field", "remove one of the two");
    faults.unless(!f.secret, &path, "would be a secret in the catalogue", "remove it");
}

fn config(catalogue: &Catalogue, faults: &mut Faults) {
    let Some(config) = &catalogue.config else { return };
    faults.unless(
        config.items.ends_with("/*"),
        "config.items",
        "does not end in `/*`",
        "point at the items of an array, such as `/data/*`",
    );
    let Some(item) = pointer::field(&catalogue.settings, &config.items) else {
        faults.add("config.items", "points at no field of the settings", "correct the pointer");
        return;
    };
    let at = |p: &str| pointer::field(item, p);
    let plain = |p: &str| at(p).is_some_and(|f| f.kind == FieldKind::String && !f.secret);
    let remedy = "point at a text within an item";
    faults.unless(plain(&config.key), "config.key", "points at no public text", remedy);
    let version = config.version.as_deref().is_none_or(plain);
    faults.unless(version, "config.version", "points at no public text", remedy);
    faults.unless(
        at(&config.value).is_some_and(|f| f.secret),
        "config.value",
        "points at no secret text",
        "mark the field `secret = true`",
    );
}
