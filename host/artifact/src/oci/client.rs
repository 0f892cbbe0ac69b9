//! The client of one registry for one Provider: what a reference means now, and all of an artifact. Made anew for each
//! (registry, credentials) and never shared, so that nobody is served with another's rights (oci-signing.md 1.3).
//!
//! Bytes by digest come from the mirrors in order and from the registry last; what a tag means is asked of the registry,
//! and of mirrors only where it cannot be reached. Wherever bytes come from, their digest must hold.

mod mirror;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use bailiwick_core::trust::{Access, Reference, Selector, choose::highest};

use self::mirror::Mirror;
use super::{
    endpoint::Endpoint,
    error::{FetchError, Part, Why},
    gather::{Gather, Worth},
    manifest::{self, Descriptor, Fault},
    names::{Names, SystemNames},
    session::Credentials,
    turns,
    wire::Timing,
};
use crate::{Digest, MAX_COMPONENT, Pulled, evidence::Proof};

/// Bytes of a config.
pub(super) const CONFIG_LIMIT: u64 = 1 << 20;

/// How a registry is reached, and as whom.
pub struct RegistryOptions {
    /// What its configuration says.
    pub access: Access,
    /// For the registry itself.
    pub credentials: Credentials,
    /// For mirrors, by `host[:port]`: their own.
    pub mirrors: BTreeMap<String, Credentials>,
    /// Who knows addresses.
    pub names: Arc<dyn Names>,
    /// How long things may take.
    pub timing: Timing,
}

/// How much of an artifact is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the component; never over [`MAX_COMPONENT`].
    pub component: u64,
    /// Pieces of evidence that are worth keeping; and as many that are not.
    pub bundles: usize,
    /// Bytes of each.
    pub bundle: u64,
    /// Whether `.sig` tags are looked at.
    pub simple_signing: bool,
}

/// The client.
pub struct Registry {
    pub(super) own: Endpoint,
    mirrors: Vec<Mirror>,
    whole: Duration,
}

impl RegistryOptions {
    /// Nobody's credentials, the system's names.
    #[must_use]
    pub fn new(access: Access) -> Self {
        let (credentials, timing) = (Credentials::Anonymous, Timing::default());
        Self { access, credentials, mirrors: BTreeMap::new(), names: Arc::new(SystemNames), timing }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { component: MAX_COMPONENT as u64, bundles: 32, bundle: 1 << 20, simple_signing: false }
    }
}

impl Registry {
    /// A client. Nothing is asked yet.
    ///
    /// # Errors
    /// [`FetchError::Roots`] where the trust roots cannot be used.
    pub fn new(options: RegistryOptions) -> Result<Self, FetchError> {
        let RegistryOptions { access, credentials, mut mirrors, names, timing } = options;
        let own = Endpoint::new(&access.own, &access, credentials, &names, timing)?;
        let others = access.mirrors.iter().map(|host| {
            let credentials = mirrors.remove(&host.registry).unwrap_or_default();
            let endpoint = Endpoint::new(host, &access, credentials, &names, timing)?;
            Ok(Mirror::new(endpoint, timing.mirror))
        });
        Ok(Self { mirrors: others.collect::<Result<_, _>>()?, own, whole: timing.whole })
    }

    /// What the reference means now. A digest means itself and nothing is asked.
    ///
    /// # Errors
    /// Every [`FetchError`].
    pub async fn resolve(&self, reference: &Reference) -> Result<Digest, FetchError> {
        match &reference.selector {
            Selector::Digest(digest) => parse(digest),
            _ => self.within(self.pointed(reference)).await.map(|(digest, _, _)| digest),
        }
    }

    /// The artifact, with all that lies beside it. Nothing of it is trusted.
    ///
    /// # Errors
    /// Every [`FetchError`].
    pub async fn pull(&self, reference: &Reference, limits: &Limits) -> Result<Pulled, FetchError> {
        self.pull_with(reference, limits, &|piece, _| vec![Proof::itself(piece)]).await
    }

    /// As [`Registry::pull`], where the caller says what evidence proves. What proves nothing fills no place of what does: it
    /// stands behind it, at most [`Limits::bundles`] of each; and of what proves the same, two are kept.
    ///
    /// # Errors
    /// Every [`FetchError`].
    pub async fn pull_with(
        &self,
        reference: &Reference,
        limits: &Limits,
        worth: Worth<'_>,
    ) -> Result<Pulled, FetchError> {
        self.within(self.pull_all(reference, limits, worth)).await
    }

    async fn pull_all(
        &self,
        reference: &Reference,
        limits: &Limits,
        worth: Worth<'_>,
    ) -> Result<Pulled, FetchError> {
        let begun = Instant::now();
        self.mirrors.iter().for_each(Mirror::forgive);
        let path = reference.path.as_str();
        let (digest, manifest, mut via) = self.pointed(reference).await?;
        let read =
            manifest::component(&manifest).map_err(|fault| FetchError::Malformed(Part::Manifest, fault))?;
        let limit = limits.component.min(MAX_COMPONENT as u64);
        if read.layer.size > limit {
            return Err(FetchError::TooLarge(Part::Component, limit));
        }
        let (config, _) = self.blob(path, &read.config, CONFIG_LIMIT, Part::Config).await?;
        let (component, from) = self.blob(path, &read.layer, limit, Part::Component).await?;
        via = from.or(via);
        let left = self.whole.saturating_sub(begun.elapsed());
        let mut gather = Gather::new(&digest, limits, worth, left);
        self.evidence(path, &mut gather).await?;
        let (evidence, capped) = gather.done();
        Ok(Pulled { manifest, digest, config, component, evidence, capped, via })
    }

    async fn within<T>(&self, work: impl Future<Output = Result<T, FetchError>>) -> Result<T, FetchError> {
        let _turn = turns::take(&self.own.name).await;
        tokio::time::timeout(self.whole, work).await.unwrap_or(Err(FetchError::Unreachable(Why::Timeout)))
    }

    /// Digest and bytes of the manifest that the reference means, and the mirror that they came from.
    async fn pointed(&self, reference: &Reference) -> Result<(Digest, Vec<u8>, Option<String>), FetchError> {
        let path = reference.path.as_str();
        if let Selector::Digest(digest) = &reference.selector {
            let digest = parse(digest)?;
            let (bytes, via) = self.manifest(path, &digest).await?;
            return Ok((digest, bytes, via));
        }
        match self.own.pointed(reference).await {
            Err(away @ FetchError::Unreachable(_)) => {
                for mirror in &self.mirrors {
                    if let Some((digest, bytes)) = mirror.ask(mirror.endpoint.pointed(reference)).await {
                        return Ok((digest, bytes, Some(mirror.endpoint.name.clone())));
                    }
                }
                Err(away)
            }
            found => found.map(|(digest, bytes)| (digest, bytes, None)),
        }
    }

    /// A manifest by digest. What a mirror gets wrong is as good as not there.
    pub(super) async fn manifest(
        &self,
        path: &str,
        digest: &Digest,
    ) -> Result<(Vec<u8>, Option<String>), FetchError> {
        for mirror in &self.mirrors {
            let work = mirror.endpoint.manifest(path, digest, Part::Manifest);
            if let Some(bytes) = mirror.ask(work).await {
                return Ok((bytes, Some(mirror.endpoint.name.clone())));
            }
        }
        self.own.manifest(path, digest, Part::Manifest).await.map(|bytes| (bytes, None))
    }

    /// A blob, likewise.
    pub(super) async fn blob(
        &self,
        path: &str,
        blob: &Descriptor,
        limit: u64,
        part: Part,
    ) -> Result<(Vec<u8>, Option<String>), FetchError> {
        for mirror in &self.mirrors {
            if let Some(bytes) = mirror.ask(mirror.endpoint.blob(path, blob, limit, part)).await {
                return Ok((bytes, Some(mirror.endpoint.name.clone())));
            }
        }
        self.own.blob(path, blob, limit, part).await.map(|bytes| (bytes, None))
    }
}

impl Endpoint {
    /// The manifest that a tag or a range means here.
    async fn pointed(&self, reference: &Reference) -> Result<(Digest, Vec<u8>), FetchError> {
        let path = reference.path.as_str();
        match &reference.selector {
            Selector::Tag(tag) => self.tagged(path, tag).await,
            Selector::Range(range) => {
                let tags = self.tags(path).await?;
                let tag = highest(range, tags.iter().map(String::as_str)).ok_or(FetchError::NoVersion)?;
                self.tagged(path, tag).await
            }
            Selector::Digest(digest) => {
                let digest = parse(digest)?;
                Ok((digest, self.manifest(path, &digest, Part::Manifest).await?))
            }
        }
    }
}

pub(super) fn parse(digest: &str) -> Result<Digest, FetchError> {
    digest.parse().map_err(|_| FetchError::Malformed(Part::Manifest, Fault::Digest))
}
