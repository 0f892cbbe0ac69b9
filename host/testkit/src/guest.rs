//! Guests written by hand: core modules in WebAssembly text become components of the `blind` world, so that a test
//! can do what no compiler would write. They stand in `tests/guests/*.wat`. The compiled providers are not here.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use wit_component::{ComponentEncoder, StringEncoding};
use wit_parser::{Resolve, WorldId};

/// The worlds as they are shipped.
const WIT: &str = include_str!("../../../wit/bailiwick.wit");

/// The text of `tests/guests/NAME.wat`.
///
/// # Errors
/// Where there is no such file.
pub fn text(name: &str) -> Result<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../tests/guests/{name}.wat"));
    fs::read_to_string(&path).with_context(|| format!("no guest {name}"))
}

/// `tests/guests/NAME.wat` as a component of the `blind` world.
///
/// # Errors
/// Where the file is not there, or is not a core module that fits the world.
pub fn component(name: &str) -> Result<Vec<u8>> {
    from_text(&text(name)?).with_context(|| format!("guest {name}"))
}

/// A core module in text as a component of the `blind` world.
///
/// # Errors
/// Where the text is not a core module that fits the world.
pub fn from_text(wat: &str) -> Result<Vec<u8>> {
    encode(module(wat)?)
}

/// A core module in text as the compiler of a provider would leave it: with the world in a custom section.
///
/// # Errors
/// Where the text is not WebAssembly.
pub fn module(wat: &str) -> Result<Vec<u8>> {
    let mut resolve = Resolve::default();
    let package = resolve.push_source("bailiwick.wit", WIT)?;
    let world = resolve.select_world(&[package], Some("blind"))?;
    embed(wat, &resolve, world)
}

/// A core module in text as a component of another world: `packages` are WIT texts that come after ours, each after
/// those it names; `world` is one of the last.
///
/// # Errors
/// Where a text does not parse, or the module does not fit that world.
pub fn in_world(wat: &str, packages: &[&str], world: &str) -> Result<Vec<u8>> {
    encode(module_in_world(wat, packages, world)?)
}

/// As [`in_world`], before it becomes a component.
///
/// # Errors
/// Where a text does not parse.
pub fn module_in_world(wat: &str, packages: &[&str], world: &str) -> Result<Vec<u8>> {
    let mut resolve = Resolve::default();
    let mut last = resolve.push_source("bailiwick.wit", WIT)?;
    for (index, text) in packages.iter().enumerate() {
        last = resolve.push_source(&format!("extra-{index}.wit"), text)?;
    }
    let world = resolve.select_world(&[last], Some(world))?;
    embed(wat, &resolve, world)
}

/// A core module in text as a component of a world that has nothing to do with ours.
///
/// # Errors
/// Where a text does not parse, or the module does not fit that world.
pub fn in_other_wit(wat: &str, wit: &str, world: &str) -> Result<Vec<u8>> {
    let mut resolve = Resolve::default();
    let package = resolve.push_source("other.wit", wit)?;
    let world = resolve.select_world(&[package], Some(world))?;
    encode(embed(wat, &resolve, world)?)
}

fn embed(wat: &str, resolve: &Resolve, world: WorldId) -> Result<Vec<u8>> {
    let mut module = wat::parse_str(wat)?;
    wit_component::embed_component_metadata(&mut module, resolve, world, StringEncoding::UTF8)?;
    Ok(module)
}

fn encode(module: Vec<u8>) -> Result<Vec<u8>> {
    ComponentEncoder::default().module(&module)?.validate(true).encode()
}
