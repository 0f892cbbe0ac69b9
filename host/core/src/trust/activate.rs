//! Which manifest of a Provider is meant to run: what its reference resolves to now, what ran before, and what its owner
//! says of activation. Whether it may is judged afterwards; what ran goes on where the answer is no.

use bailiwick_api::provider::ProviderSpec;

/// What is meant to run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Activation {
    /// The manifest's digest; none where there is nothing to run yet.
    pub target: Option<String>,
    /// A digest that waits for `spec.approve`.
    pub pending: Option<String>,
}

/// Chooses. `resolved` is what the reference leads to, as far as it is known; `running` is what ran last.
///
/// `rollbackTo` goes before all else, since it is how one gets away from what was resolved. Under Manual only a digest
/// that `approve` names is new; what runs already needs no word.
#[must_use]
pub fn activate(spec: &ProviderSpec, resolved: Option<&str>, running: Option<&str>) -> Activation {
    let known = resolved.or(running);
    let manual = spec.activation.as_deref() == Some("Manual");
    let target = match (&spec.rollback_to, manual) {
        (Some(digest), _) => Some(digest.as_str()),
        (None, true) => spec.approve.as_deref().or(running),
        (None, false) => known,
    };
    let waits = |digest: &&str| manual && spec.rollback_to.is_none() && Some(*digest) != target;
    Activation { target: target.map(str::to_owned), pending: resolved.filter(waits).map(str::to_owned) }
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
        let Activation { target, pending } = activate(&spec, resolved, running);
        (target, pending)
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
}
