//! Writes a request from filled slots: path and query, headers, body. What no slot fills is left out, as the templates
//! say. All texts are in their class already; here they are only encoded.

use serde_json::{Map, Value as Json};

use super::{
    fill::Filled,
    plan::{BodyPlan, Node, PathPart, Plan, Text, TextPiece},
};
use crate::{egress::render, program::AdmittedBody};

/// Filled slots, in the order of the plan's.
pub(super) struct Writer<'a> {
    pub(super) plan: &'a Plan,
    pub(super) filled: Vec<Filled<'a>>,
}

impl Writer<'_> {
    /// Origin-form (RFC 9112 section 3.2.1).
    pub(super) fn path_and_query(&self) -> String {
        let mut out = String::with_capacity(96);
        for part in &self.plan.path {
            match part {
                PathPart::Fixed(text) => out.push_str(text),
                PathPart::Segment(text) => self.segment(&mut out, text),
            }
        }
        if out.is_empty() {
            out.push('/');
        }
        let mut separator = '?';
        for (name, text) in self.plan.query.iter().filter(|(_, text)| self.is_there(text)) {
            out.push(separator);
            out.push_str(name);
            out.push('=');
            self.each(text, &mut |piece| render::query(&mut out, piece));
            separator = '&';
        }
        out
    }

    /// The catalogue's headers.
    pub(super) fn headers(&self) -> Vec<(String, String)> {
        let there = self.plan.headers.iter().filter(|(_, text)| self.is_there(text));
        there.map(|(name, text)| (name.clone(), self.plain(text))).collect()
    }

    /// The body.
    pub(super) fn body(&self) -> Option<AdmittedBody> {
        self.plan.body.as_ref().map(|body| match body {
            BodyPlan::Form(members) => {
                let there = members.iter().filter(|(_, text)| self.is_there(text));
                AdmittedBody::Form(there.map(|(name, text)| (name.clone(), self.plain(text))).collect())
            }
            BodyPlan::Json(node) => {
                AdmittedBody::Json(self.node(node).unwrap_or_else(|| Json::Object(Map::new())))
            }
        })
    }

    /// A template whose slots are all absent is left out, with what it stands in.
    fn is_there(&self, text: &Text) -> bool {
        !text.slotted
            || text.filled
            || text.pieces.iter().any(|piece| match piece {
                TextPiece::Literal(_) => false,
                TextPiece::Slot(index) => !matches!(self.filled.get(*index), None | Some(Filled::Absent)),
            })
    }

    fn segment(&self, out: &mut String, text: &Text) {
        if !self.is_there(text) {
            return;
        }
        if let [TextPiece::Slot(index)] = text.pieces.as_slice()
            && let Some(Filled::Many { segments, .. }) = self.filled.get(*index)
        {
            for segment in segments {
                out.push('/');
                render::segment(out, segment);
            }
            return;
        }
        out.push('/');
        self.each(text, &mut |piece| render::segment(out, piece));
    }

    fn plain(&self, text: &Text) -> String {
        let mut out = String::new();
        self.each(text, &mut |piece| out.push_str(piece));
        out
    }

    /// The text, piece by piece.
    fn each(&self, text: &Text, write: &mut dyn FnMut(&str)) {
        for piece in &text.pieces {
            match piece {
                TextPiece::Literal(text) => write(text),
                TextPiece::Slot(index) => self.slot(*index, write),
            }
        }
    }

    fn slot(&self, index: usize, write: &mut dyn FnMut(&str)) {
        let (Some(filled), Some(slot)) = (self.filled.get(index), self.plan.slots.get(index)) else { return };
        let before = slot.slot.before.as_str();
        match filled {
            Filled::Absent => {}
            Filled::One(text) => {
                write(before);
                write(text);
            }
            Filled::Many { segments, slash } => {
                write(before);
                let mut separator = if *slash { "/" } else { "" };
                for segment in segments {
                    write(separator);
                    write(segment);
                    separator = "/";
                }
            }
        }
    }

    fn node(&self, node: &Node) -> Option<Json> {
        match node {
            Node::Const(value) => Some(value.clone()),
            Node::Text(text) => self.is_there(text).then(|| Json::String(self.plain(text))),
            Node::Array(items) => {
                Some(Json::Array(items.iter().filter_map(|item| self.node(item)).collect()))
            }
            Node::Object(members) => {
                let there = |(name, node): &(String, Node)| Some((name.clone(), self.node(node)?));
                Some(Json::Object(members.iter().filter_map(there).collect()))
            }
        }
    }
}
