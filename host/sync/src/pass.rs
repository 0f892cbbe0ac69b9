//! One pass over one ExternalSecret: observe, plan, fetch, settle, apply, report. The two decisions are core's; this
//! is the order of things, the same around a folder and around an API server.

mod candidates;
pub mod explain;
mod fetch;
mod outcome;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    panic::AssertUnwindSafe,
};

use bailiwick_api::{
    condition::{Condition, ConditionStatus, ConditionType},
    external_secret::ExternalSecretSpec,
    meta::Object,
    names::event,
    status::{ExternalSecretStatus, LocalObjectReference},
    time::Timestamp,
};
use bailiwick_core::{
    reason::{Denial, Reason},
    reconcile::{
        Action, Managed, NotReady, Observed, Plan, Settled, TargetState, place, plan, settle,
        settle::{Change, Ready, binds},
        store::{OTHER_CLASS, Unusable},
    },
};

use futures_util::FutureExt;

use self::fetch::Brought;
pub(crate) use self::fetch::open;
pub use self::outcome::{Did, Outcome};
use crate::{
    modules::Modules,
    runtime::Runtime,
    trust::Admissions,
    world::{Remembered, World, WorldError},
};

/// A panic, in words of ours: its own may quote anything.
const FAULT: &str =
    "a fault of the host ended this sync; the other objects are not affected, please report it";

/// What was known when a pass started.
struct Start {
    version: String,
    /// In seconds of the Unix epoch.
    at: i64,
}

/// What an action came to.
struct Applied {
    did: Did,
    keys: BTreeMap<String, Change>,
    after: Remembered,
}

/// What passes share.
pub struct Pass<'a, W> {
    /// The world.
    pub world: &'a W,
    /// Sandbox and broker; none where nothing is to run.
    pub runtime: Option<&'a Runtime>,
    /// The providers.
    pub modules: &'a Modules,
    /// The verdicts over them, as they are now.
    pub admissions: &'a Admissions,
    /// What grants may select namespaces by.
    pub trusted_labels: &'a BTreeSet<String>,
    /// Decide and fetch, but write nothing.
    pub dry_run: bool,
}

impl<W: World> Pass<'_, W> {
    /// Runs one pass. It never fails: what goes wrong is the object's outcome. So is a fault of ours (I8): what was
    /// minted is revoked as the run is dropped, and the other objects go on. Nothing shared is left half done: what
    /// runs share is behind locks that are held for no await, and a poisoned one is taken as it is.
    pub async fn run(&self, object: &Object<ExternalSecretSpec>) -> Outcome {
        let not_ready = match AssertUnwindSafe(self.try_run(object)).catch_unwind().await {
            Ok(Ok(outcome)) => return outcome,
            Ok(Err(error)) => NotReady::new(error.to_string()),
            Err(_) => {
                tracing::error!(
                    namespace = object.metadata.namespace,
                    name = object.metadata.name,
                    "panicked"
                );
                NotReady::new(FAULT)
            }
        };
        self.outcome(object, Err(not_ready), Did::Nothing, BTreeMap::new())
    }

    /// Says of an object that it is not synced, without a pass.
    pub async fn refuse(&self, object: &Object<ExternalSecretSpec>, not_ready: NotReady) -> Outcome {
        let remembered = self.world.status(object).await.unwrap_or_default();
        let outcome = self.failed(object, &remembered, not_ready).await;
        outcome.unwrap_or_else(|error| {
            self.outcome(object, Err(NotReady::new(error.to_string())), Did::Nothing, BTreeMap::new())
        })
    }

    async fn try_run(&self, object: &Object<ExternalSecretSpec>) -> Result<Outcome, WorldError> {
        let remembered = self.world.status(object).await?;
        let mut observed =
            Observed { object, status: Some(&remembered.status), target: None, now: self.world.now() };
        let (namespace, name) = place(object);
        let target = self.target(namespace, name, &remembered).await?;
        observed.target = target.as_ref();
        let fetch = match plan(&observed) {
            Plan::Keep => return Ok(self.kept(object, &remembered)),
            Plan::Fail(not_ready) => return self.failed(object, &remembered, not_ready).await,
            Plan::Fetch(fetch) => fetch,
        };
        let Brought { results, stamps } = match self.fetch(object, &fetch).await? {
            Ok(brought) => brought,
            Err(Unusable::OtherClass) => return Ok(self.skipped(object)),
            Err(Unusable::Fails(not_ready)) => return self.failed(object, &remembered, not_ready).await,
        };
        let start = Start { version: observed.version(), at: observed.now };
        let observed = Observed { object, status: None, target: None, now: observed.now };
        let settled = settle(&observed, &fetch, results, target);
        // G11: what was fetched under a grant that is another one by now is not written.
        let current = self.world.current();
        if !stamps.iter().all(|stamp| current.still(stamp)) {
            return self.failed(object, &remembered, NotReady::from(&changed())).await;
        }
        self.perform(object, &remembered, settled, &start).await
    }

    async fn target(
        &self,
        namespace: &str,
        name: &str,
        remembered: &Remembered,
    ) -> Result<Option<TargetState>, WorldError> {
        let mut target = self.world.target(namespace, name).await?;
        if let Some(target) = &mut target {
            target.recall(name, &remembered.status, &remembered.written);
        }
        Ok(target)
    }

    async fn perform(
        &self,
        object: &Object<ExternalSecretSpec>,
        remembered: &Remembered,
        settled: Settled,
        start: &Start,
    ) -> Result<Outcome, WorldError> {
        let Settled { action, ready, missing } = settled;
        let Applied { did, keys, mut after } = self.apply(object, action, remembered).await?;
        let outcome = match ready {
            Ok(ready) => {
                after.status = self.synced(object, remembered, ready, start);
                let ready = match self.report(object, &after).await {
                    Ok(()) => Ok(ready),
                    Err(error) => Err(NotReady::new(error.to_string()).and("the Secret is as it should be")),
                };
                self.outcome(object, ready, did, keys)
            }
            // What cannot change may still have been given other labels.
            Err(not_ready) if did == Did::Written => {
                let failed = self.failed_after(object, remembered, after, not_ready).await?;
                Outcome { action: did, ..failed }
            }
            Err(not_ready) => self.failed(object, remembered, not_ready).await?,
        };
        if !missing.is_empty() {
            let place = format!("{}/{}", outcome.namespace, outcome.name);
            tracing::info!(object = place, ?missing, "{}", event::MISSING_PROVIDER_SECRET);
        }
        Ok(Outcome { missing, ..outcome })
    }

    /// Performs the action; says what was done, by key, and what is to be remembered of it.
    async fn apply(
        &self,
        object: &Object<ExternalSecretSpec>,
        action: Action,
        before: &Remembered,
    ) -> Result<Applied, WorldError> {
        let (namespace, name) = place(object);
        let mut after = before.clone();
        let (did, keys) = match action {
            Action::Keep => (Did::Kept, BTreeMap::new()),
            Action::Delete => {
                if !self.dry_run {
                    self.world.delete(namespace, name).await?;
                }
                after.written = Managed::default();
                after.owned.retain(|owned| owned != name);
                (Did::Deleted, BTreeMap::new())
            }
            Action::Write(secret) => {
                if !self.dry_run {
                    self.world.apply(namespace, name, &secret).await?;
                }
                after.owned.retain(|owned| owned != name);
                after.owned.extend(secret.owned.then(|| name.to_owned()));
                after.written = secret.managed;
                (Did::Written, secret.changes)
            }
        };
        Ok(Applied { did, keys, after })
    }

    fn synced(
        &self,
        object: &Object<ExternalSecretSpec>,
        before: &Remembered,
        ready: Ready,
        start: &Start,
    ) -> ExternalSecretStatus {
        let condition = (ConditionStatus::True, ready.reason, ready.message);
        let name = || LocalObjectReference { name: Some(place(object).1.to_owned()) };
        ExternalSecretStatus {
            refresh_time: Some(Timestamp::from_unix(start.at)),
            synced_resource_version: Some(start.version.clone()),
            conditions: Some(vec![self.condition(object, before, condition)]),
            binding: binds(object, ready.reason).then(name),
        }
    }

    /// The Secret and the time of the last refresh stay; only the condition says what is wrong.
    async fn failed(
        &self,
        object: &Object<ExternalSecretSpec>,
        before: &Remembered,
        not_ready: NotReady,
    ) -> Result<Outcome, WorldError> {
        self.failed_after(object, before, before.clone(), not_ready).await
    }

    async fn failed_after(
        &self,
        object: &Object<ExternalSecretSpec>,
        before: &Remembered,
        mut after: Remembered,
        not_ready: NotReady,
    ) -> Result<Outcome, WorldError> {
        let condition =
            self.condition(object, before, (ConditionStatus::False, not_ready.reason, &not_ready.message));
        after.status.conditions = Some(vec![condition]);
        let reported = if after == *before { Ok(()) } else { self.report(object, &after).await };
        // What went wrong first is what matters most.
        let not_ready = match reported {
            Ok(()) => not_ready,
            Err(error) => not_ready.and(&error.to_string()),
        };
        Ok(self.outcome(object, Err(not_ready), Did::Nothing, BTreeMap::new()))
    }

    async fn report(
        &self,
        object: &Object<ExternalSecretSpec>,
        remembered: &Remembered,
    ) -> Result<(), WorldError> {
        if self.dry_run { Ok(()) } else { self.world.report(object, remembered).await }
    }

    /// The time of the transition moves only when the status flips, so that a status is stable between passes.
    fn condition(
        &self,
        object: &Object<ExternalSecretSpec>,
        before: &Remembered,
        (status, reason, message): (ConditionStatus, &str, &str),
    ) -> Condition {
        let old = before.status.conditions.iter().flatten().find(|c| c.kind == ConditionType::Ready);
        let since = old.filter(|old| old.status == status).and_then(|old| old.last_transition_time);
        Condition {
            kind: ConditionType::Ready,
            status,
            reason: Some(reason.to_owned()),
            message: Some(message.to_owned()),
            last_transition_time: Some(since.unwrap_or_else(|| Timestamp::from_unix(self.world.now()))),
            observed_generation: object.metadata.generation,
        }
    }

    /// Neither ready nor failed: whoever serves that class says what it is.
    fn skipped(&self, object: &Object<ExternalSecretSpec>) -> Outcome {
        let outcome = self.outcome(object, Err(NotReady::new(OTHER_CLASS)), Did::Skipped, BTreeMap::new());
        Outcome { reason: String::new(), ..outcome }
    }

    fn kept(&self, object: &Object<ExternalSecretSpec>, remembered: &Remembered) -> Outcome {
        let ready = remembered.status.conditions.iter().flatten().find(|c| c.kind == ConditionType::Ready);
        let text = |field: Option<&String>| field.cloned().unwrap_or_default();
        Outcome {
            ready: ready.is_none_or(|condition| condition.status == ConditionStatus::True),
            reason: text(ready.and_then(|condition| condition.reason.as_ref())),
            message: text(ready.and_then(|condition| condition.message.as_ref())),
            ..self.outcome(object, Err(NotReady::new("")), Did::Kept, BTreeMap::new())
        }
    }

    fn outcome(
        &self,
        object: &Object<ExternalSecretSpec>,
        ready: Result<Ready, NotReady>,
        action: Did,
        keys: BTreeMap<String, Change>,
    ) -> Outcome {
        let (namespace, target) = place(object);
        let is_ready = ready.is_ok();
        let (reason, message) = match ready {
            Ok(ready) => (ready.reason, ready.message.to_owned()),
            Err(not_ready) => (not_ready.reason, not_ready.message),
        };
        Outcome {
            namespace: namespace.to_owned(),
            name: object.metadata.name.clone(),
            target: target.to_owned(),
            ready: is_ready,
            reason: reason.to_owned(),
            message,
            action,
            keys,
            missing: Vec::new(),
        }
    }
}

fn changed() -> Denial {
    let remedy = "grant, store or provider changed meanwhile; the next pass goes by the new ones";
    Denial::new(Reason::GrantChanged, "spec.secretStoreRef", remedy)
}
