//! Recorded cases of a provider, decided: the grant that a case needs, whether a request that would leave is the one
//! that was expected, what each entry came to, and what was asked for over all cases. Whoever runs a case brings
//! requests as they were written and results as the broker gathered them; nothing here runs anything.
//!
//! What a case shows are made-up values of its own file; a credential as it was sent is masked all the same.

mod differ;
mod entry;
mod grant;
mod mask;
mod result;
mod script;
#[cfg(test)]
mod tests;
mod usage;
mod wire;

use std::{collections::BTreeMap, sync::Arc};

use bailiwick_api::{
    case::Case,
    grant::CapabilityGrantSpec,
    meta::{Object, ObjectMeta},
    provider::{ModuleSource, ProviderSpec},
};

pub(crate) use self::usage::sources;
pub use self::{
    result::judge,
    script::{Asked, Script, readable, unexpected_denials},
    usage::{Place, Usage, Used},
};
use crate::{
    catalogue::Catalogue,
    grant::{ModuleOrigin, Namespace, Purpose, Request, Store, compile},
    program::Program,
    reconcile::{EntryPlan, NotReady, finds},
    text::escaped,
};

/// When a case happens, in seconds of the Unix epoch (2026-01-01T00:00:00Z): signatures are the same each time.
pub const NOW: u64 = 1_767_225_600;
/// The namespace of a case that names none.
const NAMESPACE: &str = "team-a";
/// Bytes of a text that are shown.
const MAX_SHOWN: usize = 400;

/// Where a case went another way than it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What it is about: `requests[0] header accept`.
    pub at: String,
    /// As the case has it.
    pub expected: String,
    /// As it was; escaped and cut, never a credential.
    pub got: String,
}

impl Difference {
    pub(crate) fn new(at: impl Into<String>, expected: impl AsRef<str>, got: impl AsRef<str>) -> Self {
        let at: String = at.into();
        Self { at: shown(&at), expected: shown(expected.as_ref()), got: shown(got.as_ref()) }
    }
}

/// A case and what it is run against.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    /// The component's catalogue.
    pub catalogue: &'a Arc<Catalogue>,
    /// `sha256:<hex>` of the component.
    pub digest: &'a str,
    /// The case.
    pub case: &'a Case,
    /// The grant to run it under; none: one is made from the case.
    pub grant: Option<&'a CapabilityGrantSpec>,
}

/// A case that can run.
pub struct Prepared {
    /// What the run may do.
    pub program: Program,
    /// What is asked for.
    pub entries: Vec<EntryPlan>,
}

/// What a case that cannot run differs in.
#[must_use]
pub fn refused(case: &Case, why: &NotReady) -> Difference {
    let expected = case.failure.as_deref().unwrap_or("a run");
    Difference::new("the run", expected, format!("{}: {}", why.reason, why.message))
}

/// The namespace of a case.
#[must_use]
pub fn namespace(case: &Case) -> &str {
    case.namespace.as_deref().unwrap_or(NAMESPACE)
}

/// Compiles the case's grant against its store, by the same rules as any other.
///
/// # Errors
/// What the store, the grant or an entry is refused for.
pub fn prepare(setting: &Setting<'_>) -> Result<Prepared, NotReady> {
    let Setting { catalogue, digest, case, grant } = *setting;
    readable(catalogue, case).map_err(NotReady::new)?;
    let derived = grant::derive(catalogue, digest, case);
    let spec = grant.map_or(derived, |given| grant::accepted(catalogue, digest, given));
    let entries: Vec<EntryPlan> = case.entries.iter().map(entry::plan).collect::<Result<_, _>>()?;
    entries.iter().try_for_each(|plan| finds(catalogue, plan))?;
    let module = ModuleSource { file: Some(String::new()), ..ModuleSource::default() };
    let provider = object(&catalogue.name, ProviderSpec { module, ..ProviderSpec::default() });
    let certificates = grant::certificates(catalogue, case, &spec);
    let subject = namespace(case);
    let program = compile(&Request {
        catalogue,
        granted_catalogue: None,
        origin: ModuleOrigin::Unsigned { digest },
        world: catalogue.world,
        provider: &provider,
        grant: &object("case", spec),
        store: store(case),
        subject: Namespace { name: subject, uid: "namespace", labels: &BTreeMap::new() },
        trusted_labels: &std::collections::BTreeSet::new(),
        ca: &certificates,
        purpose: Purpose::Fetch,
        object: &format!("ExternalSecret/{subject}/case"),
    });
    Ok(Prepared { program: program.map_err(|denial| NotReady::from(&denial))?, entries })
}

fn store(case: &Case) -> Store<'_> {
    let namespace = Some(namespace(case));
    Store { name: "case", namespace, uid: "store", generation: 1, settings: &case.store, ca: None }
}

fn object<S>(name: &str, spec: S) -> Object<S> {
    let uid = Some(name.to_owned());
    Object { metadata: ObjectMeta { name: name.to_owned(), uid, ..ObjectMeta::default() }, spec }
}

/// A text of anybody's as it may be shown: one line, nothing that moves a cursor, and an end.
fn shown(text: &str) -> String {
    let text = escaped(text);
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}... ({} bytes)", text.get(..end).unwrap_or_default(), text.len()),
        None => text.into_owned(),
    }
}
