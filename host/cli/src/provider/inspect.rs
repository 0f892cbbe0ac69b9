//! `bailiwick provider inspect`: what a component is and what it may ask for, read from its bytes; alone in a file, or as
//! the only artifact of a layout. Nothing is run, and no signature is looked at.

use std::path::Path;

use anyhow::Context;
use bailiwick_artifact::{
    inspect,
    oci::{FetchError, Layout, Limits},
};
use bailiwick_core::catalogue::surface;
use bailiwick_sync::{Admitted, admit};
use serde::Serialize;

use super::target::{Held, held};
use crate::{args::Format, report};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Inspected {
    name: String,
    version: String,
    world: bailiwick_core::catalogue::World,
    digest: String,
    /// The digest of the manifest that names it: what is signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    artifact: Option<String>,
    bytes: usize,
    functions: u64,
    code: u64,
    effort: u64,
    surface: String,
    imports: Vec<String>,
    exports: Vec<String>,
    operations: Vec<String>,
}

/// Reads the component and prints what it is.
pub(crate) fn run(file: &Path, output: Format) -> anyhow::Result<u8> {
    let (bytes, artifact) = component(file).with_context(|| file.display().to_string())?;
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

/// The component's bytes, and the digest of the artifact that holds it.
fn component(path: &Path) -> anyhow::Result<(Vec<u8>, Option<String>)> {
    let only = |layout: Layout| -> Result<_, FetchError> {
        let pulled = layout.pull(None, &Limits::default())?;
        Ok((pulled.component, Some(pulled.digest.to_string())))
    };
    match held(path)? {
        Held::Component(bytes) => Ok((bytes, None)),
        Held::Layout(layout) => Ok(only(layout)?),
    }
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
    let artifact = i.artifact.iter().map(|digest| ("artifact", digest.clone()));
    let lines: Vec<String> = artifact.chain(head).map(|(name, text)| format!("{name:<9} {text}")).collect();
    format!("{}\n\n{surface}", lines.join("\n"))
}
