//! The standalone world: two folders in place of the API server, one for Secrets and one for what a cluster would
//! keep as status. It reads, writes and remembers; what it does so for is decided elsewhere.

pub mod credentials;
pub mod dir;
pub mod files;
pub mod inventory;
mod material;
mod names;
pub mod orphans;
mod output;
pub mod overlap;
pub mod records;
pub mod source;
mod stamps;
mod target;
mod watch;

use std::{collections::BTreeMap, path::Path, sync::Arc};

use bailiwick_api::{
    external_secret::ExternalSecretSpec,
    grant::CapabilityGrantSpec,
    manifest::Kind,
    meta::{Object, ObjectMeta},
    secret_store::SecretStoreSpec,
};
use bailiwick_broker::{Current, Material};
use bailiwick_core::reconcile::{DesiredSecret, StoreKey, TargetState, place};
use zeroize::Zeroizing;

pub use self::watch::{Trust, Vigil, Watch, now};
use self::{
    credentials::Credentials,
    dir::Dir,
    inventory::Inventory,
    material::FolderMaterial,
    output::{SecretFile, render},
};
use crate::world::{CaSource, Remembered, World, WorldError};

/// The folders' objects as they were read, and the folders that are written to.
pub struct FolderWorld {
    inventory: Inventory,
    material: Arc<FolderMaterial>,
    current: Arc<Watch>,
    out: Option<Arc<Dir>>,
    state: Option<Arc<Dir>>,
}

/// The folders that are written to; none where there is nothing yet and nothing may be made (a dry run).
#[derive(Clone, Default)]
pub struct Folders {
    /// `--out`.
    pub out: Option<Arc<Dir>>,
    /// `--state`.
    pub state: Option<Arc<Dir>>,
}

impl FolderWorld {
    /// A world of what was read. `watch` says when the folders have changed since.
    #[must_use]
    pub fn new(
        mut inventory: Inventory,
        credentials: Credentials,
        folders: Folders,
        watch: Arc<Watch>,
    ) -> Self {
        let secrets = std::mem::take(&mut inventory.secrets);
        let material = Arc::new(FolderMaterial::new(secrets, credentials));
        Self { inventory, material, current: watch, out: folders.out, state: folders.state }
    }

    /// What was read.
    #[must_use]
    pub fn inventory(&self) -> &Inventory {
        &self.inventory
    }

    fn remembered(&self, namespace: &str, object: &str) -> Result<Remembered, WorldError> {
        let Some(state) = &self.state else { return Ok(Remembered::default()) };
        let file = named(names::state(namespace, object))?;
        let Some(bytes) = state.read(&file).map_err(failed)? else { return Ok(Remembered::default()) };
        serde_json::from_slice(&bytes).map_err(|_| {
            WorldError(format!("{file} in the state folder cannot be read; delete it to start anew"))
        })
    }

    fn read_target(&self, namespace: &str, name: &str) -> Result<Option<TargetState>, WorldError> {
        let Some(out) = &self.out else { return Ok(None) };
        let file = named(names::secret(namespace, name))?;
        let Some(bytes) = out.read(&file).map_err(failed)? else { return Ok(None) };
        target::read(&bytes, namespace, name).map(Some).ok_or_else(|| {
            WorldError(format!("{file} in the output folder is not the Secret of that name; move it away"))
        })
    }
}

/// Folders and files of ours are named; nothing of their content is.
fn failed(error: dir::DirError) -> WorldError {
    let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
    WorldError(format!("{error}{cause}"))
}

fn named(file: Result<String, names::TooLong>) -> Result<String, WorldError> {
    file.map_err(|error| WorldError(error.to_string()))
}

fn text(remembered: &Remembered) -> Result<Vec<u8>, WorldError> {
    serde_json::to_vec_pretty(remembered).map_err(|error| WorldError(error.to_string()))
}

impl World for FolderWorld {
    fn now(&self) -> i64 {
        now()
    }

    async fn status(&self, object: &Object<ExternalSecretSpec>) -> Result<Remembered, WorldError> {
        self.remembered(place(object).0, &object.metadata.name)
    }

    async fn target(&self, namespace: &str, name: &str) -> Result<Option<TargetState>, WorldError> {
        self.read_target(namespace, name)
    }

    async fn store(
        &self,
        namespace: &str,
        key: &StoreKey,
    ) -> Result<Option<Arc<Object<SecretStoreSpec>>>, WorldError> {
        let namespace = match key.kind {
            bailiwick_api::external_secret::StoreKind::SecretStore => Some(namespace.to_owned()),
            bailiwick_api::external_secret::StoreKind::ClusterSecretStore => None,
        };
        Ok(self.inventory.stores.get(&(namespace, key.name.clone())).cloned())
    }

    /// A namespace that the policy does not know has a name and nothing else that a selector could match. Where a Namespace
    /// of the policy could not be read, that may be this one, with labels that deny (G5).
    async fn namespace(&self, name: &str) -> Result<ObjectMeta, WorldError> {
        if let Some(known) = self.inventory.namespaces.get(name) {
            return Ok(known.clone());
        }
        match self.inventory.unread(Kind::Namespace).first() {
            None => Ok(stamps::namespace(name)),
            Some(place) => {
                Err(WorldError(format!("{place} cannot be read and may be Namespace {name}: mend it first")))
            }
        }
    }

    fn grants(&self) -> Vec<Arc<Object<CapabilityGrantSpec>>> {
        self.inventory.grants.values().cloned().collect()
    }

    fn roots(&self) -> Arc<BTreeMap<String, String>> {
        Arc::clone(&self.inventory.roots)
    }

    async fn ca(&self, source: &CaSource) -> Result<Option<Zeroizing<String>>, WorldError> {
        let place = (source.namespace.clone(), source.name.clone());
        if source.secret {
            return Ok(self.material.certificate(&place, &source.key));
        }
        let map = self.inventory.config_maps.get(&place).and_then(|map| map.data.as_ref());
        Ok(map.and_then(|data| data.get(&source.key).cloned()).map(Zeroizing::new))
    }

    fn material(&self) -> Arc<dyn Material> {
        self.material.clone()
    }

    fn current(&self) -> Arc<dyn Current> {
        self.current.clone()
    }

    async fn apply(&self, namespace: &str, name: &str, secret: &DesiredSecret) -> Result<(), WorldError> {
        let Some(out) = &self.out else { return Ok(()) };
        let file = SecretFile { namespace, name, secret };
        out.write(&named(names::secret(namespace, name))?, &render(&file)).map_err(failed)
    }

    async fn delete(&self, namespace: &str, name: &str) -> Result<(), WorldError> {
        let Some(out) = &self.out else { return Ok(()) };
        out.delete(&named(names::secret(namespace, name))?).map_err(failed)
    }

    async fn report(
        &self,
        object: &Object<ExternalSecretSpec>,
        remembered: &Remembered,
    ) -> Result<(), WorldError> {
        let Some(state) = &self.state else { return Ok(()) };
        let file = named(names::state(place(object).0, &object.metadata.name))?;
        state.write(&file, &text(remembered)?).map_err(failed)
    }
}

/// Opens the folders that are written to. A dry run opens what is there and makes nothing.
pub fn open(out: &Path, state: Option<&Path>, dry_run: bool) -> Result<Folders, dir::DirError> {
    let one = |path: &Path| match dry_run {
        true => Dir::open_to_read(path),
        false => Dir::open(path).map(Some),
    };
    let out = one(out)?.map(Arc::new);
    let state = state.map(one).transpose()?.flatten().map(Arc::new);
    Ok(Folders { out, state })
}
