//! Recorded cases, run: the component in the sandbox, the broker with its own gate, requests, credentials and replies,
//! and a stage in place of the network. Nothing here dials, and nothing here decides: what a case needs, and whether
//! it went as recorded, is core's word.

mod props;

use std::sync::Arc;

use bailiwick_api::{case::Case, grant::CapabilityGrantSpec};
use bailiwick_artifact::{
    MAX_COMPONENT,
    digest::Digest,
    inspect::{self, Inspection},
};
use bailiwick_broker::{Broker, OpenEntry};
use bailiwick_core::{
    case::{self, Difference, Prepared, Script, Setting, Usage, judge, prepare, unexpected_denials},
    catalogue::Catalogue,
    reconcile::NotReady,
};
use bailiwick_sandbox::{Engine, Provider};
use tokio::sync::watch;

use self::props::{Board, CaseMaterial, Frozen, Ledger, Unchanging};
use crate::{
    modules::chain,
    pass::open,
    runtime::{Runtime, Surroundings},
};

/// A component that cases are run against.
pub struct Component {
    /// What it says that it may ask for.
    pub catalogue: Arc<Catalogue>,
    /// Of its bytes.
    pub digest: Digest,
    provider: Provider,
}

/// Why a component cannot be run: texts of ours, and of the readers of WebAssembly about places in the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ComponentError(String);

impl Component {
    /// Compiles a component. The buffer that is digested is the one that runs (I9).
    ///
    /// # Errors
    /// It is refused as any module is.
    pub fn load(bytes: &[u8], engine: &Engine) -> Result<Self, ComponentError> {
        if bytes.len() > MAX_COMPONENT {
            return Err(ComponentError(format!("a component is at most {MAX_COMPONENT} bytes")));
        }
        let found = inspect::inspect(bytes).map_err(|error| ComponentError(chain(&error)))?;
        let Inspection { digest, catalogue, .. } = found;
        let provider = engine.load(bytes).map_err(|error| ComponentError(error.to_string()))?;
        Ok(Self { catalogue: Arc::new(catalogue), digest, provider })
    }

    /// Runs one case, under `grant` or under the one that the case needs; says what differed, and adds what was asked
    /// for to `usage`. Needs a tokio runtime of one thread, so that requests come in one order.
    pub async fn play(
        &self,
        case: &Case,
        grant: Option<&CapabilityGrantSpec>,
        usage: &mut Usage,
    ) -> Vec<Difference> {
        let digest = self.digest.to_string();
        let setting = Setting { catalogue: &self.catalogue, digest: &digest, case, grant };
        let ready = prepare(&setting).and_then(|prepared| Ok((opened(&prepared)?, prepared)));
        match ready {
            Ok((entries, prepared)) => self.run(case, prepared, entries, usage).await,
            // A store that is refused may be what the case is about.
            Err(refused) if case.failure.as_deref() == Some(refused.reason) => Vec::new(),
            Err(refused) => vec![case::refused(case, &refused)],
        }
    }

    async fn run(
        &self,
        case: &Case,
        prepared: Prepared,
        entries: Vec<OpenEntry>,
        usage: &mut Usage,
    ) -> Vec<Difference> {
        let board = Arc::new(Board::new(Script::new(&self.catalogue, case)));
        let ledger = Arc::new(Ledger::default());
        let broker = Broker::on_stage(board.clone(), ledger.clone(), Arc::new(Frozen::new()));
        // The sender lives as long as the run: a run whose sender has gone is one that is asked to end.
        let (_keep, stop) = watch::channel(false);
        let (runtime, program) = (Runtime { broker, stop }, Arc::new(prepared.program));
        let around =
            Surroundings { material: Arc::new(CaseMaterial::of(case)), current: Arc::new(Unchanging) };
        let fetched = runtime.fetch(&self.provider, Arc::clone(&program), entries, around).await;
        runtime.broker.close().await;
        let (mut differences, asked) = board.end();
        usage.add(&program, &asked);
        differences.extend(unexpected_denials(case, &ledger.denied()));
        differences.extend(judge(case, fetched, self.catalogue.values));
        differences
    }
}

fn opened(prepared: &Prepared) -> Result<Vec<OpenEntry>, NotReady> {
    let opened = prepared.entries.iter().map(open).collect::<Result<Vec<_>, _>>();
    opened.map_err(|error| NotReady::new(error.to_string()))
}
