//! `bailiwick provider inspect`: what a component is and what it may ask for, read from its bytes; alone in a file, or as
//! an artifact of a layout. Nothing is run, and no signature is looked at.

use std::path::Path;

use anyhow::Context;
use bailiwick_artifact::{
    Pulled, inspect,
    oci::{Layout, manifest},
    pulled::REPOSITORY,
};
use bailiwick_core::{catalogue::surface, text::escaped};
use bailiwick_sync::{Admitted, admit};
use serde::Serialize;

use super::target::{WhichArgs, component};
use crate::{args::Format, report};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Inspected {
    name: String,
    version: String,
    world: bailiwick_core::catalogue::World,
    digest: String,
    #[serde(flatten)]
    artifact: Option<Artifact>,
    bytes: usize,
    functions: u64,
    code: u64,
    effort: u64,
    surface: String,
    imports: Vec<String>,
    exports: Vec<String>,
    operations: Vec<String>,
}

/// What a layout says of the component.
#[derive(Serialize)]
struct Artifact {
    /// The digest of the manifest that names it: what is signed.
    artifact: String,
    /// What it was made for.
    repository: Option<String>,
    tags: Vec<String>,
    /// Signatures and whatever else lies beside it, of whatever worth.
    beside: usize,
}

/// Reads the component and prints what it is.
pub(crate) fn run(file: &Path, which: &WhichArgs, output: Format) -> anyhow::Result<u8> {
    let (bytes, held) = component(file, which).with_context(|| file.display().to_string())?;
    let artifact = held.map(|(layout, pulled)| artifact(&layout, &pulled)).transpose()?;
    let Admitted { functions, code, effort } = admit(&bytes).with_context(|| file.display().to_string())?;
    let found = inspect::inspect(&bytes).with_context(|| file.display().to_string())?;
    let catalogue = found.catalogue;
    let inspected = Inspected {
        digest: found.digest.to_string(),
        artifact,
        bytes: found.size,
        functions,
        code,
        effort,
        surface: surface::hash(&catalogue),
        imports: found.imports,
        exports: found.exports,
        operations: catalogue.operations.keys().cloned().collect(),
        world: catalogue.world,
        name: catalogue.name.clone(),
        version: catalogue.version.clone(),
    };
    match output {
        Format::Json => report::json(&inspected)?,
        Format::Table => report::say(&words(&inspected, &surface::describe(&catalogue)))?,
    }
    Ok(crate::OK)
}

fn artifact(layout: &Layout, pulled: &Pulled) -> anyhow::Result<Artifact> {
    let mut annotations = manifest::component(&pulled.manifest)?.annotations;
    Ok(Artifact {
        artifact: pulled.digest.to_string(),
        repository: annotations.remove(REPOSITORY),
        tags: layout.tags(&pulled.digest).into_iter().map(str::to_owned).collect(),
        beside: layout.referrers(&pulled.digest)?.0.len(),
    })
}

/// How near the component is to what the engine refuses to compile.
fn compiling(i: &Inspected) -> String {
    format!(
        "{} functions, {} bytes of code, {}% of the effort that is admitted",
        i.functions, i.code, i.effort
    )
}

fn words(i: &Inspected, surface: &str) -> String {
    let head = [
        ("provider", format!("{} {}", i.name, i.version)),
        ("digest", i.digest.clone()),
        ("size", format!("{} bytes", i.bytes)),
        ("compiling", compiling(i)),
        ("imports", i.imports.join(", ")),
        ("exports", i.exports.join(", ")),
        ("surface", i.surface.clone()),
    ];
    let lines = i.artifact.iter().flat_map(rows).chain(head);
    let lines: Vec<String> = lines.map(|(name, text)| format!("{name:<10} {}", escaped(&text))).collect();
    format!("{}\n\n{surface}", lines.join("\n"))
}

fn rows(of: &Artifact) -> [(&'static str, String); 4] {
    let or_none = |text: String| if text.is_empty() { "none".to_owned() } else { text };
    [
        ("artifact", of.artifact.clone()),
        ("repository", or_none(of.repository.clone().unwrap_or_default())),
        ("tags", or_none(of.tags.join(", "))),
        ("beside it", format!("{}, not looked at", of.beside)),
    ]
}
