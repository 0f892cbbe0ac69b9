//! Names: what people and other parts refer to must be short, plain and unambiguous. No rule of a grant is here.

use bailiwick_api::dns::is_label;

use super::Faults;
use crate::catalogue::{Catalogue, World, template::is_name};

/// Words that a grant's `operations` uses for classes.
const CLASSES: [&str; 5] = ["read", "list", "write", "delete", "exchange"];

pub(super) fn check(catalogue: &Catalogue, faults: &mut Faults) {
    let label = "use a DNS-1123 label: lower-case letters, digits and inner hyphens, at most 63";
    faults.unless(is_label(&catalogue.name), "name", "is not a DNS-1123 label", label);
    let fits = |key: &String| *key != catalogue.name && key.eq_ignore_ascii_case(&catalogue.name);
    faults.unless(
        catalogue.key.as_ref().is_none_or(fits),
        "key",
        "is not the name written with capitals",
        "correct it, or leave it out where it is the name",
    );
    faults.unless(
        is_version(&catalogue.version),
        "version",
        "is not a semantic version",
        "write MAJOR.MINOR.PATCH, such as 1.2.0",
    );
    faults.unless(catalogue.world == World::Blind, "world", "is not served yet", "write `world = \"blind\"`");
    faults.unless(
        catalogue.description.len() <= 200 && !catalogue.description.contains(char::is_control),
        "description",
        "is not one line of at most 200 bytes",
        "shorten it",
    );
    for (path, name) in every_name(catalogue) {
        faults.unless(is_name(name), &path, "is not a kebab-case name", "use lower-case words and hyphens");
    }
    for id in catalogue.operations.keys().filter(|id| CLASSES.contains(&id.as_str())) {
        faults.add(format!("operations.{id}"), "has the name of a class", "choose another id");
    }
}

/// Every name that the catalogue makes, with its path.
fn every_name(catalogue: &Catalogue) -> Vec<(String, &String)> {
    let mut names: Vec<(String, &String)> = Vec::new();
    names.extend(catalogue.authorities.keys().map(|n| (format!("authorities.{n}"), n)));
    names.extend(catalogue.account.keys().map(|n| (format!("account.{n}"), n)));
    for (id, method) in &catalogue.auth {
        names.push((format!("auth.{id}"), id));
        names.push((format!("auth.{id}.credential"), &method.credential));
        names.extend(method.slots.keys().map(|n| (format!("auth.{id}.slots.{n}"), n)));
        names.extend(method.inputs.keys().map(|n| (format!("auth.{id}.inputs.{n}"), n)));
    }
    for (id, operation) in &catalogue.operations {
        names.push((format!("operations.{id}"), id));
        names.extend(operation.slots.keys().map(|n| (format!("operations.{id}.slots.{n}"), n)));
        let takes = operation.mint.iter().flat_map(|mint| mint.take.keys());
        names.extend(takes.map(|n| (format!("operations.{id}.mint.take.{n}"), n)));
    }
    names
}

/// semver.org 2.0.0, without a limit on what stands after `-` and `+` but its characters.
fn is_version(text: &str) -> bool {
    let core = text.split(['-', '+']).next().unwrap_or_default();
    let extra = text.get(core.len()..).unwrap_or_default();
    let number = |part: &str| {
        !part.is_empty()
            && part.len() <= 9
            && part.bytes().all(|b| b.is_ascii_digit())
            && (part == "0" || !part.starts_with('0'))
    };
    core.split('.').count() == 3
        && core.split('.').all(number)
        && text.len() <= 128
        && extra.bytes().all(|b| b.is_ascii_alphanumeric() || b"-+.".contains(&b))
}
