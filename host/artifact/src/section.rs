//! The catalogue inside a component: one custom section at the top level, read without running or compiling
//! anything. A signature over the component covers it. Custom sections of nested modules don't count, so that a
//! component can't bring a second catalogue in with a part.

use wasmparser::{Encoding, Parser, Payload};

/// The section's name.
pub const NAME: &str = "bailiwick:catalogue";

/// The largest catalogue, in bytes.
pub const MAX: usize = 256 << 10;

/// Why a component has no usable catalogue section.
#[derive(Debug, thiserror::Error)]
pub enum SectionError {
    /// The bytes are not WebAssembly, or break off.
    #[error("not a WebAssembly component")]
    Malformed(#[source] wasmparser::BinaryReaderError),
    /// A core module.
    #[error("a core module, not a component: make one of it with `bailiwick provider build`")]
    CoreModule,
    /// There is none.
    #[error("no `{NAME}` section: embed one with `bailiwick provider build`")]
    Missing,
    /// There are several.
    #[error("more than one `{NAME}` section: a component has exactly one catalogue")]
    Repeated,
    /// It is too large.
    #[error("the catalogue is over {MAX} bytes")]
    TooLarge,
    /// It is not text.
    #[error("the catalogue is not UTF-8")]
    NotText,
}

/// The catalogue's text (TOML), as the component's author wrote it.
///
/// # Errors
/// Every [`SectionError`].
pub fn read(component: &[u8]) -> Result<String, SectionError> {
    let data = only(component)?.ok_or(SectionError::Missing)?;
    bounded(data)?;
    String::from_utf8(data.to_vec()).map_err(|_| SectionError::NotText)
}

/// The component with `catalogue` appended as its section. Appending keeps every other byte as it was.
///
/// # Errors
/// [`SectionError::Repeated`] where it has one already, [`SectionError::TooLarge`], and those of bytes that are
/// not a component.
pub fn write(component: &[u8], catalogue: &str) -> Result<Vec<u8>, SectionError> {
    bounded(catalogue.as_bytes())?;
    if only(component)?.is_some() {
        return Err(SectionError::Repeated);
    }
    let mut payload = leb128(NAME.len());
    payload.extend_from_slice(NAME.as_bytes());
    payload.extend_from_slice(catalogue.as_bytes());
    let mut out = component.to_vec();
    out.push(0); // The id of a custom section.
    out.extend(leb128(payload.len()));
    out.extend(payload);
    Ok(out)
}

fn bounded(catalogue: &[u8]) -> Result<(), SectionError> {
    if catalogue.len() > MAX { Err(SectionError::TooLarge) } else { Ok(()) }
}

/// The section's data; none where there is none.
fn only(component: &[u8]) -> Result<Option<&[u8]>, SectionError> {
    let mut found = Vec::new();
    let mut depth = 0_u32;
    for payload in Parser::new(0).parse_all(component) {
        match payload.map_err(SectionError::Malformed)? {
            Payload::Version { encoding: Encoding::Module, .. } if depth == 0 => {
                return Err(SectionError::CoreModule);
            }
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::CustomSection(section) if depth == 0 && section.name() == NAME => {
                found.push(section.data());
            }
            _ => {}
        }
    }
    match found.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        _ => Err(SectionError::Repeated),
    }
}

/// Unsigned LEB128 (WebAssembly core specification 5.2.2).
fn leb128(mut value: usize) -> Vec<u8> {
    let mut out = Vec::new();
    while value > 0x7f {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
    out
}

#[cfg(test)]
mod tests;
