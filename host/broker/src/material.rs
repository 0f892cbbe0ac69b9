//! What the broker asks of the shell around it: Secrets and tokens, and whether a run may go on.

use std::{future::Future, pin::Pin};

use bailiwick_core::program::Stamp;

use crate::credential::Credential;

/// Reads credentials where the shell keeps them. The broker asks only for what a program names, so every
/// namespace, name and audience here was granted (G8).
pub trait Material: Send + Sync {
    /// One key of a Secret.
    fn secret<'a>(&'a self, namespace: &'a str, name: &'a str, key: &'a str) -> MaterialFuture<'a>;
    /// A token of a service account for one audience.
    fn token<'a>(&'a self, namespace: &'a str, account: &'a str, audience: &'a str) -> MaterialFuture<'a>;
}

/// The credential to come.
pub type MaterialFuture<'a> = Pin<Box<dyn Future<Output = Result<Credential, MaterialError>> + Send + 'a>>;

/// Why there is no credential: a bare code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MaterialError {
    /// There is no such Secret, key or service account.
    #[error("it does not exist")]
    Absent,
    /// It could not be read just now.
    #[error("it could not be read")]
    Unavailable,
}

/// Whether what a program was compiled from still stands (G11).
pub trait Current: Send + Sync {
    /// Compares every uid, generation and label in `stamp` with now. Asked before each request and each reuse of
    /// a connection, so it must be cheap: a look at what the shell has watched, not a request.
    fn still(&self, stamp: &Stamp) -> bool;
}
