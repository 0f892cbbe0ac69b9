//! A path on a parsed text. The order of what is tried, and what a failed branch leaves behind, is gjson's.

use super::{
    MAX_WORK, PropertyError,
    compare::{self, Compared},
    modifiers,
    path::{self, Form, Next, Query},
};
use crate::{
    secret::Value,
    values::{
        buffer::Buffer,
        json::{Fault, Json, Kind, MAX_NODES, Node},
    },
};

/// What a path leads to.
pub(super) enum Found<'d> {
    /// Nothing; gjson's result that does not exist.
    Nothing,
    /// A part of the text.
    Node(Node<'d>),
    /// JSON that the path made.
    Made(Buffer),
}

/// What an evaluation may still spend.
pub(super) struct Work(usize);

/// What a descent leaves for the path that it is part of.
struct Left<'d, 'p> {
    value: Found<'d>,
    pipe: Option<&'p str>,
}

type Outcome<T> = Result<T, PropertyError>;

/// Evaluates a path and reads the result as gjson's `String()`.
pub(super) fn run(json: &Json<'_>, path: &str) -> Outcome<Option<Value>> {
    match get(&mut Work(MAX_WORK), Some(json.root()), path)? {
        Found::Nothing => Ok(None),
        Found::Node(node) => Ok(Some(string(node))),
        // Not every text that a modifier makes is JSON (`@join` of empty objects): then it is given as it is.
        Found::Made(made) => match Json::parse_lenient(made.bytes()) {
            Ok(json) if !matches!(json.root().kind(), Kind::Array | Kind::Object) => {
                Ok(Some(string(json.root())))
            }
            _ => Ok(Some(made.into_value())),
        },
    }
}

impl Work {
    /// Takes from the budget.
    pub(super) fn spend(&mut self, work: usize) -> Outcome<()> {
        self.0 = self.0.checked_sub(work).ok_or(PropertyError::TooMuch)?;
        Ok(())
    }
}

impl Found<'_> {
    /// Its JSON text; none for nothing.
    pub(super) fn raw(&self) -> &[u8] {
        match self {
            Self::Nothing => b"",
            Self::Node(node) => node.raw().as_bytes(),
            Self::Made(made) => made.bytes(),
        }
    }

    fn detached<'e>(self, work: &mut Work) -> Outcome<Found<'e>> {
        Ok(match self {
            Self::Nothing => Found::Nothing,
            Self::Made(made) => Found::Made(made),
            Self::Node(node) => {
                work.spend(node.raw().len())?;
                Found::Made(node.raw().into())
            }
        })
    }
}

/// A path on a node, or on nothing.
fn get<'d>(work: &mut Work, on: Option<Node<'d>>, path: &str) -> Outcome<Found<'d>> {
    if path.len() > 1 {
        if let Some(modifier) = path::modifier(path) {
            let found = modifiers::apply(work, &modifier, on)?;
            return then(work, found, modifier.rest);
        }
        if let Some((text, rest)) = path::literal(path)? {
            return then(work, Found::Made(text.into()), rest);
        }
        if path.starts_with(['[', '{']) {
            return multipath(work, on, path);
        }
    }
    let mut left = Left { value: Found::Nothing, pipe: None };
    match (path.strip_prefix(".."), on) {
        // JSON lines: a strict text is one line.
        (Some(path), on) => array(work, &mut left, on.into_iter(), path).map(|_| ())?,
        (None, Some(node)) => child(work, &mut left, node, path).map(|_| ())?,
        (None, None) => {}
    }
    match left.pipe {
        Some(pipe) => on_found(work, left.value, pipe),
        None => Ok(left.value),
    }
}

/// A path on what another one found.
fn on_found<'d>(work: &mut Work, found: Found<'d>, path: &str) -> Outcome<Found<'d>> {
    match found {
        Found::Nothing => get(work, None, path),
        Found::Node(node) => get(work, Some(node), path),
        Found::Made(made) => {
            work.spend(made.bytes().len())?;
            let json = again(&made)?;
            get(work, Some(json.root()), path)?.detached(work)
        }
    }
}

/// Made text, parsed. Only `@join` and `@fromstr` make what is no JSON; nesting and size can grow beyond bounds.
fn again(made: &Buffer) -> Outcome<Json<'_>> {
    Json::parse_lenient(made.bytes()).map_err(|error| match error.fault {
        Fault::Depth | Fault::Size => PropertyError::TooMuch,
        _ => PropertyError::NotJson,
    })
}

/// What follows a modifier or a literal; anything but a path is dropped, as gjson does.
fn then<'d>(work: &mut Work, found: Found<'d>, rest: &str) -> Outcome<Found<'d>> {
    match rest.strip_prefix(['.', '|']) {
        Some(path) => on_found(work, found, path),
        None => Ok(found),
    }
}

fn multipath<'d>(work: &mut Work, on: Option<Node<'d>>, path: &str) -> Outcome<Found<'d>> {
    let (selectors, rest) = path::multipath(path)?;
    let object = path.starts_with('{');
    let mut made = Buffer::from(if object { "{" } else { "[" });
    let mut first = true;
    for selector in selectors {
        let found = get(work, on, selector.path)?;
        if matches!(found, Found::Nothing) {
            continue;
        }
        if !std::mem::take(&mut first) {
            made.push(",");
        }
        if object {
            made.push(member_name(&selector).bytes());
            made.push(":");
        }
        work.spend(found.raw().len())?;
        made.push(found.raw());
    }
    made.push(if object { "}" } else { "]" });
    match rest {
        Some(path) => on_found(work, Found::Made(made), path),
        None => Ok(Found::Made(made)),
    }
}

fn member_name(selector: &path::Selector<'_>) -> Buffer {
    let name = selector.name;
    if name.starts_with('"') && Json::parse(name.as_bytes()).is_ok() {
        return name.into();
    }
    modifiers::quoted(if name.is_empty() { path::last_name(selector.path) } else { name })
}

/// A path within a node. True where it led somewhere; a query for all leaves its value and is false.
fn child<'d, 'p>(work: &mut Work, left: &mut Left<'d, 'p>, node: Node<'d>, path: &'p str) -> Outcome<bool> {
    match node.kind() {
        Kind::Object => object(work, left, node, path),
        Kind::Array => array(work, left, node.items(), path),
        _ => Ok(false),
    }
}

fn object<'d, 'p>(work: &mut Work, left: &mut Left<'d, 'p>, node: Node<'d>, path: &'p str) -> Outcome<bool> {
    let part = path::object(path);
    if let Next::Pipe(pipe) = part.next {
        left.pipe = Some(pipe);
    }
    for (name, value) in node.members() {
        work.spend(1)?;
        let fits = match part.wild {
            true => compare::matches(work, &name.text().unwrap_or_default(), &part.name)?,
            false => name.is_text(&part.name),
        };
        if !fits {
            continue;
        }
        let Next::Path(rest) = part.next else {
            left.value = Found::Node(value);
            return Ok(true);
        };
        if child(work, left, value, rest)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn array<'d, 'p>(
    work: &mut Work,
    left: &mut Left<'d, 'p>,
    mut items: impl Iterator<Item = Node<'d>>,
    path: &'p str,
) -> Outcome<bool> {
    let part = path::array(path)?;
    if let Next::Pipe(pipe) = part.next {
        left.pipe = Some(pipe);
    }
    match part.form {
        Form::Index(index) => {
            work.spend(index.min(MAX_NODES))?;
            let Some(item) = items.nth(index) else { return Ok(false) };
            if let Next::Path(rest) = part.next {
                return child(work, left, item, rest);
            }
            left.value = Found::Node(item);
            Ok(true)
        }
        Form::Count => {
            left.value = Found::Made(items.count().to_string().as_str().into());
            Ok(true)
        }
        Form::Each(path) => each(work, left, items, path),
        Form::Query(asked) => query(work, left, items, &asked, part.next),
        Form::Nothing => Ok(false),
    }
}

/// `#.path`.
fn each<'d, 'p>(
    work: &mut Work,
    left: &mut Left<'d, 'p>,
    items: impl Iterator<Item = Node<'d>>,
    path: &'p str,
) -> Outcome<bool> {
    let (path, pipe) = path::split_pipe(path).map_or((path, None), |(path, pipe)| (path, Some(pipe)));
    left.pipe = pipe.or(left.pipe);
    let mut made = Buffer::from("[");
    for item in items {
        let found = get(work, Some(item), path)?;
        append(work, &mut made, &found)?;
    }
    made.push("]");
    left.value = Found::Made(made);
    Ok(true)
}

fn query<'d, 'p>(
    work: &mut Work,
    left: &mut Left<'d, 'p>,
    items: impl Iterator<Item = Node<'d>>,
    asked: &Query<'p>,
    next: Next<'p>,
) -> Outcome<bool> {
    let mut rest = match next {
        Next::Path(path) => Some(path),
        _ => None,
    };
    let mut made = Buffer::from("[");
    for item in items {
        work.spend(1)?;
        if !asks(work, asked, item)? {
            continue;
        }
        if let Some((path, pipe)) = rest.and_then(path::split_pipe) {
            (rest, left.pipe) = (Some(path), Some(pipe));
        }
        let found = match rest {
            Some(path) => get(work, Some(item), path)?,
            None => Found::Node(item),
        };
        if !asked.all {
            left.value = found;
            return Ok(true);
        }
        append(work, &mut made, &found)?;
    }
    if asked.all && matches!(left.value, Found::Nothing) {
        made.push("]");
        left.value = Found::Made(made);
    }
    Ok(false)
}

fn asks(work: &mut Work, asked: &Query<'_>, item: Node<'_>) -> Outcome<bool> {
    let found = match item.kind() {
        Kind::Object | Kind::Array => get(work, Some(item), asked.path)?,
        _ if asked.path.is_empty() => Found::Node(item),
        _ => return Ok(false),
    };
    let value = match &found {
        Found::Nothing => Compared::Nothing,
        Found::Node(node) => Compared::of(*node),
        Found::Made(made) => {
            let json = again(made)?;
            return compare::holds(work, Compared::of(json.root()), asked.op, &asked.value);
        }
    };
    compare::holds(work, value, asked.op, &asked.value)
}

/// Appends an item to an array that is being made; nothing is left out.
fn append(work: &mut Work, made: &mut Buffer, found: &Found<'_>) -> Outcome<()> {
    let raw = found.raw();
    if !raw.is_empty() {
        work.spend(raw.len())?;
        if made.bytes().len() > 1 {
            made.push(",");
        }
        made.push(raw);
    }
    Ok(())
}

/// gjson's `String()`: a text unescaped, null empty, integers as written, other numbers shortest and without
/// exponent, everything else as raw text.
pub(super) fn string(node: Node<'_>) -> Value {
    match node.kind() {
        Kind::Null => Value::new(Vec::new()),
        Kind::Number if !node.raw().trim_start_matches('-').bytes().all(|b| b.is_ascii_digit()) => {
            let text = compare::number(node.raw()).to_string();
            Value::new(text.replace("inf", "+Inf").replace("-+", "-").into_bytes())
        }
        _ => node.value(),
    }
}
