//! Secrets that an object wrote as their owner and does not name any more. Only what this installation remembers to
//! have written is looked at at all, and of that only what still carries the object's label; a Secret goes when its
//! successor is there, or when somebody said that what is gone from the manifests goes from the output too: a
//! folder that is empty, or half there, is no wish to delete.

use bailiwick_api::{
    condition::reason,
    external_secret::{CreationPolicy, ExternalSecretSpec},
    meta::Object,
    names::LABEL_CREATED_BY,
};

use super::{
    checks::policies,
    observed::{TargetState, label, place},
};

/// What is known of the object after this pass.
pub struct Owner<'a> {
    /// The object.
    pub object: &'a Object<ExternalSecretSpec>,
    /// Whether it is ready.
    pub ready: bool,
    /// Why.
    pub reason: &'a str,
    /// Whether the Secret that it names now is there.
    pub there: bool,
}

/// What was read, and what was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Sweep {
    /// Every manifest could be read: what is not there is gone.
    pub complete: bool,
    /// What is gone from the manifests goes from the output.
    pub prune: bool,
}

/// What becomes of such a Secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is the object's.
    Owned,
    /// It is deleted.
    Delete,
    /// It is kept, for this reason.
    Kept(&'static str),
}

/// Decides about a Secret that an object wrote as its owner; `owner` is none where the object is gone.
#[must_use]
pub fn fate(secret: &str, owner: Option<&Owner<'_>>, sweep: Sweep) -> Fate {
    let Some(owner) = owner else {
        return match (sweep.complete, sweep.prune) {
            (false, _) => Fate::Kept("not every manifest could be read, so its ExternalSecret may be there"),
            (true, false) => Fate::Kept("its ExternalSecret is gone; --prune deletes it"),
            (true, true) => Fate::Delete,
        };
    };
    let creation = policies(owner.object.spec.target.as_ref()).0;
    if place(owner.object).1 == secret || creation != CreationPolicy::Owner {
        return Fate::Owned;
    }
    if owner.ready && (owner.there || owner.reason == reason::SECRET_DELETED) {
        Fate::Delete
    } else {
        Fate::Kept("its ExternalSecret names another one, which is not synced yet")
    }
}

/// Whether a Secret that is there carries the label of that object.
#[must_use]
pub fn owned(target: &TargetState, namespace: &str, object: &str) -> bool {
    target.labels.get(LABEL_CREATED_BY) == Some(&label(namespace, object))
}

#[cfg(test)]
mod tests {
    use bailiwick_api::{external_secret::Target, meta::ObjectMeta};

    use super::*;

    const ALL: Sweep = Sweep { complete: true, prune: true };

    fn object(creation: CreationPolicy) -> Object<ExternalSecretSpec> {
        let target =
            Target { name: Some("new".into()), creation_policy: Some(creation), ..Target::default() };
        Object {
            metadata: ObjectMeta {
                name: "shop".into(),
                namespace: Some("a".into()),
                ..ObjectMeta::default()
            },
            spec: ExternalSecretSpec { target: Some(target), ..ExternalSecretSpec::default() },
        }
    }

    fn of(secret: &str, ready: bool, reason: &str, there: bool) -> Fate {
        let object = object(CreationPolicy::Owner);
        fate(secret, Some(&Owner { object: &object, ready, reason, there }), ALL)
    }

    #[test]
    fn allowed_the_old_one_of_a_move_goes_when_the_new_one_is_there() {
        assert_eq!(of("old", true, "SecretSynced", true), Fate::Delete);
        assert_eq!(of("old", true, "SecretDeleted", false), Fate::Delete);
        assert_eq!(of("new", true, "SecretSynced", true), Fate::Owned);
    }

    #[test]
    fn denied_the_old_one_of_a_move_stays_until_the_new_one_is_there() {
        for (ready, reason, there) in [
            (false, "SecretSyncedError", false),
            // A Secret of that name is there, but it is not ours yet.
            (false, "SecretSyncedError", true),
            // Retained: the backend has nothing, so nothing was written.
            (true, "SecretSynced", false),
        ] {
            assert!(matches!(of("old", ready, reason, there), Fate::Kept(_)), "{ready} {reason} {there}");
        }
        let orphan = object(CreationPolicy::Orphan);
        let owner = Owner { object: &orphan, ready: true, reason: "SecretSynced", there: true };
        assert_eq!(fate("old", Some(&owner), ALL), Fate::Owned);
    }

    #[test]
    fn allowed_what_is_gone_goes_where_that_was_asked_for() {
        assert_eq!(fate("old", None, ALL), Fate::Delete);
    }

    #[test]
    fn denied_what_is_gone_stays_unasked_or_where_a_manifest_could_not_be_read() {
        for (complete, prune) in [(true, false), (false, true), (false, false)] {
            assert!(matches!(fate("old", None, Sweep { complete, prune }), Fate::Kept(_)));
        }
    }

    #[test]
    fn denied_a_secret_without_the_label_of_that_object() {
        let mut target = TargetState::default();
        assert!(!owned(&target, "a", "shop"));
        target.labels.insert(LABEL_CREATED_BY.into(), label("a", "other"));
        assert!(!owned(&target, "a", "shop"));
        target.labels.insert(LABEL_CREATED_BY.into(), label("a", "shop"));
        assert!(owned(&target, "a", "shop"));
    }
}
