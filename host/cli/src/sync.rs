//! `bailiwick sync`: the standalone mode's command. It sets things up from the arguments, runs once or at an interval,
//! and prints what came of it.

mod table;

use std::{collections::BTreeSet, path::PathBuf, time::Duration};

use anyhow::{Context, anyhow};
use bailiwick_api::duration::GoDuration;
use bailiwick_sync::{
    Broker, BrokerOptions,
    folder::{
        Vigil,
        orphans::Kept,
        source::{Root, Sources},
    },
    pass::{Did, Outcome},
    runtime::Runtime,
    standalone::{self, Input, Output, Report},
    supply::Former,
};
use tokio::sync::watch;

use crate::{
    args::{Format, InputArgs, ModuleArgs, SyncArgs},
    audit::AuditFile,
    progress::Progress,
    report,
    signals::Signals,
};

/// Runs the command to its end.
pub(crate) fn run(args: SyncArgs) -> anyhow::Result<u8> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start")?;
    runtime.block_on(run_async(args))
}

/// What the arguments say of the input.
pub(crate) fn input(args: &InputArgs) -> anyhow::Result<Input> {
    let manifests = args.manifests.iter().map(|text| Root::parse(text)).collect();
    let policy = policy_input(&args.policy, &args.modules)?;
    Ok(Input { sources: Sources { manifests, ..policy.sources }, ..policy })
}

/// A policy alone, without tenants.
pub(crate) fn policy_input(policy: &[PathBuf], args: &ModuleArgs) -> anyhow::Result<Input> {
    let provider_dir = args.provider_dir.as_ref().or_else(|| policy.first());
    Ok(Input {
        sources: Sources { policy: policy.to_owned(), manifests: Vec::new() },
        credentials: args.credential.clone(),
        provider_dir: provider_dir.cloned().unwrap_or_default(),
        allow_unsigned: args.allow_unsigned,
        artifacts: Some(cache(args)?.join("artifacts")),
        init_state: false,
        trusted_labels: args.trusted_namespace_labels.iter().cloned().collect(),
    })
}

/// Where compiled code is kept.
pub(crate) fn cache(args: &ModuleArgs) -> anyhow::Result<PathBuf> {
    let from_home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let base = || std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(from_home);
    let cache = args.cache.clone().or_else(|| Some(base()?.join("bailiwick")));
    cache.context("neither --cache nor HOME is set: say where compiled modules may be kept")
}

async fn run_async(args: SyncArgs) -> anyhow::Result<u8> {
    let interval = args.interval.as_deref().map(duration).transpose()?;
    let signals = Signals::listen()?;
    let engine = standalone::engine(&cache(&args.input.modules)?, args.concurrent).map_err(|e| anyhow!(e))?;
    let audit = AuditFile::open(args.audit.as_deref())?;
    let runtime = Runtime { broker: broker(&args, &audit)?, stop: signals.stop.clone() };
    let mut input = Input { init_state: args.init_state, ..input(&args.input)? };
    let former = Former::default();
    let output = Output {
        out: args.out.clone(),
        state: args.state.clone(),
        dry_run: args.dry_run,
        prune: args.prune,
        concurrent: usize::try_from(args.concurrent)?,
    };
    let mut warned = BTreeSet::new();
    if interval.is_some() && args.state.is_none() {
        let what = "everything is fetched in each round, whatever its refreshInterval; give a folder";
        report::complain(&format!("warning: --interval without --state: {what}"));
    }
    let mut vigil: Option<Vigil> = None;
    loop {
        if let Some(vigil) = vigil.take() {
            vigil.end().await;
        }
        let progress = Progress::new();
        let report = standalone::sync(&input, &output, &engine, &runtime, &former, |done, all| {
            progress.show(done, all)
        })
        .await;
        drop(progress);
        let code = match report {
            Ok((report, kept)) => {
                vigil = Some(kept);
                // Once: what is lost later is not begun anew.
                input.init_state = false;
                warn(&report, &mut warned);
                print(&report, &args)
            }
            // With an interval, a folder that cannot be read now may be whole again the next time.
            Err(error) if interval.is_some() || signals.code().is_some() => report::fatal(&anyhow!(error)),
            Err(error) => return Err(anyhow!(error)),
        };
        if let Some(interval) = interval {
            runtime.broker.sweep().await;
            audit.complain();
            if !wait(interval, signals.stop.clone()).await {
                continue;
            }
        }
        if let Some(vigil) = vigil.take() {
            vigil.end().await;
        }
        // Tokens that the cache kept are revoked with the process that they were kept for.
        runtime.broker.close().await;
        let code = code.max(audit.complain());
        return Ok(signals.code().unwrap_or(code));
    }
}

/// Waits; true where the process is asked to end.
async fn wait(interval: Duration, mut stop: watch::Receiver<bool>) -> bool {
    tokio::time::timeout(interval, stop.wait_for(|stop| *stop)).await.is_ok()
}

fn duration(text: &str) -> anyhow::Result<Duration> {
    let parsed: Result<GoDuration, _> = text.parse();
    let millis = parsed.map_err(|_| anyhow!("--interval: write a duration such as 30s or 5m"))?.millis();
    let millis = u64::try_from(millis).ok().filter(|millis| *millis >= 1000);
    Ok(Duration::from_millis(millis.context("--interval: must be at least 1s")?))
}

fn broker(args: &SyncArgs, audit: &AuditFile) -> anyhow::Result<Broker> {
    Broker::new(BrokerOptions { token_cache: args.token_cache, ..BrokerOptions::new(audit.stream()) })
        .context("cannot start the broker")
}

/// Each warning once in the life of the process.
fn warn(report: &Report, warned: &mut BTreeSet<String>) {
    for warning in &report.warnings {
        if warned.insert(warning.clone()) {
            report::complain(&format!("warning: {warning}"));
        }
    }
}

/// Prints what came of a pass; its exit code.
fn print(report: &Report, args: &SyncArgs) -> u8 {
    let printed = match args.output {
        Format::Json => report::json(report),
        Format::Table => report::say(&table::of(&report.objects, args.dry_run)),
    };
    let printed = printed.map_or_else(|error| report::fatal(&error), |()| crate::OK);
    for error in report.errors.iter().chain(&report.failures) {
        report::complain(&format!("error: {error}"));
    }
    for orphan in &report.orphans {
        let verb = if args.dry_run { "would delete" } else { "deleted" };
        report::complain(&format!("{verb} Secret {orphan}: no ExternalSecret owns it any more"));
    }
    for Kept { secret, why } in &report.kept {
        report::complain(&format!("kept Secret {secret}: {why}"));
    }
    let through = |object: &Outcome| object.ready || object.action == Did::Skipped;
    let well = report.failures.is_empty() && report.objects.iter().all(through);
    match (report.errors.is_empty(), well) {
        (false, _) => crate::BAD_INPUT,
        (true, false) => crate::FAILED,
        (true, true) => printed,
    }
}
