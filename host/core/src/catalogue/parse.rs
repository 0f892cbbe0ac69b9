//! Reads `provider.toml` and checks what types cannot say. All faults are collected, each with the path of its
//! field and what would mend it. A catalogue that passed is well formed; whether it may do anything is decided
//! against a grant.

mod auth;
mod body;
mod keys;
mod names;
mod network;
mod operations;
mod places;
mod replies;
mod settings;
mod slots;
mod texts;

use super::Catalogue;

pub(crate) use network::inherited;
pub(crate) use settings::pattern;

/// The longest `provider.toml`, in bytes.
const MAX_BYTES: usize = 256 * 1024;

/// One fault of a catalogue.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {problem}; {remedy}")]
pub struct CatalogueError {
    /// The field, as a dotted path: `operations.read.slots.key.class`.
    pub path: String,
    /// What is wrong.
    pub problem: String,
    /// What would mend it.
    pub remedy: String,
}

/// Reads and checks a catalogue.
///
/// # Errors
/// Every fault that was found. Where the text is not TOML of the catalogue's shape, that one alone.
pub fn parse(text: &str) -> Result<Catalogue, Vec<CatalogueError>> {
    let catalogue = read(text).map_err(|error| vec![error])?;
    let mut faults = Faults::default();
    names::check(&catalogue, &mut faults);
    texts::check(&catalogue, &mut faults);
    settings::check(&catalogue, &mut faults);
    network::check(&catalogue, &mut faults);
    operations::check(&catalogue, &mut faults);
    auth::check(&catalogue, &mut faults);
    if faults.0.is_empty() { Ok(catalogue) } else { Err(faults.0) }
}

/// The faults found so far.
#[derive(Default)]
struct Faults(Vec<CatalogueError>);

impl Faults {
    fn add(&mut self, path: impl Into<String>, problem: impl Into<String>, remedy: impl Into<String>) {
        self.0.push(CatalogueError { path: path.into(), problem: problem.into(), remedy: remedy.into() });
    }

    /// Adds a fault unless `fine`.
    fn unless(&mut self, fine: bool, path: &str, problem: &str, remedy: &str) {
        if !fine {
            self.add(path, problem, remedy);
        }
    }
}

fn read(text: &str) -> Result<Catalogue, CatalogueError> {
    let fault = |path: String, problem: String, remedy: &str| CatalogueError {
        path: if path == "." { "provider.toml".into() } else { path },
        problem,
        remedy: remedy.into(),
    };
    if text.len() > MAX_BYTES {
        return Err(fault(".".into(), format!("is longer than {MAX_BYTES} bytes"), "shorten it"));
    }
    let document = toml::Deserializer::parse(text)
        .map_err(|error| fault(".".into(), at_line(text, &error), "write valid TOML"))?;
    serde_path_to_error::deserialize(document).map_err(|error| {
        fault(error.path().to_string(), at_line(text, error.inner()), "see the catalogue's reference")
    })
}

/// The error in one line, with the line of the file where it is known.
fn at_line(text: &str, error: &toml::de::Error) -> String {
    let message = error.message().replace('\n', " ");
    match error.span().and_then(|span| text.get(..span.start)) {
        Some(before) => format!("line {}: {message}", before.matches('\n').count() + 1),
        None => message,
    }
}

#[cfg(test)]
mod tests;
