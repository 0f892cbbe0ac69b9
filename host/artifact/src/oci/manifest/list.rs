//! Indexes and lists of referrers, read entry by entry: whoever may add an entry must not be able to hide the others. One
//! that is odd is left out; a list that was cut off, or goes on past the bound, gives what stands before that. Only JSON
//! that is none at all, or another kind of document, is refused.

use serde::de::IgnoredAny;
use serde_json::Deserializer;

use super::{Fault, INDEX_TYPE, MAX_DESCRIPTORS, Raw};
use crate::oci::manifest::Descriptor;

/// What a list says, and whether there is more of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::oci) struct Listed {
    /// Entries that hold, in their order.
    pub(in crate::oci) entries: Vec<Descriptor>,
    /// The list went on.
    pub(in crate::oci) more: bool,
}

/// Reads a list; `cut` says that its end is missing.
pub(in crate::oci) fn listed(bytes: &[u8], cut: bool) -> Result<Listed, Fault> {
    let mut read = Read::default();
    let ended = read.document(&mut Walk { bytes, at: 0 }).is_some();
    let partial = cut || read.listed.more;
    if !ended && !partial {
        return Err(Fault::Json);
    }
    let schema = read.schema.map(|text| text == b"2");
    if schema.unwrap_or(partial) && read.media_type.is_none_or(is_index) {
        let more = partial;
        return if read.seen || partial { Ok(Listed { more, ..read.listed }) } else { Err(Fault::Json) };
    }
    Err(if schema.unwrap_or(partial) { Fault::MediaType } else { Fault::Schema })
}

fn is_index(text: &[u8]) -> bool {
    let text: Option<String> = serde_json::from_slice(text).unwrap_or(Some(String::new()));
    text.is_none_or(|text| text == INDEX_TYPE)
}

#[derive(Default)]
struct Read<'a> {
    schema: Option<&'a [u8]>,
    media_type: Option<&'a [u8]>,
    seen: bool,
    listed: Listed,
}

impl<'a> Read<'a> {
    /// None where it is no object, breaks off, or goes on past the bound.
    fn document(&mut self, walk: &mut Walk<'a>) -> Option<()> {
        walk.eat(b'{')?;
        if walk.eat(b'}').is_none() {
            loop {
                self.member(walk)?;
                if walk.eat(b',').is_none() {
                    break walk.eat(b'}')?;
                }
            }
        }
        walk.peek().is_none().then_some(())
    }

    fn member(&mut self, walk: &mut Walk<'a>) -> Option<()> {
        let name: String = serde_json::from_slice(walk.value()?).ok()?;
        walk.eat(b':')?;
        let once = match name.as_str() {
            "manifests" => return self.entries(walk),
            "schemaVersion" => self.schema.replace(walk.value()?).is_none(),
            "mediaType" => self.media_type.replace(walk.value()?).is_none(),
            _ => walk.value().map(|_| true)?,
        };
        once.then_some(())
    }

    fn entries(&mut self, walk: &mut Walk<'a>) -> Option<()> {
        if std::mem::replace(&mut self.seen, true) {
            return None;
        }
        walk.eat(b'[')?;
        if walk.eat(b']').is_some() {
            return Some(());
        }
        for _ in 0..MAX_DESCRIPTORS {
            let entry = serde_json::from_slice::<Raw>(walk.value()?).ok();
            self.listed.entries.extend(entry.and_then(|entry| entry.strict().ok()));
            if walk.eat(b',').is_none() {
                return walk.eat(b']');
            }
        }
        self.listed.more = true;
        None
    }
}

/// A place in JSON text. Values are passed over by the parser, however deep they are.
struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Walk<'a> {
    fn peek(&mut self) -> Option<u8> {
        let rest = self.bytes.get(self.at..)?;
        let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).count();
        self.at += blanks;
        self.bytes.get(self.at).copied()
    }

    fn eat(&mut self, wanted: u8) -> Option<()> {
        (self.peek()? == wanted).then(|| self.at += 1)
    }

    fn value(&mut self) -> Option<&'a [u8]> {
        self.peek()?;
        let rest = self.bytes.get(self.at..)?;
        let mut values = Deserializer::from_slice(rest).into_iter::<IgnoredAny>();
        values.next()?.ok()?;
        let text = rest.get(..values.byte_offset())?;
        self.at += text.len();
        Some(text)
    }
}
