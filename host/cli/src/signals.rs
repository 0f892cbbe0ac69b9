//! ctrl-c and SIGTERM: the first one ends what is open in order, so that what was minted is revoked and nothing is
//! half written; the second one ends the process at once.

use std::sync::{Arc, OnceLock};

use anyhow::Context;
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
};

use crate::report;

/// Exit codes after a signal: 128 and its number, as shells have it.
const INTERRUPTED: u8 = 130;
const TERMINATED: u8 = 143;

/// What the process was asked.
#[derive(Clone)]
pub(crate) struct Signals {
    /// Turns true with the first signal.
    pub(crate) stop: watch::Receiver<bool>,
    code: Arc<OnceLock<u8>>,
}

impl Signals {
    /// Listens from now on.
    pub(crate) fn listen() -> anyhow::Result<Self> {
        let interrupt = signal(SignalKind::interrupt()).context("cannot listen for ctrl-c")?;
        let terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
        let (asked, stop) = watch::channel(false);
        let code = Arc::new(OnceLock::new());
        tokio::spawn(attend(interrupt, terminate, asked, Arc::clone(&code)));
        Ok(Self { stop, code })
    }

    /// The exit code of a process that was asked to end; none where it was not.
    pub(crate) fn code(&self) -> Option<u8> {
        self.code.get().copied()
    }
}

async fn attend(
    mut interrupt: Signal,
    mut terminate: Signal,
    asked: watch::Sender<bool>,
    code: Arc<OnceLock<u8>>,
) {
    let first = next(&mut interrupt, &mut terminate).await;
    // Before the others see the stop: who ends for it must find the code.
    let _ = code.set(first);
    let _ = asked.send(true);
    report::complain("ending: open runs are closed and minted tokens revoked; a second signal ends at once");
    std::process::exit(next(&mut interrupt, &mut terminate).await.into());
}

async fn next(interrupt: &mut Signal, terminate: &mut Signal) -> u8 {
    tokio::select! {
        _ = interrupt.recv() => INTERRUPTED,
        _ = terminate.recv() => TERMINATED,
    }
}
