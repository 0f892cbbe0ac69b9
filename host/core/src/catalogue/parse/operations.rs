//! Operations: shape, class and key of each, and that no exchange can be mistaken for a read (B5). What stands in
//! their slots is checked in `slots`, what they answer in `replies`.

use std::collections::BTreeSet;

use super::{Faults, body, keys, places, replies, slots};
use crate::catalogue::{
    Catalogue, Field, FieldKind, Operation, OperationClass, Source, pointer, template::Template,
};

/// The methods that an operation may have (egress row 28).
const METHODS: [&str; 6] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"];

pub(super) fn check(catalogue: &Catalogue, faults: &mut Faults) {
    for (id, operation) in &catalogue.operations {
        let base = format!("operations.{id}");
        authority(&base, operation, catalogue, faults);
        faults.unless(
            METHODS.contains(&operation.method.as_str()),
            &format!("{base}.method"),
            "is not a method that is served",
            "use GET, POST, PUT, PATCH, DELETE or HEAD",
        );
        reading(&base, operation, faults);
        for (at, text) in &operation.when {
            when(&format!("{base}.when.{at}"), pointer::field(&catalogue.settings, at), text, faults);
        }
        path(&base, &operation.path, faults);
        key(&base, operation, faults);
        exchange(&base, operation, faults);
        let places = places::every(id, operation, faults);
        slots::check(id, operation, &places, catalogue, faults);
        keys::check(id, operation, &places, faults);
        body::check(id, operation, &places, faults);
        replies::check(&base, operation, catalogue, faults);
    }
    shared_with_exchange(catalogue, faults);
}

fn authority(base: &str, operation: &Operation, catalogue: &Catalogue, faults: &mut Faults) {
    let known = match &operation.authority {
        Some(name) => catalogue.authorities.contains_key(name),
        None => catalogue.authorities.len() == 1,
    };
    faults.unless(
        known,
        &format!("{base}.authority"),
        "names no authority",
        "name one of `authorities`; it may be left out only where there is exactly one",
    );
}

/// What reads or lists is asked by methods that change nothing by their name.
fn reading(base: &str, operation: &Operation, faults: &mut Faults) {
    let reads = matches!(operation.class, OperationClass::Read | OperationClass::List);
    faults.unless(
        !reads || matches!(operation.method.as_str(), "GET" | "HEAD" | "POST"),
        &format!("{base}.method"),
        "changes or deletes, in an operation that reads or lists (G10)",
        "use GET, HEAD or POST, or another class",
    );
}

/// A condition names a text that the setting can hold.
fn when(path: &str, field: Option<&Field>, text: &String, faults: &mut Faults) {
    let known = field.is_some_and(|field| {
        field.kind == FieldKind::String
            && !field.secret
            && (field.one_of.is_empty() || field.one_of.contains(text))
    });
    faults.unless(known, path, "is no text that a public setting can hold", "correct pointer or text");
}

/// The canonical gate on the literal parts of a path (egress 2.2).
fn path(base: &str, text: &str, faults: &mut Faults) {
    let path = format!("{base}.path");
    let literal = |b: u8| b.is_ascii_alphanumeric() || b"-._~!$&'()*+,=:@{}".contains(&b);
    faults.unless(text.starts_with('/'), &path, "does not start with `/`", "write `/` first");
    for segment in text.split('/').skip(1) {
        let lone_root = segment.is_empty() && text == "/";
        faults.unless(
            !segment.is_empty() || lone_root,
            &path,
            "has an empty segment",
            "remove the extra `/`",
        );
        faults.unless(!matches!(segment, "." | ".."), &path, "has a dot segment", "remove it");
        faults.unless(
            segment.bytes().all(literal),
            &path,
            "has a character that would need encoding",
            "use letters, digits and -._~!$&'()*+,=:@",
        );
    }
    faults.unless(text.len() <= 1024, &path, "is longer than 1024 bytes", "shorten it");
}

/// G9: what bears, writes or deletes values says which key it is about; a slot of a key cannot be guest text.
fn key(base: &str, operation: &Operation, faults: &mut Faults) {
    let path = format!("{base}.key");
    let about_one =
        matches!(operation.class, OperationClass::Read | OperationClass::Write | OperationClass::Delete);
    faults.unless(
        !about_one || !operation.key.is_empty(),
        &path,
        "is missing, so no grant's keys could be matched",
        "name the slots whose segments are the key",
    );
    for name in &operation.key {
        let Some(slot) = operation.slots.get(name) else {
            faults.add(&path, "names a slot that is not declared", "declare it under `slots`");
            continue;
        };
        let from_reference =
            matches!(slot.source, Source::Key | Source::Path | Source::Echo | Source::Settings(_));
        faults.unless(
            from_reference,
            &path,
            "has a slot whose source is no part of a reference",
            "use the sources key, path, echo or settings for a key",
        );
        faults.unless(
            !slot.optional || operation.class == OperationClass::List,
            &path,
            "has an optional slot",
            "only the prefix of a list may be optional",
        );
    }
    let all_fixed = operation
        .key
        .iter()
        .all(|name| operation.slots.get(name).is_some_and(|slot| matches!(slot.source, Source::Settings(_))));
    faults.unless(
        !about_one || operation.key.is_empty() || !all_fixed,
        &path,
        "holds settings alone",
        "add the slot that an entry's reference fills",
    );
}

/// B5: an exchange has no key and takes nothing from entries, replies or the guest.
fn exchange(base: &str, operation: &Operation, faults: &mut Faults) {
    if operation.class != OperationClass::Exchange {
        let remedy = "remove it, or make the operation an exchange";
        faults.unless(operation.mint.is_none(), &format!("{base}.mint"), "stands on no exchange", remedy);
        return;
    }
    faults.unless(
        operation.key.is_empty(),
        &format!("{base}.key"),
        "stands on an exchange (B5)",
        "an exchange is about no key: remove it",
    );
    for (name, slot) in &operation.slots {
        faults.unless(
            matches!(slot.source, Source::Policy(_)),
            &format!("{base}.slots.{name}.source"),
            "does not belong in an exchange, which the grant alone fills (B5, G8)",
            "use `{account.x}`, `{auth.x}` or a policy",
        );
    }
}

/// B5: an exchange never shares a path with another class, whatever the methods: a method can be overridden.
fn shared_with_exchange(catalogue: &Catalogue, faults: &mut Faults) {
    let only = catalogue.authorities.keys().next().map(String::as_str);
    let place = |operation: &'_ Operation| {
        let authority = operation.authority.as_deref().or(only).map(str::to_owned);
        (authority, shape(&operation.path))
    };
    let is_exchange = |operation: &Operation| operation.class == OperationClass::Exchange;
    let exchanges: BTreeSet<_> =
        catalogue.operations.values().filter(|operation| is_exchange(operation)).map(place).collect();
    for (id, operation) in catalogue.operations.iter().filter(|(_, operation)| !is_exchange(operation)) {
        faults.unless(
            !exchanges.contains(&place(operation)),
            &format!("operations.{id}.path"),
            "is the path of an exchange too (B5)",
            "give the exchange an authority or path of its own",
        );
    }
}

/// A path with every slot written as `{}`.
fn shape(path: &str) -> String {
    let segment = |text: &str| match Template::parse(text) {
        Ok(template) if template.is_literal() => text.to_owned(),
        _ => "{}".to_owned(),
    };
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}
