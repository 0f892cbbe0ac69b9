//! From a guest's request to one that may leave: handles are resolved, the program decides, budgets are taken.
//! A denial costs no packet and no name lookup (I2).

use std::sync::Arc;

use bailiwick_boundary::{Arg, CallError, Entry, Part, Request, ValueRef};
use bailiwick_core::{
    catalogue::{Operation, OperationClass, Source},
    grant,
    program::{Admitted, AdmittedBody, Call, Content},
    reason::{Denial, Reason},
};

use super::{bounds::MAX_DENIED, session::Session};
use crate::{OpenEntry, credential::Held, key::CacheKey, reply::Reading};

/// An admitted request with its credential.
pub(crate) struct Prepared {
    pub(crate) operation: String,
    pub(crate) authority: String,
    pub(crate) path_and_query: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<AdmittedBody>,
    /// The G12 key with the credential's sources.
    pub(crate) shared: Arc<CacheKey>,
    pub(super) by: Option<Arc<Held>>,
    pub(super) reading: Reading,
    /// The entries whose references are in it.
    pub(super) entries: Vec<u32>,
}

/// Where an argument's content is, with handles resolved.
enum Found<'r> {
    Entry(u32, Part),
    Settings(&'r str),
    Echo { text: String, listed: Option<Vec<String>>, stated: String },
    Text(&'r str),
    Secret,
}

impl Prepared {
    pub(super) fn new(
        operation: &str,
        admitted: Admitted<'_>,
        by: Option<Arc<Held>>,
        shared: &Arc<CacheKey>,
    ) -> Self {
        let authority = admitted.authority.to_owned();
        Self {
            operation: operation.to_owned(),
            path_and_query: admitted.path_and_query,
            headers: admitted.headers,
            body: admitted.body,
            shared: Arc::clone(by.as_ref().map_or(shared, |held| &held.shared)),
            by,
            reading: Reading {
                key: admitted.key.unwrap_or_default(),
                entry: admitted.entry,
                authority: authority.clone(),
                versioned: false,
                metadata: admitted.operation.reply.tags_are_value,
                before: String::new(),
            },
            authority,
            entries: Vec::new(),
        }
    }

    /// The name of the credential that is attached; empty without one.
    pub(crate) fn by_name(&self) -> &str {
        self.by.as_ref().map_or("", |held| &held.binding.name)
    }
}

impl Session {
    /// Prepares a request of the guest's. What is denied is recorded.
    pub(super) fn prepare(&self, request: &Request, exchange: bool) -> Result<Prepared, CallError> {
        if self.lock().denied > MAX_DENIED {
            // Each denial is a record; the next message ends the run.
            return Err(CallError::Budget);
        }
        let entries = entries_of(request);
        self.decide(request, exchange, &entries).map_err(|denial| {
            self.channel.denied(&request.operation, &denial);
            self.remember(&entries, &denial)
        })
    }

    fn decide(&self, request: &Request, exchange: bool, entries: &[u32]) -> Result<Prepared, Denial> {
        let operation = self.operation(request, exchange)?;
        let by = request.by.map(|handle| self.usable(handle)).transpose()?;
        let found: Vec<(&str, Found<'_>)> = request
            .args
            .iter()
            .map(|(slot, arg)| Ok((slot.as_str(), self.resolve(operation, slot, arg)?)))
            .collect::<Result<_, Denial>>()?;
        let args: Vec<(&str, Content<'_>)> =
            found.iter().map(|(slot, found)| (*slot, self.content(found))).collect();
        let call = Call {
            operation: &request.operation,
            args: &args,
            by: by.as_deref().map(|held| &held.binding),
            free_bits_spent: self.lock().free_bits,
        };
        let admitted = grant::decide(&self.channel.program, &call)?;
        self.spend()?;
        self.lock().free_bits += admitted.free_bits;
        let mut prepared = Prepared::new(&request.operation, admitted, by, &self.channel.shared);
        self.attribute(request, operation, &mut prepared.reading);
        prepared.reading.before = found.iter().find_map(|(_, found)| self.before(found)).unwrap_or_default();
        prepared.entries = entries.to_vec();
        Ok(prepared)
    }

    /// Only exchanges that mint are the guest's to ask for; proofs and revocations are the host's own.
    fn operation(&self, request: &Request, exchange: bool) -> Result<&Operation, Denial> {
        let operation = self.channel.catalogue().operations.get(&request.operation);
        let fits = |operation: &&Operation| {
            (operation.class == OperationClass::Exchange) == exchange
                && (!exchange || operation.mint.is_some())
        };
        operation.filter(fits).ok_or_else(|| {
            let remedy = "the provider named an operation that its catalogue does not have for this use";
            Denial::new(Reason::OperationNotGranted, "operations", remedy)
        })
    }

    /// A credential of this run that has not expired. Its binding is the program's to judge.
    fn usable(&self, handle: bailiwick_boundary::Handle) -> Result<Arc<Held>, Denial> {
        let held = self.lock().credential(handle);
        held.filter(|held| !held.expired(self.channel.now())).ok_or_else(|| {
            let remedy = "the credential is expired or of another run";
            Denial::new(Reason::CredentialNotAllowed, "by", remedy)
        })
    }

    fn resolve<'r>(&self, of: &Operation, slot: &str, arg: &'r Arg) -> Result<Found<'r>, Denial> {
        match arg {
            Arg::Entry(entry, _) if self.entry(*entry).is_none() => {
                Err(misplaced(of, slot, "the provider named an entry that was not asked"))
            }
            Arg::Entry(entry, part) => Ok(Found::Entry(*entry, *part)),
            Arg::Settings(pointer) => Ok(Found::Settings(pointer)),
            Arg::Text(text) => Ok(Found::Text(text)),
            Arg::Echo(value) => self.echo(of, slot, value),
            Arg::Secret(_) => Ok(Found::Secret),
        }
    }

    fn echo(&self, of: &Operation, slot: &str, value: &ValueRef) -> Result<Found<'static>, Denial> {
        let reply = self.lock().reply(value.root);
        let text = reply.as_ref().and_then(|reply| {
            let (pointer, text) = reply.public.as_ref()?.text(reply.body.as_ref()?, &value.steps).ok()?;
            let listed = reply.listed.as_ref().filter(|listed| listed.at(&pointer).is_some());
            let stated = listed.and_then(|listed| Some(listed.name(listed.at(&pointer)?)));
            let listed = listed.map(|listed| listed.base().to_vec());
            Some(Found::Echo { text, listed, stated: stated.unwrap_or_default() })
        });
        text.ok_or_else(|| misplaced(of, slot, "only a public text of a reply of this run can be echoed"))
    }

    fn content<'f>(&'f self, found: &'f Found<'_>) -> Content<'f> {
        match found {
            Found::Entry(entry, part) => {
                let text = self.entry(*entry).and_then(|entry| part_of(entry, *part));
                Content::Entry { entry: *entry, part: *part, text }
            }
            Found::Settings(pointer) => Content::Settings(pointer),
            Found::Echo { text, listed, .. } => Content::Echo { text, listed: listed.as_deref() },
            Found::Text(text) => Content::Text(text),
            Found::Secret => Content::Secret,
        }
    }

    /// By whose reference the reply will have been read (B3): key and, where the operation has a slot for it, version
    /// of one entry, and nothing of another's.
    fn attribute(&self, request: &Request, operation: &Operation, reading: &mut Reading) {
        let parts = || {
            request.args.iter().filter_map(|(_, arg)| match arg {
                Arg::Entry(entry, part) => Some((*entry, *part)),
                _ => None,
            })
        };
        reading.versioned = parts().any(|(_, part)| part == Part::Version);
        let has_slot = operation.slots.values().any(|slot| slot.source == Source::Version);
        reading.entry = reading.entry.filter(|own| {
            let reference = self.entry(*own).and_then(OpenEntry::reference);
            let needed = has_slot && reference.is_some_and(|reference| reference.version.is_some());
            parts().all(|(entry, _)| entry == *own) && (reading.versioned || !needed)
        });
    }

    /// What stands before the names of a list: ESO writes a find's path and `/` before them, and so on down the folders.
    fn before(&self, found: &Found<'_>) -> Option<String> {
        match found {
            Found::Entry(entry, Part::Path) => {
                self.entry(*entry).and_then(|entry| part_of(entry, Part::Path)).map(|path| format!("{path}/"))
            }
            Found::Echo { stated, .. } => Some(stated.clone()).filter(|stated| !stated.is_empty()),
            _ => None,
        }
    }

    /// An entry, by the guest's number for it.
    pub(super) fn entry(&self, entry: u32) -> Option<&OpenEntry> {
        self.entries.get(usize::try_from(entry).ok()?)
    }
}

fn entries_of(request: &Request) -> Vec<u32> {
    let entry = |(_, arg): &(String, Arg)| if let Arg::Entry(entry, _) = arg { Some(*entry) } else { None };
    request.args.iter().filter_map(entry).collect()
}

fn part_of(entry: &OpenEntry, part: Part) -> Option<&str> {
    match (entry.entry(), part) {
        (Entry::Secret(reference) | Entry::Extract(reference), Part::Key) => Some(&reference.key),
        (Entry::Secret(reference) | Entry::Extract(reference), Part::Property) => {
            reference.property.as_deref()
        }
        (Entry::Secret(reference) | Entry::Extract(reference), Part::Version) => reference.version.as_deref(),
        (Entry::Find(find), Part::Path) => find.path.as_deref(),
        _ => None,
    }
}

/// About a slot. The guest gave its name: only one that the catalogue has is quoted.
fn misplaced(of: &Operation, slot: &str, remedy: &str) -> Denial {
    let name = of.slots.get_key_value(slot).map_or("?", |(name, _)| name.as_str());
    Denial::new(Reason::SlotNotAllowed, format!("slots.{name}"), remedy)
}
