//! Values and metadata, many at once: by an entry's reference, or by a name that was listed.

use bailiwick_sdk::{Arg, Codec, Entry, Failure, Part, Reference, Request, Value};

use crate::{Run, service::Read};

/// A value, none, or why not.
pub(crate) type Found = Result<Option<Value>, Failure>;

/// By what a value is read.
#[derive(Clone, Copy)]
pub(crate) enum By<'a> {
    Entry(u32, &'a Reference),
    Name(&'a Value),
}

impl Run<'_> {
    /// Answers all entries that name one secret.
    pub(crate) fn read(&self, entries: &[Entry]) {
        let (metadata, values): (Vec<_>, Vec<_>) = (0u32..)
            .zip(entries)
            .filter_map(|(entry, wanted)| match wanted {
                Entry::Secret(reference) | Entry::Extract(reference) => Some((entry, reference)),
                Entry::Find(_) => None,
            })
            .partition(|(_, reference)| reference.metadata);
        let by: Vec<By<'_>> = values.iter().map(|(entry, reference)| By::Entry(*entry, reference)).collect();
        for ((entry, _), found) in values.iter().zip(self.values(&by)) {
            self.host.answer(*entry, found);
        }
        let describe =
            |(entry, _): &(u32, _)| Request::new(self.operations.metadata).key(*entry).by(&self.by);
        let requests: Vec<Request<'_>> = metadata.iter().map(describe).collect();
        for ((entry, _), found) in metadata.iter().zip(self.send(&requests)) {
            self.host.answer(*entry, found);
        }
    }

    /// Values in the order asked for. What has no text is asked for its bytes.
    pub(crate) fn values(&self, by: &[By<'_>]) -> Vec<Found> {
        let mut found = self.values_by(&self.operations.value, by);
        let Some(bytes) = &self.operations.bytes else { return found };
        let missing: Vec<_> =
            found.iter_mut().zip(by).filter(|(found, _)| matches!(found, Ok(None))).collect();
        let again: Vec<By<'_>> = missing.iter().map(|(_, by)| **by).collect();
        for ((found, _), value) in missing.into_iter().zip(self.values_by(bytes, &again)) {
            *found = value.map(|value| value.map(|value| value.decode(Codec::Base64)));
        }
        found
    }

    fn values_by(&self, read: &'static Read, by: &[By<'_>]) -> Vec<Found> {
        let requests: Vec<Request<'_>> = by.iter().map(|by| self.request(read, *by)).collect();
        let at = |found: Found| found.map(|body| body.map(|body| body.at(read.at)));
        self.send(&requests).into_iter().map(at).collect()
    }

    fn request<'a>(&'a self, read: &'static Read, by: By<'a>) -> Request<'a> {
        match by {
            By::Name(name) => Request::new(read.by_name).arg("name", Arg::Echo(name)),
            By::Entry(entry, reference) => {
                let request = Request::new(read.by_entry).key(entry);
                match &reference.version {
                    None => request,
                    Some(version) => {
                        let slot = self.operations.version_slot(version);
                        request.arg(slot, Arg::Entry(entry, Part::Version))
                    }
                }
            }
        }
        .by(&self.by)
    }

    pub(crate) fn send(&self, requests: &[Request<'_>]) -> Vec<Found> {
        self.host.call_all(requests).into_iter().map(|reply| reply?.found()).collect()
    }
}
