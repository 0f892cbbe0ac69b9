//! A request that was written against the one that was expected: method, URL, the headers that the case names, and the
//! body by members, so that a person sees which one differs. What was sent as a credential is masked.

use std::collections::BTreeMap;

use bailiwick_api::case::CaseRequest;
use serde_json::Value as Json;

use super::{
    Difference,
    mask::{CREDENTIAL, Mask},
    wire::Sent,
};
use crate::catalogue::pointer;

/// What a member is that is not there.
const NOTHING: &str = "nothing";

/// Compares one request.
pub(super) struct Differ<'a> {
    pub(super) mask: &'a Mask,
    /// `requests[0]`.
    pub(super) at: String,
    pub(super) found: Vec<Difference>,
}

impl Differ<'_> {
    /// What differs: of another method or URL that alone, since all else follows from it; else everything. `origin` is where
    /// it would have gone.
    pub(super) fn request(mut self, expected: &CaseRequest, sent: &Sent, origin: &str) -> Vec<Difference> {
        let url = format!("{origin}{}", sent.target);
        for (what, own, got) in [("method", &expected.method, &sent.method), ("url", &expected.url, &url)] {
            if own != got {
                self.add(what, own, got);
                return self.found;
            }
        }
        for (name, value) in &expected.headers {
            let got = sent.header(name);
            if got != Some(value.as_str()) {
                let got = got.map_or(NOTHING, |got| self.mask.header(name, got));
                self.add(&format!("header {name}"), value, got);
            }
        }
        self.body(expected, sent);
        self.found
    }

    fn body(&mut self, expected: &CaseRequest, sent: &Sent) {
        let text = String::from_utf8_lossy(&sent.body);
        if let Some(json) = &expected.json {
            match serde_json::from_slice::<Json>(&sent.body) {
                Ok(got) => self.json("", Some(json), Some(&got)),
                Err(_) => self.add("body", "JSON", &self.whole(&text)),
            }
        } else if let Some(form) = &expected.form {
            self.form(form, &members(&text));
        } else if *expected.text.as_deref().unwrap_or_default() != text {
            let expected = expected.text.as_deref().filter(|text| !text.is_empty()).unwrap_or(NOTHING);
            self.add("body", expected, &self.whole(&text));
        }
    }

    fn json(&mut self, at: &str, expected: Option<&Json>, got: Option<&Json>) {
        match (expected, got) {
            (Some(Json::Object(own)), Some(Json::Object(other))) => {
                let names: std::collections::BTreeSet<&String> = own.keys().chain(other.keys()).collect();
                for name in names {
                    self.json(&format!("{at}/{}", pointer::escape(name)), own.get(name), other.get(name));
                }
            }
            (one, other) if one == other => {}
            (one, other) => {
                let word = |json: Option<&Json>| json.map_or_else(|| NOTHING.to_owned(), ToString::to_string);
                let got =
                    if other.is_some() && self.mask.hides(at) { CREDENTIAL.to_owned() } else { word(other) };
                self.add(&format!("body {at}"), &word(one), &got);
            }
        }
    }

    fn form(&mut self, expected: &BTreeMap<String, String>, got: &BTreeMap<String, String>) {
        let names: std::collections::BTreeSet<&String> = expected.keys().chain(got.keys()).collect();
        for name in names {
            let (one, other) = (expected.get(name), got.get(name));
            if one != other {
                let hidden = other.is_some() && self.mask.hides(&format!("/{}", pointer::escape(name)));
                let other = if hidden { CREDENTIAL } else { other.map_or(NOTHING, String::as_str) };
                self.add(&format!("form {name}"), one.map_or(NOTHING, String::as_str), other);
            }
        }
    }

    /// A body as a whole.
    fn whole(&self, text: &str) -> String {
        match text.len() {
            0 => NOTHING.to_owned(),
            bytes if self.mask.hides_bodies() => {
                format!("a body of {bytes} bytes, which may hold a credential")
            }
            _ => text.to_owned(),
        }
    }

    fn add(&mut self, what: &str, expected: &str, got: &str) {
        self.found.push(Difference::new(format!("{} {what}", self.at), expected, got));
    }
}

/// The members of a form, decoded.
fn members(body: &str) -> BTreeMap<String, String> {
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(name), decoded(value))
    };
    body.split('&').filter(|part| !part.is_empty()).map(pair).collect()
}

/// Percent-encoding, undone; the host writes no `+` for a space.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        match byte {
            b'%' => match (digit(rest.next()), digit(rest.next())) {
                (Some(high), Some(low)) => bytes.extend(u8::try_from(high * 16 + low)),
                _ => bytes.push(b'%'),
            },
            other => bytes.push(other),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
