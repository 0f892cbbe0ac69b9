//! Query, headers and body: names that a request may carry, headers that are the host's own, and the verbs that
//! share a secret instead of reading it (G10), which have no place in a catalogue.

use super::{
    Faults,
    places::{Part, Place},
};
use crate::catalogue::{Body, Operation};

/// Headers that the host writes or that nobody sends (egress 2.2), lower case.
const HOST_HEADERS: [&str; 35] = [
    "host",
    "content-length",
    "transfer-encoding",
    "te",
    "trailer",
    "connection",
    "keep-alive",
    "upgrade",
    "expect",
    "forwarded",
    "via",
    "cookie",
    "set-cookie",
    "authorization",
    "private-token",
    "x-auth-token",
    "x-api-key",
    "date",
    "user-agent",
    "accept-encoding",
    "content-encoding",
    "referer",
    "origin",
    "range",
    "x-http-request",
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
    "x-original-url",
    "x-rewrite-url",
    "sudo",
    "x-goog-user-project",
    "x-vault-token",
    "x-vault-wrap-ttl",
    "x-vault-wrap-format",
];

/// Beginnings of such headers.
const HOST_PREFIXES: [&str; 5] = ["proxy-", "x-forwarded-", "impersonate-", "warden-", "sec-"];

/// Headers of a backend whose meaning can widen a request: literal, or filled from the grant alone.
const PINNED_PREFIXES: [&str; 2] = ["x-amz-", "x-vault-"];

/// Of AWS, those that signing writes.
const SIGNED: [&str; 3] = ["x-amz-date", "x-amz-security-token", "x-amz-content-sha256"];

/// Verbs that share, copy out or widen access to secrets, lower case.
const SHARING: [&str; 14] = [
    "putresourcepolicy",
    "deleteresourcepolicy",
    "replicatesecrettoregions",
    "removeregionsfromreplication",
    "associatecrossaccountreplica",
    "crossaccountprimaryarn",
    "addreplicaregions",
    "setiampolicy",
    "add-owner",
    "transfer",
    "/backup",
    "/restore",
    "sys/wrapping",
    "sys/raw",
];

/// Query and body members that carry a credential, or make a backend take one request for another, lower case.
const HOST_MEMBERS: [&str; 8] = [
    "_method",
    "_http_method",
    "x-http-method-override",
    "sudo",
    "private_token",
    "access_token",
    "impersonate-user",
    "job_token",
];

pub(super) fn check(id: &str, operation: &Operation, places: &[Place], faults: &mut Faults) {
    let base = format!("operations.{id}");
    for place in places {
        match place.part {
            Part::Query => query(place, faults),
            Part::Header => header(place, faults),
            Part::Body | Part::Path { .. } => {}
        }
        if matches!(place.part, Part::Query | Part::Body) {
            member(place, faults);
        }
        verb(place, faults);
    }
    let mut names: Vec<String> = operation.headers.keys().map(|name| name.to_ascii_lowercase()).collect();
    names.sort();
    names.dedup();
    faults.unless(
        names.len() == operation.headers.len(),
        &format!("{base}.headers"),
        "has one name in two spellings",
        "remove one",
    );
    body(&base, operation, faults);
    sharing(&base, operation, places, faults);
}

fn query(place: &Place, faults: &mut Faults) {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"-._~$".contains(&b);
    faults.unless(
        (1..=64).contains(&place.name.len()) && place.name.bytes().all(fits),
        &place.path,
        "is not a query name that needs no encoding",
        "use letters, digits and -._~$",
    );
    let literal = |text: &str| text.bytes().all(|b| (0x20..0x7f).contains(&b));
    faults.unless(
        place.template.literals().all(literal),
        &place.path,
        "has text that is not printable ASCII",
        "correct it",
    );
}

/// Members of query and body that are the host's, and names that look like templates, which they are not.
fn member(place: &Place, faults: &mut Faults) {
    let lower = place.name.to_ascii_lowercase();
    let last = lower.rsplit('/').next().unwrap_or_default();
    let signed = place.part == Part::Query && last.starts_with("x-amz-");
    faults.unless(
        !signed && !HOST_MEMBERS.contains(&last),
        &place.path,
        "is a member that is the host's alone",
        "remove it: credentials are attached, and methods are written as the method",
    );
    faults.unless(!lower.contains(['{', '}']), &place.path, "has a brace in a name", "slots stand in values");
}

fn header(place: &Place, faults: &mut Faults) {
    let name = place.name.to_ascii_lowercase();
    let token = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    faults.unless(
        (1..=64).contains(&name.len()) && name.bytes().all(token),
        &place.path,
        "is not a header name",
        "use letters, digits and hyphens",
    );
    let owned = is_host_header(&name) || SIGNED.contains(&name.as_str());
    faults.unless(!owned, &place.path, "is a header that is the host's alone", "remove it");
    let pinned = is_pinned(&name);
    faults.unless(
        !pinned || place.template.slots().next().is_none(),
        &place.path,
        "takes something else than literals and the grant's slots",
        "use literals, `{account.x}` and `{auth.x}` only",
    );
    let edges = |text: &str| text == text.trim() || !place.template.is_literal();
    faults.unless(
        place.template.literals().all(|text| edges(text) && text.bytes().all(|b| (0x20..0x7f).contains(&b))),
        &place.path,
        "is not printable ASCII without spaces at its ends",
        "correct it",
    );
}

/// Whether a lower-case header name is the host's own. An attached credential may use those of credentials.
pub(super) fn is_host_header(name: &str) -> bool {
    HOST_HEADERS.contains(&name) || HOST_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// Whether a lower-case header name can widen a request.
pub(super) fn is_pinned(name: &str) -> bool {
    PINNED_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// Whether a member, or a pointer to one, chooses the verb: AWS calls it `Action`.
pub(super) fn chooses_verb(name: &str) -> bool {
    name.trim_start_matches('/').eq_ignore_ascii_case("action")
}

/// The sharing verb in a text.
pub(super) fn shares(text: &str) -> Option<&'static str> {
    let lower = text.to_ascii_lowercase();
    SHARING.into_iter().find(|verb| lower.contains(verb))
}

/// What chooses the verb is literal.
fn verb(place: &Place, faults: &mut Faults) {
    faults.unless(
        !chooses_verb(&place.name) || place.template.is_literal(),
        &place.path,
        "chooses the backend's verb by a slot",
        "write the verb out; one operation each",
    );
}

fn body(base: &str, operation: &Operation, faults: &mut Faults) {
    let Some(body) = &operation.body else { return };
    let path = format!("{base}.body");
    faults.unless(
        matches!(operation.method.as_str(), "POST" | "PUT" | "PATCH"),
        &path,
        "stands on a method that has none",
        "use POST, PUT or PATCH",
    );
    let typed = operation.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let Some((name, value)) = typed else { return };
    let json = matches!(body, Body::Json(_)) && is_json_type(value);
    faults.unless(
        json,
        &format!("{base}.headers.{name}"),
        "does not fit the body",
        "only a JSON body may name a type, and that one a JSON type",
    );
}

/// The JSON media types that backends ask for.
fn is_json_type(value: &str) -> bool {
    let json = value == "application/json" || value.starts_with("application/x-amz-json-");
    json || (value.starts_with("application/") && value.ends_with("+json"))
}

fn sharing(base: &str, operation: &Operation, places: &[Place], faults: &mut Faults) {
    let mut texts = vec![operation.path.as_str()];
    for place in places {
        texts.push(&place.name);
        texts.extend(place.template.literals());
    }
    if let Some(verb) = texts.into_iter().find_map(shares) {
        faults.add(
            base,
            format!("uses `{verb}`, which shares a secret instead of reading it (G10)"),
            "remove the operation: sharing has no place in a catalogue",
        );
    }
}
