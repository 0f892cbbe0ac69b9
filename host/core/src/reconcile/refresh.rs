//! Whether an ExternalSecret is due: its refresh policy, interval and sync windows against the time, and whether
//! the Secret is still what was written. Where ESO's behaviour surprises its users (an interval of zero that
//! ignores a changed spec), a change of the object always refreshes. What is not ready is due, whatever the interval:
//! its failure may be mended by now, and an old one must not be repeated.

use bailiwick_api::{
    condition::{ConditionStatus, ConditionType},
    duration::GoDuration,
    external_secret::{CreationPolicy, ExternalSecretSpec, RefreshPolicy},
    meta::Object,
    names::{ANNOTATION_DATA_HASH, LABEL_MANAGED, LABEL_MANAGED_VALUE},
    schedule,
    secret_store::SecretStoreSpec,
};

use super::observed::{Observed, TargetState, place};
use crate::values::hash;

/// `refreshInterval` where it is absent: 1 hour, in seconds.
const DEFAULT_INTERVAL: i64 = 3600;

/// Whether anything is to be fetched now.
#[must_use]
pub fn due(observed: &Observed<'_>) -> bool {
    refresh_due(observed) || !target_valid(observed)
}

/// When the next refresh is due, in seconds of the Unix epoch; none where only a change causes one.
#[must_use]
pub fn next(observed: &Observed<'_>) -> Option<i64> {
    let interval = interval(observed);
    let periodic = observed.object.spec.refresh_policy.unwrap_or_default() == RefreshPolicy::Periodic;
    let last = last(observed).unwrap_or(observed.now);
    (periodic && interval > 0).then(|| last.saturating_add(interval))
}

/// What to say of an object whose refresh policy needs a memory where there is none.
#[must_use]
pub fn forgets(object: &Object<ExternalSecretSpec>) -> Option<String> {
    let once = object.spec.refresh_policy == Some(RefreshPolicy::CreatedOnce);
    let (namespace, _) = place(object);
    once.then(|| {
        let place = format!("ExternalSecret {namespace}/{}", object.metadata.name);
        format!(
            "{place}: spec.refreshPolicy: CreatedOnce is fetched each time without --state; give a folder"
        )
    })
}

/// What to say of a store that sets an interval: only a controller validates stores between syncs.
#[must_use]
pub fn ignored(store: &Object<SecretStoreSpec>) -> Option<String> {
    let kind = if store.metadata.namespace.is_some() { "SecretStore" } else { "ClusterSecretStore" };
    let namespace = store.metadata.namespace.iter().map(|namespace| format!("{namespace}/"));
    let place = format!("{kind} {}{}", namespace.collect::<String>(), store.metadata.name);
    let why = "spec.refreshInterval: has no effect, a store is looked at in each sync; remove it";
    store.spec.refresh_interval.is_some().then(|| format!("{place}: {why}"))
}

fn refresh_due(observed: &Observed<'_>) -> bool {
    let synced = observed.status.and_then(|status| status.synced_resource_version.as_deref());
    let changed = synced != Some(observed.version().as_str());
    match observed.object.spec.refresh_policy.unwrap_or_default() {
        RefreshPolicy::CreatedOnce => last(observed).is_none() || synced.is_none() || failed(observed),
        RefreshPolicy::OnChange => changed || failed(observed),
        RefreshPolicy::Periodic => changed || elapsed(observed) || (failed(observed) && open(observed)),
    }
}

/// The last pass did not leave it ready.
fn failed(observed: &Observed<'_>) -> bool {
    let conditions = observed.status.and_then(|status| status.conditions.as_ref());
    let mut conditions = conditions.into_iter().flatten();
    conditions.any(|c| c.kind == ConditionType::Ready && c.status == ConditionStatus::False)
}

/// The sync windows allow a refresh now.
fn open(observed: &Observed<'_>) -> bool {
    let windows = observed.object.spec.sync_windows.as_ref();
    windows.is_none_or(|windows| schedule::allows(windows, observed.now))
}

fn elapsed(observed: &Observed<'_>) -> bool {
    // A time in the future is a clock that was set back: better to fetch once too often.
    let Some(last) = last(observed).filter(|last| *last <= observed.now) else { return true };
    let interval = interval(observed);
    interval > 0 && observed.now.saturating_sub(last) >= interval && open(observed)
}

/// In seconds; what is above zero is at least one.
fn interval(observed: &Observed<'_>) -> i64 {
    let whole = |interval: GoDuration| interval.seconds().max(i64::from(interval.nanos() > 0));
    observed.object.spec.refresh_interval.map_or(DEFAULT_INTERVAL, whole)
}

fn last(observed: &Observed<'_>) -> Option<i64> {
    observed.status.and_then(|status| status.refresh_time).map(|time| time.unix())
}

/// Whether the Secret is there and is what was written. Of an Orphan drift is mended at the next refresh only, and
/// with None there is nothing of ours that could drift.
fn target_valid(observed: &Observed<'_>) -> bool {
    let policy =
        observed.object.spec.target.as_ref().and_then(|target| target.creation_policy).unwrap_or_default();
    matches!(policy, CreationPolicy::Orphan | CreationPolicy::None) || observed.target.is_some_and(unchanged)
}

fn unchanged(target: &TargetState) -> bool {
    let managed = target.labels.get(LABEL_MANAGED).is_some_and(|value| value == LABEL_MANAGED_VALUE);
    managed
        && target.annotations.get(ANNOTATION_DATA_HASH).is_some_and(|hash| *hash == hash::data(&target.data))
}
