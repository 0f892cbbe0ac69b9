//! The host's part in a scripted run: compares each request with the script, hands out nodes of the canned replies,
//! and writes down what the provider answers.

use std::{cell::RefCell, collections::BTreeSet, collections::VecDeque, rc::Rc};

use serde_json::Value as Json;

use super::{Claim, Script, Step, rules};
use crate::{
    CallError, Codec, Entry, Failure, Outcome, Part, Shape, Unreadable,
    boundary::{Boundary, RawArg, RawReply, RawRequest},
};

/// A scripted run.
pub(crate) struct Stage {
    claim: Claim,
    settings: Json,
    entries: Vec<Entry>,
    credentials: Vec<String>,
    unwanted: Vec<String>,
    seen: RefCell<Seen>,
}

/// What changes while the run goes on.
struct Seen {
    steps: VecDeque<Step>,
    replies: usize,
    answers: Vec<String>,
    answered: BTreeSet<u32>,
}

/// Where a value comes from.
pub(crate) struct Root {
    /// `#1`, `config(/data/0/value)`, `push0`.
    pub(super) label: String,
    public: Vec<String>,
    /// The entry whose reference read it.
    pub(super) entry: Option<u32>,
    /// The listed name that read it, as a label.
    pub(super) listed: Option<String>,
}

/// A value or a part of one.
pub(crate) struct Node {
    pub(super) root: Rc<Root>,
    /// The selectors, as text.
    way: String,
    /// The pointer from the root; none after a decoding.
    pointer: Option<String>,
    content: Option<Json>,
}

impl Stage {
    pub(super) fn new(script: Script, settings: &Json, entries: Vec<Entry>) -> Self {
        let seen = Seen { steps: script.steps, replies: 0, answers: Vec::new(), answered: BTreeSet::new() };
        let hidden = |entry: &Entry| match entry {
            Entry::Secret(r) | Entry::Extract(r) => r.property.is_some(),
            Entry::Find(_) => false,
        };
        let property = entries.iter().any(hidden) && !script.claim.resolves_property;
        assert!(
            !property,
            "a property is the host's to resolve: the catalogue does not say `resolves-property`"
        );
        Self {
            claim: script.claim,
            settings: settings.clone(),
            entries,
            credentials: script.credentials,
            unwanted: script.unwanted,
            seen: RefCell::new(seen),
        }
    }

    pub(super) fn public_settings(&self) -> Json {
        self.claim.public(&self.settings)
    }

    /// The answers, if everything expected was sent.
    pub(super) fn finish(&self) -> Vec<String> {
        let seen = self.seen.borrow();
        let left: Vec<&str> = seen.steps.iter().map(|step| step.request.as_str()).collect();
        assert!(left.is_empty(), "these requests were expected and not sent: {left:#?}");
        seen.answers.clone()
    }

    /// Plays one step of the script.
    fn play(
        &self,
        request: &RawRequest<'_, Self>,
        exchange: bool,
    ) -> (Result<(Outcome, Json), CallError>, Root) {
        let operation = rules::operation(&self.claim, request, &self.entries, exchange);
        if let Some(credential) = request.by {
            rules::attachable(&self.claim, credential, request.operation);
        }
        let sent = line(request);
        let mut seen = self.seen.borrow_mut();
        let step =
            seen.steps.pop_front().unwrap_or_else(|| panic!("nothing more was expected, came: {sent}"));
        assert_eq!(sent, step.request, "another request was expected");
        seen.replies += 1;
        let of_key = |arg: &&(&str, RawArg<'_, Self>)| operation.key.iter().any(|slot| slot == arg.0);
        let key = request.args.iter().filter(of_key).map(|(_, arg)| arg).next_back();
        let root = Root {
            label: format!("#{}", seen.replies),
            public: operation.reply.public.clone(),
            entry: key.and_then(|arg| if let RawArg::Entry(entry, _) = arg { Some(*entry) } else { None }),
            listed: key.and_then(|arg| if let RawArg::Echo(node) = arg { Some(node.label()) } else { None }),
        };
        (step.answer, root)
    }

    fn send(&self, request: &RawRequest<'_, Self>) -> RawReply<Self> {
        let (answer, root) = self.play(request, false);
        answer.map(|(outcome, body)| (outcome, Node::of(root, body)))
    }

    fn answer(&self, entry: u32, text: String) {
        let mut seen = self.seen.borrow_mut();
        assert!(self.entries.len() > entry as usize, "{text}: no such entry");
        assert!(seen.answered.insert(entry), "{text}: the entry has an answer");
        seen.answers.push(text);
    }
}

impl Node {
    pub(super) fn pushed(index: usize) -> Self {
        let label = format!("push{index}");
        Self::of(Root { label, public: Vec::new(), entry: None, listed: None }, Json::Null)
    }

    pub(super) fn label(&self) -> String {
        format!("{}{}", self.root.label, self.way)
    }

    fn of(root: Root, content: Json) -> Self {
        Self { root: Rc::new(root), way: String::new(), pointer: Some(String::new()), content: Some(content) }
    }

    fn step(&self, way: &str, pointer: Option<String>, content: Option<Json>) -> Self {
        Self { root: Rc::clone(&self.root), way: format!("{}{way}", self.way), pointer, content }
    }

    /// The content, if it may be read; `way` admits what is on the way to a public member.
    fn read(&self, way: bool) -> Result<Option<&Json>, Unreadable> {
        let pointer = self.pointer.as_deref().ok_or(Unreadable::NotPublic)?;
        let public = rules::public(&self.root.public, pointer, way);
        if public { Ok(self.content.as_ref()) } else { Err(Unreadable::NotPublic) }
    }

    /// The label, and a word where nothing is there to deliver.
    fn delivered(&self) -> String {
        let nothing = matches!(self.content, None | Some(Json::Null));
        if nothing { format!("{} (nothing)", self.label()) } else { self.label() }
    }
}

impl Boundary for Stage {
    type Value = Node;
    type Credential = String;

    fn named(&self, name: &str) -> Option<String> {
        let known = self.claim.auth.values().any(|auth| auth.credential == name);
        assert!(known, "no auth method provides a credential {name}");
        self.credentials.iter().find(|own| *own == name).cloned()
    }

    fn expires_in(_: &String) -> Option<u32> {
        None
    }

    fn at(value: &Node, pointer: &str) -> Node {
        let whole = value.pointer.as_ref().map(|base| format!("{base}{pointer}"));
        value.step(pointer, whole, value.content.as_ref().and_then(|json| json.pointer(pointer)).cloned())
    }

    fn find(value: &Node, member: &str, equals: &str) -> Node {
        let items = value.content.as_ref().and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
        let fits = |item: &&Json| item.get(member).and_then(Json::as_str) == Some(equals);
        let index = items.iter().position(|item| fits(&item));
        let whole = value.pointer.as_ref().zip(index).map(|(base, index)| format!("{base}/{index}"));
        value.step(&format!("[{member}={equals}]"), whole, items.iter().find(fits).cloned())
    }

    fn decode(value: &Node, how: Codec) -> Node {
        let text = value.content.as_ref().and_then(Json::as_str);
        let content = match how {
            Codec::Json => text.and_then(|text| serde_json::from_str(text).ok()),
            _ => text.map(Json::from),
        };
        value.step(&format!("|{how:?}"), None, content)
    }

    fn shape(value: &Node) -> Result<Shape, Unreadable> {
        Ok(match value.read(true)? {
            None => Shape::Absent,
            Some(Json::Null) => Shape::Null,
            Some(Json::Object(_)) => Shape::Object,
            Some(Json::Array(_)) => Shape::Array,
            Some(Json::String(_)) => Shape::Text,
            Some(Json::Number(_)) => Shape::Number,
            Some(Json::Bool(_)) => Shape::Boolean,
        })
    }

    fn names(value: &Node) -> Result<Vec<String>, Unreadable> {
        match value.read(true)?.ok_or(Unreadable::Absent)? {
            Json::Object(members) => Ok(members.keys().cloned().collect()),
            Json::Array(items) => Ok((0..items.len()).map(|index| index.to_string()).collect()),
            _ => Err(Unreadable::WrongShape),
        }
    }

    fn text(value: &Node) -> Result<String, Unreadable> {
        let content = value.read(false)?.ok_or(Unreadable::Absent)?;
        content.as_str().map(Into::into).ok_or(Unreadable::WrongShape)
    }

    fn call(&self, request: RawRequest<'_, Self>) -> RawReply<Self> {
        self.send(&request)
    }

    fn call_all(&self, requests: Vec<RawRequest<'_, Self>>) -> Vec<RawReply<Self>> {
        requests.iter().map(|request| self.send(request)).collect()
    }

    fn exchange(&self, request: RawRequest<'_, Self>) -> Result<String, CallError> {
        match self.play(&request, true).0? {
            (Outcome::Ok, _) => Ok(request.operation.into()),
            (Outcome::Refused, _) => Err(CallError::Denied),
            _ => Err(CallError::Unreachable),
        }
    }

    fn config(&self, pointer: &str) -> Option<Node> {
        assert!(rules::deliverable(&self.claim, pointer), "config({pointer}): not in the catalogue's config");
        let content = self.settings.pointer(pointer)?.clone();
        let label = format!("config({pointer})");
        Some(Node::of(Root { label, public: Vec::new(), entry: None, listed: None }, content))
    }

    fn wanted(&self, _: u32, name: &str) -> bool {
        !self.unwanted.iter().any(|unwanted| unwanted == name)
    }

    fn deliver(&self, entry: u32, value: &Node) {
        rules::own(entry, value);
        self.answer(entry, format!("deliver {entry} {}", value.delivered()));
    }

    fn deliver_named(&self, entry: u32, name: &Node, value: &Node) {
        rules::pair(entry, name, value);
        let find = matches!(self.entries.get(entry as usize), Some(Entry::Find(_)));
        assert!(find, "named {entry}: no find entry");
        let text = format!("named {entry} {} = {}", name.label(), value.delivered());
        let mut seen = self.seen.borrow_mut();
        assert!(!seen.answers.contains(&text), "{text}: a repeat");
        seen.answers.push(text);
    }

    fn absent(&self, entry: u32) {
        self.answer(entry, format!("absent {entry}"));
    }

    fn failed(&self, entry: u32, why: Failure) {
        self.answer(entry, format!("failed {entry} {why:?}"));
    }
}

/// A request in one line.
fn line(request: &RawRequest<'_, Stage>) -> String {
    let mut out = request.operation.to_owned();
    for (slot, arg) in &request.args {
        out.push_str(&format!(" {slot}={}", content(arg)));
    }
    if let Some(credential) = request.by {
        out.push_str(&format!(" by {credential}"));
    }
    out
}

fn content(arg: &RawArg<'_, Stage>) -> String {
    match arg {
        RawArg::Entry(entry, part) => format!("entry{entry}.{}", part_name(*part)),
        RawArg::Settings(pointer) => format!("settings({pointer})"),
        RawArg::Echo(node) => {
            assert!(node.read(false).is_ok(), "echo({}): not public", node.label());
            format!("echo({})", node.label())
        }
        RawArg::Text(text) => format!("text({text})"),
        RawArg::Secret(node) => format!("secret({})", node.label()),
    }
}

fn part_name(part: Part) -> &'static str {
    match part {
        Part::Key => "key",
        Part::Property => "property",
        Part::Version => "version",
        Part::Path => "path",
    }
}
