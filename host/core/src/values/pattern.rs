//! Regular expressions of manifests: Go's RE2 syntax, which ESO's users write, on the regex crate. Where the two
//! read one text differently, it is rewritten: Perl classes are ASCII, brackets and set operators within a class
//! are literal, `\<` is a character, `\Q...\E` quotes, a brace that is no repetition is a character, and flags that Go
//! does not know are refused. Both run in linear time; the size is bounded.

use regex::{Captures, Regex, RegexBuilder};

#[cfg(test)]
mod tests;

/// Bytes of an expression, and of a replacement.
pub const MAX_PATTERN: usize = 1024;
/// Bytes of a compiled expression.
const MAX_COMPILED: usize = 1 << 20;

/// An expression that cannot be used. The text itself is not part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a usable regular expression (RE2 syntax, at most {MAX_PATTERN} bytes)")]
pub struct PatternError;

/// Compiles an expression; it matches anywhere in a text.
///
/// # Errors
/// It is malformed or too large.
pub fn compile(expression: &str) -> Result<Regex, PatternError> {
    if expression.len() > MAX_PATTERN {
        return Err(PatternError);
    }
    let translated = translate(expression).ok_or(PatternError)?;
    RegexBuilder::new(&translated).size_limit(MAX_COMPILED).build().map_err(|_| PatternError)
}

/// Go's `ReplaceAllString`: `$1`, `$name` (the longest name), `${name}`, `$$`; what names nothing is empty. `None`
/// where the result is longer than `most` bytes.
#[must_use]
pub fn replace_all(expression: &Regex, text: &str, replacement: &str, most: usize) -> Option<String> {
    let mut out = String::new();
    let mut last = 0;
    for found in expression.captures_iter(text) {
        let whole = found.get(0)?;
        out.push_str(text.get(last..whole.start())?);
        expand(&mut out, &found, replacement);
        last = whole.end();
        if out.len() > most {
            return None;
        }
    }
    out.push_str(text.get(last..)?);
    (out.len() <= most).then_some(out)
}

fn expand(out: &mut String, found: &Captures<'_>, replacement: &str) {
    let mut rest = replacement;
    while let Some((plain, after)) = rest.split_once('$') {
        out.push_str(plain);
        rest = match (after.strip_prefix('$'), reference(after)) {
            (Some(after), _) => {
                out.push('$');
                after
            }
            (None, Some((name, after))) => {
                out.push_str(group(found, name));
                after
            }
            (None, None) => {
                out.push('$');
                after
            }
        };
    }
    out.push_str(rest);
}

/// The name behind a `$`, and what follows.
fn reference(text: &str) -> Option<(&str, &str)> {
    let (braced, text) = text.strip_prefix('{').map_or((false, text), |text| (true, text));
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let rest = if braced { rest.strip_prefix('}')? } else { rest };
    (!name.is_empty()).then_some((name, rest))
}

fn group<'t>(found: &Captures<'t>, name: &str) -> &'t str {
    let number = name.bytes().all(|b| b.is_ascii_digit()) && (name.len() == 1 || !name.starts_with('0'));
    let group = match name.parse() {
        Ok(index) if number => found.get(index),
        _ => found.name(name),
    };
    group.map_or("", |group| group.as_str())
}

/// None where it has flags that Go does not know.
fn translate(expression: &str) -> Option<String> {
    let mut out = String::with_capacity(expression.len() + 16);
    let mut rest = expression;
    // Of the class that is open: where its content starts in `out`.
    let mut class: Option<usize> = None;
    // The `-` of a range was written last.
    let mut range = false;
    while let Some(char) = rest.chars().next() {
        let after = rest.get(char.len_utf8()..).unwrap_or_default();
        let ranged = std::mem::take(&mut range);
        rest = match (char, class) {
            ('\\', _) => escape(&mut out, after, class.is_some()),
            ('[', None) => {
                class = Some(out.len() + 1 + usize::from(after.starts_with('^')));
                open(&mut out, after)
            }
            (']', Some(_)) => {
                class = None;
                out.push(']');
                after
            }
            ('[', Some(_)) if !after.starts_with(':') => literal(&mut out, char, after),
            ('[', Some(_)) => posix(&mut out, after),
            ('&' | '~', Some(_)) => literal(&mut out, char, after),
            ('-', Some(start)) if ranged || out.len() == start => literal(&mut out, char, after),
            ('{', None) if !repeats(after) => literal(&mut out, char, after),
            ('(', None) if !known_flags(after) => return None,
            _ => {
                range = char == '-' && class.is_some();
                out.push(char);
                after
            }
        };
    }
    Some(out)
}

/// Whether `n}`, `n,}` or `n,m}` stands here, without leading zeros.
fn repeats(after: &str) -> bool {
    let number = |text: &str| {
        text.bytes().all(|b| b.is_ascii_digit())
            && !text.is_empty()
            && (text == "0" || !text.starts_with('0'))
    };
    after.split_once('}').is_some_and(|(inner, _)| match inner.split_once(',') {
        None => number(inner),
        Some((least, most)) => number(least) && (most.is_empty() || number(most)),
    })
}

/// Whether what follows a `(` is a group of Go's: plain, named, or with flags among `imsU`.
fn known_flags(after: &str) -> bool {
    let Some(flags) = after.strip_prefix('?') else { return true };
    let named = flags.starts_with("P<") || flags.starts_with('<');
    named || flags.split([':', ')']).next().unwrap_or_default().bytes().all(|b| b"imsU-".contains(&b))
}

fn literal<'t>(out: &mut String, char: char, after: &'t str) -> &'t str {
    out.push('\\');
    out.push(char);
    after
}

/// The start of a class: a `]` in front is literal.
fn open<'t>(out: &mut String, after: &'t str) -> &'t str {
    let (negated, after) = after.strip_prefix('^').map_or(("", after), |after| ("^", after));
    out.push('[');
    out.push_str(negated);
    match after.strip_prefix(']') {
        Some(after) => literal(out, ']', after),
        None => after,
    }
}

/// `[:name:]` within a class.
fn posix<'t>(out: &mut String, after: &'t str) -> &'t str {
    let end = after.find(":]").map_or(0, |at| at + 2);
    out.push('[');
    out.push_str(after.get(..end).unwrap_or_default());
    after.get(end..).unwrap_or_default()
}

/// What follows a backslash.
fn escape<'t>(out: &mut String, after: &'t str, class: bool) -> &'t str {
    let Some(char) = after.chars().next() else {
        out.push('\\');
        return after;
    };
    let rest = after.get(char.len_utf8()..).unwrap_or_default();
    let ascii = match char {
        'd' => "[0-9]",
        'D' => "[^0-9]",
        'w' => "[0-9A-Za-z_]",
        'W' => "[^0-9A-Za-z_]",
        's' => "[\\t\\n\\f\\r ]",
        'S' => "[^\\t\\n\\f\\r ]",
        // Their braces are no repetition.
        'p' | 'P' | 'x' if rest.starts_with('{') => {
            let end = rest.find('}').map_or(rest.len(), |at| at + 1);
            out.push('\\');
            out.push(char);
            out.push_str(rest.get(..end).unwrap_or_default());
            return rest.get(end..).unwrap_or_default();
        }
        'b' if !class => "(?-u:\\b)",
        'B' if !class => "(?-u:\\B)",
        '<' => "<",
        '>' => ">",
        'Q' if !class => {
            let (quoted, rest) = rest.split_once("\\E").unwrap_or((rest, ""));
            out.push_str(&regex::escape(quoted));
            return rest;
        }
        _ => return literal(out, char, rest),
    };
    out.push_str(ascii);
    rest
}
