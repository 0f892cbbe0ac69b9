//! What a Provider's reference means now, and the artifacts that could run for it: the one that is meant, and the one that
//! ran. A tag is asked for each interval; what lies in the cache is not fetched again, but for newer evidence where
//! what is there does not suffice.

use std::{path::PathBuf, sync::Arc};

use bailiwick_api::{duration::GoDuration, meta::Object, provider::ProviderSpec, time::Timestamp};
use bailiwick_artifact::{Artifact, Digest, Evidence, Pulled, evidence::Verifier};
use bailiwick_core::trust::{Reason, Reference, Refusal, Selector, activate, anchors, condition::Step};

use super::{Supply, places::PlaceError};
use crate::{
    modules::chain,
    records::ProviderStatus,
    trust::{Earlier, Loaded, Verdict, tightening},
};

/// Where a tag is not resolved anew within: oci-signing.md 4.2.
const INTERVAL: &str = "10m";

/// Where a module comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// A component that nobody signed.
    File(PathBuf),
    /// A registry.
    Registry(Reference),
    /// A layout, and the reference that it stands for.
    Layout(PathBuf, Reference),
}

/// What was found for a Provider.
pub(super) struct Sought {
    /// Whether anything may be asked of a registry.
    network: bool,
    pub(super) object: Arc<Object<ProviderSpec>>,
    pub(super) status: ProviderStatus,
    pub(super) resolved: Step,
    pub(super) found: Result<Found, Refusal>,
    pub(super) notes: Vec<String>,
}

/// What could run.
pub(super) enum Found {
    /// A file's component.
    File(PathBuf),
    /// Artifacts, the one that is meant first.
    Artifacts(Vec<Candidate>),
}

/// One artifact that could run.
pub(super) struct Candidate {
    /// The manifest's.
    pub(super) digest: String,
    /// It is the one that is meant, and not only the one that ran.
    pub(super) meant: bool,
    /// Its bytes and the verdict over it, or why they could not be had.
    pub(super) choice: Result<Choice, Refusal>,
}

/// An artifact and the verdict over it.
pub(super) struct Choice {
    pub(super) pulled: Pulled,
    pub(super) loaded: Loaded,
    pub(super) verdict: Verdict,
}

impl Supply<'_> {
    /// Finds what could run for a Provider. Nothing is asked of a registry that no policy names.
    pub(super) async fn seek(&self, object: &Arc<Object<ProviderSpec>>, network: bool) -> Sought {
        let name = &object.metadata.name;
        let (before, unread) = match self.records.status(name) {
            Ok(status) => (status, None),
            Err(error) => (ProviderStatus::default(), Some(error.to_string())),
        };
        let mut sought = Sought {
            network,
            object: Arc::clone(object),
            status: before,
            resolved: Step::Open,
            found: Err(Refusal::new(Reason::NotFound, "nothing is resolved yet")),
            notes: unread.into_iter().collect(),
        };
        match self.origin(&object.spec) {
            Err(refusal) => {
                sought.resolved = Step::refused(&refusal);
                sought.found = Err(refusal);
            }
            Ok(Origin::File(path)) => {
                sought.resolved = Step::Done("File", "a file that nobody signed".to_owned());
                sought.found = Ok(Found::File(path));
            }
            Ok(origin) => self.artifacts(&origin, &mut sought).await,
        }
        sought
    }

    async fn artifacts(&self, origin: &Origin, sought: &mut Sought) {
        let Some(reference) = origin.reference() else { return };
        if let Err(refusal) = self.in_force.set.matching(reference) {
            sought.resolved = Step::Open;
            sought.found = Err(refusal);
            return;
        }
        self.resolve(origin, reference, sought).await;
        let (resolved, running) = (sought.status.resolved.as_deref(), sought.status.running.as_deref());
        let activation = activate(&sought.object.spec, reference, resolved, running);
        sought.status.pending.clone_from(&activation.pending);
        let mut candidates = Vec::new();
        for (digest, meant) in activation.order() {
            let choice = self.choice(origin, reference, sought, digest).await;
            if let (true, Err(refusal)) = (meant, &choice) {
                sought.resolved = Step::refused(refusal);
            }
            candidates.push(Candidate { digest: digest.to_owned(), meant, choice });
        }
        if let Some(waiting) = activation.waiting() {
            sought.found = Err(waiting);
        } else if !candidates.is_empty() {
            sought.found = Ok(Found::Artifacts(candidates));
        }
    }

    /// Asks what the reference means, where that is due.
    async fn resolve(&self, origin: &Origin, reference: &Reference, sought: &mut Sought) {
        let text = origin.text();
        let status = &mut sought.status;
        if status.reference.as_ref() != Some(&text) {
            // What ran from another repository is no substitute here.
            let repository = Some(reference.repository());
            let running = status.running.take().filter(|_| status.repository == repository);
            let conditions = std::mem::take(&mut status.conditions);
            let failing_since = status.failing_since;
            *status = ProviderStatus {
                reference: Some(text),
                repository,
                running,
                conditions,
                failing_since,
                ..ProviderStatus::default()
            };
        }
        if let Selector::Digest(digest) = &reference.selector {
            status.resolved = Some(digest.clone());
            sought.resolved = Step::Done("Resolved", digest.clone());
            return;
        }
        let interval = sought.object.spec.interval.as_deref().unwrap_or(INTERVAL);
        let known = status.resolved.clone().filter(|_| !due(status, interval, self.now));
        if let Some(digest) = known {
            sought.resolved = Step::Done("Resolved", digest);
            return;
        }
        let asked = match sought.network {
            true => self.places.resolve(origin, reference, &sought.object).await,
            false => Err(PlaceError::Slow),
        };
        match asked {
            Ok(digest) => {
                sought.resolved = Step::Done("Resolved", digest.to_string());
                sought.status.resolved = Some(digest.to_string());
                sought.status.resolved_at = Some(Timestamp::from_unix(self.now));
            }
            Err(error) => {
                let refusal = refusal(&error);
                sought.resolved = Step::refused(&refusal);
                sought.found = Err(refusal);
            }
        }
    }

    /// What is in the cache, where that is enough; else what is where it came from. Where the way there fails, what may
    /// run runs.
    async fn choice(
        &self,
        origin: &Origin,
        reference: &Reference,
        sought: &Sought,
        digest: &str,
    ) -> Result<Choice, Refusal> {
        // The tag vouches for what it means now, and for nothing that is named by digest.
        let tagged = sought.status.resolved.as_deref() == Some(digest);
        let wanted = if tagged { reference.clone() } else { reference.at(digest) };
        let parsed: Digest =
            digest.parse().map_err(|_| Refusal::new(Reason::Malformed, "the digest is none"))?;
        let cached = self.cache.and_then(|cache| cache.get(&parsed));
        // What is in the cache may have been fetched for others, or be tampered with: other bytes or evidence may lie where it
        // came from.
        let cached = cached.and_then(|pulled| self.judged(pulled, &wanted, origin, sought).ok());
        let (enough, spare) = match cached {
            Some(choice) if !choice.verdict.wants_evidence() => (Some(choice), None),
            other => (None, other.filter(|choice| choice.verdict.outcome().is_ok())),
        };
        if let Some(choice) = enough {
            return Ok(choice);
        }
        let fetched = self.fetched(origin, reference, sought, digest).await;
        match fetched.and_then(|pulled| self.judged(pulled, &wanted, origin, sought)) {
            Ok(choice) if choice.verdict.outcome().is_ok() => Ok(choice),
            // Less evidence there takes nothing from what is here: what denies does not depend on evidence.
            other => spare.map_or(other, Ok),
        }
    }

    async fn fetched(
        &self,
        origin: &Origin,
        reference: &Reference,
        sought: &Sought,
        digest: &str,
    ) -> Result<Pulled, Refusal> {
        if !sought.network {
            return Err(refusal(&PlaceError::Slow));
        }
        let limits = self.limits(reference);
        // What verifies for nobody known takes no place of what does, and no copy one of another signature: whoever may
        // push could else hide it.
        let policies = self.in_force.set.matching(reference)?;
        let verifier = Verifier::new(&anchors(policies));
        let worth = |piece: &Evidence, about: &Digest| verifier.proofs(piece, about);
        let pulled = self.places.pull(origin, &reference.at(digest), &limits, &worth, &sought.object).await;
        pulled.map_err(|error| refusal(&error))
    }

    fn judged(
        &self,
        pulled: Pulled,
        reference: &Reference,
        origin: &Origin,
        sought: &Sought,
    ) -> Result<Choice, Refusal> {
        let layout = matches!(origin, Origin::Layout(..));
        let malformed = |error: &dyn std::error::Error| Refusal::new(Reason::Malformed, chain(error));
        let artifact = Artifact::read(&pulled, reference, layout).map_err(|error| malformed(&error))?;
        let spec = &sought.object.spec;
        let provider = sought.object.metadata.name.clone();
        let tightening = tightening(spec).map_err(|faults| Refusal::new(Reason::PolicyInvalid, faults))?;
        let mark = self.records.mark(&reference.repository(), &provider);
        let (reference, rollback_to) = (reference.clone(), spec.rollback_to.clone());
        let mut loaded = Loaded { artifact, provider, reference, tightening, rollback_to, mark };
        let mut verdict = self.verdict(&loaded, sought);
        // Only what somebody signed is looked into; then once more, since a rule may ask for its imports.
        if verdict.looks_inside() {
            loaded.artifact.inspect(&pulled.component).map_err(|error| malformed(&error))?;
            verdict = self.verdict(&loaded, sought);
        }
        Ok(Choice { pulled, loaded, verdict })
    }

    fn verdict(&self, loaded: &Loaded, sought: &Sought) -> Verdict {
        let digest = loaded.artifact.digest().to_string();
        if sought.status.running.as_ref() != Some(&digest) {
            return Verdict::new(loaded.judge(&self.in_force.set, self.now), self.in_force);
        }
        let since = sought.status.failing_since.map(Timestamp::unix);
        let roots = self.former.of(&loaded.provider);
        let earlier = Earlier { roots: roots.as_ref(), since, admission: None };
        Verdict::of_running(loaded, self.in_force, earlier, self.now)
    }
}

/// A fault of the way, as a Provider's conditions say it.
fn refusal(error: &PlaceError) -> Refusal {
    Refusal::new(error.reason(), chain(error))
}

/// Whether a tag is to be asked for again.
fn due(status: &ProviderStatus, interval: &str, now: i64) -> bool {
    let interval = interval.parse::<GoDuration>().map_or(0, |duration| duration.millis() / 1000);
    // A clock that was set back makes it due.
    status.resolved_at.is_none_or(|at| !(at.unix()..at.unix().saturating_add(interval)).contains(&now))
}
