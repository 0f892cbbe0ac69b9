//! What could serve a store: its Provider's module, and every grant that names the provider. Compiling is core's;
//! here the objects are brought together.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use bailiwick_api::{
    external_secret::ExternalSecretSpec,
    grant::CapabilityGrantSpec,
    manifest::shown,
    meta::{Object, ObjectMeta},
    secret_store::SecretStoreSpec,
};
use bailiwick_core::{
    grant::{self, Compiled, ModuleOrigin, Namespace, Purpose, Request, Store},
    reconcile::{
        NotReady, StoreKey, place,
        store::{self, Unusable},
    },
    trust::Signed,
};
use zeroize::Zeroizing;

use super::Pass;
use crate::{
    modules::Module,
    world::{CaSource, World, WorldError},
};

/// The controller class of this process.
const CLASS: &str = "default";

/// Everything that the grants for one store are compiled from.
pub(super) struct Candidates<'a> {
    pub(super) module: &'a Module,
    digest: String,
    /// None for a module that nobody signed.
    signed: Option<Signed>,
    object: String,
    store: Arc<Object<SecretStoreSpec>>,
    ca: Option<Zeroizing<String>>,
    subject: ObjectMeta,
    trusted_labels: &'a BTreeSet<String>,
    roots: Arc<BTreeMap<String, String>>,
    /// In the order of their names.
    grants: Vec<Arc<Object<CapabilityGrantSpec>>>,
}

/// Finds what serves `key` for `object`; or says why nothing can.
pub(super) async fn candidates<'a, W: World>(
    pass: &'a Pass<'_, W>,
    object: &Object<ExternalSecretSpec>,
    key: &StoreKey,
) -> Result<Result<Candidates<'a>, Unusable>, WorldError> {
    let (namespace, _) = place(object);
    let subject = pass.world.namespace(namespace).await?;
    let found = pass.world.store(namespace, key).await?;
    if let Err(unusable) = store::usable(key, found.as_deref().map(|store| &store.spec), CLASS, &subject) {
        return Ok(Err(unusable));
    }
    let Some(store) = found else { return Ok(Err(NotReady::new("the store does not exist").into())) };
    let module = match module(pass, &store.spec) {
        Ok(module) => module,
        Err(not_ready) => return Ok(Err(not_ready.into())),
    };
    let signed = match signed(pass, module) {
        Ok(signed) => signed,
        Err(not_ready) => return Ok(Err(not_ready.into())),
    };
    let ca = match ca_source(module, &store, namespace) {
        Some(source) => pass.world.ca(&source).await?,
        None => None,
    };
    let mut grants = pass.world.grants();
    grants.retain(|grant| grant.spec.provider.name == module.object.metadata.name);
    Ok(Ok(Candidates {
        module,
        digest: module.digest.to_string(),
        signed,
        object: format!("ExternalSecret/{namespace}/{}", object.metadata.name),
        store,
        ca,
        subject,
        trusted_labels: pass.trusted_labels,
        roots: pass.world.roots(),
        grants,
    }))
}

impl Candidates<'_> {
    /// Each grant, compiled or refused.
    pub(super) fn compile(&self) -> Vec<Compiled> {
        self.requests().iter().map(grant::compile).collect()
    }

    /// What each grant is compiled from.
    pub(super) fn requests(&self) -> Vec<Request<'_>> {
        self.grants.iter().map(|grant| self.request(grant)).collect()
    }

    fn request<'a>(&'a self, grant: &'a Object<CapabilityGrantSpec>) -> Request<'a> {
        let meta = &self.store.metadata;
        Request {
            catalogue: &self.module.catalogue,
            granted_catalogue: None,
            origin: match &self.signed {
                Some(signed) => ModuleOrigin::Signed(signed),
                None => ModuleOrigin::Unsigned { digest: &self.digest },
            },
            world: self.module.catalogue.world,
            provider: &self.module.object,
            grant,
            store: Store {
                name: &meta.name,
                namespace: meta.namespace.as_deref(),
                uid: meta.uid.as_deref().unwrap_or_default(),
                generation: meta.generation.unwrap_or_default(),
                settings: &self.store.spec.provider.settings,
                ca: self.ca.as_ref().map(|pem| pem.as_str()),
            },
            subject: Namespace {
                name: &self.subject.name,
                uid: self.subject.uid.as_deref().unwrap_or_default(),
                labels: &self.subject.labels,
            },
            trusted_labels: self.trusted_labels,
            ca: &self.roots,
            purpose: Purpose::Fetch,
            object: &self.object,
        }
    }
}

fn module<'a, W: World>(pass: &'a Pass<'_, W>, store: &SecretStoreSpec) -> Result<&'a Module, NotReady> {
    let key = &store.provider.name;
    let refused = |why: String| Err(NotReady::new(format!("spec.provider.{}: {why}", shown(key))));
    // ESO has keys with capitals (`openBao`); names of objects have none.
    let name = key.to_ascii_lowercase();
    match pass.modules.get(&name) {
        Some(Ok(module)) if module.catalogue.key() == key => Ok(module),
        Some(Ok(module)) => {
            refused(format!("Provider {name} serves spec.provider.{}", module.catalogue.key()))
        }
        Some(Err(error)) => Err(NotReady::new(error.to_string())),
        None => refused("there is no Provider of this name".to_owned()),
    }
}

/// What the policies of this moment say of the module. It may have been loaded under others (I9).
fn signed<W: World>(pass: &Pass<'_, W>, module: &Module) -> Result<Option<Signed>, NotReady> {
    let name = &module.object.metadata.name;
    if !module.signed {
        let refused = || {
            NotReady::new(format!("Provider {name}: nobody signed its module, and there is a TrustPolicy"))
        };
        return if pass.admissions.unsigned() { Ok(None) } else { Err(refused()) };
    }
    let signed = pass.admissions.signed(name, pass.world.now());
    signed.map(Some).map_err(|refusal| NotReady::new(format!("Provider {name}: {refusal}")))
}

/// Where the store's own CA is, if it names one. A SecretStore's is in its own namespace whatever it says.
fn ca_source(module: &Module, store: &Object<SecretStoreSpec>, namespace: &str) -> Option<CaSource> {
    let pointer = module.catalogue.ca.as_ref()?.provider.as_ref()?;
    let provider = store.spec.provider.settings.pointer(pointer)?;
    let text = |member: &str| provider.get(member).and_then(serde_json::Value::as_str).map(str::to_owned);
    let own = store.metadata.namespace.clone();
    Some(CaSource {
        secret: text("type").as_deref() == Some("Secret"),
        namespace: own.or_else(|| text("namespace")).unwrap_or_else(|| namespace.to_owned()),
        name: text("name")?,
        key: text("key").unwrap_or_else(|| "ca.crt".to_owned()),
    })
}
