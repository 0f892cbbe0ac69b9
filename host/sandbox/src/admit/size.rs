//! How large the parts of a component may be, counted from its bytes: the compiler's time and memory grow with them.
//! What a part may cost beyond its size is in `effort`. The bounds are some ten times what our own providers have; they
//! are told to authors in providers-wasm/README.md.

use wasmparser::{
    BinaryReaderError, CanonicalFunction, ComponentCanonicalSectionReader, CompositeInnerType, ElementItems,
    ElementSectionReader, FunctionBody, Payload, TypeSectionReader,
};

use crate::limits::CORE_INSTANCES;

/// Functions that a component has, in all its core modules.
const FUNCTIONS: u64 = 10_000;
/// Bytes of code of all functions.
const CODE: u64 = 1 << 20;
/// Bytes of code of one function: what is compiled in one piece.
const BODY: u64 = 128 << 10;
/// Locals of one function, without its parameters.
const LOCALS: u64 = 1000;
/// Locals of all functions.
const ALL_LOCALS: u64 = 100_000;
/// Parameters and results of a function or a block.
const PARAMETERS: usize = 100;
/// See [`PARAMETERS`]. Results come in bulk from an instruction of two bytes.
const RESULTS: usize = 16;
/// Bytes of core modules that are neither code nor data: types, imports, exports, elements.
const DECLARED: u64 = 64 << 10;
/// Data and element segments: each is code that runs at the start. A provider has three.
const SEGMENTS: u64 = 1000;
/// Functions in element segments, likewise.
const ELEMENTS: u64 = 10_000;
/// Bytes of what is around the core modules.
const WRAPPED: u64 = 64 << 10;
/// Functions that pass between a component and its host. Each has types that the engine takes apart, up to a million
/// parts that stand in a few bytes.
const CROSSINGS: u64 = 64;
/// Names that a component exports; a provider exports one.
const EXPORTS: u64 = 16;
/// Nested components and instances of them; a provider has one.
const NESTED: u64 = 16;

/// What was counted so far, and the first bound that was exceeded.
#[derive(Default)]
pub(crate) struct Size {
    pub(super) functions: u64,
    pub(super) code: u64,
    locals: u64,
    declared: u64,
    segments: u64,
    elements: u64,
    wrapped: u64,
    modules: u64,
    nested: u64,
    exports: u64,
    crossings: u64,
    lifted: bool,
    pub(super) over: Option<&'static str>,
}

impl Size {
    /// Part of a core module.
    pub(super) fn in_module(&mut self, payload: &Payload<'_>) -> Result<(), BinaryReaderError> {
        match payload {
            Payload::CodeSectionStart { count, .. } => self.functions += u64::from(*count),
            Payload::CodeSectionEntry(body) => self.body(body)?,
            Payload::DataSection(section) => self.segments += u64::from(section.count()),
            Payload::ElementSection(section) => self.elements(section)?,
            Payload::TypeSection(section) => self.types(section)?,
            _ => {}
        }
        self.declared += declared(payload);
        self.bound(self.functions, FUNCTIONS, "over 10000 functions");
        self.bound(self.code, CODE, "over 1 MiB of code");
        self.bound(self.locals, ALL_LOCALS, "over 100000 locals");
        self.bound(self.segments, SEGMENTS, "over 1000 data and element segments");
        self.bound(self.elements, ELEMENTS, "over 10000 elements");
        self.bound(self.declared, DECLARED, "over 64 KiB of types, imports, exports and elements");
        Ok(())
    }

    /// Part of the component itself.
    pub(super) fn in_component(&mut self, payload: &Payload<'_>) -> Result<(), BinaryReaderError> {
        match payload {
            Payload::ModuleSection { .. } => self.modules += 1,
            Payload::ComponentSection { .. } => self.nested += 1,
            Payload::ComponentInstanceSection(section) => self.nested += u64::from(section.count()),
            Payload::ComponentExportSection(section) => self.exports += u64::from(section.count()),
            Payload::ComponentCanonicalSection(section) => self.crossings(section)?,
            _ => {}
        }
        self.wrapping(payload);
        self.bound(self.modules, u64::from(CORE_INSTANCES), "over 8 core modules");
        self.bound(self.nested, NESTED, COMPOSED);
        self.bound(self.exports, EXPORTS, "over 16 exports");
        self.bound(self.crossings, CROSSINGS, "over 64 functions between component and host");
        Ok(())
    }

    /// Part of a component within the component. Ours only hold the types of what they pass on.
    pub(super) fn in_nested(&mut self, payload: &Payload<'_>) {
        match payload {
            Payload::Version { .. }
            | Payload::ComponentTypeSection(_)
            | Payload::ComponentImportSection(_)
            | Payload::ComponentExportSection(_)
            | Payload::ComponentAliasSection(_)
            | Payload::CustomSection(_)
            | Payload::End(_) => self.wrapping(payload),
            _ => self.refuse(COMPOSED),
        }
    }

    fn wrapping(&mut self, payload: &Payload<'_>) {
        if !matches!(payload, Payload::CustomSection(_)) {
            self.wrapped += length(payload);
        }
        self.bound(self.wrapped, WRAPPED, "over 64 KiB around the core modules");
    }

    /// A function of the component that its own code calls needs an adapter, which the engine writes and compiles.
    /// There is none where imports are lowered before anything is lifted.
    fn crossings(&mut self, section: &ComponentCanonicalSectionReader<'_>) -> Result<(), BinaryReaderError> {
        self.crossings += u64::from(section.count());
        for function in section.clone() {
            match function? {
                CanonicalFunction::Lift { .. } => self.lifted = true,
                CanonicalFunction::Lower { .. } if self.lifted => self.refuse(COMPOSED),
                _ => {}
            }
        }
        Ok(())
    }

    fn elements(&mut self, section: &ElementSectionReader<'_>) -> Result<(), BinaryReaderError> {
        self.segments += u64::from(section.count());
        for segment in section.clone() {
            self.elements += match segment?.items {
                ElementItems::Functions(items) => u64::from(items.count()),
                ElementItems::Expressions(_, items) => u64::from(items.count()),
            };
        }
        Ok(())
    }

    fn types(&mut self, section: &TypeSectionReader<'_>) -> Result<(), BinaryReaderError> {
        for group in section.clone() {
            for ty in group?.types() {
                if let CompositeInnerType::Func(function) = &ty.composite_type.inner {
                    let (parameters, results) = (function.params().len(), function.results().len());
                    let over = parameters > PARAMETERS || results > RESULTS;
                    self.bound(
                        u64::from(over),
                        0,
                        "a function or block of over 100 parameters or 16 results",
                    );
                }
            }
        }
        Ok(())
    }

    fn body(&mut self, body: &FunctionBody<'_>) -> Result<(), BinaryReaderError> {
        let bytes = body.range().len().try_into().unwrap_or(u64::MAX);
        self.code += bytes;
        self.bound(bytes, BODY, "a function of over 128 KiB");
        let mut locals = 0;
        for group in body.get_locals_reader()? {
            locals += u64::from(group?.0);
        }
        self.locals += locals;
        self.bound(locals, LOCALS, "a function with over 1000 locals");
        Ok(())
    }

    fn bound(&mut self, found: u64, most: u64, what: &'static str) {
        if found > most {
            self.refuse(what);
        }
    }

    fn refuse(&mut self, what: &'static str) {
        self.over.get_or_insert(what);
    }
}

/// What composes several into one, and needs the engine to write code of its own.
const COMPOSED: &str = "components within the component that do more than pass on";

/// Bytes of a core module's section that is neither code nor data.
fn declared(payload: &Payload<'_>) -> u64 {
    match payload {
        Payload::CodeSectionStart { .. } | Payload::DataSection(_) | Payload::CustomSection(_) => 0,
        other => length(other),
    }
}

/// Bytes of a section; of a nested module or component none, since its parts are counted.
fn length(payload: &Payload<'_>) -> u64 {
    match payload {
        Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => 0,
        other => other.as_section().map_or(0, |(_, range)| range.len().try_into().unwrap_or(u64::MAX)),
    }
}
