//! The standalone mode: reads the two folders, loads what they name, and makes one pass over each object. What it is
//! told comes from the command line; what it says goes back there.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
};

use bailiwick_api::{external_secret::ExternalSecretSpec, meta::Object};
use bailiwick_core::reconcile::{NotReady, orphans::Sweep, place, refresh, targets};
use bailiwick_sandbox::{Cache, Engine, EngineOptions};
use futures_util::{StreamExt, stream};

use crate::{
    folder::{
        self, FolderWorld, Folders, Watch,
        credentials::{self, Credentials},
        inventory::Inventory,
        orphans::{Kept, Orphans},
        overlap,
        source::Sources,
    },
    modules::{self, Modules},
    pass::{Outcome, Pass, explain::EntryExplained},
    runtime::Runtime,
};

/// What is read, and how.
#[derive(Clone, Debug)]
pub struct Input {
    /// `--policy` and `--manifests`.
    pub sources: Sources,
    /// `--credential`, as it was given.
    pub credentials: Vec<String>,
    /// `--provider-dir`; the policy folder where absent.
    pub provider_dir: Option<PathBuf>,
    /// `--allow-unsigned`.
    pub allow_unsigned: bool,
    /// `--trusted-namespace-labels`.
    pub trusted_labels: BTreeSet<String>,
}

/// What is written, and how.
#[derive(Clone, Debug)]
pub struct Output {
    /// `--out`.
    pub out: PathBuf,
    /// `--state`.
    pub state: Option<PathBuf>,
    /// `--dry-run`.
    pub dry_run: bool,
    /// `--prune`.
    pub prune: bool,
    /// `--concurrent`.
    pub concurrent: usize,
}

/// What came of it.
#[derive(Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// One for each object, in the order of namespace and name.
    pub objects: Vec<Outcome>,
    /// Secrets that were deleted, or in a dry run would be, since their owner names another one or is gone:
    /// `namespace/name`.
    pub orphans: Vec<String>,
    /// Secrets of owners that moved or went, which are kept.
    pub kept: Vec<Kept>,
    /// What has no effect as it is, each with where it stands.
    pub warnings: Vec<String>,
    /// What could not be read or loaded, each with place and remedy.
    pub errors: Vec<String>,
}

/// Nothing could be done with the input.
pub type InputError = Box<dyn std::error::Error + Send + Sync>;

/// Reads the folders: the objects, and a watch over their content.
pub fn read(input: &Input) -> Result<(Inventory, Credentials, Arc<Watch>), InputError> {
    let read = input.sources.read()?;
    let inventory = Inventory::new(&read)?;
    let credentials = credentials::parse(&input.credentials)?;
    let watch = Watch::new(input.sources.clone(), &read, &inventory);
    Ok((inventory, credentials, watch))
}

/// Loads the modules of all Providers; with an engine, so that they can run.
#[must_use]
pub fn load(input: &Input, inventory: &Inventory, engine: Option<&Engine>) -> Modules {
    let folder = input.provider_dir.as_deref().unwrap_or(&input.sources.policy);
    modules::Source { folder, allow_unsigned: input.allow_unsigned, engine }
        .load(inventory.providers.values())
}

/// An engine with its cache of compiled code under `cache`.
pub fn engine(cache: &Path, slots: u32) -> Result<Engine, InputError> {
    let cache = Cache::open(&cache.join("compiled"), &cache.join("compiled.key"))?;
    Ok(Engine::new(EngineOptions { slots, cache: Some(cache) })?)
}

/// Reads, loads, and makes one pass over each object. `progress` is told how many are through, and of how many.
pub async fn sync(
    input: &Input,
    output: &Output,
    engine: &Engine,
    runtime: &Runtime,
    progress: impl Fn(usize, usize),
) -> Result<Report, InputError> {
    overlap::check(&input.sources, &output.out, output.state.as_deref())?;
    let (inventory, credentials, watch) = read(input)?;
    let modules = load(input, &inventory, Some(engine));
    let folders = folder::open(&output.out, output.state.as_deref(), output.dry_run)?;
    let mut errors = inventory.errors.clone();
    errors.extend(modules.values().filter_map(|module| module.as_ref().err()).map(ToString::to_string));
    let watching = tokio::spawn(Arc::clone(&watch).run());
    let sweep = Sweep { complete: inventory.errors.is_empty(), prune: output.prune };
    let warnings = warnings(&inventory, output.state.is_some());
    let world = FolderWorld::new(inventory, credentials, folders, watch);
    let objects = pass_all(&world, input, output, runtime, &modules, progress).await;
    watching.abort();
    let Orphans { deleted, kept, errors: unread } = world.sweep(&objects, sweep, output.dry_run);
    errors.extend(unread);
    Ok(Report { objects, orphans: deleted, kept, warnings, errors })
}

/// What core says has no effect here.
fn warnings(inventory: &Inventory, state: bool) -> Vec<String> {
    let objects = inventory.external_secrets.values();
    let forgets = objects.filter_map(|object| refresh::forgets(object).filter(|_| !state));
    forgets.chain(inventory.stores.values().filter_map(|store| refresh::ignored(store))).collect()
}

/// What is said of one object.
pub type Explained = Result<Vec<EntryExplained>, NotReady>;

/// Explains each entry of one object, or says why it has none; and what could not be read, since a grant that could
/// not is no grant. Nothing is sent or written.
pub async fn explain(
    input: &Input,
    namespace: &str,
    name: &str,
) -> Result<(Explained, Vec<String>), InputError> {
    let (inventory, credentials, watch) = read(input)?;
    let errors = inventory.errors.clone();
    let key = (Some(namespace.to_owned()), name.to_owned());
    // What could not be read may be why it is not there.
    let missing = || {
        let none = format!("there is no ExternalSecret {namespace}/{name} in the manifests");
        std::iter::once(none).chain(errors.iter().cloned()).collect::<Vec<_>>().join("; ")
    };
    let object = inventory.external_secrets.get(&key).cloned().ok_or_else(missing)?;
    let modules = load(input, &inventory, None);
    let world = FolderWorld::new(inventory, credentials, Folders::default(), watch);
    let pass = Pass {
        world: &world,
        runtime: None,
        modules: &modules,
        trusted_labels: &input.trusted_labels,
        dry_run: true,
    };
    Ok((pass.explain(&object).await?, errors))
}

async fn pass_all(
    world: &FolderWorld,
    input: &Input,
    output: &Output,
    runtime: &Runtime,
    modules: &Modules,
    progress: impl Fn(usize, usize),
) -> Vec<Outcome> {
    let objects = &world.inventory().external_secrets;
    let conflicts = targets::conflicts(objects.values().map(Arc::as_ref));
    let pass = Pass {
        world,
        runtime: Some(runtime),
        modules,
        trusted_labels: &input.trusted_labels,
        dry_run: output.dry_run,
    };
    let one = |object: &Arc<Object<ExternalSecretSpec>>| {
        let (pass, object) = (&pass, Arc::clone(object));
        let conflict = conflicts.get(&(place(&object).0.to_owned(), object.metadata.name.clone()));
        async move { pass_one(pass, &object, conflict).await }
    };
    let mut outcomes = Vec::new();
    let mut passes = stream::iter(objects.values().map(one)).buffer_unordered(output.concurrent);
    while let Some(outcome) = passes.next().await {
        outcomes.push(outcome);
        progress(outcomes.len(), objects.len());
    }
    outcomes.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
    outcomes
}

async fn pass_one(
    pass: &Pass<'_, FolderWorld>,
    object: &Object<ExternalSecretSpec>,
    conflict: Option<&NotReady>,
) -> Outcome {
    match conflict {
        Some(not_ready) => pass.refuse(object, not_ready.clone()).await,
        None => pass.run(object).await,
    }
}
