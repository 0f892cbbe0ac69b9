//! The canonical request: method, path, query, headers and body hash in the one form that both sides hash. It is
//! written in parts to whoever hashes it, never as one text: it holds the session token.

use super::PathRules;

/// A request in canonical form.
pub(super) struct Canonical<'a> {
    method: &'a str,
    path: String,
    query: String,
    /// Sorted by name; names in lower case, values as they were given.
    headers: Vec<(String, &'a str)>,
    body_hash: &'a str,
}

impl<'a> Canonical<'a> {
    pub(super) fn new(
        method: &'a str,
        path_and_query: &str,
        rules: PathRules,
        headers: impl Iterator<Item = (&'a str, &'a str)>,
        body_hash: &'a str,
    ) -> Self {
        let (raw_path, raw_query) = path_and_query.split_once('?').unwrap_or((path_and_query, ""));
        let mut headers: Vec<_> = headers.map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
        // Stable: values of one name keep their order.
        headers.sort_by(|a, b| a.0.cmp(&b.0));
        Self { method, path: path(raw_path, rules), query: query(raw_query), headers, body_hash }
    }

    /// `host;x-amz-date`.
    pub(super) fn signed_headers(&self) -> String {
        let mut names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        names.dedup();
        names.join(";")
    }

    /// Hands the text to `out`, part by part.
    pub(super) fn write(&self, out: &mut impl FnMut(&str)) {
        for part in [self.method, "\n", &self.path, "\n", &self.query] {
            out(part);
        }
        let mut last = None;
        for (name, value) in &self.headers {
            if last == Some(name) {
                out(",");
            } else {
                for part in ["\n", name, ":"] {
                    out(part);
                }
            }
            last = Some(name);
            trimmed(value, out);
        }
        for part in ["\n\n", &self.signed_headers(), "\n", self.body_hash] {
            out(part);
        }
    }
}

/// The value without space at its ends, runs of space as one.
fn trimmed(value: &str, out: &mut impl FnMut(&str)) {
    for (index, word) in value.split_ascii_whitespace().enumerate() {
        if index > 0 {
            out(" ");
        }
        out(word);
    }
}

fn path(raw: &str, rules: PathRules) -> String {
    let path = if rules.normalize { normalized(raw) } else { raw.to_owned() };
    if rules.encode { encoded(path.as_bytes(), |byte| byte == b'/') } else { path }
}

/// RFC 3986 section 5.2.4, and empty segments removed. What the gate lets through stays as it is.
fn normalized(raw: &str) -> String {
    let mut segments = Vec::new();
    for segment in raw.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            other => segments.push(other),
        }
    }
    let open = matches!(raw.rsplit('/').next(), Some("" | "." | "..")) && !segments.is_empty();
    format!("/{}{}", segments.join("/"), if open { "/" } else { "" })
}

/// Members decoded, encoded in the one way of the specification, and sorted by name, then value.
fn query(raw: &str) -> String {
    let member = |text: &str| {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        (encoded(&decoded(name), |_| false), encoded(&decoded(value), |_| false))
    };
    let mut members: Vec<_> = raw.split('&').filter(|text| !text.is_empty()).map(member).collect();
    members.sort();
    let members: Vec<_> = members.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    members.join("&")
}

/// Percent-decoded; a percent sign that starts no escape stands for itself.
fn decoded(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, tail)) = rest.split_first() {
        let escape = tail.first_chunk().filter(|_| *byte == b'%').and_then(hex_pair);
        out.push(escape.unwrap_or(*byte));
        rest = if escape.is_some() { tail.get(2..).unwrap_or_default() } else { tail };
    }
    out
}

fn hex_pair([high, low]: &[u8; 2]) -> Option<u8> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? << 4 | digit(low)?)
}

/// RFC 3986's unreserved bytes and those of `keep` as they are, others as `%XX`.
fn encoded(bytes: &[u8], keep: fn(u8) -> bool) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len()), |mut text, byte| {
        match *byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                text.push(char::from(*byte))
            }
            kept if keep(kept) => text.push(char::from(kept)),
            other => {
                // Writing to a String does not fail.
                let _ = write!(text, "%{other:02X}");
            }
        }
        text
    })
}
