//! What lies beside a manifest in a layout: manifests of the index with that subject, and those that the index under
//! `sha256-<hex>` lists. Read like a registry's, junk passed over, and no more of it than of a registry's.

use std::collections::BTreeSet;

use super::{INDEX_LIMIT, Layout};
use crate::{
    Digest,
    oci::{
        endpoint::passed,
        error::{FetchError, Part},
        gather::{self, Gather, LOOK_BYTES, LOOKS},
        manifest::{self, Descriptor, listed},
    },
};

/// Manifests whose subject is the one asked for, and whether there may be more.
#[derive(Default)]
struct Beside {
    found: Vec<(Descriptor, Vec<u8>)>,
    more: bool,
}

impl Layout {
    /// Manifests whose subject is `subject`, and whether there may be more than are looked at (256, or 16 MiB of all
    /// manifests here).
    ///
    /// # Errors
    /// Where a file cannot be read.
    pub fn referrers(&self, subject: &Digest) -> Result<(Vec<Descriptor>, bool), FetchError> {
        let Beside { found, more } = self.beside(subject)?;
        Ok((found.into_iter().map(|(entry, _)| entry).collect(), more))
    }

    /// Gathers the evidence that is here.
    pub(super) fn evidence(&self, gather: &mut Gather<'_>) -> Result<(), FetchError> {
        let Beside { found, more } = self.beside(gather.subject)?;
        let found = found.iter().flat_map(|(_, bytes)| gather::bundles(bytes, gather.subject));
        let mut all: Vec<_> = found.collect();
        // What the old tag holds, which tools that copy by tag bring along.
        if gather.limits.simple_signing
            && let Some(digest) = self.tagged(&format!("sha256-{}.sig", gather.subject.hex()))
            && let Some(bytes) = passed(self.manifest(&digest, Part::Evidence))?
        {
            all.extend(gather::simple(&bytes));
        }
        let (pieces, left_out) = gather::pieces(all, gather.limits);
        gather.capped |= more | left_out;
        for piece in pieces {
            if gather.full() {
                gather.capped = true;
                break;
            }
            if let Some(bytes) = passed(self.blob(&piece.layer, gather.limits.bundle, Part::Evidence))? {
                gather.add(piece.evidence(bytes));
            }
        }
        Ok(())
    }

    /// The index lists what belongs to other artifacts too, so that it is bounded by what is read and not by its length.
    fn beside(&self, subject: &Digest) -> Result<Beside, FetchError> {
        let (mut list, mut beside) = (self.index.clone(), Beside::default());
        if let Some(index) = self.tagged(&format!("sha256-{}", subject.hex()))
            && let Some(bytes) = passed(self.bytes(&index, INDEX_LIMIT, Part::Referrers))?
        {
            let listed = listed(&bytes, false).unwrap_or_default();
            list.extend(listed.entries);
            beside.more = listed.more;
        }
        list.sort_by_key(gather::order);
        let (mut seen, mut left) = (BTreeSet::new(), LOOK_BYTES);
        for entry in gather::turned(list) {
            if !seen.insert(entry.digest) {
                continue;
            }
            if left == 0 || beside.found.len() >= LOOKS {
                beside.more = true;
                break;
            }
            let room = gather::room(&entry, INDEX_LIMIT.min(left));
            let got = passed(self.bytes(&entry.digest, room, Part::Evidence))?;
            // What is too large was not read to its end, but may have been begun.
            let cost = got.as_ref().map_or(room.min(entry.size), |bytes| bytes.len() as u64);
            left = left.saturating_sub(cost.max(1));
            let about =
                |bytes: &Vec<u8>| manifest::beside(bytes).is_ok_and(|read| read.subject == Some(*subject));
            beside.found.extend(got.filter(about).map(|bytes| (entry, bytes)));
        }
        Ok(beside)
    }
}
