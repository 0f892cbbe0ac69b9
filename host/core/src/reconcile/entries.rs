//! The entries of an ExternalSecret, one for each `data[]` and `dataFrom[]` item in the order in which they are
//! applied, each with its store and with what a provider may know of it.

use std::collections::BTreeMap;

use bailiwick_api::external_secret::{
    DataFrom, ExternalSecretSpec, Find, MetadataPolicy, RemoteRef, SourceRef, StoreKind, StoreRef,
};
use bailiwick_boundary::{Entry, Find as FindEntry, Reference};

/// A store, by kind and name. A SecretStore is in the object's namespace.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StoreKey {
    /// Its kind.
    pub kind: StoreKind,
    /// Its name.
    pub name: String,
}

/// Where in the object an entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// `spec.dataFrom[n]`.
    DataFrom(usize),
    /// `spec.data[n]`.
    Data(usize),
}

/// One thing to fetch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryPlan {
    /// Where it stands.
    pub source: Source,
    /// From where.
    pub store: StoreKey,
    /// What the provider is told.
    pub entry: Entry,
    /// `find.name.regexp`, which stays with the host.
    pub name: Option<String>,
    /// `find.tags`, which stay with the host.
    pub tags: BTreeMap<String, String>,
}

impl Source {
    /// The field's path, for messages.
    #[must_use]
    pub fn path(self) -> String {
        match self {
            Self::DataFrom(index) => format!("spec.dataFrom[{index}]"),
            Self::Data(index) => format!("spec.data[{index}]"),
        }
    }
}

/// All entries, or the path of the first field that leaves an entry without store or source.
pub(crate) fn entries(spec: &ExternalSecretSpec) -> Result<Vec<EntryPlan>, String> {
    let many = spec.data_from.iter().flatten().enumerate().map(|(i, item)| data_from(spec, i, item));
    let single = spec.data.iter().flatten().enumerate().map(|(i, item)| {
        let source = Source::Data(i);
        let store = store(spec, item.source_ref.as_ref(), source)?;
        Ok(plain(source, store, Entry::Secret(reference(&item.remote_ref))))
    });
    many.chain(single).collect()
}

fn data_from(spec: &ExternalSecretSpec, index: usize, item: &DataFrom) -> Result<EntryPlan, String> {
    let source = Source::DataFrom(index);
    let store = store(spec, item.source_ref.as_ref(), source)?;
    match (&item.extract, &item.find) {
        (Some(extract), None) => Ok(plain(source, store, Entry::Extract(reference(extract)))),
        (None, Some(find)) => Ok(find_entry(source, store, find)),
        _ => Err(format!("{}: name exactly one of extract and find", source.path())),
    }
}

fn plain(source: Source, store: StoreKey, entry: Entry) -> EntryPlan {
    EntryPlan { source, store, entry, name: None, tags: BTreeMap::new() }
}

fn find_entry(source: Source, store: StoreKey, find: &Find) -> EntryPlan {
    let name = find.name.as_ref().map(|name| name.regexp.clone().unwrap_or_default());
    // As in ESO's providers: with a name, tags are not looked at.
    let tags = if name.is_some() { BTreeMap::new() } else { find.tags.clone().unwrap_or_default() };
    let entry = Entry::Find(FindEntry { path: find.path.clone(), by_tags: !tags.is_empty() });
    EntryPlan { source, store, entry, name, tags }
}

/// `property` stays with the host: no catalogue of ours resolves it.
fn reference(remote: &RemoteRef) -> Reference {
    Reference {
        key: remote.key.clone(),
        property: None,
        version: remote.version.clone().filter(|version| !version.is_empty()),
        metadata: remote.metadata_policy == Some(MetadataPolicy::Fetch),
    }
}

fn store(
    spec: &ExternalSecretSpec,
    source_ref: Option<&SourceRef>,
    source: Source,
) -> Result<StoreKey, String> {
    let own = match source_ref {
        Some(SourceRef::StoreRef(store)) => Some(store),
        _ => None,
    };
    key(own.or(spec.secret_store_ref.as_ref())).ok_or_else(|| {
        format!("{}: has no store; set spec.secretStoreRef.name or sourceRef.storeRef", source.path())
    })
}

fn key(store: Option<&StoreRef>) -> Option<StoreKey> {
    let store = store?;
    let name = store.name.clone().filter(|name| !name.is_empty())?;
    Some(StoreKey { kind: store.kind.unwrap_or_default(), name })
}
