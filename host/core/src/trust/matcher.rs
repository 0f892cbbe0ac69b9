//! How policies match texts: exact, glob and regex, always the whole text. What cannot be told apart for certain counts
//! as overlapping, since two authorities that one signer satisfies would be two of nobody.

use regex::{Regex, RegexBuilder};

use bailiwick_api::trust_policy::Matcher as Spec;

/// Bytes of a pattern.
const MAX_PATTERN: usize = 1024;

/// Bytes of a compiled pattern.
const MAX_COMPILED: usize = 1 << 20;

/// Bytes of one that is searched for: what it costs at worst for each byte of a text grows with it.
const MAX_SEARCHED: usize = 1 << 17;

/// A compiled matcher.
#[derive(Clone, Debug)]
pub(super) enum Matcher {
    /// Equal.
    Exact(String),
    /// By a pattern, with the literal text that all its matches begin and end with.
    Pattern { source: String, regex: Regex, begins: String, ends: String },
}

impl Matcher {
    /// Compiles one.
    ///
    /// # Errors
    /// A remedy, without the pattern.
    pub(super) fn compile(spec: &Spec) -> Result<Self, &'static str> {
        match (&spec.exact, &spec.glob, &spec.regex) {
            (Some(text), None, None) if text.is_empty() => Err("is empty, which matches nobody"),
            (Some(text), None, None) => Ok(Self::Exact(text.clone())),
            (None, Some(glob), None) => self::glob(glob),
            (None, None, Some(pattern)) => self::pattern(pattern),
            _ => Err("needs exactly one of exact, glob, regex"),
        }
    }

    /// Whether the whole text matches.
    pub(super) fn matches(&self, text: &str) -> bool {
        match self {
            Self::Exact(exact) => exact == text,
            Self::Pattern { regex, .. } => regex.is_match(text),
        }
    }

    /// Whether some text may match both; true where that cannot be excluded.
    pub(super) fn may_overlap(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Exact(text), other) | (other, Self::Exact(text)) => other.matches(text),
            (
                Self::Pattern { source, begins, ends, .. },
                Self::Pattern { source: other_source, begins: other_begins, ends: other_ends, .. },
            ) => {
                let begin = begins.starts_with(other_begins) || other_begins.starts_with(begins);
                let end = ends.ends_with(other_ends) || other_ends.ends_with(ends);
                source == other_source || (begin && end)
            }
        }
    }
}

/// A regular expression that is searched for, as CEL's `matches` does: anchored only where it says so.
///
/// # Errors
/// A remedy.
pub(super) fn search(pattern: &str) -> Result<Regex, &'static str> {
    if pattern.len() > MAX_PATTERN {
        return Err("a pattern has at most 1024 bytes");
    }
    build(pattern, MAX_SEARCHED).map_err(|_| "a pattern is no regular expression (RE2), or too large a one")
}

fn build(text: &str, most: usize) -> Result<Regex, regex::Error> {
    RegexBuilder::new(text).size_limit(most).dfa_size_limit(MAX_COMPILED).build()
}

/// A regular expression that matches whole texts, with a bound on what it compiles to. Matching is linear in the text.
///
/// # Errors
/// A remedy.
pub(super) fn whole(pattern: &str) -> Result<Regex, &'static str> {
    if pattern.is_empty() || pattern.len() > MAX_PATTERN {
        return Err("needs 1 to 1024 bytes");
    }
    // Alone first: `a)|(?:b` would be well formed once it is wrapped.
    build(pattern, MAX_COMPILED).map_err(|_| "is no regular expression (RE2), or too large a one")?;
    build(&format!("^(?:{pattern})$"), MAX_COMPILED).map_err(|_| "cannot be matched as a whole")
}

fn glob(glob: &str) -> Result<Matcher, &'static str> {
    let parts: Vec<&str> = glob.split('*').collect();
    let escaped: Vec<String> = parts.iter().map(|part| regex::escape(part)).collect();
    let text = |part: Option<&&str>| part.copied().unwrap_or_default().to_owned();
    if parts.len() == 1 {
        return if glob.is_empty() {
            Err("is empty, which matches nobody")
        } else {
            Ok(Matcher::Exact(glob.to_owned()))
        };
    }
    let regex = whole(&escaped.join("[^/]*"))?;
    Ok(Matcher::Pattern {
        source: glob.to_owned(),
        regex,
        begins: text(parts.first()),
        ends: text(parts.last()),
    })
}

fn pattern(pattern: &str) -> Result<Matcher, &'static str> {
    let regex = whole(pattern)?;
    let begins = literal_prefix(pattern);
    Ok(Matcher::Pattern { source: pattern.to_owned(), regex, begins, ends: String::new() })
}

/// Text that all matches of a pattern begin with; shorter than it could be, never longer.
fn literal_prefix(pattern: &str) -> String {
    if pattern.contains('|') {
        return String::new();
    }
    let mut prefix = String::new();
    let mut chars = pattern.chars().peekable();
    while let Some(char) = chars.next() {
        let literal = match char {
            '\\' => chars.next_if(char::is_ascii_punctuation),
            '.' | '^' | '$' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' => None,
            other => Some(other),
        };
        let Some(literal) = literal else { break };
        if chars.peek().is_some_and(|next| "*+?{".contains(*next)) {
            break;
        }
        prefix.push(literal);
    }
    prefix
}

#[cfg(test)]
mod tests;
