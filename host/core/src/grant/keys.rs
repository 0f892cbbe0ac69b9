//! Key patterns (G9): literal segments, `*` for one, `**` only last. Matched on decoded segments, never on text, so
//! that no encoding changes what is compared.

use super::class;
use crate::{
    catalogue::{Class, ListRule},
    program::{KeyPattern, Segment, Target},
};

/// Whether the target's keys admit reading, writing or deleting a key.
#[must_use]
pub fn key_admitted(target: &Target, key: &[String]) -> bool {
    matching(&target.keys, key).is_some()
}

/// Whether the target's keys admit listing a prefix: `p/**` admits `p` and what is below.
#[must_use]
pub fn list_admitted(target: &Target, prefix: &[String]) -> bool {
    listing(&target.keys, prefix).is_some()
}

/// The index of the first pattern that admits a key.
pub(super) fn matching(patterns: &[KeyPattern], key: &[String]) -> Option<usize> {
    let length_fits = |pattern: &KeyPattern| match pattern.rest {
        true => key.len() > pattern.segments.len(),
        false => key.len() == pattern.segments.len(),
    };
    let named = !key.is_empty() && key.iter().all(|segment| is_segment(segment));
    let first = || patterns.iter().position(|pattern| length_fits(pattern) && starts_with(pattern, key));
    named.then(first).flatten()
}

/// The index of the first pattern that admits listing a prefix.
pub(super) fn listing(patterns: &[KeyPattern], prefix: &[String]) -> Option<usize> {
    let named = prefix.iter().all(|segment| is_segment(segment));
    let first = || patterns.iter().position(|pattern| pattern.rest && starts_with(pattern, prefix));
    named.then(first).flatten()
}

/// What a name in a list reply stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Decoded segments of the whole key, or of the prefix.
    pub segments: Vec<String>,
    /// It is a prefix that can be listed in turn.
    pub folder: bool,
}

/// Reads a name of a list reply: relative ones come below `prefix`, whole ones may start with `/` where the rule says
/// so. None where it has empty or dot segments or is outside of the rule's class, so that it can stand for no key that
/// could be asked for.
#[must_use]
pub fn listed(rule: &ListRule, prefix: &[String], name: &str) -> Option<Listed> {
    let (name, folder) = match name.strip_suffix('/') {
        Some(name) if rule.folders => (name, true),
        _ => (name, false),
    };
    let (mut segments, name) = if rule.relative {
        (prefix.to_vec(), name)
    } else {
        (Vec::new(), name.strip_prefix('/').filter(|_| rule.leading_slash).unwrap_or(name))
    };
    let sendable = |segment: &str| rule.class.is_none_or(|class| class::fits(class, segment));
    if !name.split('/').all(sendable) {
        return None;
    }
    segments.extend(name.split('/').map(str::to_owned));
    let whole = segments.iter().all(|segment| is_segment(segment)) && segments.len() <= class::MAX_SEGMENTS;
    whole.then_some(Listed { segments, folder })
}

/// Reads a pattern as a grant writes it.
///
/// # Errors
/// What is wrong with it, in words.
pub(super) fn pattern(text: &str) -> Result<KeyPattern, &'static str> {
    if text.starts_with('/') || text.ends_with('/') {
        return Err("write it without `/` at its ends");
    }
    let (body, rest) = match text.strip_suffix("**") {
        Some("") => return Ok(KeyPattern { segments: Vec::new(), rest: true }),
        Some(body) => (body.strip_suffix('/').ok_or("`**` is a whole segment")?, true),
        None => (text, false),
    };
    let segments: Result<Vec<Segment>, _> = body.split('/').map(segment).collect();
    let segments = segments?;
    if segments.len() > class::MAX_SEGMENTS {
        return Err("use at most 32 segments");
    }
    Ok(KeyPattern { segments, rest })
}

fn segment(text: &str) -> Result<Segment, &'static str> {
    match text {
        "*" => Ok(Segment::Any),
        "**" => Err("`**` stands last only"),
        _ if text.contains('*') => Err("`*` is a whole segment"),
        _ if class::fits(Class::Wide, text) => Ok(Segment::Literal(text.to_owned())),
        _ => Err("use segments of printable ASCII without \\ % ? #, none of them empty, `.` or `..`"),
    }
}

/// The pattern as a grant writes it.
pub(super) fn write(pattern: &KeyPattern) -> String {
    let mut words: Vec<&str> = pattern
        .segments
        .iter()
        .map(|segment| match segment {
            Segment::Literal(text) => text.as_str(),
            Segment::Any => "*",
        })
        .collect();
    if pattern.rest {
        words.push("**");
    }
    words.join("/")
}

fn starts_with(pattern: &KeyPattern, key: &[String]) -> bool {
    key.len() >= pattern.segments.len()
        && pattern.segments.iter().zip(key).all(|(pattern, segment)| match pattern {
            Segment::Literal(text) => text == segment,
            Segment::Any => true,
        })
}

/// Segments come from classes; this is the last look at names that a backend wrote.
fn is_segment(text: &str) -> bool {
    !text.is_empty() && !matches!(text, "." | "..") && !text.contains(|c: char| c.is_control() || c == '/')
}

#[cfg(test)]
mod tests;
