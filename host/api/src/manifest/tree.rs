//! One YAML document as a tree with lines, bounded while it is built: depth, nodes and text are counted with every
//! alias written out, so that a file cannot blow up. Scalars may be secrets: they have no Debug and are zeroed.
//! Duplicate keys are refused; `<<` merges as in YAML 1.1.

use std::collections::HashMap;

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span, Tag};
use zeroize::Zeroizing;

use super::{MAX_DEPTH, MAX_NODES, MAX_TEXT, fault::Fault, path::Path, scalar, syntax};

/// A node and its line.
#[derive(Clone)]
pub(super) struct Node {
    pub(super) line: usize,
    pub(super) content: Content,
}

/// What a node is.
#[derive(Clone)]
pub(super) enum Content {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f64),
    Text(Zeroizing<String>),
    List(Vec<Node>),
    Map(Vec<Entry>),
    /// Was wrong and is reported already.
    Broken,
}

/// A member of a mapping.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) key: Zeroizing<String>,
    pub(super) value: Node,
    pub(super) line: usize,
}

/// What stops a document.
pub(super) struct Stop {
    pub(super) line: usize,
    pub(super) path: String,
    pub(super) fault: Fault,
}

/// What all documents of a file may hold together.
pub(super) struct Budget {
    nodes: usize,
    text: usize,
}

impl Budget {
    pub(super) const fn new() -> Self {
        Self { nodes: MAX_NODES, text: MAX_TEXT }
    }

    fn spend(&mut self, nodes: usize, text: usize) -> Result<(), Fault> {
        self.nodes = self.nodes.checked_sub(nodes).ok_or(Fault::TooMuch)?;
        self.text = self.text.checked_sub(text).ok_or(Fault::TooMuch)?;
        Ok(())
    }
}

impl Node {
    /// The words for a type.
    pub(super) const fn found(&self) -> &'static str {
        match self.content {
            Content::Null | Content::Broken => "nothing",
            Content::Bool(_) => "true or false",
            Content::Int(_) | Content::Uint(_) | Content::Float(_) => "a number",
            Content::Text(_) => "a text",
            Content::List(_) => "a list",
            Content::Map(_) => "a mapping",
        }
    }

    /// A member of a mapping, null or not.
    pub(super) fn member(&self, key: &str) -> Option<&Self> {
        self.child(self.position(key)?)
    }

    /// The place of a member.
    pub(super) fn position(&self, key: &str) -> Option<usize> {
        let Content::Map(entries) = &self.content else { return None };
        entries.iter().position(|e| e.key.as_str() == key)
    }

    /// A member or item by its place.
    pub(super) fn child(&self, index: usize) -> Option<&Self> {
        match &self.content {
            Content::List(items) => items.get(index),
            Content::Map(entries) => entries.get(index).map(|e| &e.value),
            _ => None,
        }
    }

    /// As [`Self::child`].
    pub(super) fn child_mut(&mut self, index: usize) -> Option<&mut Self> {
        match &mut self.content {
            Content::List(items) => items.get_mut(index),
            Content::Map(entries) => entries.get_mut(index).map(|e| &mut e.value),
            _ => None,
        }
    }

    /// Marks a node as broken; what it held is dropped.
    pub(super) fn break_at(&mut self, trail: &[usize]) {
        let mut node = self;
        for index in trail {
            let Some(child) = node.child_mut(*index) else { return };
            node = child;
        }
        node.content = Content::Broken;
    }

    /// Its text.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Nodes and bytes of text of the whole tree.
    fn weight(&self) -> (usize, usize) {
        let add = |a: (usize, usize), b: (usize, usize)| (a.0 + b.0, a.1 + b.1);
        match &self.content {
            Content::Text(text) => (1, text.len()),
            Content::List(items) => items.iter().map(Self::weight).fold((1, 0), add),
            Content::Map(entries) => {
                entries.iter().map(|e| add((1, e.key.len()), e.value.weight())).fold((1, 0), add)
            }
            _ => (1, 0),
        }
    }

    /// How many collections stand inside each other.
    fn depth(&self) -> usize {
        match &self.content {
            Content::List(items) => 1 + items.iter().map(Self::depth).max().unwrap_or(0),
            Content::Map(entries) => 1 + entries.iter().map(|e| e.value.depth()).max().unwrap_or(0),
            _ => 0,
        }
    }
}

/// The documents of a text, and what stopped the reading. Lines count from `first_line`. Documents that hold
/// nothing are left out.
pub(super) fn read(text: &str, first_line: usize, budget: &mut Budget) -> (Vec<Node>, Option<Stop>) {
    let mut options = granit_parser::Options::default();
    options.set_emit_comments(false);
    options.disallow_directives = true;
    // As kubectl: a block scalar that ends with the file gets no line feed of its own.
    options.block_scalar_eof_without_line_feed = true;
    let mut documents = Vec::new();
    let mut builder = Builder::new(first_line, budget);
    for event in Parser::new_from_str_with_options(text, options) {
        let done = event.map_err(|e| builder.syntax(&e)).and_then(|(event, span)| builder.take(event, span));
        match done {
            Ok(true) => documents.extend(builder.document()),
            Ok(false) => {}
            Err(fault) => return (documents, Some(builder.stop(fault))),
        }
    }
    (documents, None)
}

struct Builder<'b> {
    /// Added to the parser's lines.
    offset: usize,
    /// The line of the event in hand.
    line: usize,
    budget: &'b mut Budget,
    open: Vec<Open>,
    anchors: HashMap<usize, Node>,
    root: Option<Node>,
    /// The key that stands twice.
    twice: Option<Zeroizing<String>>,
}

/// A collection that is being read.
struct Open {
    line: usize,
    anchor: usize,
    content: OpenContent,
}

enum OpenContent {
    List(Vec<Node>),
    Map(OpenMap),
}

#[derive(Default)]
struct OpenMap {
    entries: Vec<Entry>,
    /// Values of plain `<<` keys.
    merges: Vec<Node>,
    key: Option<Key>,
}

struct Key {
    text: Zeroizing<String>,
    line: usize,
    /// A plain `<<`.
    merge: bool,
}

impl<'b> Builder<'b> {
    fn new(first_line: usize, budget: &'b mut Budget) -> Self {
        let (open, anchors) = (Vec::new(), HashMap::new());
        Self { offset: first_line - 1, line: first_line, budget, open, anchors, root: None, twice: None }
    }

    /// Takes one event; true at the end of a document.
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<bool, Fault> {
        self.line = span.start.line() + self.offset;
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.scalar(Zeroizing::new(text.into_owned()), style, anchor, tag.as_deref())?;
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.begin(anchor, tag.as_deref(), "seq", OpenContent::List(Vec::new()))?;
            }
            Event::MappingStart(_, anchor, tag) => {
                self.begin(anchor, tag.as_deref(), "map", OpenContent::Map(OpenMap::default()))?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.end()?,
            Event::Alias(id) => self.alias(id)?,
            Event::DocumentEnd => return Ok(true),
            _ => {}
        }
        Ok(false)
    }

    fn scalar(
        &mut self,
        text: Zeroizing<String>,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
    ) -> Result<(), Fault> {
        self.budget.spend(1, text.len())?;
        let plain = style == ScalarStyle::Plain;
        if self.wants_key() {
            return self.key(text, plain, anchor, tag);
        }
        let content = match tag.map(Tag::core_suffix) {
            None if plain => scalar::resolve(&text)?,
            None | Some(Some("str")) => Content::Text(text),
            Some(Some("int" | "float" | "bool" | "null")) => scalar::resolve(&text)?,
            Some(_) => return Err(TAG),
        };
        self.place(Node { line: self.line, content }, anchor)
    }

    /// Keys are texts as they are written: `on` and `1` too.
    fn key(
        &mut self,
        text: Zeroizing<String>,
        plain: bool,
        anchor: usize,
        tag: Option<&Tag>,
    ) -> Result<(), Fault> {
        if tag.is_some() {
            return Err(TAG);
        }
        let merge = plain && text.as_str() == "<<";
        if anchor != 0 {
            self.budget.spend(1, text.len())?;
            self.anchors.insert(anchor, Node { line: self.line, content: Content::Text(text.clone()) });
        }
        if let Some(OpenContent::Map(map)) = self.open.last_mut().map(|o| &mut o.content) {
            map.key = Some(Key { text, line: self.line, merge });
        }
        Ok(())
    }

    fn begin(
        &mut self,
        anchor: usize,
        tag: Option<&Tag>,
        own: &str,
        content: OpenContent,
    ) -> Result<(), Fault> {
        if tag.is_some_and(|t| t.core_suffix() != Some(own)) {
            return Err(TAG);
        }
        if self.wants_key() {
            return Err(KEY);
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(Fault::TooDeep);
        }
        self.budget.spend(1, 0)?;
        self.open.push(Open { line: self.line, anchor, content });
        Ok(())
    }

    fn end(&mut self) -> Result<(), Fault> {
        let Some(Open { line, anchor, content }) = self.open.pop() else { return Ok(()) };
        let content = match content {
            OpenContent::List(items) => Content::List(items),
            OpenContent::Map(map) => Content::Map(self.close(map)?),
        };
        self.place(Node { line, content }, anchor)
    }

    /// The members of a mapping, sorted by key: each once, its own before merged ones.
    fn close(&mut self, map: OpenMap) -> Result<Vec<Entry>, Fault> {
        let mut entries = map.entries;
        entries.sort_by(|a, b| a.key.cmp(&b.key));
        for pair in entries.windows(2) {
            let [first, again] = pair else { continue };
            if first.key == again.key {
                (self.line, self.twice) = (again.line, Some(again.key.clone()));
                return Err(Fault::DuplicateKey { first: first.line });
            }
        }
        for merge in map.merges {
            let sources = if let Content::List(items) = merge.content { items } else { vec![merge] };
            for source in sources {
                let Content::Map(more) = source.content else { return Err(MERGE) };
                entries.extend(more);
            }
        }
        entries.sort_by(|a, b| a.key.cmp(&b.key));
        entries.dedup_by(|later, earlier| later.key == earlier.key);
        Ok(entries)
    }

    fn alias(&mut self, id: usize) -> Result<(), Fault> {
        if self.wants_key() {
            return Err(KEY);
        }
        // An anchor is known once its node is complete.
        let node = self.anchors.get(&id).ok_or(Fault::Syntax("an alias stands inside of what it names"))?;
        let (nodes, text) = node.weight();
        self.budget.spend(nodes, text)?;
        if self.open.len() + node.depth() > MAX_DEPTH {
            return Err(Fault::TooDeep);
        }
        let node = node.clone();
        self.place(node, 0)
    }

    fn wants_key(&self) -> bool {
        matches!(self.open.last(), Some(Open { content: OpenContent::Map(OpenMap { key: None, .. }), .. }))
    }

    /// Puts a finished node where it belongs.
    fn place(&mut self, node: Node, anchor: usize) -> Result<(), Fault> {
        if anchor != 0 {
            let (nodes, text) = node.weight();
            self.budget.spend(nodes, text)?;
            self.anchors.insert(anchor, node.clone());
        }
        match self.open.last_mut().map(|open| &mut open.content) {
            None => self.root = Some(node),
            Some(OpenContent::List(items)) => items.push(node),
            Some(OpenContent::Map(map)) => match map.key.take() {
                Some(Key { merge: true, .. }) => map.merges.push(node),
                Some(Key { text, line, .. }) => map.entries.push(Entry { key: text, value: node, line }),
                None => {}
            },
        }
        Ok(())
    }

    /// The document that just ended, unless it holds nothing.
    fn document(&mut self) -> Option<Node> {
        self.anchors.clear();
        self.root.take().filter(|root| !matches!(root.content, Content::Null))
    }

    fn syntax(&mut self, error: &ScanError) -> Fault {
        self.line = error.marker().line() + self.offset;
        syntax::fault(error.kind())
    }

    /// Where it stopped.
    fn stop(&mut self, fault: Fault) -> Stop {
        let mut path = Path::default();
        for open in &self.open {
            match &open.content {
                OpenContent::List(items) => path.index(items.len()),
                OpenContent::Map(map) => map.key.iter().for_each(|key| path.field(&key.text)),
            }
        }
        self.twice.iter().for_each(|key| path.field(key));
        Stop { line: self.line, path: path.into_text(), fault }
    }
}

const TAG: Fault = Fault::Syntax("a tag other than those of JSON's types: remove it");
const KEY: Fault = Fault::Syntax("a key must be a text");
const MERGE: Fault = Fault::Syntax("only mappings can be merged by <<");
