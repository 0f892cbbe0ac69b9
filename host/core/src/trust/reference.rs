//! References of artifacts: `registry/path`, then `:tag`, `:` and a semver range, or `@sha256:<hex>` (OCI distribution
//! specification 1.1, "Pulling manifests"). The registry is always written out: there is no default one, and no
//! repair of any kind, so that equal texts are equal places.

use std::fmt;

use semver::VersionReq;

/// Bytes of a reference.
const MAX: usize = 512;

/// A repository and what is chosen of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// `host[:port]`, lower case.
    pub registry: String,
    /// The path: lower-case components parted by `/`.
    pub path: String,
    /// Which manifest.
    pub selector: Selector,
}

/// Which manifest of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// A tag.
    Tag(String),
    /// The highest tag that is a version in this range.
    Range(VersionReq),
    /// `sha256:<hex>`.
    Digest(String),
}

/// Why a text is no reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    /// It is too long.
    #[error("a reference is at most 512 bytes")]
    TooLong,
    /// No registry.
    #[error("a reference begins with a registry: host[:port]/path")]
    NoRegistry,
    /// The registry's form.
    #[error("the registry is host[:port], lower case, without a scheme")]
    Registry,
    /// The path's form.
    #[error("the path has only lower-case letters, digits and single '.', '_', '-' inside, parted by '/'")]
    Path,
    /// No tag and no digest.
    #[error("needs a :tag, a version range or an @sha256: digest; there is no default tag")]
    NoSelector,
    /// The tag's form.
    #[error("a tag has at most 128 letters, digits, '_', '.' and '-'")]
    Tag,
    /// The digest's form.
    #[error("a digest is sha256: and 64 lower-case hexadecimal digits")]
    Digest,
}

impl Reference {
    /// Reads a reference.
    ///
    /// # Errors
    /// The first [`ReferenceError`].
    pub fn parse(text: &str) -> Result<Self, ReferenceError> {
        if text.len() > MAX {
            return Err(ReferenceError::TooLong);
        }
        let (registry, rest) = text.split_once('/').ok_or(ReferenceError::NoRegistry)?;
        if !is_registry(registry) {
            return Err(ReferenceError::Registry);
        }
        let (path, selector) = match rest.split_once('@') {
            Some((path, digest)) => (path, self::digest(digest)?),
            None => rest.split_once(':').map_or(Err(ReferenceError::NoSelector), |(path, tag)| {
                selector(tag).map(|selector| (path, selector))
            })?,
        };
        if !path.split('/').all(is_component) {
            return Err(ReferenceError::Path);
        }
        let reference = Self { registry: registry.to_owned(), path: path.to_owned(), selector };
        // A range is written in its own spelling, which may be longer, and must be readable again.
        if reference.to_string().len() > MAX { Err(ReferenceError::TooLong) } else { Ok(reference) }
    }

    /// `registry/path`: what policies and grants match.
    #[must_use]
    pub fn repository(&self) -> String {
        format!("{}/{}", self.registry, self.path)
    }

    /// The same repository, by digest.
    #[must_use]
    pub fn at(&self, digest: &str) -> Self {
        Self { selector: Selector::Digest(digest.to_owned()), ..self.clone() }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { registry, path, selector } = self;
        match selector {
            Selector::Tag(tag) => write!(f, "{registry}/{path}:{tag}"),
            Selector::Range(range) => write!(f, "{registry}/{path}:{range}"),
            Selector::Digest(digest) => write!(f, "{registry}/{path}@{digest}"),
        }
    }
}

/// Whether `text` is `registry/path`.
#[must_use]
pub fn is_repository(text: &str) -> bool {
    text.len() <= MAX
        && text
            .split_once('/')
            .is_some_and(|(registry, path)| is_registry(registry) && path.split('/').all(is_component))
}

/// Whether `text` is `host[:port]` as references write it. IPv6 literals are not served.
#[must_use]
pub fn is_registry(text: &str) -> bool {
    let (host, port) = text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port)));
    let label = |label: &str| {
        let inside = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        (1..=63).contains(&label.len())
            && label.bytes().all(inside)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let port = port.is_none_or(|port| {
        let number = port.parse::<u16>();
        number.is_ok_and(|number| number > 0 && number.to_string() == port)
    });
    host.len() <= 253 && host.split('.').all(label) && port
}

/// One component: `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*` of the distribution specification.
fn is_component(text: &str) -> bool {
    let is_word = |word: &str| !word.is_empty();
    let alnum = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    if !text.bytes().all(|b| alnum(b) || b"._-".contains(&b)) {
        return false;
    }
    let plain = text.replace("__", "_");
    let mut dashes = false;
    let joined: String = plain
        .chars()
        .filter(|c| {
            let again = dashes && *c == '-';
            dashes = *c == '-';
            !again
        })
        .collect();
    joined.split(['.', '_', '-']).all(is_word)
}

/// Whether `text` is `sha256:` and 64 lower-case hexadecimal digits.
#[must_use]
pub fn is_digest(text: &str) -> bool {
    let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    text.strip_prefix("sha256:").is_some_and(|digits| digits.len() == 64 && digits.bytes().all(hex))
}

fn digest(text: &str) -> Result<Selector, ReferenceError> {
    is_digest(text).then(|| Selector::Digest(text.to_owned())).ok_or(ReferenceError::Digest)
}

/// A text with a character that no tag has is a range.
fn selector(text: &str) -> Result<Selector, ReferenceError> {
    let within = |b: u8| b.is_ascii_alphanumeric() || b"_.-".contains(&b);
    let begins = text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_');
    if begins && text.len() <= 128 && text.bytes().all(within) {
        return Ok(Selector::Tag(text.to_owned()));
    }
    let ranged = text.bytes().any(|b| b"^~<>=*, ".contains(&b));
    let range = ranged.then(|| VersionReq::parse(text).ok()).flatten();
    range.map(Selector::Range).ok_or(ReferenceError::Tag)
}

#[cfg(test)]
mod tests;
