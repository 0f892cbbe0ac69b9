//! RFC 6901 pointers, and the catalogue's patterns over them: the same syntax with `*` for any member or index.

use std::borrow::Cow;

/// How a pointer stands to a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The pattern names it.
    Named,
    /// The pattern names something below it.
    Above,
    /// The pattern has nothing to do with it, or names something above it.
    Elsewhere,
}

/// The unescaped tokens of a pointer; `None` as a token where an escape is malformed.
///
/// `None` where the text is no pointer: neither empty nor begun by `/`.
#[must_use]
pub fn tokens(pointer: &str) -> Option<impl Iterator<Item = Option<Cow<'_, str>>>> {
    let rest = match pointer.strip_prefix('/') {
        Some(rest) => Some(rest),
        None if pointer.is_empty() => None,
        None => return None,
    };
    Some(rest.into_iter().flat_map(|rest| rest.split('/')).map(unescape))
}

/// Appends a token to a pointer, escaped.
pub fn push(pointer: &mut String, token: &str) {
    pointer.push('/');
    for char in token.chars() {
        match char {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            other => pointer.push(other),
        }
    }
}

/// How `pointer` stands to `pattern`. A malformed one of either is elsewhere.
#[must_use]
pub fn place(pattern: &str, pointer: &str) -> Place {
    let (Some(mut pattern), Some(pointer)) = (tokens(pattern), tokens(pointer)) else {
        return Place::Elsewhere;
    };
    for token in pointer {
        let fits = match (pattern.next().flatten(), token) {
            (Some(want), Some(token)) => want == "*" || want == token,
            _ => false,
        };
        if !fits {
            return Place::Elsewhere;
        }
    }
    match pattern.next() {
        None => Place::Named,
        Some(_) => Place::Above,
    }
}

/// An array index: decimal, without leading zeros (RFC 6901, section 4). `-` names nothing that exists.
pub(super) fn index(token: &str) -> Option<usize> {
    let digits = token.bytes().all(|b| b.is_ascii_digit());
    (digits && (token == "0" || !token.starts_with('0'))).then(|| token.parse().ok()).flatten()
}

fn unescape(token: &str) -> Option<Cow<'_, str>> {
    if !token.contains('~') {
        return Some(Cow::Borrowed(token));
    }
    let mut parts = token.split('~');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push(match part.as_bytes().first() {
            Some(b'0') => '~',
            Some(b'1') => '/',
            _ => return None,
        });
        out.push_str(part.get(1..).unwrap_or_default());
    }
    Some(Cow::Owned(out))
}
