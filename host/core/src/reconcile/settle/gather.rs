//! From the results of the entries to one map of data, as ESO does it: `dataFrom[]` in order, later ones over earlier
//! ones; then `data[]` over all of them. For each: property, members, rewrite or conversion, decoding, null bytes.

use bailiwick_api::external_secret::{
    DataEntry, DataFrom, DataSource, DeletionPolicy, ExternalSecretSpec, Find, MetadataPolicy, RemoteRef,
    Rewrite,
};
use bailiwick_boundary::Failure;

use super::super::{
    checks::policies,
    entries::Source,
    plan::{FetchPlan, NotReady},
};
use crate::{
    catalogue::ValueRule,
    fetched::{EntryFailure, EntryResult, Sourced},
    secret::Value,
    values::{
        convert::{self, Data},
        decode, null, read, rewrite,
    },
};

/// What came together.
pub(super) struct Gathered {
    /// By the Secret's key.
    pub(super) data: Data,
    /// Paths of entries that are not there.
    pub(super) missing: Vec<String>,
}

/// What is wrong with an entry. Everything in it is ours: codes and field names.
enum What {
    Missing,
    Unanswered,
    Failed(EntryFailure),
    /// The field below the entry's path, and why.
    Field(String, String),
}

/// An entry in the object.
enum Item<'a> {
    Data(&'a DataEntry),
    Extract(&'a DataFrom, &'a RemoteRef),
    Find(&'a DataFrom, &'a Find),
}

/// All entries or the first failure, in the order of the plan.
pub(super) fn gather(
    spec: &ExternalSecretSpec,
    plan: &FetchPlan,
    results: Vec<Sourced>,
) -> Result<Gathered, NotReady> {
    let retain = policies(spec.target.as_ref()).1 == DeletionPolicy::Retain;
    let mut gathered = Gathered { data: Data::new(), missing: Vec::new() };
    let none = || Sourced { result: EntryResult::Unanswered, values: ValueRule::default() };
    let results = results.into_iter().chain(std::iter::repeat_with(none));
    for (entry, sourced) in plan.entries.iter().zip(results) {
        let path = entry.source.path();
        match item(spec, entry.source).ok_or(What::Unanswered).and_then(|item| values(&item, sourced)) {
            Ok(Some(values)) => gathered.data.extend(values),
            Ok(None) if retain => return Err(not_ready(&path, What::Missing)),
            Ok(None) => gathered.missing.push(path),
            Err(what) => return Err(not_ready(&path, what)),
        }
    }
    Ok(gathered)
}

/// The values of an object's only entry by key; none where the backend does not have it.
///
/// # Errors
/// Why they cannot be used.
pub(crate) fn gathered(spec: &ExternalSecretSpec, sourced: Sourced) -> Result<Option<Data>, NotReady> {
    let source = if spec.data.is_some() { Source::Data(0) } else { Source::DataFrom(0) };
    let found = item(spec, source).ok_or(What::Unanswered).and_then(|item| values(&item, sourced));
    found.map_err(|what| not_ready(&source.path(), what))
}

/// What a failure means, for people.
#[must_use]
pub const fn words(failure: Failure) -> &'static str {
    match failure {
        Failure::NotFound => "the backend has no such secret; check key and version",
        Failure::Refused => "the backend refused it; check the credential's rights there",
        Failure::Throttled => "the backend asks to slow down; sync less often, or raise its quota",
        Failure::Unavailable => "the backend cannot be reached or is not able to answer; check its health",
        Failure::Misconfigured => {
            "the store's settings do not fit together, or do not serve what is asked; see the provider's README"
        }
        Failure::UnexpectedResponse => {
            "the backend answered something else than its documentation says; check the store's settings"
        }
        Failure::Denied => "the grant does not admit it; see `bailiwick grant explain`",
    }
}

fn not_ready(path: &str, what: What) -> NotReady {
    let why = match what {
        What::Failed(EntryFailure::Denied(denial)) => return NotReady::from(&denial),
        What::Failed(EntryFailure::Backend(trouble)) => return NotReady::new(format!("{path}: {trouble}")),
        What::Field(field, why) => return NotReady::new(format!("{path}.{field}: {why}")),
        What::Missing => words(Failure::NotFound),
        What::Unanswered => "the provider did not answer this entry; this is a fault of the provider",
        What::Failed(EntryFailure::Provider(failure)) => words(failure),
        What::Failed(EntryFailure::WrongShape) => "the answer has not the shape that the provider expects",
        What::Failed(EntryFailure::Unproven) => {
            "the provider says that it is not there, but no answer of the backend does; this is a fault of the provider"
        }
    };
    NotReady::new(format!("{path}: {why}"))
}

fn item(spec: &ExternalSecretSpec, source: Source) -> Option<Item<'_>> {
    match source {
        Source::Data(index) => spec.data.iter().flatten().nth(index).map(Item::Data),
        Source::DataFrom(index) => {
            let item = spec.data_from.iter().flatten().nth(index)?;
            match item.source()? {
                DataSource::Extract(extract) => Some(Item::Extract(item, extract)),
                DataSource::Find(find) => Some(Item::Find(item, find)),
                DataSource::Generator(_) => None,
            }
        }
    }
}

/// The values of one entry by key; none where the backend does not have it. A generator is no entry, and an answer
/// of another kind is none.
fn values(item: &Item<'_>, Sourced { result, values: rule }: Sourced) -> Result<Option<Data>, What> {
    let found = match (item, result) {
        // Nothing matches: that is an empty answer and no missing secret.
        (Item::Find(..), EntryResult::Absent) => Data::new(),
        (_, EntryResult::Absent | EntryResult::Failed(EntryFailure::Provider(Failure::NotFound))) => {
            return if item.must_exist(rule) { Err(What::Missing) } else { Ok(None) };
        }
        (_, EntryResult::Failed(failure)) => return Err(What::Failed(failure)),
        (Item::Data(entry), EntryResult::Value(value)) => {
            let Some(value) = property(value, item, &entry.remote_ref, rule)? else { return Ok(None) };
            Data::from([(entry.secret_key.clone(), finish(value, item)?)])
        }
        (Item::Extract(from, extract), EntryResult::Value(value)) => {
            let Some(object) = property(value, item, extract, rule)? else { return Ok(None) };
            keys(read::members(&object, rule).map_err(field("extract"))?, from, item)?
        }
        (Item::Find(from, _), EntryResult::Named(named)) => {
            let whole = |(name, value)| Ok((name, read::whole(value, rule).map_err(field("find"))?));
            let named = named.into_iter().map(whole).collect::<Result<Data, What>>()?;
            let named = if rule.converted_names { converted(named, item)? } else { named };
            keys(named, from, item)?
        }
        _ => return Err(What::Unanswered),
    };
    Ok(Some(found))
}

/// What is asked of a value; none where it has no such property and that counts as a missing secret.
fn property(
    value: Value,
    item: &Item<'_>,
    reference: &RemoteRef,
    rule: ValueRule,
) -> Result<Option<Value>, What> {
    let value = read::whole(value, rule).map_err(field(item.name()))?;
    let Some(path) = reference.property.as_deref().filter(|path| !path.is_empty()) else {
        return Ok(Some(value));
    };
    read::property(&value, path, rule).map_err(field(&format!("{}.property", item.name())))
}

/// Names become keys: by the rewrites where there are any, else by the conversion.
fn keys(values: Data, from: &DataFrom, item: &Item<'_>) -> Result<Data, What> {
    let named = match from.rewrite.as_deref().unwrap_or_default() {
        [] => converted(values, item)?,
        rewrites => rewritten(values, rewrites)?,
    };
    let valid = convert::validate(named).map_err(field("rewrite"))?;
    valid.into_iter().map(|(key, value)| Ok((key, finish(value, item)?))).collect()
}

fn converted(values: Data, item: &Item<'_>) -> Result<Data, What> {
    let strategy = match item {
        Item::Data(_) => None,
        Item::Extract(_, extract) => extract.conversion_strategy,
        Item::Find(_, find) => find.conversion_strategy,
    };
    convert::keys(values, strategy.unwrap_or_default())
        .map_err(field(&format!("{}.conversionStrategy", item.name())))
}

fn rewritten(values: Data, rewrites: &[Rewrite]) -> Result<Data, What> {
    let one = |values, (index, rewrite): (usize, &Rewrite)| {
        rewrite::apply(values, std::slice::from_ref(rewrite)).map_err(field(&format!("rewrite[{index}]")))
    };
    rewrites.iter().enumerate().try_fold(values, one)
}

fn finish(value: Value, item: &Item<'_>) -> Result<Value, What> {
    let (decoding, null_bytes) = match item {
        Item::Data(entry) => (entry.remote_ref.decoding_strategy, entry.remote_ref.null_byte_policy),
        Item::Extract(_, extract) => (extract.decoding_strategy, extract.null_byte_policy),
        Item::Find(_, find) => (find.decoding_strategy, find.null_byte_policy),
    };
    let at = |name: &str| format!("{}.{name}", item.name());
    let value =
        decode::decode(value, decoding.unwrap_or_default()).map_err(field(&at("decodingStrategy")))?;
    null::check(&value, null_bytes.unwrap_or_default()).map_err(field(&at("nullBytePolicy")))?;
    Ok(value)
}

/// Errors of the value steps name codes and our own fields, never what a value holds.
fn field<E: std::fmt::Display>(name: &str) -> impl Fn(E) -> What {
    move |error| What::Field(name.to_owned(), error.to_string())
}

impl Item<'_> {
    /// The field that says what to do with its values.
    fn name(&self) -> &'static str {
        match self {
            Self::Data(_) => "remoteRef",
            Self::Extract(..) => "extract",
            Self::Find(..) => "find",
        }
    }

    /// Whether it is an error, whatever the deletion policy, that the backend does not have it. As in ESO, a secret
    /// without metadata to read is not one that is gone.
    fn must_exist(&self, rule: ValueRule) -> bool {
        let remote = match self {
            Self::Data(entry) => &entry.remote_ref,
            Self::Extract(_, extract) => extract,
            Self::Find(..) => return false,
        };
        rule.absent_fails || remote.metadata_policy == Some(MetadataPolicy::Fetch)
    }
}
