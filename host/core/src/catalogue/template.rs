//! Templates: literal text with `{slot}`, `{account.x}` and `{auth.x}` in it. Parsed once, when a catalogue is
//! checked and when a program is compiled; never while a call is decided.

/// A parsed template.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Template(pub(crate) Vec<Piece>);

/// A piece of a [`Template`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Itself.
    Literal(String),
    /// A slot that the operation declares.
    Slot(String),
    /// An account slot, from the grant's target.
    Account(String),
    /// A slot of the auth method, from the grant.
    Auth(String),
}

/// Why a text is no template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TemplateError {
    /// `{` without `}` or the reverse.
    #[error("has an unmatched brace")]
    Unmatched,
    /// Between braces stands no slot name.
    #[error("has braces around something that is no slot name")]
    BadName,
}

impl Template {
    /// Reads a template.
    pub(crate) fn parse(text: &str) -> Result<Self, TemplateError> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find(['{', '}']) {
            let (literal, after) = rest.split_at(open);
            let inner = after.strip_prefix('{').ok_or(TemplateError::Unmatched)?;
            let (name, tail) = inner.split_once('}').ok_or(TemplateError::Unmatched)?;
            if !literal.is_empty() {
                pieces.push(Piece::Literal(literal.to_owned()));
            }
            pieces.push(slot(name)?);
            rest = tail;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Literal(rest.to_owned()));
        }
        Ok(Self(pieces))
    }

    /// Whether it is one slot and nothing else.
    pub(crate) fn is_alone(&self) -> bool {
        matches!(self.0.as_slice(), [Piece::Slot(_) | Piece::Account(_) | Piece::Auth(_)])
    }

    /// Whether it has no slot at all.
    pub(crate) fn is_literal(&self) -> bool {
        self.0.iter().all(|piece| matches!(piece, Piece::Literal(_)))
    }

    /// Its declared slots.
    pub(crate) fn slots(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Slot(name) => Some(name.as_str()),
            _ => None,
        })
    }

    /// Its literal text, without the slots.
    pub(crate) fn literals(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Literal(text) => Some(text.as_str()),
            _ => None,
        })
    }
}

/// Whether `text` is a name in kebab case: `[a-z][a-z0-9]*(-[a-z0-9]+)*`, at most 63 bytes.
pub(crate) fn is_name(text: &str) -> bool {
    text.len() <= 63
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.split('-').all(|word| {
            !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        })
}

fn slot(name: &str) -> Result<Piece, TemplateError> {
    let piece = match name.split_once('.') {
        Some(("account", slot)) => Piece::Account(slot.to_owned()),
        Some(("auth", slot)) => Piece::Auth(slot.to_owned()),
        Some(_) => return Err(TemplateError::BadName),
        None => Piece::Slot(name.to_owned()),
    };
    let (Piece::Account(bare) | Piece::Auth(bare) | Piece::Slot(bare) | Piece::Literal(bare)) = &piece;
    if is_name(bare) { Ok(piece) } else { Err(TemplateError::BadName) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_literals_and_slots() {
        let template = Template::parse("a{account.mount}b{key}").unwrap();
        assert_eq!(
            template.0,
            [
                Piece::Literal("a".into()),
                Piece::Account("mount".into()),
                Piece::Literal("b".into()),
                Piece::Slot("key".into())
            ]
        );
    }

    #[test]
    fn refuses_braces_that_do_not_match_and_names_that_are_none() {
        for text in ["{", "}", "a}b", "{a", "{a}}"] {
            assert_eq!(Template::parse(text), Err(TemplateError::Unmatched), "{text}");
        }
        for text in ["{}", "{A}", "{a_b}", "{other.x}", "{account.}", "{{a}}", "{-a}", "{a--b}"] {
            assert_eq!(Template::parse(text), Err(TemplateError::BadName), "{text}");
        }
    }
}
