//! From a core module to a provider: the component is encoded and validated, the catalogue embedded, and the result
//! held against the same checks as any stranger's component. The same input gives the same bytes.

use wit_component::ComponentEncoder;

use crate::{
    inspect::{InspectError, inspect},
    section::{self, SectionError},
    world::Cause,
};

/// Why nothing was built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// It is a component already.
    #[error("this is a component already: give the core module that the compiler wrote")]
    Component,
    /// The module was not built against the world's bindings.
    #[error("cannot make a component: build with the provider SDK for wasm32-unknown-unknown")]
    Encode(#[source] Cause),
    /// The catalogue can't be embedded.
    #[error("cannot embed the catalogue")]
    Section(#[from] SectionError),
    /// The result is not a provider.
    #[error("what was built is not a provider")]
    Inspect(#[from] InspectError),
}

/// Makes a component of a core module and embeds the text of its `provider.toml`.
///
/// # Errors
/// Every [`BuildError`]; nothing is written anywhere.
pub fn build(core_module: &[u8], provider_toml: &str) -> Result<Vec<u8>, BuildError> {
    if wasmparser::Parser::is_component(core_module) {
        return Err(BuildError::Component);
    }
    let component = encode(core_module).map_err(BuildError::Encode)?;
    let component = section::write(&component, provider_toml)?;
    inspect(&component)?;
    Ok(component)
}

fn encode(core_module: &[u8]) -> Result<Vec<u8>, Cause> {
    Ok(ComponentEncoder::default().module(core_module)?.validate(true).encode()?)
}

#[cfg(test)]
mod tests;
