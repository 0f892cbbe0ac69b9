//! Annotations: texts by name, each name once. A map that takes the last of two equal names would let two readers see
//! two artifacts under one signature.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};

use super::Fault;

/// Annotations that are read of one object.
const MAX_COUNT: usize = 64;
/// Bytes of all names and texts.
const MAX_BYTES: usize = 16_384;

/// Annotations as they stand in JSON.
#[derive(Debug, Default)]
pub(super) struct Annotations(BTreeMap<String, String>);

impl Annotations {
    /// The map, where it is within the bounds.
    pub(super) fn bounded(self) -> Result<BTreeMap<String, String>, Fault> {
        let bytes: usize = self.0.iter().map(|(name, text)| name.len() + text.len()).sum();
        if self.0.len() > MAX_COUNT || bytes > MAX_BYTES { Err(Fault::Annotations) } else { Ok(self.0) }
    }
}

impl<'de> Deserialize<'de> for Annotations {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Once)
    }
}

struct Once;

impl<'de> Visitor<'de> for Once {
    type Value = Annotations;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("texts by name")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Annotations, A::Error> {
        let mut found = BTreeMap::new();
        while let Some((name, text)) = map.next_entry::<String, String>()? {
            if found.insert(name, text).is_some() {
                return Err(A::Error::custom("a name stands twice"));
            }
        }
        Ok(Annotations(found))
    }
}
