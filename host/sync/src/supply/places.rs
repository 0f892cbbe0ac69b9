//! How each Provider's module is reached: a client of its own for its registry with its own pull secret, or a layout on
//! disk. Clients are never shared between Providers, so that nobody is served with another's rights.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
};

use bailiwick_api::{
    grant::CaRef, meta::Object, provider::ProviderSpec, registry_config::RegistryConfigSpec,
};
use bailiwick_artifact::{
    Digest, Pulled,
    oci::{
        Credentials, FetchError, Layout, Limits, PullSecret, PullSecretError, Registry, RegistryOptions,
        Worth, pull_secret,
    },
};
use bailiwick_core::trust::{Access, AccessError, Reason, Reference, Refusal};
use zeroize::Zeroizing;

use super::{Supply, seek::Origin};
use crate::trust::Roots;

/// The key of a pull secret, and the older one (`kubernetes.io/dockercfg`).
const KEYS: [(&str, pull_secret::Layout); 2] =
    [(".dockerconfigjson", pull_secret::Layout::Config), (".dockercfg", pull_secret::Layout::Old)];

/// Reads a key of a Secret in the operator's namespace.
pub type PullSecrets = Arc<dyn Fn(&str, &str) -> Option<Zeroizing<Vec<u8>>> + Send + Sync>;

/// What registries are configured, and where secrets are.
pub struct Places {
    configs: BTreeMap<String, Result<Access, String>>,
    /// Where something stands that could not be read and may be a RegistryConfig.
    unread: BTreeSet<String>,
    secrets: PullSecrets,
}

/// Why an artifact was not had.
#[derive(Debug, thiserror::Error)]
pub(super) enum PlaceError {
    /// The registry or the layout.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The pull secret.
    #[error("Secret {0} of pullSecret cannot be used: {1}")]
    PullSecret(String, PullSecretError),
    /// The pull secret is not there.
    #[error(
        "Secret {0} of pullSecret is not there, or has no .dockerconfigjson: standalone, give --credential \
         secret:bailiwick-system/{0}/.dockerconfigjson=FILE"
    )]
    NoPullSecret(String),
    /// It took longer than a round waits.
    #[error("the registry took longer than 30 s: ask again later")]
    Slow,
    /// The registry's configuration.
    #[error("RegistryConfig {0}")]
    Config(String),
    /// It may be what could not be read.
    #[error("{0} cannot be read and may be this registry's RegistryConfig: mend it first")]
    Unread(String),
}

impl PlaceError {
    /// The reason in a Provider's conditions.
    #[must_use]
    pub(super) fn reason(&self) -> Reason {
        match self {
            Self::Fetch(error) => error.reason(),
            Self::PullSecret(..) | Self::NoPullSecret(_) => Reason::Unauthorized,
            Self::Slow => Reason::Unreachable,
            Self::Config(_) | Self::Unread(_) => Reason::PolicyInvalid,
        }
    }
}

impl Places {
    /// Reads configurations; one that does not hold is a fault of each Provider that needs it. `unread` says where something
    /// stands that could not be read and may be one: a registry without one is not reached by the defaults then.
    #[must_use]
    pub fn new<'a>(
        configs: impl IntoIterator<Item = &'a Arc<Object<RegistryConfigSpec>>>,
        unread: BTreeSet<String>,
        roots: &Roots,
        secrets: PullSecrets,
    ) -> Self {
        let pem = |ca: &CaRef| {
            let key = format!("{}/{}", ca.config_map, ca.key.as_deref().unwrap_or("ca.crt"));
            roots.get(&key).map(|pem| Arc::new(pem.clone().into_bytes()))
        };
        let mut all = BTreeMap::new();
        for object in configs {
            let name = &object.metadata.name;
            let failed = |error: AccessError| format!("{name}: spec.{error}");
            let read = Access::of(&object.spec, pem).map_err(failed);
            let twice =
                |_: &mut Result<Access, String>| Err(format!("{name}: another one is for the same registry"));
            all.entry(object.spec.registry.clone()).and_modify(|there| *there = twice(there)).or_insert(read);
        }
        Self { configs: all, unread, secrets }
    }

    /// What is wrong with configurations that do not hold.
    pub(super) fn faults(&self) -> impl Iterator<Item = String> + '_ {
        self.configs.values().filter_map(|config| Some(format!("RegistryConfig {}", config.as_ref().err()?)))
    }

    /// What a reference means now.
    pub(super) async fn resolve(
        &self,
        origin: &Origin,
        reference: &Reference,
        object: &Object<ProviderSpec>,
    ) -> Result<Digest, PlaceError> {
        match origin {
            Origin::Layout(path, _) => Ok(open(path).await?.resolve(Some(&reference.selector))?),
            _ => Ok(self.registry(reference, object)?.resolve(reference).await?),
        }
    }

    /// An artifact by digest.
    pub(super) async fn pull(
        &self,
        origin: &Origin,
        reference: &Reference,
        limits: &Limits,
        worth: Worth<'_>,
        object: &Object<ProviderSpec>,
    ) -> Result<Pulled, PlaceError> {
        match origin {
            Origin::Layout(path, _) => {
                Ok(open(path).await?.pull_with(Some(&reference.selector), limits, worth)?)
            }
            _ => Ok(self.registry(reference, object)?.pull_with(reference, limits, worth).await?),
        }
    }

    fn registry(&self, reference: &Reference, object: &Object<ProviderSpec>) -> Result<Registry, PlaceError> {
        let access = match self.configs.get(&reference.registry) {
            Some(Ok(access)) => access.clone(),
            Some(Err(why)) => return Err(PlaceError::Config(why.clone())),
            None => match self.unread.first() {
                None => Access::standard(&reference.registry),
                Some(place) => return Err(PlaceError::Unread(place.clone())),
            },
        };
        let mut options = RegistryOptions::new(access);
        if let Some(name) = &object.spec.pull_secret {
            let secret = self.pull_secret(name)?;
            let bad = |error| PlaceError::PullSecret(name.clone(), error);
            let mirrors = options.access.mirrors.clone();
            for mirror in mirrors {
                let path = mirror.path(&reference.path);
                let found = secret.credentials(&mirror.registry, &path).map_err(bad)?;
                options.mirrors.extend(found.map(|found| (mirror.registry, found)));
            }
            let own = secret.credentials(&reference.registry, &reference.path).map_err(bad)?;
            options.credentials = own.unwrap_or(Credentials::Anonymous);
        }
        Ok(Registry::new(options)?)
    }

    fn pull_secret(&self, name: &str) -> Result<PullSecret, PlaceError> {
        let found = KEYS.iter().find_map(|(key, layout)| Some((*layout, (self.secrets)(name, key)?)));
        let (layout, text) = found.ok_or_else(|| PlaceError::NoPullSecret(name.to_owned()))?;
        PullSecret::read(layout, &text).map_err(|error| PlaceError::PullSecret(name.to_owned(), error))
    }
}

/// A layout is read from disk: not on a thread that serves the network.
async fn open(path: &Path) -> Result<Layout, FetchError> {
    let path = path.to_owned();
    let opened = tokio::task::spawn_blocking(move || Layout::open(&path)).await;
    opened.unwrap_or(Err(FetchError::File("read")))
}

impl Origin {
    /// What policies match.
    pub(super) const fn reference(&self) -> Option<&Reference> {
        match self {
            Self::File(_) => None,
            Self::Registry(reference) | Self::Layout(_, reference) => Some(reference),
        }
    }

    /// The same text for the same source.
    pub(super) fn text(&self) -> String {
        match self {
            Self::File(path) => format!("file {}", path.display()),
            Self::Registry(reference) => reference.to_string(),
            Self::Layout(path, reference) => format!("layout {} {reference}", path.display()),
        }
    }
}

impl Supply<'_> {
    /// Where a Provider's module comes from.
    pub(super) fn origin(&self, spec: &ProviderSpec) -> Result<Origin, Refusal> {
        let parse = |text: &str, field: &str| {
            Reference::parse(text)
                .map_err(|error| Refusal::new(Reason::Malformed, format!("spec.module.{field}: {error}")))
        };
        let module = &spec.module;
        match (&module.oci, &module.layout, &module.file) {
            (Some(text), None, None) => parse(text, "oci").map(Origin::Registry),
            (None, Some(layout), None) => {
                let reference = parse(&layout.reference, "layout.as")?;
                Ok(Origin::Layout(self.folder.join(&layout.path), reference))
            }
            (None, None, Some(file)) => self.file_allowed().map(|()| Origin::File(self.folder.join(file))),
            _ => Err(Refusal::new(Reason::Malformed, "spec.module: name exactly one of oci, layout, file")),
        }
    }

    fn file_allowed(&self) -> Result<(), Refusal> {
        let refused = |why| Err(Refusal::new(Reason::Unsigned, why));
        match (self.in_force.set.is_empty(), self.allow_unsigned) {
            (false, _) => refused(
                "a file is signed by nobody, and there is a TrustPolicy: sign it, and use oci or layout",
            ),
            (true, false) => {
                refused("a file is signed by nobody; give --allow-unsigned to run it all the same")
            }
            (true, true) => Ok(()),
        }
    }

    /// How much is read of an artifact: the least of all policies for it.
    pub(super) fn limits(&self, reference: &Reference) -> Limits {
        let policies = self.in_force.set.matching(reference).unwrap_or_default();
        let least = policies.iter().map(|policy| policy.limits()).reduce(bailiwick_core::trust::Limits::and);
        let least = least.unwrap_or(bailiwick_core::trust::Limits::MOST);
        let simple = policies.iter().any(|policy| policy.reads(bailiwick_core::trust::Format::SimpleSigning));
        Limits { component: least.layer, bundles: least.bundles, simple_signing: simple, ..Limits::default() }
    }
}
