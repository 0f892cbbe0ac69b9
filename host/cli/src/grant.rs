//! `bailiwick grant`: the policy author's commands. What compiles and what would be sent is core's word; here it is
//! read from the folders and written for people or programs.

mod edit;
mod explain;

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context, anyhow};
use bailiwick_api::{grant::CapabilityGrantSpec, meta::Object};
use bailiwick_core::{
    catalogue::surface,
    grant::{CheckRequest, Report, check},
};
use bailiwick_sync::{
    folder::{files, inventory::Inventory, source::Snapshot},
    modules::{self, Module, Modules},
};
use serde::Serialize;

use self::edit::{Accepted, accept};
use crate::{
    args::{Format, GrantArgs, GrantCommand, ModuleArgs},
    report,
};

/// Runs one of the commands.
pub(crate) fn run(args: GrantArgs) -> anyhow::Result<u8> {
    match args.command {
        GrantCommand::Check { policy, modules, write, output } => check_all(&policy, &modules, write, output),
        GrantCommand::Explain { input, object, output } => explain::run(&input, &object, output),
    }
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
    #[serde(skip)]
    words: String,
}

#[derive(Serialize)]
struct Line {
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    field: String,
    text: String,
}

fn check_all(policy: &Path, args: &ModuleArgs, write: bool, output: Format) -> anyhow::Result<u8> {
    let (mut inventory, modules) = read(policy, args)?;
    if write {
        write_all(policy, &inventory, &modules)?;
        inventory = read(policy, args)?.0;
    }
    for error in &inventory.errors {
        report::complain(&format!("error: {error}"));
    }
    let trusted = args.trusted_namespace_labels.iter().cloned().collect();
    let checked: Vec<Checked> = inventory
        .grants
        .values()
        .map(|grant| match modules.get(&grant.spec.provider.name) {
            Some(Ok(module)) => checked(grant, module, &trusted, &inventory.roots),
            Some(Err(error)) => unchecked(grant, error.to_string()),
            None => unchecked(grant, format!("there is no Provider {}", grant.spec.provider.name)),
        })
        .collect();
    match output {
        Format::Json => report::json(&checked)?,
        Format::Table => report::say(&checked.iter().map(words).collect::<Vec<_>>().join("\n\n"))?,
    }
    Ok(match (inventory.errors.is_empty(), checked.iter().all(|grant| grant.compiles)) {
        (false, _) => crate::BAD_INPUT,
        (true, false) => crate::FAILED,
        (true, true) => crate::OK,
    })
}

fn read(policy: &Path, args: &ModuleArgs) -> anyhow::Result<(Inventory, Modules)> {
    let inventory = Inventory::new(&Snapshot::of_policy(files::read_all(policy)?))?;
    let folder = args.provider_dir.as_deref().unwrap_or(policy);
    let source = modules::Source { folder, allow_unsigned: args.allow_unsigned, engine: None };
    let modules = source.load(inventory.providers.values());
    Ok((inventory, modules))
}

fn checked(
    grant: &Object<CapabilityGrantSpec>,
    module: &Module,
    trusted: &std::collections::BTreeSet<String>,
    roots: &BTreeMap<String, String>,
) -> Checked {
    let Report { surface, denials, warnings, operations } = check(&CheckRequest {
        catalogue: &module.catalogue,
        digest: &module.digest.to_string(),
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
    Checked {
        grant: grant.metadata.name.clone(),
        compiles: denials.is_empty(),
        surface: Some(surface),
        operations,
        denials: denials.iter().map(|d| line(Some(d.reason.as_str()), &d.field, &d.remedy)).collect(),
        warnings: warnings.iter().map(|w| line(None, &w.field, &w.text)).collect(),
        words: surface::describe(&module.catalogue),
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
        words: String::new(),
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
        lines.push(format!("  surface: {surface}"));
        lines.extend(checked.words.lines().map(|line| format!("    {line}")));
    }
    lines.join("\n")
}

/// Puts digest and surface of the module at hand into every grant that has others or none.
fn write_all(policy: &Path, inventory: &Inventory, modules: &Modules) -> anyhow::Result<()> {
    let mut texts = files::read_all(policy)?;
    for grant in inventory.grants.values() {
        let Some(Ok(module)) = modules.get(&grant.spec.provider.name) else { continue };
        let (digest, surface) = (module.digest.to_string(), surface::hash(&module.catalogue));
        if grant.spec.provider.module.as_ref() == Some(&digest)
            && grant.spec.surface.as_ref() == Some(&surface)
        {
            continue;
        }
        let accepted = Accepted { grant: &grant.metadata.name, module: &digest, surface: &surface };
        let written = texts.iter_mut().find_map(|(path, text)| {
            let new = accept(text, &accepted)?;
            Some((path.clone(), text, new))
        });
        let remedy = || anyhow!("{}: write it in block style, or put both in by hand", grant.metadata.name);
        let (path, text, new) = written.ok_or_else(remedy)?;
        replace(&path, &new)?;
        **text = new;
    }
    Ok(())
}

/// Written beside and renamed: a policy file is never half written.
fn replace(path: &Path, text: &str) -> anyhow::Result<()> {
    let beside = path.with_extension("yaml.new");
    std::fs::write(&beside, text)
        .and_then(|()| std::fs::rename(&beside, path))
        .with_context(|| format!("cannot write {}", path.display()))
}
