//! gjson's path syntax, one component at a time, on the path's text alone. Byte positions are always those of
//! ASCII delimiters.

use std::borrow::Cow;

use super::{
    PropertyError,
    scan::{from, query_end, quoted_end, simple_argument, squash, trim, upto},
};
use crate::values::json::Json;

/// gjson's modifiers, served or not: only these make an `@` special.
const MODIFIERS: [&str; 13] = [
    "pretty", "ugly", "reverse", "this", "flatten", "join", "valid", "keys", "values", "tostr", "fromstr",
    "group", "dig",
];

/// What follows a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next<'p> {
    /// Nothing.
    End,
    /// `.`: a path within what the component found.
    Path(&'p str),
    /// `|`, or `.` before a modifier or multipath: a path on the whole of what was found.
    Pipe(&'p str),
}

/// A component as an object reads it.
pub(super) struct ObjectPart<'p> {
    /// The name or pattern, without escapes.
    pub(super) name: Cow<'p, str>,
    /// It is a pattern with `*` or `?`.
    pub(super) wild: bool,
    /// What follows.
    pub(super) next: Next<'p>,
}

/// A component as an array reads it.
pub(super) struct ArrayPart<'p> {
    /// What is meant.
    pub(super) form: Form<'p>,
    /// What follows; not used by [`Form::Each`], which holds it.
    pub(super) next: Next<'p>,
}

/// What an array is asked.
pub(super) enum Form<'p> {
    /// An item.
    Index(usize),
    /// `#`: how many.
    Count,
    /// `#.path`: the path on each.
    Each(&'p str),
    /// `#(...)` or `#(...)#`.
    Query(Query<'p>),
    /// Anything else matches nothing.
    Nothing,
}

/// The inside of `#(...)`.
pub(super) struct Query<'p> {
    /// The path on each item; empty is the item.
    pub(super) path: &'p str,
    /// The operator, `=` for `==`; empty asks whether it exists.
    pub(super) op: &'p str,
    /// The text compared with, unescaped.
    pub(super) value: Cow<'p, str>,
    /// `#` behind it: all that match.
    pub(super) all: bool,
}

/// A modifier and its argument.
pub(super) struct Modifier<'p> {
    pub(super) name: &'static str,
    pub(super) argument: &'p str,
    pub(super) rest: &'p str,
}

/// One path of a multipath.
pub(super) struct Selector<'p> {
    /// The name before the colon, as written; empty where there is none.
    pub(super) name: &'p str,
    pub(super) path: &'p str,
}

/// Reads a component for an object.
pub(super) fn object(path: &str) -> ObjectPart<'_> {
    let mut name = None::<String>;
    let mut wild = false;
    let mut chars = path.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '|' | '.' => {
                let name = name.map_or(Cow::Borrowed(upto(path, at)), Cow::Owned);
                return ObjectPart { name, wild, next: after(path, at) };
            }
            '\\' => {
                let name = name.get_or_insert_with(|| upto(path, at).to_owned());
                name.extend(chars.next().map(|(_, escaped)| escaped));
                continue;
            }
            '*' | '?' => wild = true,
            _ => {}
        }
        if let Some(name) = &mut name {
            name.push(char);
        }
    }
    ObjectPart { name: name.map_or(Cow::Borrowed(path), Cow::Owned), wild, next: Next::End }
}

/// Reads a component for an array.
pub(super) fn array(path: &str) -> Result<ArrayPart<'_>, PropertyError> {
    match path.as_bytes() {
        [b'#', b'.', ..] => {
            Ok(ArrayPart { form: Form::Each(from(path, 2)), next: Next::Path(from(path, 2)) })
        }
        [b'#', b'(' | b'[', ..] => array_query(path),
        _ => {
            let at = path.find(['|', '.']).unwrap_or(path.len());
            let part = upto(path, at);
            let form = match part {
                "#" => Form::Count,
                _ => index(part).map_or(Form::Nothing, Form::Index),
            };
            let next = if part.contains('#') { plain_after(path, at) } else { after(path, at) };
            Ok(ArrayPart { form, next })
        }
    }
}

/// Splits a path at its first pipe that is not escaped and not inside of a query; a multipath in front is whole.
pub(super) fn split_pipe(path: &str) -> Option<(&str, &str)> {
    let bytes = path.as_bytes();
    let mut at = 0;
    if path.starts_with('{') {
        // As gjson does it, from the character behind the brace on.
        at = 1 + squash(from(path, 1)).len();
        return (bytes.get(at) == Some(&b'|')).then(|| (upto(path, at), from(path, at + 1)));
    }
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'|' => return Some((upto(path, at), from(path, at + 1))),
            b'.' if matches!(bytes.get(at + 1..at + 3), Some([b'#', b'(' | b'['])) => {
                at += 1 + query_end(from(path, at + 1));
            }
            // gjson does not look at the character behind `.#`.
            b'.' if bytes.get(at + 1) == Some(&b'#') => at += 2,
            _ => {}
        }
        at += 1;
    }
    None
}

/// Reads `@name`, `@name:argument`; `None` where gjson has no such modifier.
pub(super) fn modifier(path: &str) -> Option<Modifier<'_>> {
    let text = path.strip_prefix('@')?;
    let at = text.find([':', '|', '.']).unwrap_or(text.len());
    let name = MODIFIERS.into_iter().find(|name| *name == upto(text, at))?;
    let rest = from(text, at);
    let Some(given) = rest.strip_prefix(':') else { return Some(Modifier { name, argument: "", rest }) };
    let end = match given.as_bytes() {
        [b'{' | b'[' | b'"', ..] => squash(given).len(),
        _ => simple_argument(given),
    };
    Some(Modifier { name, argument: upto(given, end), rest: from(given, end) })
}

/// Reads `!literal`: its JSON text and what follows. `None` where it is none, so that it is a member's name.
pub(super) fn literal(path: &str) -> Result<Option<(&str, &str)>, PropertyError> {
    let Some(text) = path.strip_prefix('!') else { return Ok(None) };
    let checked = |json: &str| match Json::parse_own(json.as_bytes()) {
        Ok(_) => Ok(()),
        Err(_) => Err(PropertyError::Literal),
    };
    match text.as_bytes() {
        [b'{' | b'[', ..] => {
            let json = squash(text);
            checked(json)?;
            Ok(Some((json, from(text, json.len()))))
        }
        // gjson reads these to the end of the path and drops what follows.
        [b'"', ..] => checked(squash(text)).map(|()| Some((squash(text), ""))),
        [b'+' | b'-' | b'0'..=b'9', ..] => checked(text).map(|()| Some((text, ""))),
        _ => {
            let at = text.find(['|', '.']).unwrap_or(text.len());
            let word = upto(text, at);
            match word {
                "true" | "false" | "null" => Ok(Some((word, from(text, at)))),
                _ if ["true", "false", "null", "nan", "inf"].iter().any(|w| word.eq_ignore_ascii_case(w)) => {
                    Err(PropertyError::Literal)
                }
                _ => Ok(None),
            }
        }
    }
}

/// Reads `[path,path]` or `{name:path,path}`: its selectors, and the path behind it.
pub(super) fn multipath(path: &str) -> Result<(Vec<Selector<'_>>, Option<&str>), PropertyError> {
    let bytes = path.as_bytes();
    let (mut selectors, mut depth, mut start, mut colon, mut in_modifier) = (Vec::new(), 1, 1, None, false);
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'@' if matches!(bytes.get(at - 1), Some(b'.' | b'|')) => in_modifier = true,
            b':' if !in_modifier && colon.is_none() && depth == 1 => colon = Some(at),
            b'"' => at += quoted_end(from(path, at)),
            b'[' | b'(' | b'{' => depth += 1,
            b']' | b')' | b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 || (depth == 1 && *byte == b',') {
            selectors.push(selector(path, start, colon, at));
            (start, colon, in_modifier) = (at + 1, None, false);
        }
        if depth == 0 {
            return match bytes.get(at + 1) {
                None => Ok((selectors, None)),
                Some(b'.' | b'|') => Ok((selectors, Some(from(path, at + 2)))),
                Some(_) => Err(PropertyError::Multipath),
            };
        }
        at += 1;
    }
    Err(PropertyError::Multipath)
}

/// The name that an unnamed selector of an object gets: its last component, or `_`.
pub(super) fn last_name(path: &str) -> &str {
    let separator = |(at, char): &(usize, char)| {
        matches!(char, '|' | '.') && (*at == 0 || path.as_bytes().get(at - 1) != Some(&b'\\'))
    };
    let name = path.char_indices().rev().find(separator).map_or(path, |(at, _)| from(path, at + 1));
    let odd = |c: char| c < ' ' || matches!(c, '[' | ']' | '{' | '}' | '(' | ')' | '#' | '|' | '!');
    if name.contains(odd) { "_" } else { name }
}

/// What follows a part that ends at `at`; a modifier or multipath behind a dot is piped to.
fn after(path: &str, at: usize) -> Next<'_> {
    match plain_after(path, at) {
        Next::Path(rest) if pipes(rest) => Next::Pipe(rest),
        next => next,
    }
}

fn plain_after(path: &str, at: usize) -> Next<'_> {
    match path.as_bytes().get(at) {
        Some(b'.') => Next::Path(from(path, at + 1)),
        Some(b'|') => Next::Pipe(from(path, at + 1)),
        _ => Next::End,
    }
}

fn pipes(rest: &str) -> bool {
    let known = |text: &str| {
        let name = upto(text, text.find(['.', '|', ':']).unwrap_or(text.len()));
        MODIFIERS.contains(&name)
    };
    rest.starts_with(['[', '{']) || rest.strip_prefix('@').is_some_and(known)
}

fn index(part: &str) -> Option<usize> {
    (!part.is_empty() && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse().ok()).flatten()
}

fn array_query(path: &str) -> Result<ArrayPart<'_>, PropertyError> {
    let end = query_end(path);
    if end == path.len() {
        return Err(PropertyError::Query);
    }
    let mut query = query(path.get(2..end).unwrap_or_default())?;
    query.all = path.as_bytes().get(end + 1) == Some(&b'#');
    let at = from(path, end + 1).find(['|', '.']).map_or(path.len(), |more| end + 1 + more);
    Ok(ArrayPart { form: Form::Query(query), next: plain_after(path, at) })
}

/// Splits the inside of a query into path, operator and value.
fn query(inside: &str) -> Result<Query<'_>, PropertyError> {
    let Some(at) = operator(inside) else {
        return Ok(Query { path: trim(inside), op: "", value: Cow::Borrowed(""), all: false });
    };
    let text = trim(from(inside, at));
    let text = if text.starts_with("==") { from(text, 1) } else { text };
    let length = match text.as_bytes() {
        [_] => 1,
        [b'!', b'=' | b'%', ..] | [b'<' | b'>', b'=', ..] => 2,
        [b'!', ..] => 0,
        _ => 1,
    };
    let (op, value) = (upto(text, length), trim(from(text, length)));
    Ok(Query { path: trim(upto(inside, at)), op, value: compared(value)?, all: false })
}

/// Where the operator starts: the first such character outside of brackets and quotes.
fn operator(inside: &str) -> Option<usize> {
    let bytes = inside.as_bytes();
    let (mut at, mut depth) = (0, 0usize);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'!' | b'=' | b'<' | b'>' | b'%' if depth == 0 => return Some(at),
            b'\\' => at += 1,
            b'[' | b'(' => depth += 1,
            b']' | b')' => depth = depth.saturating_sub(1),
            b'"' => at += quoted_end(from(inside, at)),
            _ => {}
        }
        at += 1;
    }
    None
}

/// The value of a query: a quoted text without quotes and escapes, anything else as it is.
fn compared(value: &str) -> Result<Cow<'_, str>, PropertyError> {
    let quoted = value.len() >= 2 && value.starts_with('"') && value.ends_with('"');
    if !quoted {
        return Ok(Cow::Borrowed(value));
    }
    if !value.contains('\\') {
        return Ok(Cow::Borrowed(value.get(1..value.len() - 1).unwrap_or_default()));
    }
    let json = Json::parse(value.as_bytes()).map_err(|_| PropertyError::Query)?;
    let text = json.root().text().map(Cow::into_owned);
    text.map(Cow::Owned).ok_or(PropertyError::Query)
}

fn selector(path: &str, start: usize, colon: Option<usize>, end: usize) -> Selector<'_> {
    let slice = |from: usize, to: usize| path.get(from..to).unwrap_or_default();
    match colon {
        Some(colon) => Selector { name: slice(start, colon), path: slice(colon + 1, end) },
        None => Selector { name: "", path: slice(start, end) },
    }
}
