//! The standalone mode: reads the two folders, loads what they name, and makes one pass over each object. What it is
//! told comes from the command line; what it says goes back there.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
};

use bailiwick_api::{external_secret::ExternalSecretSpec, manifest::Kind, meta::Object};
use bailiwick_artifact::ArtifactCache;
use bailiwick_core::reconcile::{NotReady, orphans::Sweep, place, refresh, targets};
use bailiwick_sandbox::{Cache, Engine, EngineOptions};
use futures_util::{StreamExt, stream};

use crate::{
    folder::{
        self, FolderWorld, Folders, Trust, Vigil, Watch,
        credentials::{self, Credentials},
        inventory::Inventory,
        orphans::{Kept, Orphans},
        overlap,
        records::FolderRecords,
        source::Sources,
    },
    modules::{Modules, Weight},
    pass::{Outcome, Pass, explain::EntryExplained},
    runtime::Runtime,
    supply::{self, Former, Places, Supplied, Supply},
    trust::Admissions,
};

/// The operator's namespace: where the Secrets of pull credentials are. Standalone they are files, named by `--credential
/// secret:bailiwick-system/NAME/.dockerconfigjson=FILE`.
pub const OPERATOR_NAMESPACE: &str = "bailiwick-system";

/// What is read, and how.
#[derive(Clone, Debug)]
pub struct Input {
    /// `--policy` and `--manifests`.
    pub sources: Sources,
    /// `--credential`, as it was given.
    pub credentials: Vec<String>,
    /// `--provider-dir`; the first policy folder where absent.
    pub provider_dir: PathBuf,
    /// `--allow-unsigned`.
    pub allow_unsigned: bool,
    /// Where artifacts are kept that were fetched once; none where nothing is kept.
    pub artifacts: Option<PathBuf>,
    /// `--init-state`.
    pub init_state: bool,
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
    /// What failed beside the objects, and not for the input: a registry, a state that cannot be written.
    pub failures: Vec<String>,
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

/// Loads the modules of all Providers; with an engine, so that they can run. Without one nothing is remembered either.
pub async fn load(
    input: &Input,
    inventory: &Inventory,
    credentials: &Credentials,
    engine: Option<&Engine>,
    (records, former): (&FolderRecords, &Former),
) -> Result<Supplied, InputError> {
    let cache = input.artifacts.as_deref().map(ArtifactCache::open).transpose()?;
    let files = credentials.clone();
    let secrets =
        Arc::new(move |name: &str, key: &str| credentials::file(&files, OPERATOR_NAMESPACE, name, key));
    let supply = Supply {
        folder: &input.provider_dir,
        allow_unsigned: input.allow_unsigned,
        engine,
        in_force: &inventory.in_force(),
        places: &Places::new(
            inventory.registries.values(),
            inventory.unread(Kind::RegistryConfig),
            &inventory.roots,
            secrets,
        ),
        cache: cache.as_ref(),
        records,
        former,
        patience: supply::PATIENCE,
        now: folder::now(),
    };
    Ok(supply.load(inventory.providers.values()).await)
}

/// Loads what the policy names, to look at and not to run: no state is asked or written.
///
/// # Errors
/// The cache of artifacts cannot be opened.
pub async fn look(
    input: &Input,
    inventory: &Inventory,
    credentials: &Credentials,
) -> Result<Supplied, InputError> {
    // Nothing runs, so no version is held against an earlier one.
    let records = FolderRecords::open(None, true, true)?;
    load(input, inventory, credentials, None, (&records, &Former::default())).await
}

/// An engine with its cache of compiled code under `cache`.
pub fn engine(cache: &Path, slots: u32) -> Result<Engine, InputError> {
    let cache = Cache::open(&cache.join("compiled"), &cache.join("compiled.key"))?;
    Ok(Engine::new(EngineOptions { slots, cache: Some(cache) })?)
}

/// Reads, loads, and makes one pass over each object. `progress` is told how many are through, and of how many. The watch over
/// the folders goes on until it is ended: what is loaded is judged by the policies of each second, whether it is due or not.
pub async fn sync(
    input: &Input,
    output: &Output,
    engine: &Engine,
    runtime: &Runtime,
    former: &Former,
    progress: impl Fn(usize, usize),
) -> Result<(Report, Vigil), InputError> {
    overlap::check(&input.sources, &output.out, output.state.as_deref())?;
    let (inventory, credentials, watch) = read(input)?;
    let folders = folder::open(&output.out, output.state.as_deref(), output.dry_run)?;
    let records = FolderRecords::open(output.state.as_deref(), output.dry_run, input.init_state)?;
    let mut stop = runtime.stop.clone();
    let supplied = tokio::select! {
        supplied = load(input, &inventory, &credentials, Some(engine), (&records, former)) => supplied?,
        _ = stop.wait_for(|stop| *stop) => return Err("the process was asked to end while modules were loaded".into()),
    };
    let Supplied { modules, admissions, notes: mut failures, warnings: mut running, faults } = supplied;
    let mut errors = [inventory.errors.clone(), faults].concat();
    for error in modules.values().filter_map(|module| module.as_ref().err()) {
        let list = match error.weight {
            Weight::Input => &mut errors,
            Weight::Failure => &mut failures,
            Weight::Waiting => &mut running,
        };
        list.push(error.to_string());
    }
    let told = Box::new(move |admissions: &Admissions| records.judged(admissions, folder::now()));
    watch.judge(Trust { admissions: Arc::clone(&admissions), told });
    // Loading may have taken a while, so the folders are looked at before anything runs.
    let first = Arc::clone(&watch);
    tokio::task::spawn_blocking(move || first.look()).await?;
    let vigil = watch.keep();
    let sweep = Sweep { complete: inventory.errors.is_empty(), prune: output.prune };
    let warnings = [running, warnings(&inventory, output.state.is_some())].concat();
    let world = FolderWorld::new(inventory, credentials, folders, watch);
    let modules = Supplies { modules, admissions };
    let objects = pass_all(&world, input, output, runtime, &modules, progress).await;
    former.remember(&modules.admissions);
    let Orphans { deleted, kept, errors: unread } = world.sweep(&objects, sweep, output.dry_run);
    errors.extend(unread);
    Ok((Report { objects, orphans: deleted, kept, warnings, failures, errors }, vigil))
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
    let Supplied { modules, admissions, notes, faults, .. } = look(input, &inventory, &credentials).await?;
    let errors = [errors, faults, notes].concat();
    watch.judge(Trust { admissions: Arc::clone(&admissions), told: Box::new(|_| {}) });
    let world = FolderWorld::new(inventory, credentials, Folders::default(), watch);
    let pass = Pass {
        world: &world,
        runtime: None,
        modules: &modules,
        admissions: &admissions,
        trusted_labels: &input.trusted_labels,
        dry_run: true,
    };
    Ok((pass.explain(&object).await?, errors))
}

/// What a pass runs.
struct Supplies {
    modules: Modules,
    admissions: Arc<Admissions>,
}

async fn pass_all(
    world: &FolderWorld,
    input: &Input,
    output: &Output,
    runtime: &Runtime,
    supplies: &Supplies,
    progress: impl Fn(usize, usize),
) -> Vec<Outcome> {
    let objects = &world.inventory().external_secrets;
    let conflicts = targets::conflicts(objects.values().map(Arc::as_ref));
    let pass = Pass {
        world,
        runtime: Some(runtime),
        modules: &supplies.modules,
        admissions: &supplies.admissions,
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
