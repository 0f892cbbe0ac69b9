//! Recorded cases as the author's commands take them: which component, which files, under which grant; and all of them
//! run. What is wrong with a file is said as it is of any manifest.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, anyhow, bail};
use bailiwick_api::{
    case::Case,
    grant::CapabilityGrantSpec,
    manifest::{AnyObject, Origin, load, load_cases},
};
use bailiwick_core::{
    case::{Difference, Usage, readable},
    catalogue::{Catalogue, parse::parse},
};
use bailiwick_sync::{Engine, EngineOptions, rehearsal::Component};
use clap::Args;

use crate::{
    provider::target::{self, WhichArgs},
    report,
};

/// Which component is run against which cases.
#[derive(Debug, Args)]
pub(crate) struct CasesArgs {
    /// The provider's folder, with provider.toml and cases
    #[arg(default_value = ".")]
    path: PathBuf,
    /// The recorded cases [default: all of cases/*.yaml in the provider's folder]
    #[arg(long, value_name = "DIR|FILE")]
    cases: Option<PathBuf>,
    /// The component, or a layout (folder or tar) [default: NAME.wasm in the provider's folder]
    #[arg(long, value_name = "FILE|DIR")]
    component: Option<PathBuf>,
    #[command(flatten)]
    which: WhichArgs,
}

/// What came of one case.
pub(crate) struct Played {
    /// Where it stands.
    pub(crate) origin: Origin,
    /// What it is called.
    pub(crate) name: String,
    /// None of these: it went as recorded.
    pub(crate) differences: Vec<Difference>,
}

/// What came of all cases.
pub(crate) struct Rehearsal {
    /// The component.
    pub(crate) component: Component,
    cases: Vec<(Origin, Case)>,
    /// In the order of files and lines.
    pub(crate) played: Vec<Played>,
    /// What was asked for.
    pub(crate) usage: Usage,
}

/// Runs all cases, under the one grant of `grant` or each under its own.
pub(crate) fn play(args: &CasesArgs, grant: Option<&Path>) -> anyhow::Result<Rehearsal> {
    if !args.path.is_dir() {
        let remedy = "name the provider's, with provider.toml and cases; a component is named by --component";
        bail!("{}: there is no such folder: {remedy}", args.path.display());
    }
    let cases = read_cases(args)?;
    let grant = grant.map(read_grant).transpose()?;
    let component = component(args)?;
    check(&component, &cases)?;
    let mut usage = Usage::default();
    let played = play_all(&component, &cases, grant.as_ref(), &mut usage)?;
    Ok(Rehearsal { component, cases, played, usage })
}

/// Runs all cases once more, under one grant.
pub(crate) fn again(rehearsal: &Rehearsal, grant: &CapabilityGrantSpec) -> anyhow::Result<Vec<Played>> {
    play_all(&rehearsal.component, &rehearsal.cases, Some(grant), &mut Usage::default())
}

fn play_all(
    component: &Component,
    cases: &[(Origin, Case)],
    grant: Option<&CapabilityGrantSpec>,
    usage: &mut Usage,
) -> anyhow::Result<Vec<Played>> {
    // One thread: requests come in one order, and nothing else of the process runs beside them.
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().context("cannot start")?;
    let mut play = |(origin, case): &(Origin, Case)| {
        let differences = runtime.block_on(component.play(case, grant, usage));
        let name = case.name.clone().unwrap_or_else(|| format!("case {}", origin.document));
        Played { origin: origin.clone(), name, differences }
    };
    Ok(cases.iter().map(&mut play).collect())
}

fn component(args: &CasesArgs) -> anyhow::Result<Component> {
    let own = own_catalogue(&args.path);
    let file = match (&args.component, &own) {
        (Some(file), _) => file.clone(),
        (None, Some(catalogue)) => args.path.join(format!("{}.wasm", catalogue.name)),
        (None, None) => bail!(
            "{}: no provider.toml that can be read; name a provider's folder, or a component with --component",
            args.path.display()
        ),
    };
    if !file.exists() {
        bail!("{}: no component; run `bailiwick provider build {}`", file.display(), args.path.display());
    }
    let engine = Engine::new(EngineOptions { slots: 1, cache: None }).context("cannot start the sandbox")?;
    let name = || file.display().to_string();
    let (bytes, _) = target::component(&file, &args.which).with_context(name)?;
    let component = Component::load(&bytes, &engine).with_context(name)?;
    if own.is_some_and(|own| own != *component.catalogue) {
        let remedy = "the component was built from another provider.toml, which counts; build it again";
        report::complain(&format!("warning: {}: {remedy}", file.display()));
    }
    Ok(component)
}

fn own_catalogue(folder: &Path) -> Option<Catalogue> {
    parse(&fs::read_to_string(folder.join("provider.toml")).ok()?).ok()
}

fn read_cases(args: &CasesArgs) -> anyhow::Result<Vec<(Origin, Case)>> {
    let place = args.cases.clone().unwrap_or_else(|| args.path.join("cases"));
    let (mut cases, mut faults) = (Vec::new(), Vec::new());
    for file in files(&place)? {
        let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let (read, errors) = load_cases(&text, &file.display().to_string());
        cases.extend(read);
        faults.extend(errors.iter().map(ToString::to_string));
    }
    if !faults.is_empty() {
        bail!("{}", faults.join("; "));
    }
    if cases.is_empty() {
        bail!("{}: no cases; write one as `bailiwick provider init` does", place.display());
    }
    Ok(cases)
}

/// What the component's catalogue says of the cases' requests.
fn check(component: &Component, cases: &[(Origin, Case)]) -> anyhow::Result<()> {
    for (Origin { file, document, line }, case) in cases {
        readable(&component.catalogue, case)
            .map_err(|fault| anyhow!("{file}:{line}: document {document}: {fault}"))?;
    }
    Ok(())
}

/// The file, or the YAML files of the folder by name.
fn files(place: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if !place.is_dir() {
        return Ok(place.exists().then(|| place.to_owned()).into_iter().collect());
    }
    let entries = fs::read_dir(place).with_context(|| format!("cannot read {}", place.display()))?;
    let paths: std::io::Result<Vec<PathBuf>> = entries.map(|entry| Ok(entry?.path())).collect();
    let is_yaml = |path: &PathBuf| path.extension().is_some_and(|end| end == "yaml" || end == "yml");
    let mut found: Vec<PathBuf> = paths?.into_iter().filter(is_yaml).collect();
    found.sort();
    Ok(found)
}

/// The only CapabilityGrant of a file.
fn read_grant(file: &Path) -> anyhow::Result<CapabilityGrantSpec> {
    let name = file.display().to_string();
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {name}"))?;
    let (objects, errors) = load(&text, &name);
    if let Some(error) = errors.first() {
        bail!("{error}");
    }
    let mut grants = objects.into_iter().filter_map(|manifest| match manifest.object {
        AnyObject::CapabilityGrant(grant) => Some(grant.spec),
        _ => None,
    });
    match (grants.next(), grants.next()) {
        (Some(grant), None) => Ok(grant),
        _ => Err(anyhow!("{name}: holds not exactly one CapabilityGrant; name a file that does")),
    }
}
