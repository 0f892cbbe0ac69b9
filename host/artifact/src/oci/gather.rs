//! What is looked at and what is kept of all that lies beside an artifact. Anyone who may push can put junk there: so more
//! is looked at than is kept, of each size, each once; and what proves something is never left out for what proves nothing,
//! or what another piece does. Who pushes without end can still hide a signature: all this is bounded, and a registry's
//! rights are the remedy. Pure: bytes are fetched elsewhere, and what a piece proves the caller knows.

mod keep;
mod spread;
#[cfg(test)]
pub(super) mod tests;

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use self::{keep::Keep, spread::spread};
use super::{
    client::Limits,
    manifest::{self, Descriptor},
};
use crate::{
    Digest,
    evidence::Proof,
    pulled::{BUNDLE_TYPE, Evidence},
};

/// What a piece of evidence about the manifest of that digest proves. What proves nothing is not worth keeping, and of those
/// that prove the same only the first and the last in time are.
pub type Worth<'a> = &'a (dyn Fn(&Evidence, &Digest) -> Vec<Proof> + Sync);

/// Manifests that are looked at, and pieces.
pub(super) const LOOKS: usize = 256;
/// Bytes of all manifests that are looked at, and of all pieces.
pub(super) const LOOK_BYTES: u64 = 16 << 20;
/// Bytes of an ordinary piece or manifest. Larger ones come last.
const ORDINARY: u64 = 64 << 10;
/// Pieces that are looked at of one manifest; cosign puts one there.
const PIECES: usize = 8;
/// The media type of a simple-signing layer.
const SIMPLE_TYPE: &str = "application/vnd.dev.cosign.simplesigning.v1+json";
/// The annotation with its signature.
const SIMPLE_SIGNATURE: &str = "dev.cosignproject.cosign/signature";

/// What was found so far, wherever it was.
pub(super) struct Gather<'a> {
    pub(super) subject: &'a Digest,
    pub(super) limits: &'a Limits,
    worth: Worth<'a>,
    begun: Instant,
    whole: Duration,
    kept: Keep,
    junk: Vec<Evidence>,
    seen: BTreeSet<Digest>,
    /// There was more than was looked at or kept.
    pub(super) capped: bool,
}

/// A piece that may be fetched.
pub(super) struct Piece {
    pub(super) layer: Descriptor,
    nth: usize,
    signature: Option<String>,
}

impl<'a> Gather<'a> {
    /// Nothing yet. `whole` is what all of it may take from now on.
    pub(super) fn new(subject: &'a Digest, limits: &'a Limits, worth: Worth<'a>, whole: Duration) -> Self {
        let (kept, junk, seen) = (Keep::default(), Vec::new(), BTreeSet::new());
        Self { subject, limits, worth, begun: Instant::now(), whole, kept, junk, seen, capped: false }
    }

    /// As much is kept as may be.
    pub(super) fn full(&self) -> bool {
        self.kept.len() >= self.limits.bundles
    }

    /// Something is worth keeping.
    pub(super) fn any(&self) -> bool {
        !self.kept.is_empty()
    }

    /// What is left of so many quarters of the time.
    pub(super) fn left(&self, quarters: u32) -> Duration {
        (self.whole / 4).saturating_mul(quarters).saturating_sub(self.begun.elapsed())
    }

    /// Keeps a piece, once, where there is room for its kind.
    pub(super) fn add(&mut self, piece: Evidence) {
        if !self.seen.insert(piece.digest()) {
            return;
        }
        let (proofs, most) = ((self.worth)(&piece, self.subject), self.limits.bundles);
        if !proofs.is_empty() {
            self.capped |= !self.kept.add(piece, proofs, most);
        } else if self.junk.len() < most {
            self.junk.push(piece);
        } else {
            self.capped = true;
        }
    }

    /// Whether a piece was had already, from elsewhere.
    pub(super) fn has(&self, piece: &Piece) -> bool {
        piece.signature.is_none() && self.seen.contains(&piece.layer.digest)
    }

    /// What is worth keeping, and behind it what is not; and whether there was more.
    pub(super) fn done(mut self) -> (Vec<Evidence>, bool) {
        let mut all = self.kept.done();
        all.append(&mut self.junk);
        (all, self.capped)
    }
}

impl Piece {
    /// With its bytes.
    pub(super) fn evidence(self, bytes: Vec<u8>) -> Evidence {
        match self.signature {
            None => Evidence::Bundle(bytes),
            Some(signature) => Evidence::SimpleSigning { payload: bytes, signature },
        }
    }
}

/// What of a list is looked at, in that order, and whether there is more: what says that it is a bundle first, then what
/// says nothing, other kinds last; ordinary ones before large ones, each size in its turn.
pub(super) fn candidates(mut list: Vec<Descriptor>) -> (Vec<Descriptor>, bool) {
    list.sort_by_key(order);
    let mut seen = BTreeSet::new();
    list.retain(|entry| seen.insert(entry.digest));
    let mut list = turned(list);
    let more = list.len() > LOOKS;
    list.truncate(LOOKS);
    (list, more)
}

/// Sorted ones, each size in its turn.
pub(super) fn turned(list: Vec<Descriptor>) -> Vec<Descriptor> {
    spread(list, |entry| ((order(entry).0, entry.size > ORDINARY), entry.size))
}

/// The place of an entry among candidates.
pub(super) fn order(entry: &Descriptor) -> (u8, u64, Digest) {
    let kind = match entry.artifact_type.as_deref() {
        Some(BUNDLE_TYPE) => 0,
        None | Some("" | manifest::EMPTY_TYPE) => 1,
        Some(_) => 2,
    };
    (kind, entry.size, entry.digest)
}

/// How many bytes are read of a manifest with that entry, whose size is a claim.
pub(super) fn room(entry: &Descriptor, most: u64) -> u64 {
    entry.size.max(ORDINARY).min(most)
}

/// The bundles in a manifest, where it is about `subject`.
pub(super) fn bundles(manifest: &[u8], subject: &Digest) -> Vec<Piece> {
    let about = manifest::beside(manifest).ok().filter(|beside| beside.subject == Some(*subject));
    let layers = about.map(|beside| beside.layers).unwrap_or_default().into_iter();
    let bundles = layers.filter(|layer| layer.media_type == BUNDLE_TYPE).take(PIECES).enumerate();
    bundles.map(|(nth, layer)| Piece { layer, nth, signature: None }).collect()
}

/// The signatures in a `.sig` manifest.
pub(super) fn simple(manifest: &[u8]) -> Vec<Piece> {
    let layers = manifest::beside(manifest).map(|beside| beside.layers).unwrap_or_default();
    let simple = layers.into_iter().filter(|layer| layer.media_type == SIMPLE_TYPE);
    let signed = |(nth, mut layer): (usize, Descriptor)| {
        let signature = Some(layer.annotations.remove(SIMPLE_SIGNATURE)?);
        Some(Piece { layer, nth, signature })
    };
    simple.enumerate().filter_map(signed).collect()
}

/// Which pieces are fetched, in that order, and whether there are more. Large ones come last, and the first of each
/// manifest before the second of any; of those each size in its turn.
pub(super) fn pieces(mut all: Vec<Piece>, limits: &Limits) -> (Vec<Piece>, bool) {
    all.retain(|piece| piece.layer.size <= limits.bundle);
    all.sort_by_key(|piece| (piece.layer.size > ORDINARY, piece.nth, piece.layer.size, piece.layer.digest));
    let mut seen = BTreeSet::new();
    all.retain(|piece| seen.insert((piece.layer.digest, piece.signature.clone())));
    let mut all = spread(all, |piece| ((piece.layer.size > ORDINARY, piece.nth), piece.layer.size));
    let (count, mut bytes) = (all.len(), 0_u64);
    all.retain(|piece| {
        let fits = bytes.saturating_add(piece.layer.size) <= LOOK_BYTES;
        bytes = bytes.saturating_add(if fits { piece.layer.size } else { 0 });
        fits
    });
    all.truncate(LOOKS);
    let more = all.len() < count;
    (all, more)
}
