//! Which kinds are served, which are known and not served yet, and what is said of all others.

use super::{
    fault::{Fault, NotServed, near},
    tree::Node,
};
use crate::names::{BAILIWICK_V1ALPHA1, CORE_V1, ESO_GENERATORS_V1ALPHA1, ESO_V1, ESO_V1ALPHA1, ESO_V1BETA1};

/// Kinds that are served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// `external-secrets.io/v1`, namespaced.
    ExternalSecret,
    /// `external-secrets.io/v1`, namespaced.
    SecretStore,
    /// `external-secrets.io/v1`, cluster-scoped.
    ClusterSecretStore,
    /// `bailiwick.dev/v1alpha1`, cluster-scoped.
    Provider,
    /// `bailiwick.dev/v1alpha1`, cluster-scoped.
    CapabilityGrant,
    /// `bailiwick.dev/v1alpha1`, cluster-scoped.
    TrustPolicy,
    /// `bailiwick.dev/v1alpha1`, cluster-scoped.
    RegistryConfig,
    /// `v1`, cluster-scoped.
    Namespace,
    /// `v1`, namespaced.
    ConfigMap,
    /// `v1`, namespaced.
    Secret,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::ExternalSecret,
        Self::SecretStore,
        Self::ClusterSecretStore,
        Self::Provider,
        Self::CapabilityGrant,
        Self::TrustPolicy,
        Self::RegistryConfig,
        Self::Namespace,
        Self::ConfigMap,
        Self::Secret,
    ];

    /// As in `kind:`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ExternalSecret => "ExternalSecret",
            Self::SecretStore => "SecretStore",
            Self::ClusterSecretStore => "ClusterSecretStore",
            Self::Provider => "Provider",
            Self::CapabilityGrant => "CapabilityGrant",
            Self::TrustPolicy => "TrustPolicy",
            Self::RegistryConfig => "RegistryConfig",
            Self::Namespace => "Namespace",
            Self::ConfigMap => "ConfigMap",
            Self::Secret => "Secret",
        }
    }

    /// As in `apiVersion:`.
    #[must_use]
    pub const fn api_version(self) -> &'static str {
        match self {
            Self::ExternalSecret | Self::SecretStore | Self::ClusterSecretStore => ESO_V1,
            Self::Provider | Self::CapabilityGrant | Self::TrustPolicy | Self::RegistryConfig => {
                BAILIWICK_V1ALPHA1
            }
            Self::Namespace | Self::ConfigMap | Self::Secret => CORE_V1,
        }
    }

    /// Whether its objects are in a namespace.
    #[must_use]
    pub const fn is_namespaced(self) -> bool {
        matches!(self, Self::ExternalSecret | Self::SecretStore | Self::ConfigMap | Self::Secret)
    }

    /// Whether its objects decide what is allowed: then they count in the policy folder alone. A ConfigMap is a CA
    /// of a grant in the policy folder, and a tenant's own elsewhere.
    #[must_use]
    pub const fn is_policy(self) -> bool {
        matches!(
            self,
            Self::Provider
                | Self::CapabilityGrant
                | Self::TrustPolicy
                | Self::RegistryConfig
                | Self::Namespace
        )
    }

    /// The members beside `apiVersion`, `kind` and `metadata`.
    pub(super) const fn members(self) -> &'static [&'static str] {
        match self {
            Self::ConfigMap => &["apiVersion", "kind", "metadata", "data", "binaryData", "immutable"],
            Self::Secret => &["apiVersion", "kind", "metadata", "data", "stringData", "type", "immutable"],
            _ => &["apiVersion", "kind", "metadata", "spec", "status"],
        }
    }
}

/// Whether it is a `v1` List.
pub(super) fn is_list(root: &Node) -> bool {
    let is = |key: &str, text: &str| root.member(key).and_then(Node::text) == Some(text);
    is("apiVersion", CORE_V1) && is("kind", "List")
}

/// The kind of an object.
pub(super) fn of(api_version: &str, kind: &str) -> Result<Kind, Fault> {
    let named = Kind::ALL.into_iter().find(|k| k.as_str() == kind);
    if let Some(kind) = named {
        return match () {
            () if kind.api_version() == api_version => Ok(kind),
            () if is_old(api_version) && kind.api_version() == ESO_V1 => {
                Err(Fault::NotServed(NotServed::OldVersion))
            }
            () => Err(Fault::NotServed(NotServed::Version(kind.api_version()))),
        };
    }
    let later = LATER.iter().find(|(version, kinds)| *version == api_version && kinds.contains(&kind));
    let old = is_old(api_version) && kind == "ClusterExternalSecret";
    let later = later.and_then(|(_, kinds)| kinds.iter().find(|k| **k == kind));
    Err(Fault::NotServed(match later {
        Some(kind) => NotServed::Later(kind),
        None if old => NotServed::Later("ClusterExternalSecret"),
        None => NotServed::Unknown(near(kind, &Kind::ALL.map(Kind::as_str))),
    }))
}

fn is_old(api_version: &str) -> bool {
    api_version == ESO_V1BETA1 || api_version == ESO_V1ALPHA1
}

/// Kinds of ESO's and ours that are known and not served yet.
const LATER: &[(&str, &[&str])] = &[
    (ESO_V1, &["ClusterExternalSecret"]),
    (ESO_V1ALPHA1, &["PushSecret", "ClusterPushSecret"]),
    (ESO_GENERATORS_V1ALPHA1, GENERATORS),
];

/// ESO's generators.
const GENERATORS: &[&str] = &[
    "ACRAccessToken",
    "BeyondtrustWorkloadCredentialsDynamicSecret",
    "CloudsmithAccessToken",
    "ClusterGenerator",
    "ECRAuthorizationToken",
    "Fake",
    "GCRAccessToken",
    "GeneratorState",
    "GithubAccessToken",
    "GitlabDeployToken",
    "Grafana",
    "MFA",
    "Password",
    "QuayAccessToken",
    "SSHKey",
    "STSSessionToken",
    "UUID",
    "VaultDynamicSecret",
    "Webhook",
];
