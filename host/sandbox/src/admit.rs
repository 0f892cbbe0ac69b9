//! What is checked from a component's bytes before the compiler sees them: that it is a component, what it imports
//! and exports, and that no part of it starts out larger than a run may ever be. The bytes may be hostile; names out
//! of them are escaped and cut.

mod effort;

use wasmparser::{BinaryReaderError, Encoding, Parser, Payload};

use crate::{
    LoadError, MAX_COMPONENT,
    limits::{CORE_INSTANCES, MAX_MEMORY, MAX_TABLE, MEMORIES, TABLES},
};

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

/// Admits a component to the compiler.
pub(crate) fn admit(component: &[u8]) -> Result<(), LoadError> {
    if component.len() > MAX_COMPONENT {
        return Err(LoadError::TooLarge);
    }
    let seen = Seen::of(component).map_err(|_| LoadError::NotAComponent)?;
    if seen.core_module {
        return Err(LoadError::CoreModule);
    }
    if !seen.foreign.is_empty() {
        return Err(LoadError::ForeignImports(seen.foreign));
    }
    if let Some(what) = seen.oversize {
        return Err(LoadError::Oversize(what));
    }
    if seen.provider { Ok(()) } else { Err(LoadError::NoProvider) }
}

/// Admits what compiling costs (I8). Apart from [`admit`], since code out of the cache is not compiled again.
pub(crate) fn weigh(component: &[u8]) -> Result<(), LoadError> {
    let effort = effort::Effort::of(component).map_err(|_| LoadError::Invalid)?;
    effort.excess().map_or(Ok(()), |what| Err(LoadError::Costly(what)))
}

/// What stands in the bytes, as far as it matters here.
#[derive(Default)]
struct Seen {
    core_module: bool,
    foreign: Vec<String>,
    provider: bool,
    modules: u32,
    memories: u32,
    tables: u32,
    oversize: Option<&'static str>,
}

impl Seen {
    fn of(component: &[u8]) -> Result<Self, BinaryReaderError> {
        let mut seen = Self::default();
        let mut depth = 0_u32;
        for payload in Parser::new(0).parse_all(component) {
            let payload = payload?;
            match payload {
                Payload::ModuleSection { .. } => {
                    depth += 1;
                    seen.modules += 1;
                    // Each one costs the compiler an image of its memory, whether it is instantiated or not.
                    seen.bound(seen.modules > CORE_INSTANCES, "over 8 core modules");
                }
                Payload::ComponentSection { .. } => depth += 1,
                Payload::End(_) => depth = depth.saturating_sub(1),
                _ if depth == 0 => seen.outside(payload)?,
                _ => seen.inside(payload)?,
            }
        }
        Ok(seen)
    }

    /// The component's own level.
    fn outside(&mut self, payload: Payload<'_>) -> Result<(), BinaryReaderError> {
        match payload {
            Payload::Version { encoding, .. } => self.core_module = encoding == Encoding::Module,
            Payload::ComponentImportSection(section) => {
                for import in section {
                    self.import(import?.name.name);
                }
            }
            Payload::ComponentExportSection(section) => {
                for export in section {
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
    fn inside(&mut self, payload: Payload<'_>) -> Result<(), BinaryReaderError> {
        match payload {
            Payload::MemorySection(section) => {
                self.memories = self.memories.saturating_add(section.count());
                self.bound(self.memories > MEMORIES, "over one memory");
                for memory in section {
                    let bytes = memory?.initial.saturating_mul(PAGE);
                    self.bound(bytes > MAX_MEMORY as u64, "a memory of over 16 MiB");
                }
            }
            Payload::TableSection(section) => {
                self.tables = self.tables.saturating_add(section.count());
                self.bound(self.tables > TABLES, "over 4 tables");
                for table in section {
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
