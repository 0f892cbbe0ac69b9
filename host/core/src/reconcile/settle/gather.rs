//! From the results of the entries to one map of data, as ESO does it: `dataFrom[]` in order, later ones over earlier
//! ones; then `data[]` over all of them. For each: property, members, rewrite or conversion, decoding, null bytes.

use std::collections::BTreeMap;

use bailiwick_api::external_secret::{
    ConversionStrategy, DataFrom, DecodingStrategy, DeletionPolicy, ExternalSecretSpec, NullBytePolicy,
    RemoteRef,
};
use bailiwick_boundary::Failure;

use super::super::{
    checks::policies,
    entries::Source,
    plan::{FetchPlan, NotReady},
};
use crate::{
    fetched::{EntryFailure, EntryResult},
    secret::Value,
    values::{convert, decode, null, property, rewrite},
};

/// What came together.
pub(super) struct Gathered {
    /// By the Secret's key.
    pub(super) data: BTreeMap<String, Value>,
    /// Paths of entries that are not there.
    pub(super) missing: Vec<String>,
}

/// What becomes of the values of an entry on their way.
struct Way<'a> {
    rewrite: &'a [bailiwick_api::external_secret::Rewrite],
    conversion: ConversionStrategy,
    decoding: DecodingStrategy,
    null_bytes: NullBytePolicy,
}

/// All entries or the first failure, in the order of the plan.
pub(super) fn gather(
    spec: &ExternalSecretSpec,
    plan: &FetchPlan,
    results: Vec<EntryResult>,
) -> Result<Gathered, NotReady> {
    let retain = policies(spec.target.as_ref()).1 == DeletionPolicy::Retain;
    let mut gathered = Gathered { data: BTreeMap::new(), missing: Vec::new() };
    for (entry, result) in plan.entries.iter().zip(results) {
        let path = entry.source.path();
        let found = one(spec, entry.source, result).map_err(|what| NotReady::from(At(&path, what)))?;
        match found {
            Some(values) => gathered.data.extend(values),
            None if retain => return Err(NotReady::from(At(&path, What::Missing))),
            None => gathered.missing.push(path),
        }
    }
    Ok(gathered)
}

/// What is wrong with an entry. Everything in it is ours: codes and field names.
enum What {
    Missing,
    Unanswered,
    Failed(EntryFailure),
    Step(&'static str, String),
}

struct At<'a>(&'a str, What);

impl From<At<'_>> for NotReady {
    fn from(At(path, what): At<'_>) -> Self {
        match what {
            What::Missing => Self::new(format!("{path}: the backend has no such secret")),
            What::Unanswered => Self::new(format!("{path}: the provider did not answer this entry")),
            What::Step(field, why) => Self::new(format!("{path}.{field}: {why}")),
            What::Failed(EntryFailure::WrongShape) => Self::new(format!(
                "{path}: what the backend answered has not the shape that the provider expects"
            )),
            What::Failed(EntryFailure::Denied(denial)) => Self::from(&denial),
            What::Failed(EntryFailure::Provider(failure)) => Self::new(format!("{path}: {}", words(failure))),
        }
    }
}

/// What a failure means, for people.
#[must_use]
pub const fn words(failure: Failure) -> &'static str {
    match failure {
        Failure::NotFound => "the backend has no such secret",
        Failure::Refused => "the backend refused it; check the credential's rights there",
        Failure::Throttled => "the backend asks to slow down; it will be tried again",
        Failure::Unavailable => "the backend cannot be reached or is not able to answer",
        Failure::Misconfigured => "the store's settings do not fit together",
        Failure::UnexpectedResponse => "the backend answered something else than its documentation says",
        Failure::Denied => "the grant does not admit it; see `bailiwick grant explain`",
    }
}

/// The values of one entry by key; none where the backend does not have it.
fn one(
    spec: &ExternalSecretSpec,
    source: Source,
    result: EntryResult,
) -> Result<Option<BTreeMap<String, Value>>, What> {
    match (source, result) {
        // Nothing matches: that is an empty answer and no missing secret.
        (Source::DataFrom(index), EntryResult::Absent) if is_find(spec, index) => Ok(Some(BTreeMap::new())),
        (_, EntryResult::Absent | EntryResult::Failed(EntryFailure::Provider(Failure::NotFound))) => Ok(None),
        (_, EntryResult::Failed(failure)) => Err(What::Failed(failure)),
        (_, EntryResult::Unanswered) => Err(What::Unanswered),
        (Source::Data(index), EntryResult::Value(value)) => {
            let entry = spec.data.iter().flatten().nth(index).ok_or(What::Unanswered)?;
            let value = finish(property(value, &entry.remote_ref)?, &Way::of(&[], &entry.remote_ref))?;
            Ok(Some(BTreeMap::from([(entry.secret_key.clone(), value)])))
        }
        (Source::DataFrom(index), EntryResult::Value(value)) => {
            let item = spec.data_from.iter().flatten().nth(index).ok_or(What::Unanswered)?;
            let extract = item.extract.as_ref().ok_or(What::Unanswered)?;
            let object = property(value, extract)?;
            let members = convert::members(&object).map_err(step("extract"))?;
            Ok(Some(keys(members, &Way::of(rewrites(item), extract))?))
        }
        (Source::DataFrom(index), EntryResult::Named(values)) => {
            let item = spec.data_from.iter().flatten().nth(index).ok_or(What::Unanswered)?;
            Ok(Some(keys(values.into_iter().collect(), &Way::of_find(item)?)?))
        }
        (Source::Data(_), EntryResult::Named(_)) => Err(What::Unanswered),
    }
}

fn is_find(spec: &ExternalSecretSpec, index: usize) -> bool {
    spec.data_from.iter().flatten().nth(index).is_some_and(|item| item.find.is_some())
}

fn property(value: Value, reference: &RemoteRef) -> Result<Value, What> {
    let Some(path) = reference.property.as_deref().filter(|path| !path.is_empty()) else { return Ok(value) };
    let found = property::get(&value, path).map_err(step("remoteRef.property"))?;
    found.ok_or_else(|| What::Step("remoteRef.property", "the secret has no such property".to_owned()))
}

fn keys(values: BTreeMap<String, Value>, way: &Way<'_>) -> Result<BTreeMap<String, Value>, What> {
    let named = match way.rewrite {
        [] => convert::keys(values, way.conversion).map_err(step("conversionStrategy"))?,
        rewrites => rewrite::apply(values, rewrites).map_err(step("rewrite"))?,
    };
    let valid = convert::validate(named).map_err(step("rewrite"))?;
    valid.into_iter().map(|(key, value)| Ok((key, finish(value, way)?))).collect()
}

fn finish(value: Value, way: &Way<'_>) -> Result<Value, What> {
    let value = decode::decode(value, way.decoding).map_err(step("decodingStrategy"))?;
    null::check(&value, way.null_bytes).map_err(step("nullBytePolicy"))?;
    Ok(value)
}

/// Errors of the value steps name codes and our own fields, never what a value holds.
fn step<E: std::fmt::Display>(field: &'static str) -> impl Fn(E) -> What {
    move |error| What::Step(field, error.to_string())
}

fn rewrites(item: &DataFrom) -> &[bailiwick_api::external_secret::Rewrite] {
    item.rewrite.as_deref().unwrap_or_default()
}

impl<'a> Way<'a> {
    fn of(rewrite: &'a [bailiwick_api::external_secret::Rewrite], reference: &RemoteRef) -> Self {
        Self {
            rewrite,
            conversion: reference.conversion_strategy.unwrap_or_default(),
            decoding: reference.decoding_strategy.unwrap_or_default(),
            null_bytes: reference.null_byte_policy.unwrap_or_default(),
        }
    }

    fn of_find(item: &'a DataFrom) -> Result<Self, What> {
        let find = item.find.as_ref().ok_or(What::Unanswered)?;
        Ok(Self {
            rewrite: rewrites(item),
            conversion: find.conversion_strategy.unwrap_or_default(),
            decoding: find.decoding_strategy.unwrap_or_default(),
            null_bytes: find.null_byte_policy.unwrap_or_default(),
        })
    }
}
