//! `bailiwick grant`: the policy author's commands. What compiles and what would be sent is core's word; here it is
//! read from the folders and written for people or programs.

mod edit;
mod explain;
mod suggest;
mod write;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use anyhow::anyhow;
use bailiwick_api::{grant::CapabilityGrantSpec, meta::Object};
use bailiwick_core::{
    catalogue::surface,
    grant::{CheckRequest, ModuleOrigin, Report, check},
    trust::Signed,
};
use bailiwick_sync::{
    folder::{self, credentials, files, inventory::Inventory, source::Snapshot},
    modules::Module,
    standalone,
    supply::Supplied,
};
use serde::Serialize;

pub(crate) use self::suggest::SuggestArgs;
use self::write::Written;
use crate::{
    args::{Format, GrantArgs, GrantCommand, ModuleArgs},
    report, sync,
};

/// Runs one of the commands.
pub(crate) fn run(args: GrantArgs) -> anyhow::Result<u8> {
    match args.command {
        GrantCommand::Check { policy, modules, write, surface, output } => {
            check_all(&policy, &modules, Wanted { write, surface }, output)
        }
        GrantCommand::Suggest(args) => suggest::run(&args),
        GrantCommand::Explain { input, object, output } => explain::run(&input, &object, output),
    }
}

/// What `grant check` is asked for beyond the check.
#[derive(Clone, Copy)]
struct Wanted {
    write: bool,
    surface: bool,
}

/// What is said of one grant.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Checked {
    grant: String,
    compiles: bool,
    /// What the module asks for.
    surface: Option<String>,
    operations: Vec<String>,
    denials: Vec<Line>,
    warnings: Vec<Line>,
    /// That in words, line by line, where it is asked for or accepted just now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    surface_words: Vec<String>,
    /// How many lines there are.
    #[serde(skip)]
    lines: usize,
}

#[derive(Serialize)]
struct Line {
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    field: String,
    text: String,
}

fn check_all(policy: &[PathBuf], args: &ModuleArgs, wanted: Wanted, output: Format) -> anyhow::Result<u8> {
    let (mut inventory, supplied) = read(policy, args)?;
    let (mut accepted, mut failed) = (BTreeSet::new(), None);
    if wanted.write {
        Written { accepted, failed } = write::all(policy, &inventory, &supplied)?;
        inventory = read(policy, args)?.0;
    }
    if let Some(error) = &failed {
        report::complain(&format!("error: {error:#}"));
    }
    for error in inventory.errors.iter().chain(&supplied.faults) {
        report::complain(&format!("error: {error}"));
    }
    if inventory.grants.is_empty() {
        let folders: Vec<String> = policy.iter().map(|folder| folder.display().to_string()).collect();
        report::complain(&format!("warning: {}: there is no CapabilityGrant here", folders.join(", ")));
    }
    let trusted = args.trusted_namespace_labels.iter().cloned().collect();
    let one = |grant: &Object<CapabilityGrantSpec>| match Known::of(&supplied, &grant.spec.provider.name) {
        Ok(known) => {
            let mut checked = checked(grant, &known, &trusted, &inventory.roots);
            // Whoever accepts a surface is to have seen it.
            if !wanted.surface && !accepted.contains(&grant.metadata.name) {
                checked.surface_words.clear();
            }
            checked
        }
        Err(why) => unchecked(grant, why),
    };
    let checked: Vec<Checked> = inventory.grants.values().map(|grant| one(grant)).collect();
    match output {
        Format::Json => report::json(&checked)?,
        Format::Table => report::say(&checked.iter().map(words).collect::<Vec<_>>().join("\n\n"))?,
    }
    let read = inventory.errors.is_empty() && supplied.faults.is_empty();
    let well = failed.is_none() && checked.iter().all(|grant| grant.compiles);
    Ok(match (read, well) {
        (false, _) => crate::BAD_INPUT,
        (true, false) => crate::FAILED,
        (true, true) => crate::OK,
    })
}

fn read(policy: &[PathBuf], args: &ModuleArgs) -> anyhow::Result<(Inventory, Supplied)> {
    let inventory = Inventory::new(&Snapshot::of_policy(files::read_all(policy)?))?;
    let input = sync::policy_input(policy, args)?;
    let credentials = credentials::parse(&input.credentials)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let supplied = runtime.block_on(standalone::look(&input, &inventory, &credentials));
    Ok((inventory, supplied.map_err(|error| anyhow!(error))?))
}

/// A module with what the policies say of it: none where nobody signed it.
struct Known<'a> {
    module: &'a Module,
    signed: Option<Signed>,
}

impl<'a> Known<'a> {
    fn of(supplied: &'a Supplied, name: &str) -> Result<Self, String> {
        let module = match supplied.modules.get(name) {
            Some(Ok(module)) => module,
            Some(Err(error)) => return Err(error.to_string()),
            None => return Err(format!("there is no Provider {name}")),
        };
        let signed = module.signed.then(|| supplied.admissions.signed(name, folder::now())).transpose();
        Ok(Self { module, signed: signed.map_err(|refusal| format!("Provider {name}: {refusal}"))? })
    }
}

fn checked(
    grant: &Object<CapabilityGrantSpec>,
    Known { module, signed }: &Known<'_>,
    trusted: &BTreeSet<String>,
    roots: &BTreeMap<String, String>,
) -> Checked {
    let digest = module.digest.to_string();
    let Report { surface, denials, warnings, operations } = check(&CheckRequest {
        catalogue: &module.catalogue,
        origin: match signed {
            Some(signed) => ModuleOrigin::Signed(signed),
            None => ModuleOrigin::Unsigned { digest: &digest },
        },
        provider: &module.object.spec,
        grant: &grant.spec,
        trusted_labels: trusted,
        ca: roots,
    });
    let line = |reason, field: &str, text: &str| Line {
        reason,
        field: format!("spec.{field}"),
        text: text.to_owned(),
    };
    let surface_words: Vec<String> =
        surface::describe(&module.catalogue).lines().map(str::to_owned).collect();
    Checked {
        grant: grant.metadata.name.clone(),
        compiles: denials.is_empty(),
        surface: Some(surface),
        operations,
        denials: denials.iter().map(|d| line(Some(d.reason.as_str()), &d.field, &d.remedy)).collect(),
        warnings: warnings.iter().map(|w| line(None, &w.field, &w.text)).collect(),
        lines: surface_words.len(),
        surface_words,
    }
}

fn unchecked(grant: &Object<CapabilityGrantSpec>, why: String) -> Checked {
    let line = Line { reason: None, field: "spec.provider.name".to_owned(), text: why };
    Checked {
        grant: grant.metadata.name.clone(),
        compiles: false,
        surface: None,
        operations: Vec::new(),
        denials: vec![line],
        warnings: Vec::new(),
        surface_words: Vec::new(),
        lines: 0,
    }
}

fn words(checked: &Checked) -> String {
    let verdict = if checked.compiles { "compiles" } else { "does not compile" };
    let mut lines = vec![format!("CapabilityGrant {}: {verdict}", checked.grant)];
    for denial in &checked.denials {
        let reason = denial.reason.map(|reason| format!("{reason}: ")).unwrap_or_default();
        lines.push(format!("  error: {reason}{}: {}", denial.field, denial.text));
    }
    lines.extend(checked.warnings.iter().map(|w| format!("  warning: {}: {}", w.field, w.text)));
    if !checked.operations.is_empty() {
        lines.push(format!("  operations: {}", checked.operations.join(", ")));
    }
    if let Some(surface) = &checked.surface {
        let words = &checked.surface_words;
        let hint = format!(" ({} lines in words: --surface)", checked.lines);
        lines.push(format!("  surface: {surface}{}", if words.is_empty() { &hint } else { "" }));
        lines.extend(words.iter().map(|line| format!("    {line}")));
    }
    lines.join("\n")
}
