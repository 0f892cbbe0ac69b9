//! Every name that others compare: groups, kinds, labels, annotations, finalizers, field managers, events. All of
//! them stand here and nowhere else. Those of the External Secrets Operator are exact, so that a Secret that it
//! wrote is taken over without a rewrite; ours are under `bailiwick.dev`.

/// `apiVersion` of ExternalSecret, SecretStore, ClusterSecretStore and ClusterExternalSecret.
pub const ESO_V1: &str = "external-secrets.io/v1";
/// The version before it, which is refused with a remedy.
pub const ESO_V1BETA1: &str = "external-secrets.io/v1beta1";
/// `apiVersion` of PushSecret and ClusterPushSecret, and the first version of the other kinds.
pub const ESO_V1ALPHA1: &str = "external-secrets.io/v1alpha1";
/// `apiVersion` of the generators; the default of `generatorRef.apiVersion`.
pub const ESO_GENERATORS_V1ALPHA1: &str = "generators.external-secrets.io/v1alpha1";
/// `apiVersion` of Provider, TrustPolicy and CapabilityGrant.
pub const BAILIWICK_V1ALPHA1: &str = "bailiwick.dev/v1alpha1";
/// `apiVersion` of Secret, ConfigMap, Namespace and List.
pub const CORE_V1: &str = "v1";

/// Label on every Secret that an ExternalSecret manages, whatever its policies; its value is `"true"`.
pub const LABEL_MANAGED: &str = "reconcile.external-secrets.io/managed";
/// The value of [`LABEL_MANAGED`].
pub const LABEL_MANAGED_VALUE: &str = "true";
/// Label with the hash of `namespace/name` of the owning ExternalSecret; `creationPolicy: Owner` only.
pub const LABEL_CREATED_BY: &str = "reconcile.external-secrets.io/created-by";
/// Annotation with the hash of the data of a managed Secret.
pub const ANNOTATION_DATA_HASH: &str = "reconcile.external-secrets.io/data-hash";
/// Annotation that users change to force a refresh.
pub const ANNOTATION_FORCE_SYNC: &str = "external-secrets.io/force-sync";
/// Annotation that silences events about the maintenance of a provider.
pub const ANNOTATION_IGNORE_MAINTENANCE: &str = "external-secrets.io/ignore-maintenance-checks";
/// Annotation that kubectl writes; never copied to a Secret.
pub const ANNOTATION_LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
/// Label that the API server sets on each namespace: its name. No tenant can change it.
pub const LABEL_NAMESPACE_NAME: &str = "kubernetes.io/metadata.name";

/// Finalizer on an ExternalSecret.
pub const FINALIZER_EXTERNAL_SECRET: &str = "externalsecrets.external-secrets.io/externalsecret-cleanup";
/// Finalizer on a store that a PushSecret with `deletionPolicy: Delete` uses.
pub const FINALIZER_STORE: &str = "secretstore.externalsecrets.io/finalizer";

/// What a field manager of an ExternalSecret starts with; its name follows.
pub const FIELD_MANAGER_PREFIX: &str = "externalsecrets.external-secrets.io/";
/// What stands between [`FIELD_MANAGER_PREFIX`] and the SHA3-224 of a name that is too long.
pub const FIELD_MANAGER_HASH_PREFIX: &str = "sha3/";
/// The longest field manager, in characters: above it the name is hashed.
pub const FIELD_MANAGER_MAX: usize = 63;

/// Reasons of events on an ExternalSecret or a store.
pub mod event {
    /// The Secret was created.
    pub const CREATED: &str = "Created";
    /// The Secret was updated.
    pub const UPDATED: &str = "Updated";
    /// The Secret was deleted.
    pub const DELETED: &str = "Deleted";
    /// The backend has no such secret, and the deletion policy tolerates it.
    pub const MISSING_PROVIDER_SECRET: &str = "MissingProviderSecret";
    /// Warning: the sync failed.
    pub const UPDATE_FAILED: &str = "UpdateFailed";
    /// A field is deprecated.
    pub const PARAMETER_DEPRECATED: &str = "ParameterDeprecated";
    /// Nobody maintains the provider.
    pub const STORE_UNMAINTAINED: &str = "StoreUnmaintained";
    /// The provider is deprecated.
    pub const STORE_DEPRECATED: &str = "StoreDeprecated";
}
