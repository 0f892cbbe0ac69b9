//! What a component is, recomputed from its bytes: digest, imports, exports, and the catalogue that its author
//! embedded. A catalogue that claims another world than the binary has is refused here, before anything compiles
//! or runs. That the catalogue's operations are harmless is not said here: they are a claim, and the grant decides.

use bailiwick_core::catalogue::{
    Catalogue,
    parse::{CatalogueError, parse},
};
use wasmparser::{Parser, Payload, Validator, WasmFeatures};

use crate::{
    Digest, MAX_COMPONENT, section,
    section::SectionError,
    world::{self, Cause},
};

/// What a component is.
#[derive(Clone, Debug)]
pub struct Inspection {
    /// Of the whole component, the catalogue with it.
    pub digest: Digest,
    /// In bytes.
    pub size: usize,
    /// Names of the imports, in the order of the binary.
    pub imports: Vec<String>,
    /// Names of the exports, in the order of the binary.
    pub exports: Vec<String>,
    /// The catalogue's text, as the author wrote it.
    pub text: String,
    /// What the author says that it may ask for.
    pub catalogue: Catalogue,
}

/// Why a component is not a provider of the `blind` world.
#[derive(Debug, thiserror::Error)]
pub enum InspectError {
    /// Over [`MAX_COMPONENT`].
    #[error("a component is at most {MAX_COMPONENT} bytes")]
    TooLarge,
    /// No catalogue, several, or no component at all.
    #[error("cannot read the catalogue")]
    Section(#[from] SectionError),
    /// The catalogue's faults, each with its field and remedy.
    #[error("the catalogue has faults:{}", lines(.0))]
    Catalogue(Vec<CatalogueError>),
    /// The binary does not validate.
    #[error("not a valid WebAssembly component")]
    Invalid(#[from] wasmparser::BinaryReaderError),
    /// Imports that the world does not have.
    #[error("imports what the world `blind` does not have: {}", .0.join(", "))]
    ForeignImports(Vec<String>),
    /// The provider interface is not there.
    #[error("does not export {}: see `bailiwick provider init` for a template", world::EXPORT)]
    NoProvider,
    /// Exports that the world does not have.
    #[error("exports what the world `blind` does not have: {}", .0.join(", "))]
    ForeignExports(Vec<String>),
    /// An import or export has the world's name, but other types.
    #[error("imports or exports differ in type from bailiwick:provider@0.1.0: build against its WIT")]
    OtherTypes(#[source] Cause),
}

/// Reads and checks a component: its catalogue, its surroundings by name and by type, its validity.
///
/// # Errors
/// Every [`InspectError`]; the first that applies.
pub fn inspect(component: &[u8]) -> Result<Inspection, InspectError> {
    let seen = claims(component)?;
    Validator::new_with_features(WasmFeatures::default()).validate_all(component)?;
    world::conforms(component).map_err(InspectError::OtherTypes)?;
    Ok(seen)
}

/// As [`inspect`], without looking at types and code: for a caller that hands the same bytes to the engine, which
/// looks at both itself.
///
/// # Errors
/// Every [`InspectError`] but [`InspectError::Invalid`] of code and [`InspectError::OtherTypes`].
pub fn claims(component: &[u8]) -> Result<Inspection, InspectError> {
    if component.len() > MAX_COMPONENT {
        return Err(InspectError::TooLarge);
    }
    let text = section::read(component)?;
    let catalogue = parse(&text).map_err(InspectError::Catalogue)?;
    let (imports, exports) = surroundings(component)?;
    admit(&imports, &exports)?;
    Ok(Inspection { digest: Digest::of(component), size: component.len(), imports, exports, text, catalogue })
}

/// Names of what the component's outermost level imports and exports.
fn surroundings(component: &[u8]) -> Result<(Vec<String>, Vec<String>), wasmparser::BinaryReaderError> {
    let (mut imports, mut exports) = (Vec::new(), Vec::new());
    let mut depth = 0_u32;
    for payload in Parser::new(0).parse_all(component) {
        match payload? {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(section) if depth == 0 => {
                for import in section {
                    imports.push(import?.name.name.to_owned());
                }
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                for export in section {
                    exports.push(export?.name.name.to_owned());
                }
            }
            _ => {}
        }
    }
    Ok((imports, exports))
}

fn admit(imports: &[String], exports: &[String]) -> Result<(), InspectError> {
    let foreign = others(imports, &world::IMPORTS);
    if !foreign.is_empty() {
        return Err(InspectError::ForeignImports(foreign));
    }
    if !exports.iter().any(|name| name == world::EXPORT) {
        return Err(InspectError::NoProvider);
    }
    let foreign = others(exports, &[world::EXPORT]);
    if foreign.is_empty() { Ok(()) } else { Err(InspectError::ForeignExports(foreign)) }
}

/// One fault a line.
fn lines(faults: &[CatalogueError]) -> String {
    faults.iter().map(|fault| format!("\n  {fault}")).collect()
}

fn others(names: &[String], known: &[&str]) -> Vec<String> {
    names.iter().filter(|name| !known.contains(&name.as_str())).cloned().collect()
}

#[cfg(test)]
mod tests;
