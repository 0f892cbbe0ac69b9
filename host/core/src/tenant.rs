//! What may stand in a folder that belongs to the tenants of one namespace: objects of that namespace and nothing
//! else. Without this the namespace of an object is whatever its manifest says. Pure.

use bailiwick_api::{manifest::Kind, meta::ObjectMeta};

/// Why an object may not stand there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Outside {
    /// It is of another namespace, or of none, which is `default`.
    #[error(
        "metadata.namespace: this folder belongs to another namespace; write that one or move the object"
    )]
    Namespace,
    /// A ClusterSecretStore would serve other namespaces too.
    #[error("kind: a ClusterSecretStore is of no namespace; write a SecretStore or move it")]
    ClusterStore,
    /// It decides, so it belongs to the policy.
    #[error("kind: what decides is read from --policy only; move it there or take it out")]
    Policy,
}

/// Whether an object may stand in the folder of `namespace`.
pub fn admits(namespace: &str, kind: Kind, metadata: &ObjectMeta) -> Result<(), Outside> {
    match kind {
        Kind::ExternalSecret | Kind::SecretStore | Kind::Secret | Kind::ConfigMap => {
            let own = metadata.namespace.as_deref() == Some(namespace);
            if own { Ok(()) } else { Err(Outside::Namespace) }
        }
        Kind::ClusterSecretStore => Err(Outside::ClusterStore),
        Kind::Provider
        | Kind::CapabilityGrant
        | Kind::TrustPolicy
        | Kind::RegistryConfig
        | Kind::Namespace => Err(Outside::Policy),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(namespace: Option<&str>, kind: Kind) -> Result<(), Outside> {
        let namespace = namespace.map(str::to_owned);
        admits("team-a", kind, &ObjectMeta { name: "x".into(), namespace, ..ObjectMeta::default() })
    }

    #[test]
    fn allowed_objects_of_its_own() {
        for kind in [Kind::ExternalSecret, Kind::SecretStore, Kind::Secret, Kind::ConfigMap] {
            assert_eq!(at(Some("team-a"), kind), Ok(()), "{kind:?}");
        }
    }

    #[test]
    fn denied_everything_else() {
        for kind in [Kind::ExternalSecret, Kind::SecretStore, Kind::Secret, Kind::ConfigMap] {
            for namespace in [Some("team-b"), Some("default"), Some("team-a-2"), None] {
                assert_eq!(at(namespace, kind), Err(Outside::Namespace), "{kind:?} {namespace:?}");
            }
        }
        for namespace in [Some("team-a"), None] {
            assert_eq!(at(namespace, Kind::ClusterSecretStore), Err(Outside::ClusterStore));
            for kind in [Kind::Provider, Kind::CapabilityGrant, Kind::Namespace] {
                assert_eq!(at(namespace, kind), Err(Outside::Policy), "{kind:?}");
            }
        }
    }
}
