//! One pass over one ExternalSecret: observe, plan, fetch, settle, apply, report. The two decisions are core's; this
//! is the order of things, the same around a folder and around an API server.

mod candidates;
pub mod explain;
mod fetch;
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
    status::{ExternalSecretStatus, LocalObjectReference},
    time::Timestamp,
};
use bailiwick_core::{
    reason::{Denial, Reason},
    reconcile::{
        Action, NotReady, Observed, Plan, Settled, TargetState, place, plan, settle,
        settle::{Change, Ready},
    },
};

use futures_util::FutureExt;

use self::fetch::Brought;
use crate::{
    modules::Modules,
    runtime::Runtime,
    world::{Remembered, World, WorldError},
};

/// A panic, in words of ours: its own may quote anything.
const FAULT: &str =
    "a fault of the host ended this sync; the other objects are not affected, please report it";

/// What a pass came to.
#[derive(Clone, Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// The object's namespace.
    pub namespace: String,
    /// The object's name.
    pub name: String,
    /// The Secret's name.
    pub target: String,
    /// Whether it is ready now.
    pub ready: bool,
    /// Of the closed set (G13), or ESO's.
    pub reason: String,
    /// For people.
    pub message: String,
    /// What became, or in a dry run would become, of the Secret.
    pub action: Did,
    /// By key; a value is never shown, nor a digest of one.
    pub keys: BTreeMap<String, Change>,
}

/// What became of the Secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Did {
    /// Nothing was due, or it is as it should be.
    Kept,
    /// It was written.
    Written,
    /// It was deleted.
    Deleted,
    /// It failed; the Secret is as it was.
    Nothing,
}

/// What passes share.
pub struct Pass<'a, W> {
    /// The world.
    pub world: &'a W,
    /// Sandbox and broker; none where nothing is to run.
    pub runtime: Option<&'a Runtime>,
    /// The providers.
    pub modules: &'a Modules,
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
            Err(not_ready) => return self.failed(object, &remembered, not_ready).await,
        };
        let version = observed.version();
        let observed = Observed { object, status: None, target: None, now: observed.now };
        let settled = settle(&observed, &fetch, results, target);
        // G11: what was fetched under a grant that is another one by now is not written.
        let current = self.world.current();
        if !stamps.iter().all(|stamp| current.still(stamp)) {
            return self.failed(object, &remembered, NotReady::from(&changed())).await;
        }
        self.perform(object, &remembered, settled, &version).await
    }

    async fn target(
        &self,
        namespace: &str,
        name: &str,
        remembered: &Remembered,
    ) -> Result<Option<TargetState>, WorldError> {
        let mut target = self.world.target(namespace, name).await?;
        if let Some(target) = &mut target {
            target.managed.clone_from(&remembered.managed);
        }
        Ok(target)
    }

    async fn perform(
        &self,
        object: &Object<ExternalSecretSpec>,
        remembered: &Remembered,
        settled: Settled,
        version: &str,
    ) -> Result<Outcome, WorldError> {
        let Settled { action, ready, missing: _ } = settled;
        let ready = match ready {
            Ok(ready) => ready,
            Err(not_ready) => return self.failed(object, remembered, not_ready).await,
        };
        let (did, keys, managed) = self.apply(object, action, &remembered.managed).await?;
        let status = self.synced(object, remembered, ready, version);
        let ready = match self.report(object, &Remembered { status, managed }).await {
            Ok(()) => Ok(ready),
            Err(error) => Err(NotReady::new(error.to_string()).and("the Secret is as it should be")),
        };
        Ok(self.outcome(object, ready, did, keys))
    }

    /// Performs the action; says what was done, by key, and which keys are ours now.
    async fn apply(
        &self,
        object: &Object<ExternalSecretSpec>,
        action: Action,
        managed: &[String],
    ) -> Result<(Did, BTreeMap<String, Change>, Vec<String>), WorldError> {
        let (namespace, name) = place(object);
        match action {
            Action::Keep => Ok((Did::Kept, BTreeMap::new(), managed.to_vec())),
            Action::Delete => {
                if !self.dry_run {
                    self.world.delete(namespace, name).await?;
                }
                Ok((Did::Deleted, BTreeMap::new(), Vec::new()))
            }
            Action::Write(secret) => {
                if !self.dry_run {
                    self.world.apply(namespace, name, &secret).await?;
                }
                Ok((Did::Written, secret.changes, secret.managed))
            }
        }
    }

    fn synced(
        &self,
        object: &Object<ExternalSecretSpec>,
        before: &Remembered,
        ready: Ready,
        version: &str,
    ) -> ExternalSecretStatus {
        let condition = (ConditionStatus::True, ready.reason, ready.message);
        ExternalSecretStatus {
            refresh_time: Some(Timestamp::from_unix(self.world.now())),
            synced_resource_version: Some(version.to_owned()),
            conditions: Some(vec![self.condition(object, before, condition)]),
            binding: Some(LocalObjectReference { name: Some(place(object).1.to_owned()) }),
        }
    }

    /// The Secret and the time of the last refresh stay; only the condition says what is wrong.
    async fn failed(
        &self,
        object: &Object<ExternalSecretSpec>,
        before: &Remembered,
        not_ready: NotReady,
    ) -> Result<Outcome, WorldError> {
        let condition =
            self.condition(object, before, (ConditionStatus::False, not_ready.reason, &not_ready.message));
        let mut after = before.clone();
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
        }
    }
}

fn changed() -> Denial {
    let remedy = "grant, store or provider changed meanwhile; the next pass goes by the new ones";
    Denial::new(Reason::GrantChanged, "spec.secretStoreRef", remedy)
}
