//! What is checked from a component's bytes before the compiler sees them: that it is a component, what it imports
//! and exports, that no part of it starts out larger than a run may ever be, and that compiling it has a bound in time
//! and memory (a compiler cannot be stopped). The bytes may be hostile; names out of them are escaped and cut.

mod effort;
mod size;

use wasmparser::{BinaryReaderError, Encoding, Parser, Payload};

use crate::{
    LoadError, MAX_COMPONENT,
    limits::{MAX_MEMORY, MAX_TABLE, TABLES},
};
use effort::Effort;
use size::Size;

/// The interfaces of the `blind` world. None of `wasi:*` is among them.
const IMPORTS: [&str; 5] = [
    "bailiwick:provider/answers@0.1.0",
    "bailiwick:provider/calls@0.1.0",
    "bailiwick:provider/credentials@0.1.0",
    "bailiwick:provider/outcomes@0.1.0",
    "bailiwick:provider/values@0.1.0",
];

/// What every provider exports.
const EXPORT: &str = "bailiwick:provider/provider@0.1.0";

/// WebAssembly's page, in bytes.
const PAGE: u64 = 65_536;

/// The most that the branches of a component may cost, in the unit of [`Effort`]: five seconds, where
/// the compiler itself is built without optimisation. Our own providers have up to 25 million.
const EFFORT: u64 = 1_000_000_000;

/// What is known of a component that may be compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Admitted {
    /// Functions in its core modules.
    pub functions: u64,
    /// Bytes of their code.
    pub code: u64,
    /// What their branches cost the compiler, in percent of what is admitted, rounded up.
    pub effort: u64,
}

/// Whether the engine would compile the component, from its bytes and without compiling. Types of imports and exports
/// are looked at later, when it is linked.
///
/// # Errors
/// Every [`LoadError`] but [`LoadError::OtherTypes`].
pub fn admit(component: &[u8]) -> Result<Admitted, LoadError> {
    let Size { functions, code, .. } = look(component)?;
    let effort = Effort::of(component).map_err(|_| LoadError::Invalid)?;
    if effort.total > EFFORT {
        return Err(LoadError::Tangled(effort.function));
    }
    Ok(Admitted { functions, code, effort: (100 * effort.total).div_ceil(EFFORT) })
}

/// All of [`admit`] that is quick: what code out of the cache, which was admitted when it was compiled, still needs.
pub(crate) fn look(component: &[u8]) -> Result<Size, LoadError> {
    if component.len() > MAX_COMPONENT {
        return Err(LoadError::TooLarge);
    }
    Seen::of(component).map_err(|_| LoadError::NotAComponent)?.verdict()
}

/// What stands in the bytes, as far as it matters here.
#[derive(Default)]
struct Seen {
    core_module: bool,
    foreign: Vec<String>,
    provider: bool,
    tables: u32,
    oversize: Option<&'static str>,
    size: Size,
}

/// Where a payload stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Component,
    Nested,
    Module,
}

impl Seen {
    fn of(component: &[u8]) -> Result<Self, BinaryReaderError> {
        let mut seen = Self::default();
        let mut around = Vec::new();
        let mut place = Place::Component;
        for payload in Parser::new(0).parse_all(component) {
            let payload = payload?;
            seen.see(place, &payload)?;
            match payload {
                Payload::ModuleSection { .. } => around.push(std::mem::replace(&mut place, Place::Module)),
                Payload::ComponentSection { .. } => around.push(std::mem::replace(&mut place, Place::Nested)),
                Payload::End(_) => place = around.pop().unwrap_or(Place::Component),
                _ => {}
            }
        }
        Ok(seen)
    }

    fn see(&mut self, place: Place, payload: &Payload<'_>) -> Result<(), BinaryReaderError> {
        match place {
            Place::Component => {
                self.outside(payload)?;
                self.size.in_component(payload)
            }
            Place::Nested => {
                self.size.in_nested(payload);
                Ok(())
            }
            Place::Module => {
                self.inside(payload)?;
                self.size.in_module(payload)
            }
        }
    }

    fn verdict(self) -> Result<Size, LoadError> {
        if self.core_module {
            return Err(LoadError::CoreModule);
        }
        if !self.foreign.is_empty() {
            return Err(LoadError::ForeignImports(self.foreign));
        }
        if let Some(what) = self.oversize {
            return Err(LoadError::Oversize(what));
        }
        if let Some(what) = self.size.over {
            return Err(LoadError::TooCostly(what));
        }
        if self.provider { Ok(self.size) } else { Err(LoadError::NoProvider) }
    }

    /// The component's own level.
    fn outside(&mut self, payload: &Payload<'_>) -> Result<(), BinaryReaderError> {
        match payload {
            Payload::Version { encoding, .. } => self.core_module = *encoding == Encoding::Module,
            Payload::ComponentImportSection(section) => {
                for import in section.clone() {
                    self.import(import?.name.name);
                }
            }
            Payload::ComponentExportSection(section) => {
                for export in section.clone() {
                    self.provider |= export?.name.name == EXPORT;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn import(&mut self, name: &str) {
        if !IMPORTS.contains(&name) && self.foreign.len() < 16 {
            self.foreign.push(name.escape_debug().take(128).collect());
        }
    }

    /// Core modules within it.
    fn inside(&mut self, payload: &Payload<'_>) -> Result<(), BinaryReaderError> {
        match payload {
            Payload::MemorySection(section) => {
                for memory in section.clone() {
                    let bytes = memory?.initial.saturating_mul(PAGE);
                    self.bound(bytes > MAX_MEMORY as u64, "a memory of over 16 MiB");
                }
            }
            Payload::TableSection(section) => {
                self.tables = self.tables.saturating_add(section.count());
                self.bound(self.tables > TABLES, "over 4 tables");
                for table in section.clone() {
                    self.bound(table?.ty.initial > MAX_TABLE as u64, "a table of over 10000 elements");
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn bound(&mut self, over: bool, what: &'static str) {
        if over {
            self.oversize = Some(what);
        }
    }
}
