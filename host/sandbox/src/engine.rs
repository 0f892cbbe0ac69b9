//! One engine for the process: compiler, pool, clock and cache. Many providers are loaded into it at once, and none
//! of them can reach another.

use std::sync::Arc;

use tokio::sync::Semaphore;
use wasmtime::component::{Component, HasSelf, Linker};

use crate::{
    Cache, LoadError, Provider,
    admit::{admit, look},
    bindings::{Blind, BlindPre},
    cache::Compatibility,
    host::Run,
    settings,
    ticker::Ticker,
};

/// How the engine is set up.
#[derive(Debug)]
pub struct EngineOptions {
    /// Runs at once; further ones wait. Each slot is 16 MiB of address space, and keeps resident what its guests
    /// touched, 0.3 MB at most.
    pub slots: u32,
    /// Where compiled code is kept; without it every start compiles.
    pub cache: Option<Cache>,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self { slots: 64, cache: None }
    }
}

/// The engine could not be started.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// Most often address space: see `ulimit -v`.
    #[error("cannot reserve the pool of {0} slots: allow more address space, or fewer slots")]
    Pool(u32),
    /// No thread for the clock.
    #[error("cannot start the epoch thread")]
    Thread(#[source] std::io::Error),
}

/// Compiles and holds providers. Cheap to clone.
#[derive(Clone)]
pub struct Engine(pub(crate) Arc<Inner>);

/// What providers hold of their engine. The order matters: the clock's thread ends when the engine has gone.
pub(crate) struct Inner {
    linker: Linker<Run>,
    pub(crate) wasmtime: wasmtime::Engine,
    pub(crate) ticker: Ticker,
    pub(crate) slots: Semaphore,
    cache: Option<(Cache, Compatibility)>,
}

impl Engine {
    /// Reserves the pool and starts the clock.
    ///
    /// # Errors
    /// [`EngineError`], where the system gives no address space or no thread.
    pub fn new(options: EngineOptions) -> Result<Self, EngineError> {
        let EngineOptions { slots, cache } = options;
        let failed = |error: wasmtime::Error| {
            tracing::debug!(?error, "no engine");
            EngineError::Pool(slots)
        };
        let wasmtime = wasmtime::Engine::new(&settings::config(slots)).map_err(failed)?;
        let mut linker = Linker::new(&wasmtime);
        Blind::add_to_linker::<Run, HasSelf<Run>>(&mut linker, |run| run).map_err(failed)?;
        let ticker = Ticker::start(wasmtime.weak()).map_err(EngineError::Thread)?;
        let cache = cache.map(|cache| (cache, Compatibility::of(&wasmtime)));
        let slots = Semaphore::new(slots as usize);
        Ok(Self(Arc::new(Inner { linker, wasmtime, ticker, slots, cache })))
    }

    /// Checks, compiles (or takes from the cache) and links a component. Nothing of it runs. Compiling takes a
    /// tenth of a second and all cores, of the worst that is admitted some seconds: from async code, call it on a
    /// blocking thread.
    ///
    /// # Errors
    /// Every [`LoadError`]; the engine and what is loaded already are as before.
    pub fn load(&self, component: &[u8]) -> Result<Provider, LoadError> {
        look(component)?;
        let compiled = self.0.compiled(component)?;
        let linked = self.0.linker.instantiate_pre(&compiled).map_err(refused(LoadError::OtherTypes))?;
        let pre = BlindPre::new(linked).map_err(refused(LoadError::OtherTypes))?;
        Ok(Provider { pre, engine: self.clone() })
    }

    /// Slots that are free now.
    #[must_use]
    pub fn free_slots(&self) -> usize {
        self.0.slots.available_permits()
    }
}

impl Inner {
    fn compiled(&self, component: &[u8]) -> Result<Component, LoadError> {
        let compile = || {
            admit(component)?;
            Component::from_binary(&self.wasmtime, component).map_err(refused(LoadError::Invalid))
        };
        match &self.cache {
            None => compile(),
            Some((cache, compatibility)) => cache.load(&self.wasmtime, *compatibility, component, compile),
        }
    }
}

/// Logs what the engine says, which may hold names out of the guest, and gives the reason.
fn refused(reason: LoadError) -> impl FnOnce(wasmtime::Error) -> LoadError {
    move |error| {
        let detail: String = format!("{error:?}").chars().take(2048).collect();
        tracing::debug!(guest_said = ?detail, %reason, "a component was refused");
        reason
    }
}
