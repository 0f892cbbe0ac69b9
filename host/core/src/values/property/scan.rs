//! Scanning a path's text: where brackets and quotes end. Positions are bytes, always of ASCII delimiters.

/// Where the bracket that closes a query stands, or the path's end.
pub(super) fn query_end(path: &str) -> usize {
    let bytes = path.as_bytes();
    let (mut at, mut depth) = (1, 0usize);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'[' | b'(' => depth += 1,
            b']' | b')' if depth == 1 => return at,
            b']' | b')' => depth -= 1,
            b'"' => at += quoted_end(from(path, at)),
            _ => {}
        }
        at += 1;
    }
    path.len()
}

/// The text up to the bracket that closes the first character, or up to the end of the text in quotes that it
/// begins; all of it where there is no such end.
pub(super) fn squash(text: &str) -> &str {
    let bytes = text.as_bytes();
    let (mut at, mut depth) = if text.starts_with('"') { (0, 0usize) } else { (1, 1) };
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' => depth = depth.saturating_sub(1),
            b'"' => at += quoted_end(from(text, at)),
            _ => {}
        }
        if depth == 0 {
            return upto(text, (at + 1).min(text.len()));
        }
        at += 1;
    }
    text
}

/// The length of an argument that is no JSON: up to a pipe outside of brackets and quotes.
pub(super) fn simple_argument(given: &str) -> usize {
    let bytes = given.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'|' => return at,
            b'{' | b'[' | b'"' | b'(' => at += squash(from(given, at)).len(),
            _ => at += 1,
        }
    }
    given.len()
}

/// How far the closing quote is from the opening one that `text` starts with.
pub(super) fn quoted_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'"' => return at,
            _ => {}
        }
        at += 1;
    }
    text.len()
}

pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c <= ' ')
}

pub(super) fn upto(text: &str, at: usize) -> &str {
    text.get(..at).unwrap_or(text)
}

pub(super) fn from(text: &str, at: usize) -> &str {
    text.get(at..).unwrap_or_default()
}
