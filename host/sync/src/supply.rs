//! From Providers to modules that may run: what each reference means now, the bytes of it, the verdict over them, and what
//! is remembered of it all. A fault of the way never unloads what runs and never reads as a missing signature; what is
//! new and refused leaves what ran before in its place. Which digest is meant, and whether it may run, core decides.

mod places;
mod seek;
mod settle;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use bailiwick_api::{meta::Object, provider::ProviderSpec};
use bailiwick_artifact::ArtifactCache;
use bailiwick_core::trust::condition::{Step, Steps, conditions};
use bailiwick_sandbox::Engine;
use futures_util::{StreamExt, stream};

pub use self::places::{Places, PullSecrets};
use self::seek::Sought;
use crate::{
    modules::{Modules, on_all_cores},
    records::Records,
    trust::{Admissions, InForce, Loaded, Roots, Verdict},
};

/// How many Providers are asked for at once.
const AT_ONCE: usize = 32;
/// How long a round waits for one Provider. What ran goes on then, from the cache.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Everything that modules come from.
pub struct Supply<'a> {
    /// What `module.file` and `module.layout` are relative to.
    pub folder: &'a Path,
    /// `--allow-unsigned`.
    pub allow_unsigned: bool,
    /// Compiles, where modules are to run.
    pub engine: Option<&'a Engine>,
    /// The policies of this moment.
    pub in_force: &'a InForce,
    /// How registries are reached.
    pub places: &'a Places,
    /// Artifacts that were fetched before; none where nothing may be kept.
    pub cache: Option<&'a ArtifactCache>,
    /// What is remembered.
    pub records: &'a dyn Records,
    /// What of earlier rounds of this process is needed.
    pub former: &'a Former,
    /// [`PATIENCE`].
    pub patience: Duration,
    /// In seconds of the Unix epoch.
    pub now: i64,
}

/// What one round leaves to the next: the trust roots under which each module was admitted last.
#[derive(Default)]
pub struct Former(Mutex<BTreeMap<String, Arc<Roots>>>);

impl Former {
    fn of(&self, provider: &str) -> Option<Arc<Roots>> {
        self.0.lock().ok()?.get(provider).cloned()
    }

    /// Remembers what holds at the end of a round.
    pub fn remember(&self, admissions: &Admissions) {
        let roots = |name: &str| Some((name.to_owned(), Arc::clone(admissions.verdict(name)?.roots())));
        if let Ok(mut former) = self.0.lock() {
            *former = admissions.providers().filter_map(roots).collect();
        }
    }
}

/// What there is to run.
pub struct Supplied {
    /// By the name of their Provider.
    pub modules: Modules,
    /// The verdicts over them.
    pub admissions: Arc<Admissions>,
    /// What went wrong beside: state or cache that cannot be written.
    pub notes: Vec<String>,
    /// What does not hold in policies and configurations, each with its field and remedy.
    pub faults: Vec<String>,
    /// What runs on in place of what is meant.
    pub warnings: Vec<String>,
}

impl Supply<'_> {
    /// Finds what could run, and does not wait for ever: one slow registry must not hold up the Providers of others.
    async fn sought(&self, object: &Arc<Object<ProviderSpec>>) -> Sought {
        match tokio::time::timeout(self.patience, self.seek(object, true)).await {
            Ok(sought) => sought,
            Err(_) => self.seek(object, false).await,
        }
    }

    /// Says of Providers that are remembered, and that the policy has no more or not legibly, that they do not run. What is
    /// known of them stays: they may come back.
    fn gone(&self, there: &Modules) -> Vec<String> {
        let mut notes = Vec::new();
        for name in self.records.known().into_iter().filter(|name| !there.contains_key(name)) {
            let Ok(mut status) = self.records.status(&name) else { continue };
            let ready =
                Step::Failed("NotInPolicy", "no Provider of this name can be read in the policy".into());
            let steps = Steps { resolved: Step::Open, verified: Step::Open, compatible: Step::Open, ready };
            status.conditions = conditions(steps, &status.conditions, self.now, None);
            notes.extend(self.records.report(&name, &status).err().map(|error| error.to_string()));
        }
        notes
    }

    /// Loads the modules of all Providers: asks for several at once, then compiles on all cores.
    pub async fn load(&self, providers: impl IntoIterator<Item = &Arc<Object<ProviderSpec>>>) -> Supplied {
        let sought: Vec<_> = stream::iter(providers.into_iter().map(|object| self.sought(object)))
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        let settled = on_all_cores(sought, |sought| self.settle(sought));
        let mut modules = Modules::new();
        let (mut admitted, mut notes, mut warnings) =
            (Vec::<(Loaded, Verdict)>::new(), Vec::new(), Vec::new());
        for settled in settled {
            warnings.extend(settled.warning);
            notes.extend(settled.notes);
            admitted.extend(settled.admitted);
            modules.insert(settled.provider, settled.module);
        }
        notes.extend(self.gone(&modules));
        let faults = self.in_force.faults().into_iter().chain(self.places.faults()).collect();
        let admissions = Arc::new(Admissions::new(self.in_force, admitted));
        Supplied { modules, admissions, notes, faults, warnings }
    }
}
