//! Fills the slots of a call (B1): each argument must come from the slot's one source, is stripped, prefixed and split
//! as the catalogue says, and must be in its class. No encoding happens here.

use std::borrow::Cow;

use bailiwick_boundary::Part;
use serde_json::Value as Json;

use super::{class, plan::SlotPlan};
use crate::{
    catalogue::{Slot, Source},
    program::{Call, Content},
    reason::{Denial, Reason},
};

/// What a slot holds.
pub(super) enum Filled<'a> {
    /// Nothing: an optional slot.
    Absent,
    /// One text.
    One(Cow<'a, str>),
    /// Segments; `slash` is a first `/` that is kept when they are written into a text.
    Many { segments: Vec<Cow<'a, str>>, slash: bool },
}

/// How a slot takes part in the key of its operation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It does not.
    Free,
    /// Segments of a key.
    Key,
    /// Segments of a prefix to list: one `/` at the end is cut off.
    Prefix,
}

/// Fills one slot from a call.
pub(super) fn fill<'a>(
    plan: &'a SlotPlan,
    role: Role,
    call: &'a Call<'a>,
    settings: &'a Json,
) -> Result<Filled<'a>, Denial> {
    let mut given = call.args.iter().filter(|(name, _)| *name == plan.name).map(|(_, content)| content);
    if let Some(made) = &plan.made {
        return match given.next() {
            None => made.clone().map(|text| Filled::One(Cow::Owned(text))),
            Some(_) => Err(denied(call, plan, "is filled by the host")),
        };
    }
    let (Some(first), rest) = (given.next(), given) else {
        dressed(plan, role, None)?;
        return absent(call, plan);
    };
    let text = source(call, plan, first, settings)?;
    let Some(text) = dressed(plan, role, text)? else {
        return absent(call, plan);
    };
    let listed = match first {
        Content::Echo { listed, .. } => *listed,
        _ => None,
    };
    if role != Role::Free && listed.is_none() && matches!(plan.slot.source, Source::Echo) {
        return Err(denied(call, plan, "takes only names of a list reply of this run"));
    }
    let mut rest = rest.peekable();
    if rest.peek().is_some() {
        if role != Role::Free || !plan.slot.multi {
            return Err(denied(call, plan, "takes one argument"));
        }
        return several(call, plan, text, rest, settings);
    }
    let prefix = listed.unwrap_or_default();
    if plan.slot.multi { many(call, plan, role, text, prefix) } else { one(call, plan, text, prefix) }
}

/// The text at a pointer into the settings: a text, integer or boolean.
pub(super) fn setting<'a>(settings: &'a Json, at: &str) -> Option<Cow<'a, str>> {
    match settings.pointer(at)? {
        Json::String(text) if text.is_empty() => None,
        Json::String(text) => Some(Cow::Borrowed(text)),
        Json::Number(number) => Some(Cow::Owned(number.to_string())),
        Json::Bool(truth) => Some(Cow::Borrowed(if *truth { "true" } else { "false" })),
        _ => None,
    }
}

#[cold]
fn denied(call: &Call<'_>, plan: &SlotPlan, remedy: &str) -> Denial {
    Denial::new(Reason::SlotNotAllowed, format!("operations.{}.slots.{}", call.operation, plan.name), remedy)
}

fn absent<'a>(call: &Call<'_>, plan: &SlotPlan) -> Result<Filled<'a>, Denial> {
    if plan.slot.optional {
        Ok(Filled::Absent)
    } else {
        Err(denied(call, plan, "is required and not filled"))
    }
}

/// The text of an argument, if it comes from the slot's one source; none where it is empty.
fn source<'a>(
    call: &Call<'_>,
    plan: &SlotPlan,
    content: &'a Content<'a>,
    settings: &'a Json,
) -> Result<Option<Cow<'a, str>>, Denial> {
    let text = match (&plan.slot.source, content) {
        (Source::Key, Content::Entry { part: Part::Key, text, .. })
        | (Source::Property, Content::Entry { part: Part::Property, text, .. })
        | (Source::Version, Content::Entry { part: Part::Version, text, .. })
        | (Source::Path, Content::Entry { part: Part::Path, text, .. }) => text.map(Cow::Borrowed),
        (Source::Settings(at), Content::Settings(given)) if at == given => setting(settings, at),
        (Source::Echo, Content::Echo { text, .. }) | (Source::Text, Content::Text(text)) => {
            Some(Cow::Borrowed(*text))
        }
        (Source::Secret, Content::Secret) => return Err(denied(call, plan, "values cannot be pushed yet")),
        _ => return Err(denied(call, plan, "comes from another source than the catalogue says")),
    };
    // The root of a find path is everything, which is the same as no path.
    let root = |text: &str| text == "/" && matches!(plan.slot.source, Source::Path);
    Ok(text.filter(|text| !text.is_empty() && !root(text)))
}

/// Cuts the first prefix that fits and puts the store's before it; none where nothing is left. Names of a reply are
/// taken as they are.
fn dressed<'a>(
    plan: &SlotPlan,
    role: Role,
    text: Option<Cow<'a, str>>,
) -> Result<Option<Cow<'a, str>>, Denial> {
    if matches!(plan.slot.source, Source::Echo) {
        return Ok(text);
    }
    let given = text.as_deref().unwrap_or_default();
    let cut = plan.strip.iter().find_map(|strip| cut(strip, given, role));
    if let (None, Some(denial)) = (cut, &plan.unprefixed) {
        return Err(denial.clone());
    }
    let Some(text) = text else { return Ok(None) };
    if cut.is_none() && plan.prepend.is_empty() {
        return Ok(Some(text));
    }
    let kept = text.get(cut.unwrap_or_default()..).unwrap_or_default();
    let dressed = format!("{}{kept}", plan.prepend);
    Ok(Some(dressed).filter(|text| !text.is_empty()).map(Cow::Owned))
}

/// How long a prefix is, if the text has it. A path that is to be listed stands for what is below it: `kv` begins
/// with `kv/`.
fn cut(strip: &str, text: &str, role: Role) -> Option<usize> {
    let whole = role == Role::Prefix && strip.strip_suffix('/') == Some(text);
    if whole { Some(text.len()) } else { text.starts_with(strip).then_some(strip.len()) }
}

fn one<'a>(
    call: &Call<'_>,
    plan: &SlotPlan,
    text: Cow<'a, str>,
    prefix: &[String],
) -> Result<Filled<'a>, Denial> {
    if !prefix.is_empty() {
        return Err(denied(call, plan, "is one segment, the listed name is below a prefix"));
    }
    in_class(call, plan, &text)?;
    Ok(Filled::One(text))
}

fn many<'a>(
    call: &Call<'_>,
    plan: &SlotPlan,
    role: Role,
    text: Cow<'a, str>,
    prefix: &[String],
) -> Result<Filled<'a>, Denial> {
    let Slot { leading_slash, clean_slashes, .. } = plan.slot;
    let slash = leading_slash && text.starts_with('/');
    let from = usize::from(slash);
    let to = text.len() - usize::from(role == Role::Prefix && text.len() > from && text.ends_with('/'));
    let mut segments: Vec<Cow<'a, str>> = prefix.iter().map(|segment| Cow::Owned(segment.clone())).collect();
    match text {
        Cow::Borrowed(text) => {
            segments.extend(text.get(from..to).unwrap_or_default().split('/').map(Cow::Borrowed));
        }
        Cow::Owned(text) => {
            let parts = text.get(from..to).unwrap_or_default().split('/');
            segments.extend(parts.map(|part| Cow::Owned(part.to_owned())));
        }
    }
    if clean_slashes {
        segments.retain(|segment| !segment.is_empty());
    }
    if segments.is_empty() {
        return absent(call, plan);
    }
    if segments.len() > class::MAX_SEGMENTS {
        return Err(denied(call, plan, "has more than 32 segments"));
    }
    segments.iter().try_for_each(|segment| in_class(call, plan, segment))?;
    Ok(Filled::Many { segments, slash })
}

/// Several arguments for a slot that is no key are its segments in order.
fn several<'a>(
    call: &Call<'_>,
    plan: &SlotPlan,
    first: Cow<'a, str>,
    rest: impl Iterator<Item = &'a Content<'a>>,
    settings: &'a Json,
) -> Result<Filled<'a>, Denial> {
    let mut segments = vec![first];
    for content in rest {
        let text = source(call, plan, content, settings)?;
        segments.push(text.ok_or_else(|| denied(call, plan, "has an empty segment"))?);
    }
    if segments.len() > class::MAX_SEGMENTS {
        return Err(denied(call, plan, "has more than 32 segments"));
    }
    segments.iter().try_for_each(|segment| in_class(call, plan, segment))?;
    Ok(Filled::Many { segments, slash: false })
}

fn in_class(call: &Call<'_>, plan: &SlotPlan, text: &str) -> Result<(), Denial> {
    if class::fits(plan.slot.class, text) {
        return Ok(());
    }
    let mut denial = denied(call, plan, "is outside the slot's character class");
    if text.starts_with("arn:") && !plan.strip.is_empty() {
        // What names its account and was not cut off as one of ours is another's.
        denial.reason = Reason::AccountNotGranted;
        "names a resource of another account or region".clone_into(&mut denial.remedy);
    }
    Err(denial)
}
