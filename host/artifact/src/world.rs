//! The `blind` world as this build knows it: what a component may import and must export, by name and by type. The
//! WIT is that of `wit/bailiwick.wit`; nothing is read from disk.

use wit_parser::{Resolve, WorldId};

/// The world's definition.
const WIT: &str = include_str!("../../../wit/bailiwick.wit");

/// What every provider exports.
pub(crate) const EXPORT: &str = "bailiwick:provider/provider@0.1.0";

/// What a provider may import.
pub(crate) const IMPORTS: [&str; 5] = [
    "bailiwick:provider/answers@0.1.0",
    "bailiwick:provider/calls@0.1.0",
    "bailiwick:provider/credentials@0.1.0",
    "bailiwick:provider/outcomes@0.1.0",
    "bailiwick:provider/values@0.1.0",
];

/// What wit-parser and wit-component say; their error type holds text only.
pub(crate) type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Whether the component's imports and exports have the world's types, checked by composing the two.
pub(crate) fn conforms(component: &[u8]) -> Result<(), Cause> {
    let (resolve, world) = blind()?;
    Ok(wit_component::targets(&resolve, world, component)?)
}

fn blind() -> Result<(Resolve, WorldId), Cause> {
    let mut resolve = Resolve::default();
    let package = resolve.push_source("bailiwick.wit", WIT)?;
    let world = resolve.select_world(&[package], Some("blind"))?;
    Ok((resolve, world))
}
