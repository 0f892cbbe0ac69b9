//! The canonical gate for a whole URL: whatever it accepts, every parser reads alike and writes back byte for byte
//! (I1). It stands before every URL that somebody else wrote; in the blind world nobody writes one.
//!
//! The grammar is that of the reference, section 2.2; escapes in a query are held to the rule of those in a path.

use super::{
    authority,
    origin::{OriginError, OriginOptions, scheme},
};
use crate::program::Origin;

/// A URL in canonical form, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CanonicalUrl<'a> {
    /// Scheme, host and port.
    pub origin: Origin,
    /// The path with its first slash; `/` where there is none else.
    pub path: &'a str,
    /// The query without its question mark; never empty.
    pub query: Option<&'a str>,
}

/// Why a text is no canonical URL. Every message is a remedy and quotes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Before the path.
    #[error(transparent)]
    Origin(#[from] OriginError),
    /// No slash after the authority.
    #[error("has no path; write a slash after the host")]
    NoPath,
    /// `//`, or a slash at the end.
    #[error("has an empty path segment; remove double slashes and one at the end")]
    EmptySegment,
    /// `.` or `..`.
    #[error("has a path segment that is . or ..")]
    DotSegment,
    /// A byte that a path segment may not have.
    #[error("has a character in its path that must be percent-encoded")]
    PathCharacter,
    /// A question mark with nothing after it.
    #[error("has an empty query; remove the question mark")]
    EmptyQuery,
    /// A byte that a query may not have.
    #[error("has a character in its query that must be percent-encoded")]
    QueryCharacter,
    /// Not `%` and two digits of upper-case hex.
    #[error("has a percent sign that is not followed by two upper-case hex digits")]
    Escape,
    /// An escape of a byte that stands for itself, that separates, or that is no printable ASCII.
    #[error("escapes a character that needs no escape or may not be in a URL here")]
    EscapedCharacter,
}

/// Takes a URL apart, if it is in canonical form.
///
/// # Errors
/// The first thing that is not canonical, or not allowed by `options`.
pub fn gate(text: &str, options: OriginOptions) -> Result<CanonicalUrl<'_>, UrlError> {
    let (tls, rest) = scheme(text, options)?;
    if rest.contains('#') {
        return Err(OriginError::Fragment.into());
    }
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (host, tail) = rest.split_at(end);
    let origin = authority::read(tls, host, options)?;
    let (path, query) = match tail.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (tail, None),
    };
    check_path(path)?;
    query.map_or(Ok(()), check_query)?;
    Ok(CanonicalUrl { origin, path, query })
}

fn check_path(path: &str) -> Result<(), UrlError> {
    match path.strip_prefix('/') {
        None => Err(UrlError::NoPath),
        Some("") => Ok(()),
        Some(segments) => segments.split('/').try_for_each(check_segment),
    }
}

fn check_segment(segment: &str) -> Result<(), UrlError> {
    match segment {
        "" => Err(UrlError::EmptySegment),
        "." | ".." => Err(UrlError::DotSegment),
        _ => check_bytes(segment, in_segment, UrlError::PathCharacter),
    }
}

fn check_query(query: &str) -> Result<(), UrlError> {
    if query.is_empty() {
        return Err(UrlError::EmptyQuery);
    }
    check_bytes(query, in_query, UrlError::QueryCharacter)
}

fn check_bytes(text: &str, raw: fn(u8) -> bool, error: UrlError) -> Result<(), UrlError> {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let escaped = upper_hex(bytes.next())? << 4 | upper_hex(bytes.next())?;
            if raw(escaped) || !may_be_escaped(escaped) {
                return Err(UrlError::EscapedCharacter);
            }
        } else if !raw(byte) {
            return Err(error);
        }
    }
    Ok(())
}

const fn in_segment(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'!' | b'$' | b'&' | b'\'' | b'(' | b')')
        || matches!(byte, b'*' | b'+' | b',' | b'=' | b':' | b'@')
}

const fn in_query(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'!' | b'$' | b'(' | b')' | b'*' | b',')
        || matches!(byte, b':' | b'@' | b'/' | b'&' | b'=')
}

/// Printable ASCII that no server takes for a separator or a second escape once it is decoded.
const fn may_be_escaped(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && !matches!(byte, b'/' | b'\\' | b'%')
}

fn upper_hex(byte: Option<u8>) -> Result<u8, UrlError> {
    match byte {
        Some(digit @ b'0'..=b'9') => Ok(digit - b'0'),
        Some(digit @ b'A'..=b'F') => Ok(digit - b'A' + 10),
        _ => Err(UrlError::Escape),
    }
}
