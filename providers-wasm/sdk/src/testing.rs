//! The host of native tests. A [`Script`] says which requests are expected and what each is answered; running a
//! provider against it checks the provider *and* its `provider.toml`: operations and slots must exist, contents must
//! come from the declared sources, only public members can be read, an entry gets only what its reference read.
//! A difference fails the test by a panic that says what came instead.
//!
//! Requests are written as one line: operation, slots in order, credential:
//! `kv2-read key=entry0.key version=entry0.version by token`. Contents are `entryN.key|property|version|path`,
//! `settings(/pointer)`, `echo(#1/NextToken)` (`#1` is the first reply), `text(...)` and `secret(...)`. A minted
//! credential is called by the exchange that made it. Answers read the same: `deliver 0 #1/data/data`.
#![allow(clippy::panic, reason = "a script fails the test it is used in")]

mod claim;
mod rules;
mod stage;

use std::collections::VecDeque;

use serde_json::Value as Json;

pub(crate) use self::stage::Stage;
use self::{claim::Claim, stage::Node};
use crate::{
    CallError, Entry, Failure, Find, Host, Outcome, Provider, PushEntry, Reference, Value, provider,
};

/// What the host will do in one run.
pub struct Script {
    claim: Claim,
    credentials: Vec<String>,
    steps: VecDeque<Step>,
    unwanted: Vec<String>,
}

/// An expected request and its answer.
struct Step {
    request: String,
    answer: Result<(Outcome, Json), CallError>,
}

/// What a run came to.
#[derive(Debug, PartialEq, Eq)]
pub struct Run {
    /// How the provider ended it.
    pub ended: Result<(), Failure>,
    /// What it answered, in order: `deliver 0 #1/data`, `named 0 #1/keys/2 = #3/data`, `absent 0`, `failed 0 Refused`.
    pub answers: Vec<String>,
}

impl Script {
    /// A script for the provider with this `provider.toml`.
    #[must_use]
    pub fn new(catalogue: &str) -> Self {
        Self {
            claim: Claim::read(catalogue),
            credentials: Vec::new(),
            steps: VecDeque::new(),
            unwanted: Vec::new(),
        }
    }

    /// The store's auth method provides this credential.
    #[must_use]
    pub fn credential(mut self, name: &str) -> Self {
        self.credentials.push(name.into());
        self
    }

    /// The next request, answered with success and a body.
    #[must_use]
    pub fn reply(self, request: &str, body: Json) -> Self {
        self.step(request, Ok((Outcome::Ok, body)))
    }

    /// The next request, answered with an outcome and nothing to read. An exchange mints by
    /// `Outcome::Ok`; of a refusal the provider learns as little as from the host.
    #[must_use]
    pub fn outcome(self, request: &str, outcome: Outcome) -> Self {
        self.step(request, Ok((outcome, Json::Null)))
    }

    /// The next request gets no reply.
    #[must_use]
    pub fn error(self, request: &str, error: CallError) -> Self {
        self.step(request, Err(error))
    }

    /// The host says that no find entry wants this name.
    #[must_use]
    pub fn unwanted(mut self, name: &str) -> Self {
        self.unwanted.push(name.into());
        self
    }

    /// Runs `validate`.
    ///
    /// # Errors
    /// As the provider says.
    pub fn validate<P: Provider>(self, settings: Json) -> Result<(), Failure> {
        self.run::<P, _>(settings, Vec::new(), |host, settings| P::validate(host, settings)).0
    }

    /// Runs `fetch`.
    pub fn fetch<P: Provider>(self, settings: Json, entries: impl Into<Vec<Entry>>) -> Run {
        let entries = entries.into();
        let (ended, answers) =
            self.run::<P, _>(settings, entries.clone(), |host, settings| P::fetch(host, settings, &entries));
        Run { ended, answers }
    }

    /// Runs `push`; the value of entry n is called `pushN`.
    ///
    /// # Errors
    /// As the provider says.
    pub fn push<P: Provider>(
        self,
        settings: Json,
        entries: impl IntoIterator<Item = Reference>,
    ) -> Result<(), Failure> {
        let entries: Vec<Reference> = entries.into_iter().collect();
        let pushed: Vec<PushEntry> = entries.iter().cloned().enumerate().map(push_entry).collect();
        self.run::<P, _>(settings, references(&entries), |host, settings| P::push(host, settings, &pushed)).0
    }

    /// Runs `remove`.
    ///
    /// # Errors
    /// As the provider says.
    pub fn remove<P: Provider>(
        self,
        settings: Json,
        entries: impl Into<Vec<Reference>>,
    ) -> Result<(), Failure> {
        let entries = entries.into();
        self.run::<P, _>(settings, references(&entries), |host, settings| P::remove(host, settings, &entries))
            .0
    }

    /// Runs `exists`.
    ///
    /// # Errors
    /// As the provider says.
    pub fn exists<P: Provider>(
        self,
        settings: Json,
        entries: impl Into<Vec<Reference>>,
    ) -> Result<Vec<bool>, Failure> {
        let entries = entries.into();
        self.run::<P, _>(settings, references(&entries), |host, settings| P::exists(host, settings, &entries))
            .0
    }

    fn step(mut self, request: &str, answer: Result<(Outcome, Json), CallError>) -> Self {
        self.steps.push_back(Step { request: request.into(), answer });
        self
    }

    fn run<P: Provider, T>(
        self,
        settings: Json,
        entries: Vec<Entry>,
        run: impl FnOnce(&Host, &P::Settings) -> Result<T, Failure>,
    ) -> (Result<T, Failure>, Vec<String>) {
        let settings = self.claim.settings(settings);
        let host = Host(Stage::new(self, &settings, entries));
        let public = host.0.public_settings().to_string();
        let ended = provider::settings::<P>(&public).and_then(|settings| run(&host, &settings));
        (ended, host.0.finish())
    }
}

/// A `data[]` entry.
#[must_use]
pub fn secret(key: &str) -> Entry {
    Entry::Secret(reference(key))
}

/// A `data[]` entry with a version.
#[must_use]
pub fn secret_at(key: &str, version: &str) -> Entry {
    Entry::Secret(Reference { version: Some(version.into()), ..reference(key) })
}

/// A `data[]` entry with `metadataPolicy: Fetch`.
#[must_use]
pub fn metadata(key: &str) -> Entry {
    Entry::Secret(Reference { metadata: true, ..reference(key) })
}

/// A `dataFrom[].extract` entry.
#[must_use]
pub fn extract(key: &str) -> Entry {
    Entry::Extract(reference(key))
}

/// A `dataFrom[].find` entry by name, below `path` where there is one.
#[must_use]
pub fn find(path: Option<&str>) -> Entry {
    Entry::Find(Find { path: path.map(Into::into), by_tags: false })
}

/// A `dataFrom[].find` entry by tags.
#[must_use]
pub fn find_by_tags(path: Option<&str>) -> Entry {
    Entry::Find(Find { path: path.map(Into::into), by_tags: true })
}

/// A reference to a key and nothing more.
#[must_use]
pub fn reference(key: &str) -> Reference {
    Reference { key: key.into(), ..Reference::default() }
}

fn references(entries: &[Reference]) -> Vec<Entry> {
    entries.iter().cloned().map(Entry::Secret).collect()
}

fn push_entry((index, reference): (usize, Reference)) -> PushEntry {
    PushEntry { reference, value: Value(Node::pushed(index)) }
}
