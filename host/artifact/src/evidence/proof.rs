//! What a piece of evidence proves, so that copies of it can be told from further evidence: bytes differ where somebody
//! appends a blank. What it is worth to a policy is not asked here.

use bailiwick_core::trust::Fact;

use crate::{Digest, Evidence};

/// That somebody said something, and when. Opaque: two are about the same, or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Who said what, in which format, under which log, and whether that says when.
    pub(crate) what: Digest,
    /// When, in seconds of the Unix epoch. Anyone can have a log or an authority put a later time to what was signed.
    pub(crate) at: Option<i64>,
}

impl Proof {
    /// That it is there: each piece proves another thing.
    #[must_use]
    pub fn itself(piece: &Evidence) -> Self {
        Self { what: piece.digest(), at: None }
    }

    pub(super) fn of(fact: &Fact) -> Self {
        let Fact { signer, format, predicate_type, predicate, log, signed_at, evidence: _ } = fact;
        // Debug texts are quoted, so that none runs into the next.
        let timed = signed_at.is_some();
        let said = format!("{signer:?} {format:?} {predicate_type:?} {log:?} {timed} {predicate}");
        Self { what: Digest::of(said.as_bytes()), at: *signed_at }
    }
}
