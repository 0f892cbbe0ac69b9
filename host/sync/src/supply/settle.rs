//! The end of a round for one Provider: the first artifact that is admitted and that the engine takes becomes its module,
//! and what is remembered and said of it is written. A version is marked before it can run, so that a crash cannot
//! forget it; what cannot be marked does not run.

use std::{path::Path, sync::Arc};

use bailiwick_api::{
    meta::{Object, ObjectMeta},
    provider::ProviderSpec,
    provider_revision::{ProviderRevisionSpec, RevisionSigner},
    time::Timestamp,
};
use bailiwick_artifact::{Digest, Pulled};
use bailiwick_core::trust::{
    Admission, Attempt, Reason, Refusal, Runs, concluded,
    condition::{Step, Steps, conditions},
    why,
};

use super::{
    Supply,
    seek::{Candidate, Choice, Found, Sought},
};
use crate::{
    modules::{Module, ModuleError, Weight},
    records::ProviderStatus,
    trust::{Loaded, Verdict},
};

/// What came of one Provider.
pub(super) struct Settled {
    pub(super) provider: String,
    pub(super) module: Result<Module, ModuleError>,
    pub(super) admitted: Option<(Loaded, Verdict)>,
    pub(super) notes: Vec<String>,
    pub(super) warning: Option<String>,
}

/// What became of what was found.
struct Tried {
    module: Result<Module, Refusal>,
    admitted: Option<(Loaded, Verdict)>,
    steps: Steps,
}

/// An artifact that runs from now on.
struct Started {
    module: Module,
    pulled: Pulled,
    loaded: Loaded,
    verdict: Verdict,
    admission: Admission,
}

impl Supply<'_> {
    /// Makes a module of what was found, and remembers what came of it.
    pub(super) fn settle(&self, sought: Sought) -> Settled {
        let Sought { object, mut status, resolved, found, mut notes, .. } = sought;
        let tried = match found {
            Ok(Found::File(path)) => self.file(&object, resolved, &path),
            Ok(Found::Artifacts(candidates)) => {
                self.artifacts_of(&object, resolved, &mut status, candidates, &mut notes)
            }
            Err(refusal) => Tried::nothing(resolved, refusal),
        };
        let Tried { module, admitted, steps } = tried;
        let warning = warning(&object.metadata.name, &steps);
        let generation = object.metadata.generation;
        status.conditions = conditions(steps, &status.conditions, self.now, generation);
        let name = object.metadata.name.clone();
        notes.extend(self.records.report(&name, &status).err().map(|error| error.to_string()));
        let module = module.map_err(|refusal| ModuleError {
            provider: name.clone(),
            field: "spec.module".to_owned(),
            weight: weight(refusal.reason),
            what: refusal.said(),
        });
        Settled { provider: name, module, admitted, notes, warning }
    }

    fn file(&self, object: &Arc<Object<ProviderSpec>>, resolved: Step, path: &Path) -> Tried {
        let unsigned = Refusal::new(Reason::Unsigned, "nobody signed it");
        let module = Module::of_file(object, path, self.engine);
        let compatible = compatible(&module);
        let module = module.map_err(|what| Refusal::new(Reason::Malformed, what));
        let ready = match &module {
            Ok(_) => Step::Done("Running", "runs, and nobody signed it".to_owned()),
            Err(refusal) => Step::refused(refusal),
        };
        let steps = Steps { resolved, verified: Step::refused(&unsigned), compatible, ready };
        Tried { module, admitted: None, steps }
    }

    /// The first that is admitted and that the engine takes.
    fn artifacts_of(
        &self,
        object: &Arc<Object<ProviderSpec>>,
        resolved: Step,
        status: &mut ProviderStatus,
        candidates: Vec<Candidate>,
        notes: &mut Vec<String>,
    ) -> Tried {
        let (mut attempts, mut started) = (Vec::new(), None);
        for candidate in candidates {
            let (attempt, runs) = self.attempt(object, candidate);
            attempts.push(attempt);
            started = runs;
            if started.is_some() {
                break;
            }
        }
        let former = attempts.iter().filter(|attempt| !attempt.meant);
        let refused = former.filter_map(|attempt| attempt.end.as_ref().err());
        let note = |refusal: &Refusal| {
            format!("Provider {}: what ran before: {}", object.metadata.name, refusal.said())
        };
        notes.extend(refused.map(note));
        let steps = concluded(resolved, &attempts);
        let Some(started) = started else {
            return Tried { module: Err(why(&attempts)), admitted: None, steps };
        };
        notes.extend(self.keep(object, &started));
        let Started { module, pulled, loaded, verdict, admission } = started;
        running(status, pulled.digest.to_string(), &admission, &verdict);
        Tried { module: Ok(module), admitted: Some((loaded, verdict)), steps }
    }

    fn attempt(
        &self,
        object: &Arc<Object<ProviderSpec>>,
        Candidate { digest, meant, choice }: Candidate,
    ) -> (Attempt, Option<Started>) {
        let Choice { pulled, loaded, verdict } = match choice {
            Ok(choice) => choice,
            Err(refusal) => return (Attempt::missed(digest, meant, refusal), None),
        };
        let mut attempt = Attempt {
            verified: verdict.verified(),
            ..Attempt::missed(digest, meant, Refusal::new(Reason::Malformed, "it was not tried"))
        };
        let admission = match verdict.outcome() {
            Ok(admission) => admission.clone(),
            Err(refusal) => return (Attempt { end: Err(refusal.clone()), ..attempt }, None),
        };
        let module = Module::new(object, &pulled.component, true, self.engine);
        attempt.compatible = compatible(&module);
        let module = module.map_err(|what| Refusal::new(Reason::Malformed, what));
        match module.and_then(|module| self.mark(&loaded, &admission).map(|()| module)) {
            Err(refusal) => (Attempt { end: Err(refusal), ..attempt }, None),
            Ok(module) => {
                let kept = verdict.kept().cloned();
                attempt.end = Ok(Runs { version: admission.version.clone(), kept });
                (attempt, Some(Started { module, pulled, loaded, verdict, admission }))
            }
        }
    }

    /// Before it can run. A catalogue alone is looked at, not run, so nothing is marked.
    fn mark(&self, loaded: &Loaded, admission: &Admission) -> Result<(), Refusal> {
        if self.engine.is_none() {
            return Ok(());
        }
        let raised = self.records.raise(&loaded.reference.repository(), &loaded.provider, &admission.version);
        raised.map_err(|error| Refusal::new(Reason::StateMissing, error.to_string()))
    }

    /// What ran, and its bytes; neither is needed to run, so what goes wrong is said and no more.
    fn keep(&self, object: &Object<ProviderSpec>, started: &Started) -> Vec<String> {
        let cached = self.cache.map_or(Ok(()), |cache| cache.put(&started.pulled));
        let mut notes: Vec<String> = cached.err().map(|error| error.to_string()).into_iter().collect();
        if self.engine.is_some() {
            let revision = self.revision(object, started);
            notes.extend(self.records.keep(&revision).err().map(|error| error.to_string()));
        }
        notes
    }

    fn revision(
        &self,
        object: &Object<ProviderSpec>,
        Started { pulled, loaded, admission, .. }: &Started,
    ) -> Object<ProviderRevisionSpec> {
        let provider = &object.metadata.name;
        let spec = ProviderRevisionSpec {
            provider: provider.clone(),
            reference: loaded.reference.to_string(),
            repository: loaded.reference.repository(),
            manifest_digest: pulled.digest.to_string(),
            component_digest: Digest::of(&pulled.component).to_string(),
            name: provider.clone(),
            version: admission.version.to_string(),
            evidence: loaded.artifact.evidence(),
            signers: signers(admission),
            policies: admission.policies.iter().map(|stamp| (stamp.name.clone(), stamp.generation)).collect(),
            verified_at: Timestamp::from_unix(self.now),
            via: pulled.via.clone(),
        };
        Object {
            metadata: ObjectMeta {
                name: format!("{provider}-{}", pulled.digest.hex()),
                ..ObjectMeta::default()
            },
            spec,
        }
    }
}

impl Tried {
    /// Nothing was found: what is said of the signatures depends on whether it came so far.
    fn nothing(resolved: Step, refusal: Refusal) -> Self {
        let verified =
            if matches!(resolved, Step::Failed(..)) { Step::Open } else { Step::refused(&refusal) };
        let ready = Step::refused(&refusal);
        let steps = Steps { resolved, verified, compatible: Step::Open, ready };
        Self { module: Err(refusal), admitted: None, steps }
    }
}

/// What runs, and is not what is meant to; or what could not be asked for.
fn warning(name: &str, Steps { resolved, ready, .. }: &Steps) -> Option<String> {
    match (resolved, ready) {
        (_, Step::Done(reason @ ("RunningPrevious" | "KeptRunning"), message))
        | (Step::Failed(reason, message), Step::Done(..)) => {
            Some(format!("Provider {name}: {reason}: {message}"))
        }
        _ => None,
    }
}

const fn weight(reason: Reason) -> Weight {
    match reason {
        Reason::Malformed | Reason::PolicyInvalid | Reason::Unsigned => Weight::Input,
        Reason::AwaitingApproval => Weight::Waiting,
        _ => Weight::Failure,
    }
}

fn compatible(module: &Result<Module, String>) -> Step {
    match module {
        Ok(_) => Step::Done("Compatible", "world and imports are served here".to_owned()),
        Err(what) => Step::Failed("Incompatible", what.clone()),
    }
}

fn running(status: &mut ProviderStatus, digest: String, admission: &Admission, verdict: &Verdict) {
    let kept = verdict.kept();
    status.running = Some(digest);
    status.version = Some(admission.version.to_string());
    status.signers = signers(admission);
    status.failing_since = kept.map(|kept| Timestamp::from_unix(kept.since));
    status.stops_at = kept.map(|kept| Timestamp::from_unix(kept.until));
}

fn signers(admission: &Admission) -> Vec<RevisionSigner> {
    let signer = |(authority, identity): (&String, &String)| RevisionSigner {
        authority: authority.clone(),
        identity: identity.clone(),
    };
    admission.signers.iter().map(signer).collect()
}
