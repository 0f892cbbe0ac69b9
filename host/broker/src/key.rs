//! What may be shared between runs: nothing, unless these keys are equal (rule G12).

use std::sync::Arc;

use bailiwick_core::program::{Origin, Stamp};

/// Caching and coalescing key: (grant uid and generation, subject uid, store uid and generation, sources of the
/// credential, provider digest).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct CacheKey {
    grant: (String, i64),
    subject: String,
    store: (String, i64),
    digest: String,
    /// uid and resourceVersion of what the credential was read from; empty without a credential.
    sources: Vec<String>,
}

/// A connection's key: (G12, origin). The checked address stands with the connection.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct LineKey {
    pub(crate) shared: Arc<CacheKey>,
    pub(crate) origin: Origin,
}

impl CacheKey {
    pub(crate) fn new(stamp: &Stamp, sources: Vec<String>) -> Self {
        Self {
            grant: (stamp.grant.uid.clone(), stamp.grant.generation),
            subject: stamp.namespace_uid.clone(),
            store: (stamp.store.uid.clone(), stamp.store.generation),
            digest: stamp.digest.clone(),
            sources,
        }
    }

    /// The grant's uid and generation.
    pub(crate) fn grant(&self) -> &(String, i64) {
        &self.grant
    }

    /// The same key for another credential of the same run.
    pub(crate) fn with_sources(&self, sources: Vec<String>) -> Self {
        Self { sources, ..self.clone() }
    }

    /// Whether both belong to runs of one stamp, whatever their credentials.
    pub(crate) fn same_run(&self, other: &Self) -> bool {
        (&self.grant, &self.subject, &self.store, &self.digest)
            == (&other.grant, &other.subject, &other.store, &other.digest)
    }
}
