//! Provider modules: from the bytes of a component to something that can run. Bytes are read once; the buffer that is
//! digested is the buffer whose catalogue is read and that is compiled (I9). Where bytes come from, and whether they may
//! run, is `supply`'s business.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use bailiwick_api::{meta::Object, provider::ProviderSpec};
use bailiwick_artifact::{
    MAX_COMPONENT,
    digest::Digest,
    inspect::{self, Inspection},
};
use bailiwick_core::catalogue::Catalogue;
use bailiwick_sandbox::{Engine, Provider, admit};

/// A provider that can run.
#[derive(Clone)]
pub struct Module {
    /// The Provider object.
    pub object: Arc<Object<ProviderSpec>>,
    /// Of the component's bytes.
    pub digest: Digest,
    /// Whether policies vouch for it; what they say at a moment is `trust::Admissions`'s (G4).
    pub signed: bool,
    /// Read from its custom section.
    pub catalogue: Arc<Catalogue>,
    /// Compiled and linked; none where only the catalogue is wanted.
    pub provider: Option<Provider>,
}

/// Modules by the name of their Provider; one that could not be loaded says why.
pub type Modules = BTreeMap<String, Result<Module, ModuleError>>;

/// Why a module cannot be used. Texts name our own objects and files, and places in the catalogue.
#[derive(Clone, Debug, thiserror::Error)]
#[error("Provider {provider}: {field}: {what}")]
pub struct ModuleError {
    /// The Provider's name.
    pub provider: String,
    /// The field or file it is about.
    pub field: String,
    /// What is wrong, and the remedy.
    pub what: String,
    /// Whose matter it is.
    pub weight: Weight,
}

/// Whose matter it is that there is no module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// What was written does not hold.
    Input,
    /// A registry is away, or what it has is refused.
    Failure,
    /// Somebody's word is waited for.
    Waiting,
}

impl Module {
    /// A component, from buffer to module: the buffer whose digest is taken is the one that is read and compiled (I9).
    ///
    /// # Errors
    /// Why it is no provider of this name that runs here.
    pub fn new(
        object: &Arc<Object<ProviderSpec>>,
        component: &[u8],
        signed: bool,
        engine: Option<&Engine>,
    ) -> Result<Self, String> {
        let Inspection { digest, catalogue, .. } =
            inspect::claims(component).map_err(|error| chain(&error))?;
        if catalogue.name != object.metadata.name {
            return Err(format!("the module is {}; name the Provider so", catalogue.name));
        }
        let provider = compiled(component, engine)?;
        let (object, catalogue) = (Arc::clone(object), Arc::new(catalogue));
        Ok(Self { object, digest, signed, catalogue, provider })
    }

    /// A file that nobody signed.
    ///
    /// # Errors
    /// As [`Self::new`], with the file's name.
    pub fn of_file(
        object: &Arc<Object<ProviderSpec>>,
        path: &Path,
        engine: Option<&Engine>,
    ) -> Result<Self, String> {
        let at = |what: String| format!("{}: {what}", path.display());
        let bytes = read(path).map_err(|error| at(error.to_string()))?;
        Self::new(object, &bytes, false, engine).map_err(at)
    }
}

/// Does `work` with each item, on all cores.
pub(crate) fn on_all_cores<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let queue = Mutex::new(items.into_iter());
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || std::iter::from_fn(next).map(&work).collect::<Vec<_>>();
    let helpers = thread::available_parallelism().map_or(0, |cores| cores.get() - 1);
    thread::scope(|scope| {
        let helpers: Vec<_> = (0..helpers).map(|_| scope.spawn(work)).collect();
        let mut all = work();
        for helper in helpers {
            all.extend(helper.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        all
    })
}

/// The engine looks at types and code itself; without one, what it would refuse is refused all the same.
fn compiled(component: &[u8], engine: Option<&Engine>) -> Result<Option<Provider>, String> {
    if let Some(engine) = engine {
        // A compiler that panics over one module must not end the others' sync (I8). Nothing half made is kept by it.
        let loaded = catch_unwind(AssertUnwindSafe(|| engine.load(component)));
        let loaded = loaded.map_err(|_| "the engine failed over it: report it with the module".to_owned())?;
        return loaded.map(Some).map_err(|error| error.to_string());
    }
    admit(component).map_err(|error| error.to_string())?;
    inspect::inspect(component).map_err(|error| chain(&error))?;
    Ok(None)
}

/// An error with its causes: texts of ours, and of the readers of WebAssembly about places in the file.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let size = std::fs::metadata(path)?.len();
    if size > MAX_COMPONENT as u64 {
        return Err(std::io::Error::other(format!("a component is at most {MAX_COMPONENT} bytes")));
    }
    std::fs::read(path)
}
