//! What stands around a case in place of the world: the script as a stage, a ledger of denials, the case's own
//! credentials, a clock whose day never ends, and objects that never change.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use bailiwick_api::case::{Case, CaseDenied};
use bailiwick_artifact::digest::Digest;
use bailiwick_broker::{
    Asked, Audit, Clock, Credential, Current, Material, MaterialError, MaterialFuture, Record, Stage, Verdict,
};
use bailiwick_core::{
    case::{self, Difference, Script},
    program::{Origin, Stamp},
};

/// What stands for an operation that the catalogue does not have.
const UNKNOWN: &str = "(not in the catalogue)";

/// The script, behind a lock: requests may come from several tasks.
pub(super) struct Board(Mutex<Option<Script>>);

impl Board {
    pub(super) fn new(script: Script) -> Self {
        Self(Mutex::new(Some(script)))
    }

    /// What differed and what was asked for. What comes later is not answered.
    pub(super) fn end(&self) -> (Vec<Difference>, Vec<case::Asked>) {
        lock(&self.0).take().map(Script::end).unwrap_or_default()
    }
}

impl Stage for Board {
    fn answer(&self, asked: Asked<'_>, origin: &Origin, request: &[u8]) -> Vec<u8> {
        let asked = case::Asked { operation: asked.operation.to_owned(), key: asked.key.to_vec() };
        lock(&self.0).as_mut().map(|script| script.answer(asked, origin, request)).unwrap_or_default()
    }
}

/// Keeps what was denied.
#[derive(Default)]
pub(super) struct Ledger(Mutex<Vec<CaseDenied>>);

impl Ledger {
    pub(super) fn denied(&self) -> Vec<CaseDenied> {
        lock(&self.0).clone()
    }
}

impl Audit for Ledger {
    fn record(&self, record: &Record) {
        if record.verdict == Verdict::Denied {
            let operation = record.operation.clone().unwrap_or_else(|| UNKNOWN.to_owned());
            let reason = record.reason.unwrap_or_default().to_owned();
            lock(&self.0).push(CaseDenied { operation, reason });
        }
    }
}

/// The credentials that a case holds.
pub(super) struct CaseMaterial {
    namespace: String,
    secrets: BTreeMap<String, BTreeMap<String, String>>,
    tokens: BTreeMap<String, String>,
}

impl CaseMaterial {
    pub(super) fn of(case: &Case) -> Self {
        let namespace = case::namespace(case).to_owned();
        Self { namespace, secrets: case.secrets.clone(), tokens: case.tokens.clone() }
    }

    fn credential(&self, namespace: &str, text: Option<&String>) -> Result<Credential, MaterialError> {
        let text = text.filter(|_| namespace == self.namespace).ok_or(MaterialError::Absent)?;
        let source = Digest::of(text.as_bytes()).to_string();
        Ok(Credential::new(text.clone().into_bytes(), source))
    }
}

impl Material for CaseMaterial {
    fn secret<'a>(&'a self, namespace: &'a str, name: &'a str, key: &'a str) -> MaterialFuture<'a> {
        let text = self.secrets.get(name).and_then(|secret| secret.get(key));
        Box::pin(async move { self.credential(namespace, text) })
    }

    fn token<'a>(&'a self, namespace: &'a str, account: &'a str, _: &'a str) -> MaterialFuture<'a> {
        Box::pin(async move { self.credential(namespace, self.tokens.get(account)) })
    }
}

/// The moment of all cases; only what is measured from one moment to another goes on.
pub(super) struct Frozen(Instant);

impl Frozen {
    pub(super) fn new() -> Self {
        Self(Instant::now())
    }
}

impl Clock for Frozen {
    fn wall(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(case::NOW)
    }

    fn monotonic(&self) -> Duration {
        self.0.elapsed()
    }
}

/// Nothing changes while a case runs.
pub(super) struct Unchanging;

impl Current for Unchanging {
    fn still(&self, _: &Stamp) -> bool {
        true
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
