//! Operations prepared for `decide`: templates parsed, account and auth slots written in and encoded, fixed parts of a
//! path joined. Made once for a program; nothing here looks at a call.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::policy;
use crate::{
    catalogue::{
        Body, Catalogue, Operation, Slot, Source,
        template::{Piece, Template},
    },
    egress::render,
    program::{Auth, Target},
    reason::{Denial, Reason},
};

/// What a program keeps for `decide`, and from which lines of the grant it came.
pub(crate) struct Plans {
    /// By operation id.
    pub(super) operations: BTreeMap<String, Plan>,
    /// By authority: why it has no target.
    pub(super) denied: BTreeMap<String, Denial>,
    /// By authority: the index in the grant's `targets`.
    pub(super) targets: BTreeMap<String, usize>,
    /// By operation: the index in the grant's `operations`; exchanges have none.
    pub(super) lines: BTreeMap<String, usize>,
    /// The index in the grant's `auth`.
    pub(super) auth: Option<usize>,
}

/// One operation.
pub(super) struct Plan {
    pub(super) authority: String,
    pub(super) path: Vec<PathPart>,
    pub(super) query: Vec<(String, Text)>,
    pub(super) headers: Vec<(String, Text)>,
    pub(super) body: Option<BodyPlan>,
    pub(super) slots: Vec<SlotPlan>,
    /// Indices into `slots`.
    pub(super) key: Vec<usize>,
}

/// A slot with what the grant and the store fix of it.
pub(super) struct SlotPlan {
    pub(super) name: String,
    pub(super) slot: Slot,
    pub(super) strip: Vec<String>,
    /// Why a text with none of those prefixes is denied, where it is.
    pub(super) unprefixed: Option<Denial>,
    pub(super) prepend: String,
    /// What the host fills in: a session policy.
    pub(super) made: Option<Result<String, Denial>>,
}

/// A part of a path.
pub(super) enum PathPart {
    /// Encoded, with its slashes.
    Fixed(String),
    /// A segment with slots in it.
    Segment(Text),
}

/// A template with the grant's slots written in.
#[derive(Default)]
pub(super) struct Text {
    pub(super) pieces: Vec<TextPiece>,
    /// It has slots, so that it may be left out.
    pub(super) slotted: bool,
    /// One of the grant's slots is filled, so that it is not left out.
    pub(super) filled: bool,
}

/// A piece of a [`Text`].
pub(super) enum TextPiece {
    Literal(String),
    Slot(usize),
}

/// A body.
pub(super) enum BodyPlan {
    Json(Node),
    Form(Vec<(String, Text)>),
}

/// A JSON body with templates in it.
pub(super) enum Node {
    Const(Json),
    Text(Text),
    Object(Vec<(String, Node)>),
    Array(Vec<Node>),
}

/// What the templates of one operation are filled from.
pub(super) struct Sources<'a> {
    pub(super) catalogue: &'a Catalogue,
    pub(super) targets: &'a BTreeMap<String, Target>,
    pub(super) settings: &'a Json,
    pub(super) auth: Option<&'a Auth>,
}

/// Prepares one operation; none where the auth method lacks a slot that it uses, or a template is none.
pub(super) fn operation(sources: &Sources<'_>, operation: &Operation) -> Option<Plan> {
    let authority =
        operation.authority.clone().or_else(|| sources.catalogue.authorities.keys().next().cloned())?;
    let target = sources.targets.get(&authority)?;
    let maker = Maker { operation, target, sources };
    let slots: Vec<SlotPlan> = operation.slots.iter().map(|(name, slot)| maker.slot(name, slot)).collect();
    let members = |members: &BTreeMap<String, String>| -> Option<Vec<(String, Text)>> {
        members.iter().map(|(name, text)| Some((name.clone(), maker.text(text)?))).collect()
    };
    let key = operation.key.iter().map(|name| maker.index(name)).collect::<Option<_>>()?;
    let body = match &operation.body {
        None => None,
        Some(Body::Form(form)) => Some(BodyPlan::Form(members(form)?)),
        Some(Body::Json(json)) => Some(BodyPlan::Json(maker.node(&Json::Object(json.clone()))?)),
    };
    Some(Plan {
        path: maker.path()?,
        query: members(&operation.query)?,
        headers: members(&operation.headers)?,
        body,
        slots,
        key,
        authority,
    })
}

struct Maker<'a> {
    operation: &'a Operation,
    target: &'a Target,
    sources: &'a Sources<'a>,
}

impl Maker<'_> {
    fn index(&self, name: &str) -> Option<usize> {
        self.operation.slots.keys().position(|slot| slot == name)
    }

    fn slot(&self, name: &str, slot: &Slot) -> SlotPlan {
        let strip = slot.strip.iter().filter_map(|text| self.constant(text)).collect();
        let prepend = slot.prepend.as_ref().and_then(|at| super::fill::setting(self.sources.settings, at));
        let made = match &slot.source {
            Source::Policy(rule) => Some(policy::make(rule, self.sources.targets)),
            _ => None,
        };
        SlotPlan {
            name: name.to_owned(),
            slot: slot.clone(),
            strip,
            unprefixed: self.unprefixed(slot),
            prepend: prepend.map(|text| text.into_owned()).unwrap_or_default(),
            made,
        }
    }

    fn unprefixed(&self, slot: &Slot) -> Option<Denial> {
        let at = slot.strip_unless.as_ref()?;
        if super::fill::setting(self.sources.settings, at).is_some() {
            return None;
        }
        let field = format!("spec.provider.{}{}", self.sources.catalogue.key(), at.replace('/', "."));
        let name = at.trim_start_matches('/');
        let remedy = format!(
            "the store has no `{name}`: set it, or begin the key or path with what the grant has there"
        );
        Some(Denial::new(Reason::AccountNotGranted, field, remedy))
    }

    /// A template over account slots alone; none where one of them is empty.
    fn constant(&self, text: &str) -> Option<String> {
        let mut out = String::new();
        for piece in Template::parse(text).ok()?.0 {
            match piece {
                Piece::Literal(text) => out.push_str(&text),
                other => out.push_str(self.granted(&other).filter(|text| !text.is_empty())?),
            }
        }
        Some(out)
    }

    /// What the grant fills in.
    fn granted(&self, piece: &Piece) -> Option<&str> {
        match piece {
            Piece::Account(name) => self.target.account.get(name).map(String::as_str),
            Piece::Auth(name) => self.sources.auth?.slots.get(name).map(String::as_str),
            Piece::Literal(_) | Piece::Slot(_) => None,
        }
    }

    fn text(&self, text: &str) -> Option<Text> {
        let mut out = Text::default();
        for piece in Template::parse(text).ok()?.0 {
            match &piece {
                Piece::Literal(text) => out.pieces.push(TextPiece::Literal(text.clone())),
                Piece::Slot(name) => {
                    out.slotted = true;
                    out.pieces.push(TextPiece::Slot(self.index(name)?));
                }
                Piece::Account(_) | Piece::Auth(_) => {
                    let text = self.granted(&piece)?;
                    out.slotted = true;
                    out.filled |= !text.is_empty();
                    out.pieces.push(TextPiece::Literal(text.to_owned()));
                }
            }
        }
        Some(out)
    }

    fn path(&self) -> Option<Vec<PathPart>> {
        let mut parts = Vec::new();
        let mut fixed = String::new();
        for segment in self.operation.path.split('/').skip(1).filter(|segment| !segment.is_empty()) {
            let text = self.text(segment)?;
            if text.pieces.iter().any(|piece| matches!(piece, TextPiece::Slot(_))) {
                if !fixed.is_empty() {
                    parts.push(PathPart::Fixed(std::mem::take(&mut fixed)));
                }
                parts.push(PathPart::Segment(text));
            } else {
                write_fixed(&mut fixed, &text);
            }
        }
        if !fixed.is_empty() {
            parts.push(PathPart::Fixed(fixed));
        }
        Some(parts)
    }

    fn node(&self, value: &Json) -> Option<Node> {
        Some(match value {
            Json::String(text) => Node::Text(self.text(text)?),
            Json::Array(items) => {
                Node::Array(items.iter().map(|item| self.node(item)).collect::<Option<_>>()?)
            }
            Json::Object(members) => Node::Object(
                members
                    .iter()
                    .map(|(name, member)| Some((name.clone(), self.node(member)?)))
                    .collect::<Option<_>>()?,
            ),
            other => Node::Const(other.clone()),
        })
    }
}

/// A segment that is known now; a multi account slot in it is several.
fn write_fixed(out: &mut String, text: &Text) {
    let whole: String = text
        .pieces
        .iter()
        .map(|piece| match piece {
            TextPiece::Literal(text) => text.as_str(),
            TextPiece::Slot(_) => "",
        })
        .collect();
    for segment in whole.split('/') {
        out.push('/');
        render::segment(out, segment);
    }
}
