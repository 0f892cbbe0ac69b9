//! Which manifest of a Provider is meant to run: what its reference resolves to now, what ran before, and what its owner
//! says of activation. Whether it may is judged afterwards; what ran goes on where the answer is no.

use bailiwick_api::provider::ProviderSpec;

use super::{
    reason::{Reason, Refusal},
    reference::{Reference, Selector},
};

/// What is meant to run. All are digests of manifests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Activation {
    /// None where there is nothing to run yet.
    pub target: Option<String>,
    /// What runs where that may not: what ran last. None where one digest is named, since that means no other.
    pub previous: Option<String>,
    /// Waits for `spec.approve`.
    pub pending: Option<String>,
}

impl Activation {
    /// What is tried, in that order, and whether it is the one that is meant.
    pub fn order(&self) -> impl Iterator<Item = (&str, bool)> {
        let target = self.target.as_deref().map(|digest| (digest, true));
        target.into_iter().chain(self.previous.as_deref().map(|digest| (digest, false)))
    }

    /// Why there is nothing to try, where an approval is all that is missing.
    #[must_use]
    pub fn waiting(&self) -> Option<Refusal> {
        let pending = self.pending.as_ref().filter(|_| self.order().next().is_none())?;
        Some(Refusal::new(Reason::AwaitingApproval, format!("{pending} waits for spec.approve")))
    }
}

/// Chooses. `resolved` is what the reference leads to, as far as it is known; `running` is what ran last.
///
/// `rollbackTo` goes before all else, since it is how one gets away from what was resolved. Under Manual only a digest
/// that `approve` names is new; what runs already needs no word.
#[must_use]
pub fn activate(
    spec: &ProviderSpec,
    reference: &Reference,
    resolved: Option<&str>,
    running: Option<&str>,
) -> Activation {
    let known = resolved.or(running);
    let manual = spec.activation.as_deref() == Some("Manual");
    let target = match (&spec.rollback_to, manual) {
        (Some(digest), _) => Some(digest.as_str()),
        (None, true) => spec.approve.as_deref().or(running),
        (None, false) => known,
    };
    let waits = |digest: &&str| manual && spec.rollback_to.is_none() && Some(*digest) != target;
    // Who names one digest means no other.
    let one = matches!(reference.selector, Selector::Digest(_)) || spec.rollback_to.is_some();
    let other = |digest: &&str| !one && Some(*digest) != target;
    Activation {
        target: target.map(str::to_owned),
        previous: running.filter(other).map(str::to_owned),
        pending: resolved.filter(waits).map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(
        spec: &[(&str, &str)],
        resolved: Option<&str>,
        running: Option<&str>,
    ) -> (Option<String>, Option<String>) {
        let get = |key: &str| spec.iter().find(|(k, _)| *k == key).map(|(_, v)| (*v).to_owned());
        let spec = ProviderSpec {
            activation: get("activation"),
            approve: get("approve"),
            rollback_to: get("rollbackTo"),
            ..ProviderSpec::default()
        };
        let Activation { target, pending, .. } = activate(&spec, &tag(), resolved, running);
        (target, pending)
    }

    fn tag() -> Reference {
        Reference::parse("registry.example/acme/fake:1.0.0").unwrap()
    }

    fn order(spec: &ProviderSpec, reference: &Reference, running: &str) -> Vec<String> {
        let activation = activate(spec, reference, Some("b"), Some(running));
        activation.order().map(|(digest, meant)| format!("{digest} {meant}")).collect()
    }

    fn run(digest: &str) -> (Option<String>, Option<String>) {
        (Some(digest.to_owned()), None)
    }

    const MANUAL: (&str, &str) = ("activation", "Manual");

    #[test]
    fn automatic_follows_the_reference_and_outlives_a_fault() {
        assert_eq!(of(&[], Some("b"), Some("a")), run("b"));
        assert_eq!(of(&[], None, Some("a")), run("a"));
        assert_eq!(of(&[], None, None), (None, None));
        // A digest that waits for nobody's word is not held up by one.
        assert_eq!(of(&[("approve", "c")], Some("b"), Some("a")), run("b"));
    }

    #[test]
    fn manual_waits_for_the_one_digest_that_is_approved() {
        let waiting = |target: Option<&str>| (target.map(str::to_owned), Some("b".to_owned()));
        assert_eq!(of(&[MANUAL], Some("b"), None), waiting(None), "not even the first runs unasked");
        assert_eq!(of(&[MANUAL], Some("b"), Some("a")), waiting(Some("a")));
        assert_eq!(of(&[MANUAL, ("approve", "b")], Some("b"), Some("a")), run("b"));
        assert_eq!(of(&[MANUAL, ("approve", "a")], Some("b"), Some("a")), waiting(Some("a")));
        assert_eq!(of(&[MANUAL], Some("a"), Some("a")), run("a"));
        assert_eq!(of(&[MANUAL], None, Some("a")), run("a"));
    }

    #[test]
    fn a_rollback_names_one_digest_and_goes_first() {
        assert_eq!(of(&[("rollbackTo", "a")], Some("b"), Some("b")), run("a"));
        assert_eq!(of(&[MANUAL, ("approve", "b"), ("rollbackTo", "a")], Some("b"), Some("b")), run("a"));
    }

    #[test]
    fn what_ran_is_tried_next() {
        let spec = ProviderSpec::default();
        assert_eq!(order(&spec, &tag(), "a"), ["b true", "a false"]);
        assert_eq!(order(&spec, &tag(), "b"), ["b true"], "and not twice");
    }

    #[test]
    fn denied_what_ran_where_one_digest_is_named() {
        let pinned = tag().at(&format!("sha256:{}", "0".repeat(64)));
        assert_eq!(order(&ProviderSpec::default(), &pinned, "a"), ["b true"]);
        let back = ProviderSpec { rollback_to: Some("c".into()), ..ProviderSpec::default() };
        assert_eq!(order(&back, &tag(), "a"), ["c true"]);
    }

    #[test]
    fn only_where_nothing_runs_an_approval_is_the_reason() {
        let manual = ProviderSpec { activation: Some("Manual".into()), ..ProviderSpec::default() };
        let reason = |running| activate(&manual, &tag(), Some("b"), running).waiting().map(|why| why.reason);
        assert_eq!(reason(None), Some(Reason::AwaitingApproval));
        assert_eq!(reason(Some("a")), None);
        assert_eq!(activate(&manual, &tag(), None, None).waiting(), None);
    }
}
