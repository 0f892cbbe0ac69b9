//! Provider modules: from a Provider manifest to a component that can run. A file is read once; the buffer that is
//! digested is the buffer whose catalogue is read and that is compiled (I9).

use std::{
    collections::BTreeMap,
    panic::resume_unwind,
    path::{Path, PathBuf},
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
}

/// Where modules come from.
pub struct Source<'a> {
    /// What `module.file` is relative to.
    pub folder: &'a Path,
    /// `--allow-unsigned`.
    pub allow_unsigned: bool,
    /// Compiles, where modules are to run.
    pub engine: Option<&'a Engine>,
}

impl Source<'_> {
    /// Loads each Provider's module, on all cores: what is in the cache is checked and linked, the rest compiled.
    #[must_use]
    pub fn load<'p>(&self, providers: impl IntoIterator<Item = &'p Arc<Object<ProviderSpec>>>) -> Modules {
        let load = |object: &Arc<Object<ProviderSpec>>| (object.metadata.name.clone(), self.load_one(object));
        let queue = Mutex::new(providers.into_iter().collect::<Vec<_>>().into_iter());
        let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
        let work = || std::iter::from_fn(next).map(load).collect::<Vec<_>>();
        let helpers = thread::available_parallelism().map_or(0, |cores| cores.get() - 1);
        thread::scope(|scope| {
            let helpers: Vec<_> = (0..helpers).map(|_| scope.spawn(work)).collect();
            let own = work();
            let theirs = helpers
                .into_iter()
                .flat_map(|helper| helper.join().unwrap_or_else(|panic| resume_unwind(panic)));
            own.into_iter().chain(theirs).collect()
        })
    }

    fn load_one(&self, object: &Arc<Object<ProviderSpec>>) -> Result<Module, ModuleError> {
        let fail = |field: &str, what: String| ModuleError {
            provider: object.metadata.name.clone(),
            field: field.to_owned(),
            what,
        };
        let path = self.path(&object.spec).map_err(|what| fail("spec.module", what.to_owned()))?;
        let shown = path.display().to_string();
        let bytes = read(&path).map_err(|error| fail(&shown, error.to_string()))?;
        let found = inspect::claims(&bytes);
        let Inspection { digest, catalogue, .. } = found.map_err(|error| fail(&shown, chain(&error)))?;
        if catalogue.name != object.metadata.name {
            let what = format!("the module is {}; name the Provider so", catalogue.name);
            return Err(fail("metadata.name", what));
        }
        let provider = self.compiled(&bytes).map_err(|what| fail(&shown, what))?;
        Ok(Module { object: Arc::clone(object), digest, catalogue: Arc::new(catalogue), provider })
    }

    /// The engine looks at types and code itself; without one, what it would refuse is refused all the same.
    fn compiled(&self, bytes: &[u8]) -> Result<Option<Provider>, String> {
        if let Some(engine) = self.engine {
            return engine.load(bytes).map(Some).map_err(|error| error.to_string());
        }
        admit(bytes).map_err(|error| error.to_string())?;
        inspect::inspect(bytes).map_err(|error| chain(&error))?;
        Ok(None)
    }

    fn path(&self, spec: &ProviderSpec) -> Result<PathBuf, &'static str> {
        match (&spec.module.file, &spec.module.oci) {
            (Some(_), None) if !self.allow_unsigned => {
                Err("a file is signed by nobody; give --allow-unsigned to run it all the same")
            }
            (Some(file), None) => Ok(self.folder.join(file)),
            (None, Some(_)) => Err("oci is not served yet; use file"),
            _ => Err("name exactly one source: file"),
        }
    }
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
