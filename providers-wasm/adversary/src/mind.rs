//! What it knows and what it does next: one state into which every observation is folded, and from which every choice
//! is drawn. One bit seen otherwise, and all later choices are others.

use crate::SEEN;

/// Texts that it remembers to use again.
const REMEMBERED: usize = 64;

/// Pointers, names and other texts to begin with.
const VOCABULARY: [&str; 16] = [
    "",
    "/",
    "/data",
    "/data/data",
    "/data/keys",
    "/data/keys/0",
    "/data/keys/1",
    "/0",
    "/errors/0",
    "key",
    "value",
    "/password",
    "user",
    "~2",
    "kv-read",
    "a/../b",
];

/// The state, and the texts that were seen.
pub(crate) struct Mind {
    state: u64,
    texts: Vec<String>,
}

impl Mind {
    pub(crate) fn new(seed: i64, marker: &str) -> Self {
        let texts = VOCABULARY.iter().map(|text| (*text).to_owned()).collect();
        let mut mind = Self { state: 0xcbf2_9ce4_8422_2325, texts };
        mind.see("seed", &seed.to_string());
        mind.see("marker", marker);
        mind
    }

    /// Folds an observation in, and keeps it.
    pub(crate) fn see(&mut self, what: &str, seen: &str) {
        for byte in what.bytes().chain([0]).chain(seen.bytes()).chain([0]) {
            self.state = (self.state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        if let Ok(mut all) = SEEN.lock() {
            all.push(format!("{what} {seen} {:016x}", self.state));
        }
    }

    /// Keeps a text to use again, in the place of an older one.
    pub(crate) fn remember(&mut self, text: &str) {
        if self.texts.len() < VOCABULARY.len() + REMEMBERED {
            self.texts.push(text.to_owned());
            return;
        }
        let place = VOCABULARY.len() + self.below(REMEMBERED);
        if let Some(old) = self.texts.get_mut(place) {
            text.clone_into(old);
        }
    }

    /// A number below `end`; 0 where there is none.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        // SplitMix64 (Steele, Lea, Flood 2014).
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from(mixed % end).unwrap_or_default()
    }

    /// One of them.
    pub(crate) fn one_of<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        all.get(self.below(all.len()))
    }

    /// A text: known from the start, or seen.
    pub(crate) fn text(&mut self) -> String {
        let at = self.below(self.texts.len());
        self.texts.get(at).cloned().unwrap_or_default()
    }

    /// A text that reads as a pointer more often than not.
    pub(crate) fn pointer(&mut self) -> String {
        let text = self.text();
        if text.starts_with('/') || self.below(4) == 0 { text } else { format!("/{text}") }
    }

    /// The state, as text.
    pub(crate) fn state(&self) -> String {
        format!("{:016x}", self.state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choices(mut mind: Mind) -> Vec<usize> {
        (0..32).map(|_| mind.below(19)).collect()
    }

    #[test]
    fn one_bit_seen_otherwise_changes_all_that_follows() {
        let seen = |text: &str| {
            let mut mind = Mind::new(7, "");
            mind.see("text", text);
            mind
        };
        assert_eq!(choices(seen("a")), choices(seen("a")));
        let (one, other) = (choices(seen("a")), choices(seen("b")));
        let same = one.iter().zip(&other).filter(|(a, b)| a == b).count();
        assert!(same < 8, "{one:?} {other:?}");
        assert_ne!(choices(Mind::new(1, "")), choices(Mind::new(2, "")));
    }

    #[test]
    fn uses_what_it_has_seen() {
        let mut mind = Mind::new(1, "");
        mind.remember("seen");
        assert!((0..1000).any(|_| mind.text() == "seen"));
        (0..1000).for_each(|n| mind.remember(&n.to_string()));
        assert!(mind.texts.len() <= VOCABULARY.len() + REMEMBERED);
        assert!(VOCABULARY.iter().all(|text| mind.texts.iter().any(|own| own == text)));
    }
}
