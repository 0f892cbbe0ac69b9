//! What becomes of a module that runs: `KeepRunning` covers age and changed roots, for as long as it says, and nothing
//! else.

use bailiwick_core::trust::{Decision, Reason, Reference, rejudge};
use serde_json::{Value as Json, json};

use super::{
    case::{NOW, merge, set, verdict},
    file,
};

const HOUR: i64 = 3_600;

/// A base whose policy keeps running for two hours, changed.
fn input(patch: &Json) -> Json {
    let case = file("verdicts.yaml").cases().into_iter().find(|case| case.name.ends_with("_a_key")).unwrap();
    let mut input = case.input;
    merge(
        &mut input,
        &json!({"policies": {"acme": {"onPolicyFailure": "KeepRunning", "keepRunningFor": "2h"}}}),
    );
    merge(&mut input, patch);
    input
}

/// The decision about `now`, with the verdict of `former` as that under the former roots.
fn decide(now: &Json, former: Option<&Json>, failing_since: Option<i64>) -> Decision {
    let now = input(now);
    let set = set(&now);
    let reference = Reference::parse(now["candidate"]["reference"].as_str().unwrap()).unwrap();
    let policies = set.matching(&reference).unwrap_or_default();
    let former = former.map(|former| verdict(&input(former)));
    rejudge(&policies, &verdict(&now), former.as_ref(), failing_since, NOW)
}

fn stops(decision: &Decision) -> Option<Reason> {
    if let Decision::Stop(refusal) = decision { Some(refusal.reason) } else { None }
}

fn keeps_until(decision: &Decision) -> Option<i64> {
    if let Decision::KeepUntil(kept) = decision { Some(kept.until) } else { None }
}

fn stale() -> Json {
    json!({"policies": {"acme": {"freshness": {"maxSignatureAge": "1d"}}}})
}

#[test]
fn i9_allowed_what_is_still_admitted() {
    assert_eq!(decide(&json!({}), None, None), Decision::Keep);
    assert_eq!(decide(&json!({}), None, Some(NOW - 100 * HOUR)), Decision::Keep);
}

#[test]
fn i9_allowed_age_until_the_deadline() {
    assert_eq!(keeps_until(&decide(&stale(), None, None)), Some(NOW + 2 * HOUR));
    assert_eq!(keeps_until(&decide(&stale(), None, Some(NOW - HOUR))), Some(NOW + HOUR));
    let mut day = stale();
    day["policies"]["acme"]["keepRunningFor"] = Json::Null;
    assert_eq!(keeps_until(&decide(&day, None, None)), Some(NOW + 24 * HOUR), "a day where nothing is said");
}

#[test]
fn i9_denied_age_after_the_deadline_or_without_keep_running() {
    assert_eq!(stops(&decide(&stale(), None, Some(NOW - 2 * HOUR))), Some(Reason::Stale));
    let mut stop = stale();
    stop["policies"]["acme"]["onPolicyFailure"] = json!("Stop");
    assert_eq!(stops(&decide(&stop, None, None)), Some(Reason::Stale));
    stop["policies"]["acme"]["onPolicyFailure"] = Json::Null;
    assert_eq!(stops(&decide(&stop, None, None)), Some(Reason::Stale), "Stop where nothing is said");
}

/// The clock was set back since the first failure: the grace does not grow.
#[test]
fn i9_denied_a_longer_grace_by_the_clock() {
    assert_eq!(keeps_until(&decide(&stale(), None, Some(NOW + 9 * HOUR))), Some(NOW + 2 * HOUR));
}

/// Nobody signed under the roots of now, somebody did under the former ones.
#[test]
fn i9_allowed_changed_roots_until_the_deadline() {
    let now = json!({"candidate": {"facts": {"release": null}, "rejected": 1}});
    assert_eq!(keeps_until(&decide(&now, Some(&json!({})), None)), Some(NOW + 2 * HOUR));
    assert_eq!(keeps_until(&decide(&now, Some(&stale()), None)), Some(NOW + 2 * HOUR), "age and roots");
}

#[test]
fn i9_denied_changed_roots_that_explain_nothing() {
    let now = json!({"candidate": {"facts": {"release": null}, "rejected": 1}});
    assert_eq!(stops(&decide(&now, None, None)), Some(Reason::SignatureInvalid));
    assert_eq!(stops(&decide(&now, Some(&now), None)), Some(Reason::SignatureInvalid));
    let late = decide(&now, Some(&json!({})), Some(NOW - 2 * HOUR));
    assert_eq!(stops(&late), Some(Reason::SignatureInvalid));
}

/// Even if the former verdict was good.
#[test]
fn i9_denied_what_keep_running_never_covers() {
    let digest = input(&json!({}))["candidate"]["manifest"].clone();
    let good = json!({});
    for (patch, reason) in [
        (json!({"policies": {"acme": {"denied": [digest]}}}), Reason::Denied),
        (json!({"policies": {"acme": null}}), Reason::NoPolicy),
        (json!({"policies": {"acme": {"version": {"floor": ">=2.0.0"}}}}), Reason::BelowFloor),
        (json!({"policies": {"acme": {"limits": {"layer": "1"}}}}), Reason::TooLarge),
        (json!({"policies": {"acme": {"authorities": []}}}), Reason::PolicyInvalid),
    ] {
        assert_eq!(stops(&decide(&patch, Some(&good), None)), Some(reason), "{patch}");
    }
}

/// A removed authority, or a stricter rule, refuses under the former roots too.
#[test]
fn i9_denied_removed_authorities_and_stricter_rules() {
    for patch in [
        json!({"policies": {"acme": {"require": {"authority": "board"}}}}),
        json!({"policies": {"acme": {"require": {"authority": null, "allOf": [{"authority": "release"}, {"authority": "ci"}]}}}}),
    ] {
        assert_eq!(stops(&decide(&patch, Some(&patch), None)), Some(Reason::PolicyUnsatisfied), "{patch}");
    }
}

/// In a tie, the shortest grace counts, and one policy that says `Stop` is enough.
#[test]
fn i9_ties_keep_running_for_the_shortest_time_or_not_at_all() {
    let spec = input(&stale())["policies"]["acme"].clone();
    let mut patch = stale();
    patch["policies"]["tie"] = spec;
    patch["policies"]["tie"]["keepRunningFor"] = json!("1h");
    assert_eq!(keeps_until(&decide(&patch, None, None)), Some(NOW + HOUR));
    patch["policies"]["tie"]["onPolicyFailure"] = json!("Stop");
    assert_eq!(stops(&decide(&patch, None, None)), Some(Reason::Stale));
}
