//! What can be wrong with a manifest, and what mends it. Nothing here can hold a scalar of the manifest: words come
//! from our own tables and types, and a field's name is shown only where it looks like one.

use std::fmt;

/// What is wrong. Display says what, and the remedy after it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Larger than [`super::MAX_BYTES`].
    #[error("the file is larger than 1 MiB: split it")]
    TooLarge,
    /// Deeper than [`super::MAX_DEPTH`].
    #[error("nested deeper than 64 levels: flatten it")]
    TooDeep,
    /// More than [`super::MAX_NODES`] nodes or [`super::MAX_TEXT`] bytes, with all aliases written out.
    #[error("too much content once all aliases are written out: use fewer aliases, or split the file")]
    TooMuch,
    /// Not YAML.
    #[error("not valid YAML: {0}")]
    Syntax(&'static str),
    /// A key twice.
    #[error("the same key stands in line {first} already: remove one of them")]
    DuplicateKey {
        /// Its line.
        first: usize,
    },
    /// Not a Kubernetes object at all.
    #[error("not a Kubernetes object: write a mapping with apiVersion, kind and metadata")]
    NotAnObject,
    /// An `apiVersion` and `kind` that are not served.
    #[error("{0}")]
    NotServed(NotServed),
    /// A field that the kind does not have.
    #[error("unknown field{}", Near(*near, known))]
    UnknownField {
        /// The known field that was perhaps meant.
        near: Option<&'static str>,
        /// All known ones.
        known: &'static [&'static str],
    },
    /// A required field.
    #[error("is required and missing: add it")]
    Missing,
    /// Another type.
    #[error("expected {expected}, found {found}{}", quote(expected, found))]
    WrongType {
        /// What is expected.
        expected: &'static str,
        /// What stands there.
        found: &'static str,
    },
    /// Not in a closed list.
    #[error("not an allowed value: use one of {}{}", allowed.join(", "), Meant(*near))]
    NotAllowed {
        /// The allowed one that was perhaps meant.
        near: Option<&'static str>,
        /// All allowed ones.
        allowed: &'static [&'static str],
    },
    /// Refused by a type of ours, or by a rule; the text is ours too.
    #[error("{0}")]
    Invalid(String),
    /// The object stands elsewhere too.
    #[error("the same object (kind, namespace and name) stands in {elsewhere} too: keep one of them")]
    DuplicateObject {
        /// File and line.
        elsewhere: String,
    },
    /// More faults than are listed.
    #[error("there are more faults in this object: mend these first")]
    More,
}

/// Why a kind is not served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotServed {
    /// A kind of ESO's or ours that comes later.
    Later(&'static str),
    /// An old version of a kind that is served.
    OldVersion,
    /// A kind that is served, under another apiVersion.
    Version(&'static str),
    /// Anything else, and the kind that was perhaps meant.
    Unknown(Option<&'static str>),
}

impl fmt::Display for NotServed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Later(kind) => write!(f, "{kind} is not served yet: remove it"),
            Self::OldVersion => f.write_str(
                "this version is not served: write apiVersion: external-secrets.io/v1, whose fields are the same",
            ),
            Self::Version(version) => write!(f, "this apiVersion is not served: write {version}"),
            Self::Unknown(Some(near)) => write!(f, "this kind is not served: did you mean {near}?"),
            Self::Unknown(None) => write!(f, "this apiVersion and kind is not served: served are {}", Served),
        }
    }
}

/// What is served, for people.
struct Served;

impl fmt::Display for Served {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, kind) in super::Kind::ALL.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            write!(f, "{comma}{} {}", kind.api_version(), kind.as_str())?;
        }
        Ok(())
    }
}

/// A suggestion, else the whole list.
struct Near(Option<&'static str>, &'static [&'static str]);

impl fmt::Display for Near {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(near) => write!(f, ": did you mean {near}?"),
            None if self.1.is_empty() => f.write_str(": remove it"),
            None => write!(f, ": use one of {}", self.1.join(", ")),
        }
    }
}

/// A suggestion, where there is one.
struct Meant(Option<&'static str>);

impl fmt::Display for Meant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |near| write!(f, "; did you mean {near}?"))
    }
}

/// Numbers and booleans where a text is expected are the most common slip.
fn quote(expected: &str, found: &str) -> &'static str {
    match (expected, found) {
        ("a text", "a number") => ": put it in quotes",
        ("a text", "true or false") => ": put it in quotes; yes, no, on, off, y and n are booleans too",
        _ => "",
    }
}

/// The known name that was perhaps meant: another case, or at most one edit in three letters.
pub(super) fn near(name: &str, known: &[&'static str]) -> Option<&'static str> {
    if name.len() > 64 {
        return None;
    }
    known
        .iter()
        .map(|k| (strsim::damerau_levenshtein(&name.to_ascii_lowercase(), &k.to_ascii_lowercase()), *k))
        .filter(|(distance, k)| *distance <= (k.len() / 3).min(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, k)| k)
}
