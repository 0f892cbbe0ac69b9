//! One artifact as it is judged: what its manifest says, with digests compared again, and what its signatures say under
//! the anchors at hand. It keeps the evidence and not the component, so that everything loaded can be judged again
//! when a policy changes, without network and without the bytes (I9).

use std::collections::BTreeSet;

use bailiwick_core::{
    catalogue::World,
    trust::{Candidate, Reference},
};

use crate::{
    Digest, Evidence, Pulled,
    evidence::Verifier,
    inspect::{self, InspectError},
    oci::manifest::{self, Fault},
    pulled::{NAME, REPOSITORY, VERSION},
};

/// An artifact without its bytes.
#[derive(Clone, Debug)]
pub struct Artifact {
    /// Without facts.
    candidate: Candidate,
    digest: Digest,
    evidence: Vec<Evidence>,
}

/// Why bytes are no artifact of ours.
#[derive(Debug, thiserror::Error)]
pub enum ArtifactError {
    /// The manifest.
    #[error("the manifest does not hold")]
    Manifest(#[source] Fault),
    /// Config or component are not those that the manifest names.
    #[error("{0} is not the one that the manifest names")]
    Digest(&'static str),
    /// The component.
    #[error("the component is no provider")]
    Component(#[source] InspectError),
}

impl Artifact {
    /// Reads what was pulled. `reference` is what policies match, and `layout` whether it came from one.
    ///
    /// # Errors
    /// [`ArtifactError`]: manifest, config and component do not belong together.
    pub fn read(pulled: &Pulled, reference: &Reference, layout: bool) -> Result<Self, ArtifactError> {
        let manifest = manifest::component(&pulled.manifest).map_err(ArtifactError::Manifest)?;
        if Digest::of(&pulled.manifest) != pulled.digest {
            return Err(ArtifactError::Digest("the manifest"));
        }
        if manifest.config.digest != Digest::of(&pulled.config) {
            return Err(ArtifactError::Digest("the config"));
        }
        let component = Digest::of(&pulled.component);
        if manifest.layer.digest != component {
            return Err(ArtifactError::Digest("the component"));
        }
        let annotation = |key: &str| manifest.annotations.get(key).cloned();
        let candidate = Candidate {
            reference: reference.clone(),
            manifest: pulled.digest.to_string(),
            component: component.to_string(),
            size: pulled.component.len() as u64,
            name: annotation(NAME),
            version: annotation(VERSION),
            repository: annotation(REPOSITORY),
            layout,
            world: World::Blind,
            imports: BTreeSet::new(),
            facts: Vec::new(),
            rejected: 0,
            capped: pulled.capped,
        };
        Ok(Self { candidate, digest: pulled.digest, evidence: pulled.evidence.clone() })
    }

    /// Adds what the component itself says. Only for one that somebody signed: until then its bytes are not looked at.
    ///
    /// # Errors
    /// [`ArtifactError::Component`].
    pub fn inspect(&mut self, component: &[u8]) -> Result<(), ArtifactError> {
        let seen = inspect::claims(component).map_err(ArtifactError::Component)?;
        self.candidate.world = seen.catalogue.world;
        self.candidate.imports = seen.imports.into_iter().collect();
        Ok(())
    }

    /// The manifest's digest.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// What is known of it beside its signatures.
    #[must_use]
    pub const fn unjudged(&self) -> &Candidate {
        &self.candidate
    }

    /// All that is known of it, with the facts of its evidence under the verifier's anchors.
    #[must_use]
    pub fn candidate(&self, verifier: &Verifier) -> Candidate {
        let verified = verifier.verify(&self.evidence, &self.digest);
        for rejected in &verified.rejected {
            tracing::debug!(evidence = rejected.evidence, why = %rejected.why, "evidence says nothing");
        }
        Candidate { facts: verified.facts, rejected: verified.rejected.len(), ..self.candidate.clone() }
    }

    /// Digests of its evidence.
    #[must_use]
    pub fn evidence(&self) -> Vec<String> {
        self.evidence.iter().map(|piece| piece.digest().to_string()).collect()
    }
}
