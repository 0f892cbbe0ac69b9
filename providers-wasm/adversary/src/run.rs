//! What it holds in a run: entries, credentials and values, and of each value what it knows about where it came from.

use bailiwick_sdk::{Credential, Entry, Failure, Host, Request, Value};

use crate::mind::Mind;

/// Handles that it holds at most, of each kind; older ones are dropped.
const HELD: usize = 48;

/// A value, and what it may be used for.
pub(crate) struct Held {
    pub(crate) value: Value,
    pub(crate) of: Of,
}

/// Where a value comes from, as far as it matters to B3.
pub(crate) enum Of {
    /// Read by the reference of that entry.
    Entry(u32),
    /// A listed name; folders end with `/`.
    Name(String),
    /// Read by a listed name: that name, and a handle to it.
    Listed(String, Value),
    /// Anything else.
    Other,
}

/// Everything it holds.
pub(crate) struct Run<'h> {
    pub(crate) host: &'h Host,
    pub(crate) mind: Mind,
    pub(crate) entries: &'h [Entry],
    pub(crate) answered: Vec<bool>,
    pub(crate) named: Vec<String>,
    pub(crate) values: Vec<Held>,
    pub(crate) credentials: Vec<Credential>,
}

impl<'h> Run<'h> {
    pub(crate) fn new(host: &'h Host, mind: Mind, entries: &'h [Entry]) -> Self {
        let answered = vec![false; entries.len()];
        let (named, values, credentials) = (Vec::new(), Vec::new(), Vec::new());
        let mut run = Self { host, mind, entries, answered, named, values, credentials };
        entries.iter().for_each(|entry| run.mind.see("entry", &format!("{entry:?}")));
        run.log_in();
        run
    }

    /// Its last state; what was left to answer is answered.
    pub(crate) fn end(mut self) -> String {
        for entry in 0..self.answered.len() {
            self.failed(entry, Failure::NotFound);
        }
        self.mind.state()
    }

    /// Takes what the store's auth method gives, so that most requests carry a credential.
    fn log_in(&mut self) {
        self.host.named("token").into_iter().for_each(|token| self.take(token));
        if let Some(proof) = self.host.named("user-pass") {
            let minted = self.host.exchange(&Request::new("login").by(&proof));
            self.mind.see("login", &format!("{:?}", minted.as_ref().map(|_| ())));
            minted.into_iter().for_each(|token| self.take(token));
        }
    }

    /// What a value is that was read by the name at that place.
    pub(crate) fn listed(&self, at: usize) -> Of {
        match self.values.get(at) {
            Some(Held { value, of: Of::Name(name) }) => Of::Listed(name.clone(), value.at("")),
            _ => Of::Other,
        }
    }

    /// One of the entries, if there is any.
    pub(crate) fn entry(&mut self) -> usize {
        self.mind.below(self.entries.len() + usize::from(self.entries.is_empty()))
    }

    /// An entry that is a find, or one that is none, where there is one.
    pub(crate) fn entry_of(&mut self, find: bool) -> usize {
        let fits = |(_, entry): &(usize, &Entry)| matches!(entry, Entry::Find(_)) == find;
        let all: Vec<usize> = self.entries.iter().enumerate().filter(fits).map(|(at, _)| at).collect();
        self.mind.one_of(&all).copied().unwrap_or_default()
    }

    /// Keeps a value, in the place of an older one.
    pub(crate) fn hold(&mut self, value: Value, of: Of) {
        if self.values.len() >= HELD {
            let at = self.mind.below(HELD);
            self.values.swap_remove(at);
        }
        self.values.push(Held { value, of });
    }

    /// Keeps a credential, in the place of an older one.
    pub(crate) fn take(&mut self, credential: Credential) {
        if self.credentials.len() >= HELD {
            let at = self.mind.below(HELD);
            self.credentials.swap_remove(at);
        }
        self.credentials.push(credential);
    }
}

/// An entry as the boundary names it.
pub(crate) fn index(entry: usize) -> u32 {
    u32::try_from(entry).unwrap_or(u32::MAX)
}
