//! A mirror of a registry: asked first, trusted with nothing, and never waited for long. One that fails is left alone for
//! the rest of the pull, so that the registry itself is always tried in time. That it has not got something is no failure.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use tokio::time::timeout;

use super::Registry;
use crate::oci::{endpoint::Endpoint, error::FetchError, gather::Gather};

/// One mirror.
pub(super) struct Mirror {
    pub(super) endpoint: Endpoint,
    patience: Duration,
    left_alone: AtomicBool,
}

impl Mirror {
    pub(super) const fn new(endpoint: Endpoint, patience: Duration) -> Self {
        Self { endpoint, patience, left_alone: AtomicBool::new(false) }
    }

    /// A pull begins: it is asked again.
    pub(super) fn forgive(&self) {
        self.left_alone.store(false, Ordering::Relaxed);
    }

    /// What it says to one request.
    pub(super) async fn ask<T>(&self, work: impl Future<Output = Result<T, FetchError>>) -> Option<T> {
        self.ask_within(self.patience, work).await
    }

    /// Likewise, to several.
    pub(super) async fn ask_within<T>(
        &self,
        time: Duration,
        work: impl Future<Output = Result<T, FetchError>>,
    ) -> Option<T> {
        if self.left_alone.load(Ordering::Relaxed) {
            return None;
        }
        match timeout(time, work).await {
            Ok(Ok(got)) => return Some(got),
            Ok(Err(FetchError::NotFound(_))) => {}
            Ok(Err(_)) | Err(_) => self.left_alone.store(true, Ordering::Relaxed),
        }
        None
    }

    /// The time for all evidence of one artifact, which takes a few requests.
    pub(super) fn evidence_time(&self, left: Duration) -> Duration {
        self.patience.saturating_mul(3).min(left)
    }
}

impl Registry {
    /// From the registry itself, and what mirrors have beyond that. Nobody can hide what another has. A mirror without
    /// evidence proves nothing, so that only the registry's own answer can be that there is none; where it gives no
    /// answer, what a mirror has counts as far as it is worth keeping, else that trouble is what is said.
    pub(super) async fn evidence(&self, path: &str, gather: &mut Gather<'_>) -> Result<(), FetchError> {
        let own = self.own.evidence(path, gather).await;
        let mut answered = false;
        for mirror in &self.mirrors {
            if gather.full() {
                break;
            }
            let time = mirror.evidence_time(gather.left(4).mul_f32(0.9));
            answered |= mirror.ask_within(time, mirror.endpoint.evidence(path, gather)).await.is_some();
        }
        match own {
            Err(trouble) if !answered || !gather.any() => Err(trouble),
            own => {
                gather.capped |= own.is_err();
                Ok(())
            }
        }
    }
}
