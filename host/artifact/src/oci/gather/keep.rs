//! What is kept of the pieces that prove something. Anyone can make copies of a piece that differ in a blank, and have a
//! log put another time to it; so of those that prove the same two are kept: the last in time, which age counts from, and the
//! first, since a key may have ended between them.

use crate::{evidence::Proof, pulled::Evidence};

/// Pieces with what they prove.
#[derive(Default)]
pub(super) struct Keep(Vec<(Evidence, Vec<Proof>)>);

impl Keep {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn done(self) -> Vec<Evidence> {
        self.0.into_iter().map(|(piece, _)| piece).collect()
    }

    /// Adds a piece, in the place of those that are no more needed beside it; false where it is left out for want of room.
    pub(super) fn add(&mut self, piece: Evidence, proofs: Vec<Proof>, most: usize) -> bool {
        if !proofs.iter().any(|proof| self.is_new(proof)) {
            return true;
        }
        self.0.push((piece, proofs));
        let needed: Vec<bool> =
            self.0.iter().map(|(_, proofs)| proofs.iter().any(|proof| self.is_end(proof))).collect();
        let mut needed = needed.into_iter();
        self.0.retain(|_| needed.next().unwrap_or(true));
        let fits = self.0.len() <= most;
        self.0.truncate(most);
        fits
    }

    /// Earlier, or later, than all that prove the same.
    fn is_new(&self, proof: &Proof) -> bool {
        self.times(proof).all(|at| at < proof.at) || self.times(proof).all(|at| at > proof.at)
    }

    /// None is earlier, or none is later.
    fn is_end(&self, proof: &Proof) -> bool {
        self.times(proof).all(|at| at <= proof.at) || self.times(proof).all(|at| at >= proof.at)
    }

    /// When the same is said.
    fn times(&self, proof: &Proof) -> impl Iterator<Item = Option<i64>> {
        let all = self.0.iter().flat_map(|(_, proofs)| proofs);
        all.filter(|other| other.what == proof.what).map(|other| other.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Digest;

    fn proof(what: &str, at: i64) -> Proof {
        Proof { what: Digest::of(what.as_bytes()), at: Some(at) }
    }

    /// What is kept of pieces that prove one thing each, and whether all had room.
    fn kept(pieces: &[(&str, i64)], most: usize) -> (Vec<Evidence>, bool) {
        let (mut keep, mut room) = (Keep::default(), true);
        for (n, (what, at)) in pieces.iter().enumerate() {
            room &= keep.add(piece(n), vec![proof(what, *at)], most);
        }
        (keep.done(), room)
    }

    fn piece(n: usize) -> Evidence {
        Evidence::Bundle(n.to_string().into())
    }

    #[test]
    fn i8_of_what_proves_the_same_the_first_and_the_last_in_time_stay() {
        let pieces = [("a", 5), ("a", 5), ("a", 7), ("a", 6), ("b", 5), ("a", 3), ("a", 9)];
        assert_eq!(kept(&pieces, 3), ([4, 5, 6].map(piece).to_vec(), true));
        let mut keep = Keep::default();
        assert!(keep.add(piece(0), vec![proof("a", 1), proof("b", 1)], 2));
        assert!(keep.add(piece(1), vec![proof("a", 1), proof("c", 1)], 2));
        assert_eq!(keep.done().len(), 2, "each proves something that the other does not");
    }

    #[test]
    fn denied_more_than_there_is_room_for() {
        assert_eq!(kept(&[("a", 1), ("b", 1), ("c", 1)], 2), ([0, 1].map(piece).to_vec(), false));
    }
}
