//! What lies beside a manifest: by the referrers API, else by the index under `sha256-<hex>`, and the old `.sig` tag where
//! that is asked for. Lists are read without a filter and judged by what the manifests say, since registries fill the
//! types in as they like (oci-signing.md 1.3). Junk is passed over; a registry that is throttling, closed or away is an
//! error and never "nothing there". What is looked at and kept is for `gather` to say.

use super::{Endpoint, Page, read::MAX_PAGES};
use crate::{
    Digest,
    oci::{
        endpoint::read::MANIFEST_LIMIT,
        error::{FetchError, Part, Why},
        gather::{self, Gather, LOOK_BYTES, Piece},
        manifest::{INDEX_TYPE, Listed, listed},
        wire::Ask,
    },
};

impl Endpoint {
    /// Gathers the evidence that is here. With half of the time gone no more manifests are read, at three quarters no more
    /// pieces; where nothing was had by then, that is an error.
    pub(in crate::oci) async fn evidence(
        &self,
        path: &str,
        gather: &mut Gather<'_>,
    ) -> Result<(), FetchError> {
        let list = self.referrers(path, gather.subject).await?;
        gather.capped |= list.more;
        let mut all = self.bundles(path, list, gather).await?;
        if gather.limits.simple_signing {
            all.extend(self.simple(path, gather.subject).await?);
        }
        let (pieces, more) = gather::pieces(all, gather.limits);
        gather.capped |= more;
        self.fetch_pieces(path, pieces, gather).await
    }

    /// What a registry lists about `subject`.
    pub(in crate::oci) async fn referrers(&self, path: &str, subject: &Digest) -> Result<Listed, FetchError> {
        match self.listed(path, subject).await {
            // No such API, or one that leads elsewhere.
            Err(FetchError::NotFound(_) | FetchError::Status(405) | FetchError::RedirectNotAllowed)
            | Err(FetchError::Unreachable(Why::Status(501))) => {}
            other => return other,
        }
        let tag = format!("sha256-{}", subject.hex());
        self.tagged_index(path, &tag).await?.map_or_else(|| Ok(Listed::default()), |page| read(&page))
    }

    async fn listed(&self, path: &str, subject: &Digest) -> Result<Listed, FetchError> {
        let mut ask = Ask::get(self.url(path, &format!("referrers/{subject}"))?, INDEX_TYPE);
        ask.hops = false;
        let mut list = Listed::default();
        for _ in 0..MAX_PAGES {
            let page = self.fetch_list(&ask, path, MANIFEST_LIMIT).await?;
            let Listed { entries, more } = read(&page)?;
            list.entries.extend(entries);
            list.more |= more;
            match page.next {
                None => return Ok(list),
                Some(next) if self.is_ours(&next) => ask.url = next,
                // A list that goes on elsewhere goes on without us.
                Some(_) => break,
            }
        }
        list.more = true;
        Ok(list)
    }

    async fn bundles(
        &self,
        path: &str,
        list: Listed,
        gather: &mut Gather<'_>,
    ) -> Result<Vec<Piece>, FetchError> {
        let (entries, more) = gather::candidates(list.entries);
        gather.capped |= more;
        let (mut found, mut left) = (Vec::new(), LOOK_BYTES);
        for entry in entries {
            let late = gather.left(2).is_zero();
            if late && found.is_empty() && !gather.any() {
                return Err(FetchError::Unreachable(Why::Timeout));
            }
            if late || left == 0 {
                gather.capped = true;
                break;
            }
            let room = gather::room(&entry, MANIFEST_LIMIT.min(left));
            let got = self.small_manifest(path, &entry.digest, room, Part::Evidence).await;
            let Some(bytes) = passed(got)? else { continue };
            left = left.saturating_sub(bytes.len() as u64);
            found.extend(gather::bundles(&bytes, gather.subject));
        }
        Ok(found)
    }

    async fn simple(&self, path: &str, subject: &Digest) -> Result<Vec<Piece>, FetchError> {
        let tag = format!("sha256-{}.sig", subject.hex());
        let got = passed(self.tagged(path, &tag).await)?;
        Ok(got.map(|(_, bytes)| gather::simple(&bytes)).unwrap_or_default())
    }

    async fn fetch_pieces(
        &self,
        path: &str,
        pieces: Vec<Piece>,
        gather: &mut Gather<'_>,
    ) -> Result<(), FetchError> {
        for piece in pieces {
            let late = gather.left(3).is_zero();
            if late && !gather.any() {
                return Err(FetchError::Unreachable(Why::Timeout));
            }
            if late || gather.full() {
                gather.capped = true;
                break;
            }
            if gather.has(&piece) {
                continue;
            }
            let got = self.blob(path, &piece.layer, gather.limits.bundle, Part::Evidence).await;
            if let Some(bytes) = passed(got)? {
                gather.add(piece.evidence(bytes));
            }
        }
        Ok(())
    }
}

fn read(page: &Page) -> Result<Listed, FetchError> {
    listed(&page.bytes, page.cut).map_err(|fault| FetchError::Malformed(Part::Referrers, fault))
}

/// Junk is nothing; trouble is trouble.
pub(in crate::oci) fn passed<T>(got: Result<T, FetchError>) -> Result<Option<T>, FetchError> {
    match got {
        Ok(found) => Ok(Some(found)),
        Err(
            FetchError::NotFound(_)
            | FetchError::DigestMismatch(_)
            | FetchError::TooLarge(..)
            | FetchError::Malformed(..)
            | FetchError::RedirectNotAllowed
            | FetchError::AddressNotAllowed,
        ) => Ok(None),
        Err(trouble) => Err(trouble),
    }
}
