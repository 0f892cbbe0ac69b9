//! From the YAML parser's events to a tree, bounded while it grows: depth, nodes and text are counted with every
//! alias written out, so that a file cannot blow up. Duplicate keys are refused; `<<` merges as in YAML 1.1.

use std::collections::HashMap;

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span, Tag};
use zeroize::Zeroizing;

use super::{
    super::{Bounds, MAX_DEPTH, fault::Fault, path::Path, scalar, syntax},
    Content, Entry, Node,
};

/// What stops a document.
pub(in super::super) struct Stop {
    pub(in super::super) line: usize,
    pub(in super::super) path: String,
    pub(in super::super) fault: Fault,
}

/// What all documents of a file may hold together.
pub(in super::super) struct Budget {
    nodes: usize,
    text: usize,
}

impl Budget {
    pub(in super::super) const fn new(bounds: Bounds) -> Self {
        Self { nodes: bounds.nodes, text: bounds.text }
    }

    fn spend(&mut self, nodes: usize, text: usize) -> Result<(), Fault> {
        self.nodes = self.nodes.checked_sub(nodes).ok_or(Fault::TooMuch)?;
        self.text = self.text.checked_sub(text).ok_or(Fault::TooMuch)?;
        Ok(())
    }
}

/// The documents of a text, and what stopped the reading. Lines count from `first_line`. Documents that hold
/// nothing are left out.
pub(in super::super) fn read(
    text: &str,
    first_line: usize,
    budget: &mut Budget,
) -> (Vec<Node>, Option<Stop>) {
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

    /// Keys are texts; see [`scalar::key`] for plain ones that are not.
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
        let text = if plain { scalar::key(text)? } else { text };
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
