//! `bailiwick provider inspect`: what a component is and what it may ask for, read from its bytes. Nothing is run.

use std::path::Path;

use anyhow::Context;
use bailiwick_artifact::inspect;
use bailiwick_core::catalogue::surface;
use serde::Serialize;

use crate::{args::Format, report};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Inspected {
    name: String,
    version: String,
    world: bailiwick_core::catalogue::World,
    digest: String,
    bytes: usize,
    surface: String,
    imports: Vec<String>,
    exports: Vec<String>,
    operations: Vec<String>,
}

/// Reads the component and prints what it is.
pub(crate) fn run(file: &Path, output: Format) -> anyhow::Result<u8> {
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let found = inspect::inspect(&bytes).with_context(|| file.display().to_string())?;
    let catalogue = found.catalogue;
    let inspected = Inspected {
        digest: found.digest.to_string(),
        bytes: found.size,
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

fn words(i: &Inspected, surface: &str) -> String {
    let head = [
        ("provider", format!("{} {}", i.name, i.version)),
        ("digest", i.digest.clone()),
        ("size", format!("{} bytes", i.bytes)),
        ("imports", i.imports.join(", ")),
        ("exports", i.exports.join(", ")),
        ("surface", i.surface.clone()),
    ];
    let lines: Vec<String> = head.iter().map(|(name, text)| format!("{name:<9} {text}")).collect();
    format!("{}\n\n{surface}", lines.join("\n"))
}
