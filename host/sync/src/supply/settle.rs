//! The end of a round for one Provider: the first artifact that is admitted and that the engine takes becomes its module,
//! and what is remembered and said of it is written. A version is marked before it can run, so that a crash cannot
//! forget it; what cannot be marked does not run.

use std::sync::Arc;

use bailiwick_api::{
    meta::{Object, ObjectMeta},
    provider::ProviderSpec,
    provider_revision::{ProviderRevisionSpec, RevisionSigner},
    time::Timestamp,
};
use bailiwick_artifact::{Digest, Pulled};
use bailiwick_core::trust::{
    Admission, Reason, Refusal,
    condition::{Step, Steps, conditions},
};

use super::{
    Supply,
    seek::{Choice, Found, Sought},
};
use crate::{
    modules::{Module, ModuleError, Weight},
    records::ProviderStatus,
    trust::{Loaded, Verdict, said, verified},
};

/// What came of one Provider.
pub(super) struct Settled {
    pub(super) provider: String,
    pub(super) module: Result<Module, ModuleError>,
    pub(super) admitted: Option<(Loaded, Verdict)>,
    pub(super) notes: Vec<String>,
    pub(super) warning: Option<String>,
}

/// What became of the artifacts.
struct Tried {
    module: Result<Module, Refusal>,
    admitted: Option<(Loaded, Verdict)>,
    verified: Step,
    compatible: Step,
    ready: Step,
}

impl Supply<'_> {
    /// Makes a module of what was found, and remembers what came of it.
    pub(super) fn settle(&self, sought: Sought) -> Settled {
        let Sought { object, mut status, resolved, found, mut notes, .. } = sought;
        let tried = match found {
            Ok(Found::File(path)) => self.file(&object, &path),
            Ok(Found::Artifacts(choices)) => self.first(&object, &mut status, choices, &mut notes),
            Err(refusal) => Tried::nothing(&resolved, refusal),
        };
        let Tried { module, admitted, verified, compatible, ready } = tried;
        let warning = warning(&object.metadata.name, &resolved, &ready);
        let steps = Steps { resolved, verified, compatible, ready };
        let generation = object.metadata.generation;
        status.conditions = conditions(steps, &status.conditions, self.now, generation);
        let name = object.metadata.name.clone();
        notes.extend(self.records.report(&name, &status).err().map(|error| error.to_string()));
        let module = module.map_err(|refusal| ModuleError {
            provider: name.clone(),
            field: "spec.module".to_owned(),
            weight: weight(refusal.reason),
            what: said(&refusal),
        });
        Settled { provider: name, module, admitted, notes, warning }
    }

    fn file(&self, object: &Arc<Object<ProviderSpec>>, path: &std::path::Path) -> Tried {
        let unsigned = Refusal::new(Reason::Unsigned, "nobody signed it");
        let (module, compatible) = match Module::of_file(object, path, self.engine) {
            Ok(module) => (Ok(module), compatible()),
            Err(what) => {
                let refusal = Refusal::new(Reason::Malformed, &what);
                (Err(refusal), Step::Failed("Incompatible", what))
            }
        };
        let ready = ready(module.as_ref().err(), "runs, and nobody signed it");
        Tried { module, admitted: None, verified: Step::refused(&unsigned), compatible, ready }
    }

    /// The first that is admitted and that the engine takes. What is said of signatures is said of the one that is meant.
    fn first(
        &self,
        object: &Arc<Object<ProviderSpec>>,
        status: &mut ProviderStatus,
        choices: Vec<Choice>,
        notes: &mut Vec<String>,
    ) -> Tried {
        let (mut verified, mut compatible) = (Step::Open, Step::Open);
        let mut last = Refusal::new(Reason::NotFound, "there is nothing to run");
        for choice in choices {
            let Choice { pulled, loaded, verdict, meant } = choice;
            let digest = pulled.digest.to_string();
            let outcome = verdict.outcome().cloned().map_err(Clone::clone);
            if verified == Step::Open {
                verified = said_of(&outcome, &verdict);
            }
            let tried = outcome.and_then(|admission| {
                let module = Module::new(object, &pulled.component, true, self.engine);
                if compatible == Step::Open {
                    compatible = module
                        .as_ref()
                        .map_or_else(|why| Step::Failed("Incompatible", why.clone()), |_| self::compatible());
                }
                let module = module.map_err(|why| Refusal::new(Reason::Malformed, why))?;
                self.mark(&loaded, &admission).map(|()| (module, admission))
            });
            match tried {
                Ok((module, admission)) => {
                    notes.extend(self.keep(object, &pulled, &loaded, &admission));
                    running(status, &digest, &admission, &verdict);
                    let ready = match (verdict.kept(), meant) {
                        (Some(kept), _) => kept.ready(),
                        (None, true) => Step::Done("Running", format!("{} {digest}", admission.version)),
                        (None, false) => Step::Done(
                            "RunningPrevious",
                            format!("{} {digest}: {}", admission.version, said(&last)),
                        ),
                    };
                    return Tried {
                        module: Ok(module),
                        admitted: Some((loaded, verdict)),
                        verified,
                        compatible,
                        ready,
                    };
                }
                Err(refusal) if meant => last = refusal,
                Err(refusal) => {
                    notes.push(format!(
                        "Provider {}: what ran before: {}",
                        object.metadata.name,
                        said(&refusal)
                    ));
                }
            }
        }
        let ready = Step::refused(&last);
        Tried { module: Err(last), admitted: None, verified, compatible, ready }
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
    fn keep(
        &self,
        object: &Object<ProviderSpec>,
        pulled: &Pulled,
        loaded: &Loaded,
        admission: &Admission,
    ) -> Vec<String> {
        let cached = self.cache.map_or(Ok(()), |cache| cache.put(pulled));
        let mut notes: Vec<String> = cached.err().map(|error| error.to_string()).into_iter().collect();
        if self.engine.is_some() {
            let revision = self.revision(object, pulled, loaded, admission);
            notes.extend(self.records.keep(&revision).err().map(|error| error.to_string()));
        }
        notes
    }

    fn revision(
        &self,
        object: &Object<ProviderSpec>,
        pulled: &Pulled,
        loaded: &Loaded,
        admission: &Admission,
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
    fn nothing(resolved: &Step, refusal: Refusal) -> Self {
        let verified =
            if matches!(resolved, Step::Failed(..)) { Step::Open } else { Step::refused(&refusal) };
        let ready = Step::refused(&refusal);
        Self { module: Err(refusal), admitted: None, verified, compatible: Step::Open, ready }
    }
}

fn said_of(outcome: &Result<Admission, Refusal>, verdict: &Verdict) -> Step {
    match (outcome, verdict.kept()) {
        (_, Some(kept)) => Step::refused(&kept.refusal),
        (Ok(admission), None) => verified(admission),
        (Err(refusal), None) => Step::refused(refusal),
    }
}

/// What runs, and is not what is meant to; or what could not be asked for.
fn warning(name: &str, resolved: &Step, ready: &Step) -> Option<String> {
    match (resolved, ready) {
        (_, Step::Done(reason @ ("RunningPrevious" | "KeptRunning"), message)) => {
            Some(format!("Provider {name}: {reason}: {message}"))
        }
        (Step::Failed(reason, message), Step::Done(..)) => {
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

fn compatible() -> Step {
    Step::Done("Compatible", "world and imports are served here".to_owned())
}

fn ready(refusal: Option<&Refusal>, message: &str) -> Step {
    refusal.map_or_else(|| Step::Done("Running", message.to_owned()), Step::refused)
}

fn running(status: &mut ProviderStatus, digest: &str, admission: &Admission, verdict: &Verdict) {
    let kept = verdict.kept();
    status.running = Some(digest.to_owned());
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
